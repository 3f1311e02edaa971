//! What a host takes along of an interview, and what is still waiting for that (R1, R2, R5, R6).

use super::caller::Caller;
use super::error::{ApiError, Problem};
use crate::accounts::Role;
use crate::clock;
use crate::records::{Ended, Part};
use crate::service::Service;
use crate::uploads::disposition;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use engawa_protocol::{CompanyId, Millis, Recorded, RoomId};
use engawa_session::records;
use engawa_session::room::Room;
use std::sync::Arc;

/// Interviews of which something was not taken along yet.
#[utoipa::path(get, path = "/api/records", tag = "records",
    responses((status = 200, body = Vec<Ended>), (status = 403, body = Problem)))]
pub async fn list(State(service): State<Arc<Service>>, caller: Caller) -> Result<Json<Vec<Ended>>, ApiError> {
    let company = caller.0.company.as_ref().ok_or(ApiError::NotAllowed("for a company's hosts"))?;
    Ok(Json(service.records.missing(company).await?))
}

/// participants.csv.
#[utoipa::path(get, path = "/api/records/{room}/participants.csv", tag = "records",
    params(("room" = String, Path)),
    responses((status = 200, content_type = "text/csv"), (status = 404, body = Problem)))]
pub async fn participants(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(room): Path<String>,
) -> Result<Response, ApiError> {
    let (id, company, room, _) = own(&service, &caller, &room).await?;
    let name = service.fair.now().company(&company).map(|company| company.name.ja.clone()).unwrap_or_default();
    let body = records::participants(&room, &name, |at| time(&service, at));
    service.records.taken(&company, &id, Part::Participants).await?;
    Ok(file("participants.csv", "text/csv; charset=utf-8", body))
}

/// chat.csv.
#[utoipa::path(get, path = "/api/records/{room}/chat.csv", tag = "records", params(("room" = String, Path)),
    responses((status = 200, content_type = "text/csv"), (status = 404, body = Problem)))]
pub async fn chat(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(room): Path<String>,
) -> Result<Response, ApiError> {
    let (id, company, room, _) = own(&service, &caller, &room).await?;
    let body = records::chat(&room, |at| time(&service, at));
    service.records.taken(&company, &id, Part::Chat).await?;
    Ok(file("chat.csv", "text/csv; charset=utf-8", body))
}

/// The audit log as lines of JSON; for staff and the company's admin.
#[utoipa::path(get, path = "/api/records/{room}/audit.jsonl", tag = "records", params(("room" = String, Path)),
    responses((status = 200, content_type = "application/jsonl"), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn audit(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(room): Path<String>,
) -> Result<Response, ApiError> {
    if caller.0.role == Role::Host {
        return Err(ApiError::NotAllowed("for staff and the company's admin"));
    }
    let (_, company, _, log) = read(&service, &caller, &room).await?;
    caller.admin_of(Some(&company))?;
    Ok(file("audit.jsonl", "application/jsonl; charset=utf-8", records::audit(&log)))
}

/// A room of the caller's own company: staff do not read what was said.
async fn own(
    service: &Service,
    caller: &Caller,
    room: &str,
) -> Result<(RoomId, CompanyId, Room, Vec<Recorded>), ApiError> {
    if caller.0.role == Role::Staff {
        return Err(ApiError::NotAllowed("for the company's hosts"));
    }
    read(service, caller, room).await
}

async fn read(
    service: &Service,
    caller: &Caller,
    room: &str,
) -> Result<(RoomId, CompanyId, Room, Vec<Recorded>), ApiError> {
    let missing = || ApiError::NotFound("interview");
    let id: RoomId = room.parse().map_err(|_| missing())?;
    let (room, log) = service.rooms.read(&id).await?.ok_or_else(missing)?;
    let company = room.company().filter(|company| caller.sees(company)).ok_or_else(missing)?.clone();
    Ok((id, company, room, log))
}

fn time(service: &Service, at: Millis) -> String {
    clock::written(at, &service.config.timezone)
}

fn file(name: &str, media_type: &'static str, body: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, HeaderValue::try_from(disposition(name)).expect("our own name is plain")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    (headers, body).into_response()
}
