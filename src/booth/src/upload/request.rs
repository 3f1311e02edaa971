//! One request at a time, with what the booth bears, and what its answer means.

use crate::access::Access;
use crate::service::{Answer, Service};
use engawa_protocol::{FileCard, Refusal, RoomId, Seq, limits};
use engawa_session::outbox::UploadFault;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, StatusCode};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A piece of 256 KiB takes this long at 70 kbit/s.
const ANSWER: Duration = Duration::from_secs(30);
/// The largest file takes this long at 700 kbit/s.
const DOWNLOAD: Duration = Duration::from_secs(60);
/// Longest answer that is read.
const ANSWER_BYTES: usize = 16 * 1024;
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// A begun upload.
pub struct Upload {
    /// Where its pieces go.
    pub path: String,
    /// Bytes that the service has.
    pub sent: u32,
}

pub struct Requests {
    pub service: Service,
    pub access: Access,
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
        let answer = self.ask(Method::GET, &path, [], Vec::new(), limits::FILE_BYTES as usize, DOWNLOAD).await?;
        if answer.status.is_success() { Ok(answer.body) } else { Err(meaning(answer.status, &answer.body, false)) }
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
        body: Vec<u8>,
    ) -> Result<(HeaderMap, Bytes), UploadFault> {
        let creating = method == Method::POST;
        let Answer { status, headers, body } = self.ask(method, path, headers, body, ANSWER_BYTES, ANSWER).await?;
        if status.is_success() {
            return Ok((headers, body));
        }
        Err(meaning(status, &body, creating))
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
        body: Vec<u8>,
        most: usize,
        patience: Duration,
    ) -> Result<Answer, UploadFault> {
        // Whatever keeps the booth from signing in is the link's to tell; the upload rests until then.
        let authorization = self.access.authorization().await.map_err(|_| UploadFault::Away)?;
        let uri = format!("{}{path}", self.service.address());
        let mut request = Request::builder().method(method).uri(uri).header(AUTHORIZATION, authorization.clone());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::from(body)).map_err(|_| UploadFault::Away)?;
        let answer = self.service.ask(request, most, patience).await.map_err(|_| UploadFault::Away)?;
        if answer.status == StatusCode::UNAUTHORIZED {
            self.access.refused(&authorization).await;
        }
        Ok(answer)
    }
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
