//! Bundles for booths. Nobody signs in: a bundle is signed, and a booth that is not enrolled yet updates, too.

use super::error::{ApiError, Problem, failed};
use crate::http::origin;
use crate::service::Service;
use axum::Json;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use engawa_session::update::Offer;
use http_body_util::BodyExt;
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;
use tower_http::services::ServeFile;
use utoipa::ToSchema;

/// When too many bundles are being sent.
const LATER: Duration = Duration::from_secs(30);

/// A bundle that a booth can install.
#[derive(Serialize, ToSchema)]
pub struct UpdateView {
    version: String,
    size: u64,
    /// Of its bytes, in 64 lower-case hexadecimal digits.
    sha256: String,
}

/// Tells the newest bundle for a kind of machine.
#[utoipa::path(get, path = "/api/v1/updates/{compatible}", tag = "updates",
    params(("compatible" = String, Path, description = "RAUC's name of the machine, such as `engawa-booth-rpi4`")),
    responses((status = 200, body = UpdateView), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn newest(
    State(service): State<Arc<Service>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Path(compatible): Path<String>,
) -> Result<Response, ApiError> {
    count(&service, peer, &headers)?;
    let found = service.updates.newest(&compatible).await.map_err(|error| failed(&error))?;
    let Offer { version, size, sha256 } = found.ok_or(ApiError::NotFound("update"))?;
    let fresh = [(header::CACHE_CONTROL, "no-store")];
    Ok((fresh, Json(UpdateView { version, size, sha256 })).into_response())
}

/// Sends a bundle, or the rest of it: with `Range`, and `If-Range` with its SHA-256 as the entity's tag.
#[utoipa::path(get, path = "/api/v1/updates/{compatible}/{version}", tag = "updates",
    params(("compatible" = String, Path), ("version" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream"),
        (status = 206, content_type = "application/octet-stream"), (status = 404, body = Problem),
        (status = 416), (status = 429, body = Problem)))]
pub async fn bundle(
    State(service): State<Arc<Service>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path((compatible, version)): Path<(String, String)>,
    mut request: Request,
) -> Result<Response, ApiError> {
    count(&service, peer, request.headers())?;
    let found = service.updates.find(&compatible, &version).await.map_err(|error| failed(&error))?;
    let (offer, path) = found.ok_or(ApiError::NotFound("update"))?;
    let place = service.updates.place().ok_or(ApiError::TooMany("bundles at this moment", LATER))?;
    let tag = HeaderValue::try_from(format!("\"{}\"", offer.sha256)).map_err(|error| failed(&error))?;
    // A part of what is another bundle by now would be of no use (RFC 9110, 13.1.5).
    if request.headers_mut().remove(header::IF_RANGE).is_some_and(|asked| asked != tag) {
        request.headers_mut().remove(header::RANGE);
    }
    let answer = match ServeFile::new(path).oneshot(request).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    };
    let mut answer = answer.map(|body| {
        // The place is free when the last byte is sent, or nobody takes it any more.
        Body::new(body.map_frame(move |frame| {
            let _place = &place;
            frame
        }))
    });
    answer.headers_mut().insert(header::ETAG, tag);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(answer)
}

fn count(service: &Service, peer: SocketAddr, headers: &HeaderMap) -> Result<(), ApiError> {
    let address = origin::address(&service.config, peer, headers);
    service.updates.count(address).map_err(|wait| ApiError::TooMany("questions for updates", wait))
}
