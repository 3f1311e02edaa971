//! The HTTP API: companies, accounts, the schedule, files, records, and the booths' updates.
//!
//! Every handler names what the caller must be before it looks at anything, and what is another
//! company's is answered as if it were not there. `openapi.json` beside this crate's manifest is
//! the description, made from the handlers and held to them by a test.

mod accounts;
mod booths;
mod caller;
mod companies;
mod enrol;
mod error;
mod event;
mod files;
mod interviews;
mod records;
mod updates;

use crate::service::Service;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use std::sync::Arc;
use std::time::Duration;
use tower_http::timeout::TimeoutLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Longest body of a request that carries no file.
const BODY_BYTES: usize = 16 * 1024;
/// A request's body comes and its answer begins within this.
const ANSWER: Duration = Duration::from_secs(15);

#[derive(OpenApi)]
#[openapi(info(
    title = "Engawa",
    description = "What a recruiter's page, a booth and the fair's staff ask of the service over HTTP. Times are \
                   milliseconds since 1970-01-01 UTC. What fails is answered as `{error, what}`.",
    license(name = "GPL-3.0-only", identifier = "GPL-3.0-only")
))]
struct Description;

/// A part of a file comes within this, and a file is taken within this.
const TRANSFER: Duration = Duration::from_secs(100);

/// Every path of the API.
pub fn router() -> Router<Arc<Service>> {
    described().split_for_parts().0
}

/// The description of the API as JSON.
pub fn description() -> String {
    let described = described().split_for_parts().1;
    described.to_pretty_json().expect("a description becomes JSON") + "\n"
}

fn described() -> OpenApiRouter<Arc<Service>> {
    let short = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(event::read, event::change))
        .routes(routes!(companies::list, companies::add))
        .routes(routes!(companies::change, companies::remove))
        .routes(routes!(accounts::list, accounts::invite))
        .routes(routes!(accounts::change, accounts::remove))
        .routes(routes!(accounts::link))
        .routes(routes!(accounts::first_sign_in))
        .routes(routes!(interviews::list, interviews::create))
        .routes(routes!(interviews::read, interviews::change, interviews::cancel))
        .routes(routes!(interviews::ways_in::number))
        .routes(routes!(interviews::ways_in::code));
    let short = short
        .routes(routes!(booths::list, booths::add))
        .routes(routes!(booths::change, booths::remove))
        .routes(routes!(booths::revoke))
        .routes(routes!(booths::enrol_token))
        .routes(routes!(enrol::enrol))
        .routes(routes!(enrol::challenge))
        .routes(routes!(enrol::sign_in))
        .routes(routes!(records::list))
        .routes(routes!(records::participants))
        .routes(routes!(records::chat))
        .routes(routes!(records::audit))
        .routes(routes!(files::create))
        .routes(routes!(updates::newest))
        .routes(routes!(updates::bundle))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, ANSWER));
    let long = OpenApiRouter::new()
        .routes(routes!(files::offset, files::append, files::download))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TRANSFER));
    short.merge(long)
}
