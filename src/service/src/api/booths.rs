//! The event's booths, for its staff (P2).

use super::caller::{Body, Caller};
use super::error::{ApiError, Problem};
use crate::booths::{Booth, NAME_CHARS, Standing, Told};
use crate::service::Service;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engawa_protocol::{BoothId, CompanyId, Device, Millis, clean_line};
use serde::{Deserialize, Deserializer, Serialize};
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// A token's life unless another one is named.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// A booth as the staff see it.
#[derive(Serialize, ToSchema)]
pub struct BoothView {
    #[schema(value_type = String)]
    id: BoothId,
    name: String,
    /// The company it belongs to; none when it is of the pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    company: Option<CompanyId>,
    state: Standing,
    /// When its present key came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    enrolled_at: Option<Millis>,
    /// What it last told of itself as a machine: `version`, `slot`, `faults`, `fallback`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    device: Option<Device>,
    /// When that was new.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    device_at: Option<Millis>,
}

impl BoothView {
    fn new(booth: Booth, told: Option<Told>) -> Self {
        let Booth { id, name, company, standing, enrolled_at, .. } = booth;
        let (device, device_at) = told.map(|told| (told.device, told.at)).unzip();
        Self { id, name, company, state: standing, enrolled_at, device, device_at }
    }
}

/// A booth that is to enrol.
#[derive(Deserialize, ToSchema)]
pub struct NewBooth {
    #[schema(value_type = String)]
    id: BoothId,
    /// 1 to 64 characters.
    name: String,
    /// None when it is of the pool.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    company: Option<CompanyId>,
}

/// What changes; what is left out stays.
#[derive(Deserialize, ToSchema)]
pub struct BoothChange {
    #[serde(default)]
    name: Option<String>,
    /// `null` takes it into the pool.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    company: Option<Option<CompanyId>>,
}

/// What kind of token.
#[derive(Deserialize, ToSchema)]
pub struct NewEnrolToken {
    /// A day when it is left out; 1 minute to 30 days.
    #[serde(default)]
    life_seconds: Option<u64>,
}

/// A one-time token for a booth's card. It is shown here alone.
#[derive(Serialize, ToSchema)]
pub struct EnrolTokenView {
    token: String,
    #[schema(value_type = u64)]
    expires: Millis,
}

/// Every booth; for staff.
#[utoipa::path(get, path = "/api/v1/booths", tag = "booths",
    responses((status = 200, body = Vec<BoothView>), (status = 403, body = Problem)))]
pub async fn list(State(service): State<Arc<Service>>, caller: Caller) -> Result<Json<Vec<BoothView>>, ApiError> {
    caller.staff()?;
    let mut told: std::collections::BTreeMap<_, _> = service.booths.devices().await?.into_iter().collect();
    let view = |booth: &Booth| BoothView::new(booth.clone(), told.remove(&booth.id));
    Ok(Json(service.booths.now().iter().map(view).collect()))
}

/// Makes a booth that is to enrol; for staff.
#[utoipa::path(post, path = "/api/v1/booths", tag = "booths", request_body = NewBooth,
    responses((status = 201, body = BoothView), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn add(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Body(new): Body<NewBooth>,
) -> Result<(StatusCode, Json<BoothView>), ApiError> {
    caller.staff()?;
    let NewBooth { id, name, company } = new;
    let company = of_event(&service, company)?;
    service.booths.add(id.clone(), name_of(&name)?, company).await?;
    Ok((StatusCode::CREATED, Json(view(&service, &id)?)))
}

/// Changes a booth's name or company; for staff. It hears of it with its next connection.
#[utoipa::path(patch, path = "/api/v1/booths/{booth}", tag = "booths", request_body = BoothChange,
    params(("booth" = String, Path)),
    responses((status = 200, body = BoothView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "it stands in the configuration")))]
pub async fn change(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(booth): Path<String>,
    Body(change): Body<BoothChange>,
) -> Result<Json<BoothView>, ApiError> {
    caller.staff()?;
    let id = parse(&booth)?;
    let name = change.name.as_deref().map(name_of).transpose()?;
    let company = change.company.map(|company| of_event(&service, company)).transpose()?;
    there(service.booths.change(&id, name, company).await?)?;
    Ok(Json(view(&service, &id)?))
}

/// Removes a booth and shuts it out; for staff.
#[utoipa::path(delete, path = "/api/v1/booths/{booth}", tag = "booths", params(("booth" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "it stands in the configuration")))]
pub async fn remove(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(booth): Path<String>,
) -> Result<StatusCode, ApiError> {
    caller.staff()?;
    there(service.booths.remove(&parse(&booth)?).await?)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shuts a booth out at once, with every token that was made for it; for staff. It enrols again with a new one.
#[utoipa::path(post, path = "/api/v1/booths/{booth}/revoke", tag = "booths", params(("booth" = String, Path)),
    responses((status = 200, body = BoothView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "it stands in the configuration")))]
pub async fn revoke(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(booth): Path<String>,
) -> Result<Json<BoothView>, ApiError> {
    caller.staff()?;
    let id = parse(&booth)?;
    there(service.booths.revoke(&id).await?)?;
    Ok(Json(view(&service, &id)?))
}

/// Makes a one-time token that a booth enrols with; for staff.
#[utoipa::path(post, path = "/api/v1/booths/{booth}/enrol-token", tag = "booths", request_body = NewEnrolToken,
    params(("booth" = String, Path)),
    responses((status = 201, body = EnrolTokenView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "it stands in the configuration, or nothing enrols here")))]
pub async fn enrol_token(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(booth): Path<String>,
    Body(new): Body<NewEnrolToken>,
) -> Result<(StatusCode, Json<EnrolTokenView>), ApiError> {
    caller.staff()?;
    let life = match new.life_seconds {
        None => LIFE,
        Some(seconds @ 60..=2_592_000) => Duration::from_secs(seconds),
        Some(_) => return Err(ApiError::Invalid("life_seconds: 60 to 2592000".into())),
    };
    let made = service.booths.enrol_token(&parse(&booth)?, life).await?;
    let (token, expires) = made.ok_or(ApiError::NotFound("booth"))?;
    Ok((StatusCode::CREATED, Json(EnrolTokenView { token, expires })))
}

fn view(service: &Service, id: &BoothId) -> Result<BoothView, ApiError> {
    let booth = service.booths.booth(id).ok_or(ApiError::NotFound("booth"))?;
    Ok(BoothView::new(booth, None))
}

fn there(found: bool) -> Result<(), ApiError> {
    if found { Ok(()) } else { Err(ApiError::NotFound("booth")) }
}

fn parse(booth: &str) -> Result<BoothId, ApiError> {
    booth.parse().map_err(|_| ApiError::NotFound("booth"))
}

fn of_event(service: &Service, company: Option<CompanyId>) -> Result<Option<CompanyId>, ApiError> {
    match company {
        Some(company) if !service.fair.has(&company) => Err(ApiError::NotFound("company")),
        company => Ok(company),
    }
}

fn name_of(text: &str) -> Result<String, ApiError> {
    let name = clean_line(text).map_err(|error| ApiError::Invalid(format!("name: {error}")))?;
    match name.chars().count() {
        1..=NAME_CHARS if !name.contains(char::is_control) => Ok(name),
        _ => Err(ApiError::Invalid(format!("name: 1 to {NAME_CHARS} characters on one line"))),
    }
}

/// What is there is told apart from `null`.
fn named<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<CompanyId>>, D::Error> {
    Option::deserialize(value).map(Some)
}
