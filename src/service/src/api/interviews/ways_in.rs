//! Ways into an interview: its connection number and its code (E1, E2).

use super::super::caller::Caller;
use super::super::error::{ApiError, Problem, failed};
use super::find;
use crate::clock;
use crate::service::Service;
use crate::tickets::TicketError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engawa_protocol::Millis;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A connection number.
#[derive(Serialize, ToSchema)]
pub struct Number {
    /// Four digits.
    number: String,
    #[schema(value_type = u64)]
    expires: Millis,
}

/// The text of the booking's QR code.
#[derive(Serialize, ToSchema)]
pub struct CodeText {
    code: String,
}

/// Issues a connection number (E2).
#[utoipa::path(post, path = "/api/interviews/{room}/number", tag = "interviews", params(("room" = String, Path)),
    responses((status = 201, body = Number), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn number(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(room): Path<String>,
) -> Result<(StatusCode, Json<Number>), ApiError> {
    let interview = find(&service, &caller, &room).await?;
    if interview.cancelled || interview.booking.slot.ends <= clock::now() {
        return Err(ApiError::Conflict("the interview is over"));
    }
    let (number, expires) = service.tickets.issue(&interview.room).await?;
    Ok((StatusCode::CREATED, Json(Number { number, expires })))
}

/// The text of the booking's QR code (E1).
#[utoipa::path(get, path = "/api/interviews/{room}/code", tag = "interviews", params(("room" = String, Path)),
    responses((status = 200, body = CodeText), (status = 404, body = Problem)))]
pub async fn code(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Path(room): Path<String>,
) -> Result<Json<CodeText>, ApiError> {
    let interview = find(&service, &caller, &room).await?;
    Ok(Json(CodeText { code: service.tickets.code(&interview.room, &interview.booking) }))
}

impl From<TicketError> for ApiError {
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::NoneFree => ApiError::Conflict("no number is free at the moment"),
            TicketError::Store(error) => error.into(),
            TicketError::Random => failed(&error),
        }
    }
}
