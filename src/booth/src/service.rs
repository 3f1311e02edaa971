//! The way to the service: whom the booth trusts there, and one small HTTP client for everything but
//! the WebSocket, which shares the trust.

use engawa_trust::TrustError;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::HeaderMap;
use hyper::http::uri::InvalidUri;
use hyper::{Request, StatusCode};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

const OPENING: Duration = Duration::from_secs(5);
const IDLE: Duration = Duration::from_secs(10);

/// Why the service cannot be asked at all.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Its address is no URL.
    #[error("reading the service's address")]
    Address(#[source] InvalidUri),
    /// No certificate can be trusted.
    #[error(transparent)]
    Trust(#[from] TrustError),
}

/// The service did not answer, or not in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the service does not answer")]
pub struct Away;

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its head.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// The way to the service. Clones share its connections.
#[derive(Clone)]
pub struct Service {
    address: String,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    tls: Arc<ClientConfig>,
    is_https: bool,
}

impl Service {
    /// The service at `address`, such as `https://fair.example`; certificates in `ca_file` (PEM) are
    /// trusted beside the machine's.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub fn new(address: &str, ca_file: Option<&Path>) -> Result<Self, ServiceError> {
        let address = address.trim_end_matches('/').to_owned();
        let uri = address.parse::<hyper::Uri>().map_err(ServiceError::Address)?;
        let is_https = uri.scheme_str() == Some("https");
        let tls = engawa_trust::tls(is_https, ca_file)?;
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(1)
            .build(engawa_trust::connector(is_https, tls.clone(), OPENING));
        Ok(Self { address, client, tls: Arc::new(tls), is_https })
    }

    /// Where it is, without a slash at the end.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What the WebSocket trusts.
    pub fn tls(&self) -> Arc<ClientConfig> {
        self.tls.clone()
    }

    /// Nobody on the way reads along: TLS, or it does not leave this machine.
    pub fn is_private(&self) -> bool {
        let uri = self.address.parse::<hyper::Uri>().ok();
        let host = uri.as_ref().and_then(|uri| uri.host()).unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        self.is_https || host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// Asks, and reads the answer up to `most` bytes, all within `patience`.
    ///
    /// # Errors
    /// [`Away`].
    pub async fn ask(&self, request: Request<Full<Bytes>>, most: usize, patience: Duration) -> Result<Answer, Away> {
        let asked = timeout(patience, async {
            let answer = self.client.request(request).await.map_err(|error| {
                // Neither the request nor an address is in it.
                tracing::debug!(error = &error as &dyn std::error::Error, "the service does not answer");
                Away
            })?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, most).collect().await.map_err(|_| Away)?.to_bytes();
            Ok(Answer { status: head.status, headers: head.headers, body })
        });
        asked.await.map_err(|_| Away)?
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_goes_over_tls_or_stays_in_the_machine() {
        let is_private = |address: &str| Service::new(address, None).expect("an address").is_private();
        for address in ["http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost", "http://127.9.9.9/"] {
            assert!(is_private(address), "{address}");
        }
        for address in ["http://fair.example", "http://10.0.0.1:8080", "http://[::]", "http://127.0.0.1.fair.example"] {
            assert!(!is_private(address), "{address}");
        }
    }
}
