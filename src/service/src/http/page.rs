//! The recruiter's page: built files from one folder.

use crate::service::Service;
use axum::Router;
use axum::http::{HeaderValue, header};
use std::path::Path;
use std::sync::Arc;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

/// `/assets` as it is, everything else the page itself, which looks at the path.
pub fn router(folder: &Path) -> Router<Arc<Service>> {
    let assets = Router::new()
        .fallback_service(ServeDir::new(folder.join("assets")))
        // A name bears the hash of what is in it; a missing one may be there after an update.
        .layer(cache(|answer| match answer.status().is_success() || answer.status() == 304 {
            true => "public, max-age=31536000, immutable",
            false => "no-store",
        }));
    let page = ServeDir::new(folder).fallback(ServeFile::new(folder.join("index.html")));
    let page = Router::new().fallback_service(page).layer(cache(|_| "no-cache"));
    Router::new().nest("/assets", assets).fallback_service(page)
}

type Answer = axum::response::Response;

fn cache(
    rule: impl Fn(&Answer) -> &'static str + Clone,
) -> SetResponseHeaderLayer<impl Fn(&Answer) -> Option<HeaderValue> + Clone> {
    let value = move |answer: &Answer| Some(HeaderValue::from_static(rule(answer)));
    SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, value)
}
