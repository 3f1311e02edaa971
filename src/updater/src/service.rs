//! The service, as far as updates need it: what is newest, and its bytes from any place on.

use engawa_session::update::Offer;
use engawa_trust::TrustError;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ETAG, HeaderValue, IF_RANGE, RANGE};
use hyper::{Request, Response, StatusCode};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::timeout;

const OPENING: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(60);
/// Longest answer to a question in bytes.
const ANSWER_BYTES: usize = 16 * 1024;
/// Largest bundle: more than a slot holds.
pub const BUNDLE_BYTES: u64 = 3 << 30;
const VERSION_CHARS: usize = 64;

/// Why the service does not help.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The booth's settings do not say where it is.
    #[error("{path}: {what}")]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// No certificate can be trusted.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// It cannot be reached.
    #[error("asking the service for {0}")]
    Reach(&'static str, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// It does not answer in time.
    #[error("the service did not answer for {0} in time")]
    Time(&'static str),
    /// It says no.
    #[error("the service answers {1} for {0}")]
    Status(&'static str, StatusCode),
    /// What it says cannot be.
    #[error("the service offers something that cannot be: {0}")]
    Offer(&'static str),
}

/// What the booth's settings say that matters here.
#[derive(Debug, Deserialize)]
struct Settings {
    service: Option<String>,
    ca_file: Option<PathBuf>,
}

/// The service.
#[derive(Debug)]
pub struct Service {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    address: String,
}

/// A bundle's bytes.
#[derive(Debug)]
pub struct Bytestream {
    /// Where they begin: 0 when the service has another bundle by now, or knows no ranges.
    pub from: u64,
    /// The bytes.
    pub body: Incoming,
}

impl Service {
    /// The service that the booth's settings name.
    ///
    /// # Errors
    /// When they do not, or no certificate is trusted.
    pub fn of(settings: &Path) -> Result<Self, ServiceError> {
        let wrong = |what: String| ServiceError::Settings { path: settings.to_owned(), what };
        let text = std::fs::read_to_string(settings).map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let read: Settings = toml::from_str(&text).map_err(|error| wrong(error.message().to_owned()))?;
        let address = read.service.ok_or_else(|| wrong("names no service".into()))?;
        let folder = settings.parent().unwrap_or(Path::new(""));
        Self::new(&address, read.ca_file.map(|file| folder.join(file)).as_deref())
    }

    /// The service at that address, trusting the machine's certificates and those of `ca_file`.
    ///
    /// # Errors
    /// When `ca_file` holds none.
    pub fn new(address: &str, ca_file: Option<&Path>) -> Result<Self, ServiceError> {
        // Without TLS only where the settings say so: within one machine, and in tests.
        let is_https = address.starts_with("https://");
        let tls = engawa_trust::tls(is_https, ca_file)?;
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_max_idle_per_host(1)
            .build(engawa_trust::connector(is_https, tls, OPENING));
        Ok(Self { client, address: address.trim_end_matches('/').to_owned() })
    }

    /// The newest bundle for that machine; none when there is none.
    ///
    /// # Errors
    /// When the service cannot be asked, or what it offers cannot be.
    pub async fn offer(&self, compatible: &str) -> Result<Option<Offer>, ServiceError> {
        let what = "the newest version";
        let answer = self.get(what, &format!("/api/v1/updates/{compatible}"), None).await?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            status => return Err(ServiceError::Status(what, status)),
        }
        let body = timeout(ANSWER, Limited::new(answer.into_body(), ANSWER_BYTES).collect()).await;
        let body = body.map_err(|_| ServiceError::Time(what))?.map_err(|error| ServiceError::Reach(what, error))?;
        let offer = serde_json::from_slice(&body.to_bytes()).map_err(|_| ServiceError::Offer("no JSON of ours"))?;
        checked(offer).map(Some)
    }

    /// A bundle from byte `from` on.
    ///
    /// # Errors
    /// When the service cannot be asked or does not have it.
    pub async fn bundle(&self, compatible: &str, offer: &Offer, from: u64) -> Result<Bytestream, ServiceError> {
        let what = "the bundle";
        let path = format!("/api/v1/updates/{compatible}/{}", offer.version);
        let answer = self.get(what, &path, (from > 0).then_some((from, &*offer.sha256))).await?;
        let tag = HeaderValue::try_from(format!("\"{}\"", offer.sha256)).expect("digits stand in a header");
        let same = answer.headers().get(ETAG).is_none_or(|found| *found == tag);
        match answer.status() {
            StatusCode::OK if same => Ok(Bytestream { from: 0, body: answer.into_body() }),
            StatusCode::PARTIAL_CONTENT if same => Ok(Bytestream { from, body: answer.into_body() }),
            StatusCode::OK | StatusCode::PARTIAL_CONTENT => Err(ServiceError::Offer("another bundle of that version")),
            status => Err(ServiceError::Status(what, status)),
        }
    }

    async fn get(
        &self,
        what: &'static str,
        path: &str,
        range: Option<(u64, &str)>,
    ) -> Result<Response<Incoming>, ServiceError> {
        let mut request = Request::get(format!("{}{path}", self.address));
        if let Some((from, sha256)) = range {
            request = request.header(RANGE, format!("bytes={from}-")).header(IF_RANGE, format!("\"{sha256}\""));
        }
        let request = request.body(Empty::new()).map_err(|error| ServiceError::Reach(what, error.into()))?;
        let asked = timeout(ANSWER, self.client.request(request)).await;
        asked.map_err(|_| ServiceError::Time(what))?.map_err(|error| ServiceError::Reach(what, error.into()))
    }
}

/// A version's name stands in paths and logs.
pub fn is_version(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_' | '~');
    (1..=VERSION_CHARS).contains(&text.len()) && text.chars().all(plain) && !text.starts_with('.')
}

fn checked(offer: Offer) -> Result<Offer, ServiceError> {
    let digits = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    if !is_version(&offer.version) {
        return Err(ServiceError::Offer("its version"));
    }
    if offer.sha256.len() != 64 || !offer.sha256.chars().all(digits) {
        return Err(ServiceError::Offer("its sum"));
    }
    match offer.size {
        1..=BUNDLE_BYTES => Ok(offer),
        _ => Err(ServiceError::Offer("its size")),
    }
}
