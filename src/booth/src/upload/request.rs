//! One request at a time, with the booth's token, and what its answer means.

use engawa_protocol::{FileCard, Refusal, RoomId, Seq, limits};
use engawa_session::outbox::UploadFault;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

const OPENING: Duration = Duration::from_secs(5);
/// A piece of 256 KiB takes this long at 70 kbit/s.
const ANSWER: Duration = Duration::from_secs(30);
/// The largest file takes this long at 700 kbit/s.
const DOWNLOAD: Duration = Duration::from_secs(60);
const IDLE: Duration = Duration::from_secs(10);
/// Longest answer that is read.
const ANSWER_BYTES: usize = 16 * 1024;
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// Why uploads cannot be made at all.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The service's address is no URL.
    #[error("reading the service's address")]
    Address(#[source] hyper::http::uri::InvalidUri),
    /// The token cannot stand in a header.
    #[error("reading the device token")]
    Token,
    /// The machine trusts no certificates.
    #[error("reading the machine's root certificates")]
    Roots(#[source] std::io::Error),
}

/// A begun upload.
pub struct Upload {
    /// Where its pieces go.
    pub path: String,
    /// Bytes that the service has.
    pub sent: u32,
}

pub struct Requests {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    service: String,
    bearer: HeaderValue,
}

#[derive(Serialize)]
struct Create<'a> {
    name: &'a str,
    size: u32,
    sha256: &'a str,
}

#[derive(Deserialize)]
struct Created {
    upload: String,
    offset: u32,
}

#[derive(Deserialize)]
struct Fault {
    error: Refusal,
}

impl Requests {
    pub fn new(service: &str, token: &str) -> Result<Self, UploadError> {
        let service = service.trim_end_matches('/').to_owned();
        let scheme = service.parse::<hyper::Uri>().map_err(UploadError::Address)?;
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| UploadError::Token)?;
        bearer.set_sensitive(true);
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_connect_timeout(Some(OPENING));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = HttpsConnectorBuilder::new();
        let https = if scheme.scheme_str() == Some("https") {
            let trusted = builder.with_provider_and_native_roots(provider).map_err(UploadError::Roots)?;
            trusted.https_only().enable_http1().wrap_connector(http)
        } else {
            // Within one machine: no certificate is ever looked at.
            let nobody = rustls::ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .expect("ring speaks TLS")
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth();
            builder.with_tls_config(nobody).https_or_http().enable_http1().wrap_connector(http)
        };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(1)
            .build(https);
        Ok(Self { client, service, bearer })
    }

    /// Begins the upload, or finds the one that was begun before.
    pub async fn create(&self, room: &RoomId, card: &FileCard) -> Result<Upload, UploadFault> {
        let create = Create { name: &card.name, size: card.size, sha256: card.file.as_str() };
        let body = serde_json::to_vec(&create).expect("a card becomes JSON");
        let path = format!("/api/rooms/{room}/files");
        let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let (_, body) = self.request(Method::POST, &path, json, body).await?;
        let Created { upload, offset } = serde_json::from_slice(&body).map_err(|_| UploadFault::Away)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !(1..=128).contains(&upload.len()) || !upload.chars().all(plain) || offset > card.size {
            return Err(UploadFault::Away);
        }
        Ok(Upload { path: format!("{path}/{upload}"), sent: offset })
    }

    /// Brings the bytes from `from` on; answers how far the upload is then.
    pub async fn append(&self, path: &str, from: u32, piece: Vec<u8>) -> Result<u32, UploadFault> {
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static("application/offset+octet-stream")),
            (OFFSET, HeaderValue::from(from)),
        ];
        offset(&self.request(Method::PATCH, path, headers, piece).await?.0)
    }

    /// Asks how far the upload is.
    pub async fn offset(&self, path: &str) -> Result<u32, UploadFault> {
        offset(&self.request(Method::HEAD, path, [], Vec::new()).await?.0)
    }

    /// Brings a file of a room's chat here, whole.
    pub async fn file(&self, room: &RoomId, post: Seq) -> Result<Bytes, UploadFault> {
        let path = format!("/api/rooms/{room}/files/{post}");
        let request = self.prepare(Method::GET, &path, [], Vec::new())?;
        let asked = timeout(DOWNLOAD, async {
            let answer = self.client.request(request).await.map_err(|_| UploadFault::Away)?;
            read(answer, limits::FILE_BYTES as usize).await
        });
        let (status, _, body) = asked.await.map_err(|_| UploadFault::Away)??;
        if status.is_success() { Ok(body) } else { Err(meaning(status, &body, false)) }
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
        body: Vec<u8>,
    ) -> Result<(HeaderMap, Bytes), UploadFault> {
        let creating = method == Method::POST;
        let request = self.prepare(method, path, headers, body)?;
        let asked = timeout(ANSWER, async {
            let answer = self.client.request(request).await.map_err(|_| UploadFault::Away)?;
            read(answer, ANSWER_BYTES).await
        });
        let (status, headers, body) = asked.await.map_err(|_| UploadFault::Away)??;
        if status.is_success() {
            return Ok((headers, body));
        }
        Err(meaning(status, &body, creating))
    }

    fn prepare(
        &self,
        method: Method,
        path: &str,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
        body: Vec<u8>,
    ) -> Result<Request<Full<Bytes>>, UploadFault> {
        let uri = format!("{}{path}", self.service);
        let mut request = Request::builder().method(method).uri(uri).header(AUTHORIZATION, self.bearer.clone());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.body(Full::from(body)).map_err(|_| UploadFault::Away)
    }
}

async fn read(answer: Response<Incoming>, most: usize) -> Result<(StatusCode, HeaderMap, Bytes), UploadFault> {
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, most).collect().await.map_err(|_| UploadFault::Away)?;
    Ok((head.status, head.headers, body.to_bytes()))
}

fn offset(headers: &HeaderMap) -> Result<u32, UploadFault> {
    let text = headers.get(OFFSET).and_then(|value| value.to_str().ok());
    text.and_then(|text| text.parse().ok()).ok_or(UploadFault::Away)
}

/// What a status tells. Only what will never be taken is final: a token that is not known, a busy
/// service, an upload that is gone or stands elsewhere are tried again.
fn meaning(status: StatusCode, body: &[u8], creating: bool) -> UploadFault {
    let named = serde_json::from_slice::<Fault>(body).ok().map(|fault| fault.error);
    match (status, named) {
        (status, Some(reason)) if status.is_client_error() && reason != Refusal::Unavailable => {
            UploadFault::Refused(reason)
        }
        (StatusCode::NOT_FOUND, _) if creating => UploadFault::Refused(Refusal::NoSuchRoom),
        (
            StatusCode::BAD_REQUEST
            | StatusCode::FORBIDDEN
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::UNPROCESSABLE_ENTITY,
            _,
        ) => UploadFault::Refused(Refusal::NotAllowed),
        _ => UploadFault::Away,
    }
}
