//! One signed POST to the webhook.
//!
//! `Engawa-Signature: t=<seconds>,v1=<hex>` signs `<seconds>.<body>` with HMAC-SHA256 (RFC 2104),
//! so that a receiver can tell ours, and refuse what is old.

use crate::clock;
use crate::config::NoticesConfig;
use engawa_protocol::{Booking, RoomId};
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use sha2::Sha256;
use std::time::Duration;
use tokio::time::timeout;

/// The whole exchange takes no longer.
const ANSWER: Duration = Duration::from_secs(15);
/// As much of an answer as is read, for using its connection again.
const ANSWER_BYTES: usize = 16 * 1024;

/// What the receiver reads.
#[derive(Debug, Serialize)]
pub(super) struct Notice {
    /// The same for every try of the same notice.
    pub id: String,
    pub kind: &'static str,
    pub room: RoomId,
    pub booking: Booking,
    pub contact: String,
    pub link: String,
    /// The text of the booking's QR code.
    pub code: String,
}

/// Why a notice is not delivered.
#[derive(Debug, thiserror::Error)]
pub(super) enum PostError {
    #[error("the webhook cannot be asked")]
    Request(#[from] hyper::http::Error),
    #[error("the webhook cannot be reached")]
    Reach(#[from] hyper_util::client::legacy::Error),
    #[error("the webhook answers {0}")]
    Status(u16),
    #[error("the webhook does not answer in time")]
    Late,
}

pub(super) struct Webhook {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    url: hyper::Uri,
    secret: String,
}

impl Webhook {
    pub fn new(config: &NoticesConfig) -> Self {
        let tls = match HttpsConnectorBuilder::new().with_native_roots() {
            Ok(tls) => tls.https_or_http(),
            Err(error) => {
                // Plain HTTP on the same machine goes on.
                tracing::warn!(error = &error as &dyn std::error::Error, "no root certificates are found");
                HttpsConnectorBuilder::new().with_tls_config(no_roots()).https_or_http()
            }
        };
        let client = Client::builder(TokioExecutor::new()).build(tls.enable_http1().build());
        Self { client, url: config.url.clone(), secret: config.secret.clone() }
    }

    pub async fn post(&self, notice: &Notice) -> Result<(), PostError> {
        let body = serde_json::to_vec(notice).expect("a notice becomes JSON");
        let request = Request::post(self.url.clone())
            .header("content-type", "application/json")
            .header("engawa-signature", sign(&self.secret, clock::now().0 / 1000, &body))
            .body(Full::from(body))?;
        let exchange = async {
            let answer = self.client.request(request).await?;
            let status = answer.status();
            Limited::new(answer.into_body(), ANSWER_BYTES).collect().await.ok();
            if status.is_success() { Ok(()) } else { Err(PostError::Status(status.as_u16())) }
        };
        timeout(ANSWER, exchange).await.map_err(|_| PostError::Late)?
    }
}

fn sign(secret: &str, seconds: u64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    format!("t={seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
}

fn no_roots() -> rustls::ClientConfig {
    rustls::ClientConfig::builder().with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
}

#[cfg(test)]
mod tests {
    use super::*;

    // E6
    #[test]
    fn a_signature_covers_time_and_body() {
        let signature = sign("secret", 1_795_235_400, b"{}");
        assert_eq!(signature, sign("secret", 1_795_235_400, b"{}"));
        for other in [
            sign("Secret", 1_795_235_400, b"{}"),
            sign("secret", 1_795_235_401, b"{}"),
            sign("secret", 1_795_235_400, b"[]"),
        ] {
            assert_ne!(signature.rsplit('=').next(), other.rsplit('=').next());
        }
    }
}
