//! The event's companies.

use super::caller::{Body, Caller};
use super::error::{ApiError, Problem};
use super::event::clean_localized;
use crate::fair::{COMPANIES, Company, Text, WalkUp};
use crate::service::Service;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engawa_protocol::{CompanyId, Localized};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A new company.
#[derive(Deserialize, ToSchema)]
pub struct NewCompany {
    #[schema(value_type = String)]
    id: CompanyId,
    #[schema(value_type = Text)]
    name: Localized,
    #[serde(default)]
    order: u32,
    #[serde(default)]
    walk_up: Option<WalkUp>,
}

/// What changes; what is left out stays.
#[derive(Deserialize, ToSchema)]
pub struct CompanyChange {
    #[serde(default)]
    #[schema(value_type = Option<Text>)]
    name: Option<Localized>,
    #[serde(default)]
    order: Option<u32>,
    #[serde(default)]
    walk_up: Option<WalkUp>,
}

/// The event's companies: staff see all, others their own.
#[utoipa::path(get, path = "/api/companies", tag = "companies",
    responses((status = 200, body = Vec<Company>), (status = 401, body = Problem)))]
pub async fn list(State(service): State<Arc<Service>>, caller: Caller) -> Json<Vec<Company>> {
    let fair = service.fair.now();
    Json(fair.companies.iter().filter(|company| caller.sees(&company.id)).cloned().collect())
}

/// Adds a company; for staff.
#[utoipa::path(post, path = "/api/companies", tag = "companies", request_body = NewCompany,
    responses((status = 201, body = Company), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn add(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Body(new): Body<NewCompany>,
) -> Result<(StatusCode, Json<Company>), ApiError> {
    caller.staff()?;
    if service.fair.now().companies.len() >= COMPANIES {
        return Err(ApiError::TooLarge("companies"));
    }
    let NewCompany { id, name, order, walk_up } = new;
    let company = Company { id, name: clean_localized(&name)?, order, walk_up };
    service.fair.add(&company).await?;
    Ok((StatusCode::CREATED, Json(company)))
}

/// Changes a company; for staff.
#[utoipa::path(patch, path = "/api/companies/{company}", tag = "companies", request_body = CompanyChange,
    params(("company" = String, Path)),
    responses((status = 200, body = Company), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn change(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(company): Path<String>,
    Body(change): Body<CompanyChange>,
) -> Result<Json<Company>, ApiError> {
    caller.staff()?;
    let id = parse(&company)?;
    let name = change.name.as_ref().map(clean_localized).transpose()?;
    let changed = service.fair.change(&id, |company| {
        company.name = name.unwrap_or_else(|| company.name.clone());
        company.order = change.order.unwrap_or(company.order);
        company.walk_up = change.walk_up.or(company.walk_up);
    });
    changed.await?.map(Json).ok_or(ApiError::NotFound("company"))
}

/// Removes a company that has neither accounts nor interviews to come; for staff.
#[utoipa::path(delete, path = "/api/companies/{company}", tag = "companies", params(("company" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn remove(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(company): Path<String>,
) -> Result<StatusCode, ApiError> {
    caller.staff()?;
    let id = parse(&company)?;
    if !service.fair.has(&id) {
        return Err(ApiError::NotFound("company"));
    }
    if service.accounts.all().await?.iter().any(|(account, _)| account.company.as_ref() == Some(&id)) {
        return Err(ApiError::Conflict("the company has accounts"));
    }
    if service.schedule.has_to_come(&id).await? {
        return Err(ApiError::Conflict("the company has interviews to come"));
    }
    service.fair.remove(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn parse(company: &str) -> Result<CompanyId, ApiError> {
    company.parse().map_err(|_| ApiError::NotFound("company"))
}
