//! The event and its policies.

use super::caller::{Body, Caller};
use super::error::{ApiError, Problem};
use crate::fair::{Event, Policies, Text};
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use engawa_protocol::{Localized, clean_line};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What changes; what is left out stays.
#[derive(Deserialize, ToSchema)]
pub struct EventChange {
    #[serde(default)]
    #[schema(value_type = Option<Text>)]
    name: Option<Localized>,
    #[serde(default)]
    policies: Option<Policies>,
}

/// The event.
#[utoipa::path(get, path = "/api/event", tag = "event",
    responses((status = 200, body = Event), (status = 401, body = Problem)))]
pub async fn read(State(service): State<Arc<Service>>, _caller: Caller) -> Json<Event> {
    Json(service.fair.now().event.clone())
}

/// Changes the event; for staff.
#[utoipa::path(patch, path = "/api/event", tag = "event", request_body = EventChange,
    responses((status = 200, body = Event), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Body(change): Body<EventChange>,
) -> Result<Json<Event>, ApiError> {
    caller.staff()?;
    let name = change.name.as_ref().map(clean_localized).transpose()?;
    if let Some(policies) = &change.policies {
        let gate = [policies.line_gate.up, policies.line_gate.down];
        if !gate.iter().all(|speed| (0.0..=10_000.0).contains(speed)) {
            return Err(ApiError::Invalid("policies.line_gate".into()));
        }
    }
    let changed = service.fair.change_event(|event| {
        event.name = name.unwrap_or_else(|| event.name.clone());
        event.policies = change.policies.unwrap_or_else(|| event.policies.clone());
    });
    Ok(Json(changed.await?))
}

/// A name in every language, none of them empty, in one line each.
pub fn clean_localized(text: &Localized) -> Result<Localized, ApiError> {
    let clean = |text: &str| match clean_line(text) {
        Ok(clean) if !clean.is_empty() && !clean.contains('\n') => Ok(clean),
        _ => Err(ApiError::Invalid("name is empty in a language, too long, or holds control characters".into())),
    };
    Ok(Localized { ja: clean(&text.ja)?, ko: clean(&text.ko)?, en: clean(&text.en)? })
}
