//! The service's HTTP side: who answers which path, and the headers that stand on every answer.

pub mod cookie;
pub mod origin;
mod page;
pub mod sign_in;

use crate::api;
use crate::service::Service;
use crate::socket;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::routing::{any, get, post};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

/// Longest body of a request: a sign-in with its password.
const BODY_BYTES: usize = 8 * 1024;
/// A request's body comes and its answer begins within this; an upgrade is answered at once.
const ANSWER: Duration = Duration::from_secs(15);
const HEALTHY_WITHIN: Duration = Duration::from_secs(2);

/// Nothing is loaded from elsewhere (N4), nothing inline, and nobody frames the page. Its pictures
/// are drawn on canvases and its videos are streams, which no policy has to let in.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; connect-src 'self'; media-src 'self'; \
     img-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// Every path of the service.
pub fn router(service: Arc<Service>) -> Router {
    let https = service.config.is_https();
    let router = Router::new()
        .route("/healthz", get(healthz))
        .route("/api/sign-in", post(sign_in::sign_in))
        .route("/api/sign-out", post(sign_in::sign_out))
        .route("/api/me", get(sign_in::me))
        .route("/api/{*rest}", any(async || StatusCode::NOT_FOUND))
        .route("/ws", any(socket::upgrade))
        .merge(page::router(&service.config.page))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, ANSWER))
        // It bounds bodies and times itself: a file takes longer.
        .merge(api::router())
        // A file from a chat has a stricter one.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(CONTENT_SECURITY_POLICY),
        ))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(header::REFERRER_POLICY, "no-referrer"))
        .layer(always(
            HeaderName::from_static("permissions-policy"),
            "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), geolocation=()",
        ))
        .layer(always(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(always(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"));
    let router = match https {
        true => router.layer(always(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000")),
        false => router,
    };
    router.with_state(service)
}

fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

/// Says whether the ledger answers.
async fn healthz(State(service): State<Arc<Service>>) -> (StatusCode, &'static str) {
    match timeout(HEALTHY_WITHIN, service.ledger.value("health")).await {
        Ok(Ok(_)) => (StatusCode::OK, "ok\n"),
        Ok(Err(_)) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the ledger does not answer\n"),
    }
}
