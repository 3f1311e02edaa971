//! Files on their way into a room's chat: resumable, bounded, and checked before anybody sees them (T2).
//!
//! A record says how far an upload is; its bytes lie beside it in pieces, each written before the
//! record counts it. So a cut line, or a killed service, costs at most one piece. When all is there
//! and its hash is right, it becomes one file, named by that hash; only then may `send_file` name it.

mod kind;
mod name;

pub use kind::media_type;
pub use name::{clean_file_name, disposition};

use crate::clock;
use crate::store::{Expect, Kept, PIECE_BYTES, Store, StoreError, hash_of};
use axum::body::{Body, BodyDataStream, Bytes};
use engawa_ledger::BlobReader;
use engawa_protocol::{Actor, FileCard, FileId, Millis, RoomId, limits};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Files of one room.
pub const ROOM_FILES: usize = 50;
/// Bytes of one room's files.
const ROOM_BYTES: u64 = 100 * 1024 * 1024;
/// Uploads under way at all, and their bytes.
const UPLOADS: usize = 2_000;
const ALL_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// An upload that nobody goes on with is forgotten: a booth's queue is taken for a day.
const EXPIRES: Duration = Duration::from_secs(2 * 24 * 60 * 60);
/// Bodies that are read at a time.
const READING: usize = 64;
/// The next bytes of a body come within this.
const BREATH: Duration = Duration::from_secs(10);

/// An upload's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its id.
    pub id: String,
    /// Whose it is.
    by: Actor,
    /// Name, hash, size, and the type once it is known.
    pub card: FileCard,
    /// Bytes that are here.
    pub offset: u32,
    /// Everything is here, and is what it should be.
    pub whole: bool,
    expires: Millis,
}

/// Why bytes are not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// There is no such upload of this sender.
    #[error("there is no such upload")]
    Unknown,
    /// The file is larger than [`limits::FILE_BYTES`], or more came than was said.
    #[error("the file is too large")]
    TooLarge,
    /// It has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The room, or the service, has too many.
    #[error("there are too many files")]
    Full,
    /// Too many bodies are being read.
    #[error("too many uploads at this moment")]
    Busy,
    /// It goes on elsewhere.
    #[error("the upload goes on at byte {0}")]
    Offset(u32),
    /// What came is not what was named; nothing of it is left.
    #[error("the bytes do not have the hash that was named")]
    Hash,
    /// The body broke off; what came of it is kept.
    #[error("the body broke off at byte {0}")]
    Cut(u32),
    /// It cannot be kept.
    #[error("an upload is not kept")]
    Store(#[from] StoreError),
}

/// The uploads of the event.
#[derive(Debug)]
pub struct Uploads {
    store: Store,
    reading: Semaphore,
}

impl Uploads {
    /// The uploads among the records of `store`.
    pub fn new(store: Store) -> Self {
        Self { store, reading: Semaphore::new(READING) }
    }

    /// Begins an upload, or finds the one that was begun for the same file before.
    ///
    /// # Errors
    /// A file that is too large or empty, or one too many.
    pub async fn begin(
        &self,
        room: &RoomId,
        by: Actor,
        name: &str,
        file: FileId,
        size: u64,
    ) -> Result<Upload, UploadError> {
        let size = u32::try_from(size).ok().filter(|size| *size <= limits::FILE_BYTES).ok_or(UploadError::TooLarge)?;
        if size == 0 {
            return Err(UploadError::Empty);
        }
        let card = FileCard { file, name: clean_file_name(name), size, media_type: String::new() };
        let theirs = self.of_room(room).await?;
        let same = |upload: &Upload| {
            upload.by == by
                && (&upload.card.file, &upload.card.name, upload.card.size) == (&card.file, &card.name, size)
        };
        if let Some(kept) = theirs.iter().find(|kept| same(&kept.value)) {
            let whole = kept.value.offset == size && !kept.value.whole;
            return if whole { self.finish(room, kept.clone()).await } else { Ok(kept.value.clone()) };
        }
        let bytes: u64 = theirs.iter().map(|kept| u64::from(kept.value.card.size)).sum();
        if theirs.len() >= ROOM_FILES || bytes + u64::from(size) > ROOM_BYTES {
            return Err(UploadError::Full);
        }
        let open: Vec<_> = self.all().await?.into_iter().filter(|(_, kept)| !kept.value.whole).collect();
        let bytes: u64 = open.iter().map(|(_, kept)| u64::from(kept.value.card.size)).sum();
        if open.len() >= UPLOADS || bytes + u64::from(size) > ALL_BYTES {
            return Err(UploadError::Full);
        }
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(|_| UploadError::Busy)?;
        let upload = Upload { id: hex::encode(id), by, card, offset: 0, whole: false, expires: expires(clock::now()) };
        self.store.put(&key(room, &upload.id), &upload, Expect::New).await?;
        Ok(upload)
    }

    /// How far an upload of this sender is.
    ///
    /// # Errors
    /// [`UploadError::Unknown`].
    pub async fn find(&self, room: &RoomId, by: &Actor, id: &str) -> Result<Upload, UploadError> {
        Ok(self.kept(room, by, id).await?.value)
    }

    /// Takes the bytes of `body` from `offset` on.
    ///
    /// # Errors
    /// [`UploadError::Offset`] and [`UploadError::Cut`] say where it goes on.
    pub async fn append(
        &self,
        room: &RoomId,
        by: &Actor,
        id: &str,
        offset: u32,
        body: Body,
    ) -> Result<Upload, UploadError> {
        let _reading = self.reading.try_acquire().map_err(|_| UploadError::Busy)?;
        let mut kept = self.kept(room, by, id).await?;
        if kept.value.offset != offset {
            return Err(UploadError::Offset(kept.value.offset));
        }
        let mut pieces = Pieces { body: body.into_data_stream(), rest: Bytes::new(), over: false, cut: false };
        loop {
            let left = (kept.value.card.size - kept.value.offset) as usize;
            let piece = pieces.next(left).await?;
            if piece.is_empty() {
                break;
            }
            self.store.put_bytes(&piece_key(id, kept.value.offset), &piece).await?;
            kept.value.offset += piece.len() as u32;
            kept.value.expires = expires(clock::now());
            let replaced = Expect::Revision(kept.revision);
            match self.store.put(&key(room, id), &kept.value, replaced).await {
                Ok(revision) => kept.revision = revision,
                // The same upload goes on over another connection.
                Err(StoreError::Conflict) => return Err(UploadError::Offset(self.find(room, by, id).await?.offset)),
                Err(error) => return Err(error.into()),
            }
        }
        if kept.value.offset == kept.value.card.size && !kept.value.whole {
            return self.finish(room, kept).await;
        }
        if pieces.cut { Err(UploadError::Cut(kept.value.offset)) } else { Ok(kept.value) }
    }

    /// The file as `send_file` may name it: here as a whole, for this room, by this sender.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn card(&self, room: &RoomId, by: &Actor, file: &FileId) -> Result<Option<FileCard>, StoreError> {
        let of_it = |kept: &Kept<Upload>| kept.value.whole && kept.value.by == *by && kept.value.card.file == *file;
        Ok(self.of_room(room).await?.into_iter().find(of_it).map(|kept| kept.value.card))
    }

    /// The bytes of a file of `room`.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn bytes(&self, file: &FileId) -> Result<Option<BlobReader>, StoreError> {
        self.store.file(file).await
    }

    /// Forgets uploads that nobody goes on with, `most` of them; answers whether there are more.
    /// `is_sent` tells whether a whole one stands in its room's log: it is looked at again much later.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn forget_old<F: Future<Output = bool>>(
        &self,
        now: Millis,
        most: usize,
        is_sent: impl Fn(RoomId, FileId) -> F,
    ) -> Result<bool, StoreError> {
        let mut old = self.all().await?;
        old.retain(|(_, kept)| kept.value.expires <= now);
        let more = old.len() > most;
        for (room, mut kept) in old.into_iter().take(most) {
            if !kept.value.whole || !is_sent(room.clone(), kept.value.card.file.clone()).await {
                self.forget(&room, &kept.value).await?;
                continue;
            }
            kept.value.expires = expires(now);
            match self.store.put(&key(&room, &kept.value.id), &kept.value, Expect::Revision(kept.revision)).await {
                Ok(_) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(more)
    }

    /// Forgets every file of a room whose records are no longer kept.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn forget_room(&self, room: &RoomId) -> Result<(), StoreError> {
        for kept in self.of_room(room).await? {
            self.forget(room, &kept.value).await?;
        }
        Ok(())
    }

    async fn forget(&self, room: &RoomId, upload: &Upload) -> Result<(), StoreError> {
        let file = &upload.card.file;
        self.store.delete(&reference_key(file, room), Expect::Any).await?;
        let elsewhere = self.store.list::<Reference>(&format!("file/{file}/")).await?;
        if upload.whole && elsewhere.is_empty() {
            self.store.delete_file(file).await?;
        }
        self.forget_pieces(upload).await?;
        self.store.delete(&key(room, &upload.id), Expect::Any).await
    }

    async fn forget_pieces(&self, upload: &Upload) -> Result<(), StoreError> {
        self.store.delete_all(&format!("piece/{}/", upload.id)).await
    }

    async fn finish(&self, room: &RoomId, mut kept: Kept<Upload>) -> Result<Upload, UploadError> {
        let upload = &mut kept.value;
        let mut bytes = Vec::with_capacity(upload.card.size as usize);
        while bytes.len() < upload.card.size as usize {
            let piece = self.store.bytes(&piece_key(&upload.id, bytes.len() as u32)).await?;
            bytes.extend(piece.ok_or_else(|| StoreError::Damaged { key: format!("piece/{}", upload.id) })?);
        }
        if bytes.len() != upload.card.size as usize || hash_of(&bytes) != upload.card.file {
            self.forget_pieces(upload).await?;
            self.store.delete(&key(room, &upload.id), Expect::Any).await?;
            return Err(UploadError::Hash);
        }
        upload.card.media_type = media_type(&bytes).to_owned();
        // The reference stands before the file, and goes after it: no file lies about unknown.
        self.store.put(&reference_key(&upload.card.file, room), &Reference {}, Expect::Any).await?;
        self.store.put_file(&upload.card.file, bytes).await?;
        (upload.whole, upload.expires) = (true, expires(clock::now()));
        match self.store.put(&key(room, &upload.id), &*upload, Expect::Revision(kept.revision)).await {
            Ok(_) | Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
        self.forget_pieces(upload).await?;
        Ok(kept.value)
    }

    async fn kept(&self, room: &RoomId, by: &Actor, id: &str) -> Result<Kept<Upload>, UploadError> {
        let is_id = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
        let found = if is_id { self.store.get::<Upload>(&key(room, id)).await? } else { None };
        found.filter(|kept| kept.value.by == *by).ok_or(UploadError::Unknown)
    }

    async fn of_room(&self, room: &RoomId) -> Result<Vec<Kept<Upload>>, StoreError> {
        let found = self.store.list(&format!("upload/{room}/")).await?;
        Ok(found.into_iter().map(|(_, kept)| kept).collect())
    }

    async fn all(&self) -> Result<Vec<(RoomId, Kept<Upload>)>, StoreError> {
        let found = self.store.list("upload/").await?.into_iter();
        Ok(found.filter_map(|(key, kept)| Some((key.split('/').nth(1)?.parse().ok()?, kept))).collect())
    }
}

/// A file is of a room.
#[derive(Serialize, Deserialize)]
struct Reference {}

/// A body in pieces as they are kept.
struct Pieces {
    body: BodyDataStream,
    /// Came with the last piece and belongs to the next one.
    rest: Bytes,
    over: bool,
    cut: bool,
}

impl Pieces {
    /// The next piece, of at most `left` bytes; none when the body is over.
    async fn next(&mut self, left: usize) -> Result<Vec<u8>, UploadError> {
        let mut piece = Vec::new();
        while piece.len() < PIECE_BYTES {
            if self.rest.is_empty() && !self.over {
                match timeout(BREATH, self.body.next()).await {
                    Ok(Some(Ok(bytes))) => self.rest = bytes,
                    Ok(None) => self.over = true,
                    Ok(Some(Err(_))) | Err(_) => (self.over, self.cut) = (true, true),
                }
            }
            if self.rest.is_empty() && self.over {
                break;
            }
            let room = PIECE_BYTES - piece.len();
            piece.extend_from_slice(&self.rest.split_to(room.min(self.rest.len())));
            if piece.len() > left {
                return Err(UploadError::TooLarge);
            }
        }
        Ok(piece)
    }
}

fn expires(now: Millis) -> Millis {
    Millis(now.0 + EXPIRES.as_millis() as u64)
}

fn key(room: &RoomId, id: &str) -> String {
    format!("upload/{room}/{id}")
}

fn piece_key(id: &str, offset: u32) -> String {
    format!("piece/{id}/{offset:08}")
}

fn reference_key(file: &FileId, room: &RoomId) -> String {
    format!("file/{file}/{room}")
}
