//! Files of a room's chat: uploading in as many parts as it takes, and downloading (T2, T3).

use super::caller::{Body, Member};
use super::error::{ApiError, Problem, failed};
use crate::clock;
use crate::records::Part;
use crate::service::Service;
use crate::store::StoreError;
use crate::uploads::{Upload, UploadError, disposition};
use axum::Json;
use axum::body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engawa_protocol::{FileId, RoomId};
use engawa_session::room::{Body as PostBody, Room, Sender};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// As tus names them (resumable upload protocol 1.0.x).
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
/// Nothing of a file runs, whatever it is opened with.
const SANDBOX: &str = "default-src 'none'; sandbox";

/// A file to come.
#[derive(Deserialize, ToSchema)]
pub struct NewFile {
    name: String,
    /// At most 5242880.
    size: u64,
    /// Of its bytes, in 64 lower-case hexadecimal digits.
    #[schema(value_type = String)]
    sha256: FileId,
}

/// How far an upload is.
#[derive(Serialize, ToSchema)]
pub struct UploadView {
    upload: String,
    offset: u32,
    size: u32,
    /// The name under which it will be seen.
    name: String,
    /// Everything is here; `send_file` may name it.
    whole: bool,
}

impl UploadView {
    fn new(upload: Upload) -> Self {
        let Upload { id, card, offset, whole, .. } = upload;
        Self { upload: id, offset, size: card.size, name: card.name, whole }
    }
}

/// Begins an upload. The same file again is the same upload, and goes on where it was.
#[utoipa::path(post, path = "/api/rooms/{room}/files", tag = "files", request_body = NewFile,
    params(("room" = String, Path)),
    responses((status = 201, body = UploadView), (status = 404, body = Problem),
        (status = 413, body = Problem, description = "the file is too large, or there are too many"),
        (status = 422, body = Problem)))]
pub async fn create(
    State(service): State<Arc<Service>>,
    Member(sender): Member,
    Path(room): Path<String>,
    Body(new): Body<NewFile>,
) -> Result<(StatusCode, Json<UploadView>), ApiError> {
    let (room, _) = writable(&service, &sender, &room).await?;
    let upload = service.uploads.begin(&room, sender.actor(), &new.name, new.sha256, new.size).await?;
    Ok((StatusCode::CREATED, Json(UploadView::new(upload))))
}

/// Tells how far an upload is.
#[utoipa::path(head, path = "/api/rooms/{room}/files/{file}", tag = "files",
    params(("room" = String, Path), ("file" = String, Path, description = "the upload")),
    responses((status = 200, headers(("upload-offset" = u32), ("upload-length" = u32))), (status = 404)))]
pub async fn offset(
    State(service): State<Arc<Service>>,
    Member(sender): Member,
    Path((room, upload)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (room, _) = writable(&service, &sender, &room).await?;
    let upload = service.uploads.find(&room, &sender.actor(), &upload).await?;
    Ok((StatusCode::OK, progress(&upload)).into_response())
}

/// Goes on with an upload: the bytes from `upload-offset` on, as many as the sender likes.
#[utoipa::path(patch, path = "/api/rooms/{room}/files/{file}", tag = "files",
    request_body(content_type = "application/offset+octet-stream"),
    params(("room" = String, Path), ("file" = String, Path, description = "the upload"),
        ("upload-offset" = u32, Header)),
    responses((status = 204, headers(("upload-offset" = u32), ("upload-length" = u32))),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "the upload is at another offset, which the header tells"),
        (status = 413, body = Problem), (status = 422, body = Problem, description = "the hash is wrong"),
        (status = 429, body = Problem)))]
pub async fn append(
    State(service): State<Arc<Service>>,
    Member(sender): Member,
    Path((room, upload)): Path<(String, String)>,
    headers: HeaderMap,
    body: body::Body,
) -> Result<Response, ApiError> {
    let (room, _) = writable(&service, &sender, &room).await?;
    let offset = headers.get(OFFSET).and_then(|value| value.to_str().ok()?.parse().ok());
    let offset = offset.ok_or_else(|| ApiError::Invalid("upload-offset is missing".into()))?;
    match service.uploads.append(&room, &sender.actor(), &upload, offset, body).await {
        Ok(upload) => Ok((StatusCode::NO_CONTENT, progress(&upload)).into_response()),
        Err(UploadError::Offset(at) | UploadError::Cut(at)) => {
            let mut answer = ApiError::Conflict("the upload goes on at another offset").into_response();
            answer.headers_mut().insert(OFFSET, HeaderValue::from(at));
            Ok(answer)
        }
        Err(error) => Err(error.into()),
    }
}

/// Downloads a file of the chat.
#[utoipa::path(get, path = "/api/rooms/{room}/files/{file}", tag = "files",
    params(("room" = String, Path), ("file" = u32, Path, description = "the number of its post")),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404, body = Problem)))]
pub async fn download(
    State(service): State<Arc<Service>>,
    Member(sender): Member,
    Path((room, post)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let missing = || ApiError::NotFound("file");
    let (id, room) = admitted(&service, &sender, &room).await?;
    let post = post.parse().ok().and_then(|post| room.post(post)).ok_or_else(missing)?;
    let PostBody::File(card) = &post.body else { return Err(missing()) };
    let file = service.uploads.bytes(&card.file).await?.ok_or_else(missing)?;
    // Whoever downloads one of them has seen that there are files.
    if let (Sender::Host { company, .. }, true) = (&sender, room.is_over()) {
        service.records.taken(company, &id, Part::Files).await?;
    }
    let media_type = HeaderValue::try_from(card.media_type.as_str());
    let headers = [
        (header::CONTENT_TYPE, media_type.unwrap_or(HeaderValue::from_static("application/octet-stream"))),
        (header::CONTENT_DISPOSITION, HeaderValue::try_from(disposition(&card.name)).map_err(|_| missing())?),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    let length = [(header::CONTENT_LENGTH, HeaderValue::from(file.size))];
    Ok((headers, length, body::Body::from_stream(file.chunks)).into_response())
}

/// A room that the caller is of; others' rooms are answered as if they were not there.
async fn admitted(service: &Service, sender: &Sender, room: &str) -> Result<(RoomId, Room), ApiError> {
    let missing = || ApiError::NotFound("room");
    let id: RoomId = room.parse().map_err(|_| missing())?;
    let (room, _) = service.rooms.read(&id).await?.ok_or_else(missing)?;
    let is_member = !matches!(sender, Sender::Staff { .. }) && room.admits(sender);
    if is_member { Ok((id, room)) } else { Err(missing()) }
}

/// A room whose chat still takes the caller's files: the guest's queue may come late.
async fn writable(service: &Service, sender: &Sender, room: &str) -> Result<(RoomId, Room), ApiError> {
    let (id, room) = admitted(service, sender, room).await?;
    let late = room.since().0 + service.config.policy.late.as_millis() as u64;
    if room.is_over() && (!matches!(sender, Sender::Guest { .. }) || clock::now().0 >= late) {
        return Err(ApiError::Conflict("the interview is over"));
    }
    Ok((id, room))
}

fn progress(upload: &Upload) -> [(HeaderName, HeaderValue); 3] {
    [
        (OFFSET, HeaderValue::from(upload.offset)),
        (LENGTH, HeaderValue::from(upload.card.size)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Unknown => ApiError::NotFound("upload"),
            UploadError::TooLarge => ApiError::TooLarge("a file has at most 5 MiB"),
            UploadError::Empty => ApiError::Invalid("size: the file is empty".into()),
            UploadError::Full => ApiError::TooLarge("there are too many files"),
            UploadError::Busy => ApiError::TooMany("uploads at this moment", Duration::from_secs(1)),
            UploadError::Hash => ApiError::Invalid("sha256: the bytes have another hash".into()),
            UploadError::Offset(_) | UploadError::Cut(_) => ApiError::Conflict("the upload goes on elsewhere"),
            UploadError::Store(StoreError::Conflict) => ApiError::Conflict("somebody else goes on with it"),
            UploadError::Store(error) => failed(&error),
        }
    }
}
