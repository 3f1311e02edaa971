//! Records as JSON in the ledger's key-values, changed only by whoever saw the latest state, and
//! the bytes of files as its blobs.
//!
//! Every write of a record names the revision that it replaces, so that two requests, or two nodes
//! of the service, cannot both win.

pub use engawa_ledger::Expect;

use engawa_ledger::{BlobError, BlobHash, BlobReader, Entry, Ledger, PutError, Revision};
use engawa_protocol::FileId;
use futures_util::future::try_join_all;
use futures_util::stream::select_all;
use futures_util::{FutureExt, StreamExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// Bytes of one piece of a file on its way.
pub const PIECE_BYTES: usize = engawa_ledger::VALUE_BYTES;

/// Between two looks at a ledger that fails.
const RETRY: Duration = Duration::from_millis(500);

/// A record and which state of it this is.
#[derive(Debug, Clone)]
pub struct Kept<T> {
    /// The record.
    pub value: T,
    /// Its state.
    pub revision: Revision,
}

/// Why a record is not read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed it meanwhile.
    #[error("the record was changed by somebody else")]
    Conflict,
    /// It is not what was written.
    #[error("the record {key} is damaged")]
    Damaged {
        /// Its key, which never holds anything that people typed.
        key: String,
    },
    /// The ledger failed.
    #[error("the ledger does not keep or give a record")]
    Ledger(#[from] engawa_ledger::Error),
    /// It does not keep a file.
    #[error("the ledger does not keep a file")]
    Blob(#[from] BlobError),
}

/// Records and files in a ledger. Clones share it.
#[derive(Clone)]
pub struct Store {
    ledger: Arc<dyn Ledger>,
}

impl Store {
    /// The records in `ledger`.
    pub fn new(ledger: Arc<dyn Ledger>) -> Self {
        Self { ledger }
    }

    /// The record of `key`.
    ///
    /// # Errors
    /// A failing ledger, or a damaged record.
    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<Kept<T>>, StoreError> {
        let Some(entry) = self.ledger.value(key).await? else { return Ok(None) };
        parse(key, &entry).map(Some)
    }

    /// Writes the record of `key`, durably.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when `expect` is not what is there; a failing ledger.
    pub async fn put<T: Serialize + Sync>(&self, key: &str, value: &T, expect: Expect) -> Result<Revision, StoreError> {
        let bytes = serde_json::to_vec(value).expect("a record of ours becomes JSON");
        Ok(self.ledger.put(key, &bytes, expect).await?)
    }

    /// Removes the record of `key`, durably; with [`Expect::Any`] one that is not there is no error.
    ///
    /// # Errors
    /// As [`Store::put`].
    pub async fn delete(&self, key: &str, expect: Expect) -> Result<(), StoreError> {
        Ok(self.ledger.delete(key, expect).await?)
    }

    /// Every record whose key begins with `prefix`, in the order of the keys. A damaged one is
    /// passed over, and keeps nobody from the others.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn list<T: DeserializeOwned>(&self, prefix: &str) -> Result<Vec<(String, Kept<T>)>, StoreError> {
        let read = |(key, entry): (String, Entry)| match parse(&key, &entry) {
            Ok(kept) => Some((key, kept)),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a record is passed over");
                None
            }
        };
        Ok(self.ledger.list(prefix).await?.into_iter().filter_map(read).collect())
    }

    /// Keeps one piece of something larger.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn put_bytes(&self, key: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.ledger.put(key, bytes, Expect::Any).await?;
        Ok(())
    }

    /// One piece as it was kept.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn bytes(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.ledger.value(key).await?.map(|entry| entry.value))
    }

    /// Looks whenever something under one of `prefixes` may have changed: at once, and for ever, also when the
    /// ledger fails meanwhile.
    pub async fn follow<F, L>(&self, prefixes: &[&str], look: F)
    where
        F: Fn() -> L,
        L: Future<Output = Result<(), StoreError>>,
    {
        let records = prefixes.join(" ");
        loop {
            match try_join_all(prefixes.iter().map(|prefix| self.ledger.watch(prefix))).await {
                Ok(watches) => {
                    let mut changes = select_all(watches);
                    // What changed before this is told by nobody.
                    until_seen(&records, &look).await;
                    while let Some(change) = changes.next().await {
                        // The ledger is away; what changed is told when it is back.
                        if change.is_err() {
                            continue;
                        }
                        // What has piled up meanwhile is one look.
                        while let Some(Some(_)) = changes.next().now_or_never() {}
                        until_seen(&records, &look).await;
                    }
                }
                Err(error) => {
                    tracing::error!(records, error = &error as &dyn std::error::Error, "changes are not followed");
                }
            }
            sleep(RETRY).await;
        }
    }

    /// Removes everything whose key begins with `prefix`.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn delete_all(&self, prefix: &str) -> Result<(), StoreError> {
        for (key, _) in self.ledger.list(prefix).await? {
            self.ledger.delete(&key, Expect::Any).await?;
        }
        Ok(())
    }

    /// Keeps the bytes of a file.
    ///
    /// # Errors
    /// A failing ledger, or bytes of another hash.
    pub async fn put_file(&self, file: &FileId, bytes: Vec<u8>) -> Result<(), StoreError> {
        let (size, bytes) = (bytes.len() as u64, bytes::Bytes::from(bytes));
        let chunks = futures_util::stream::once(async { Ok(bytes) }).boxed();
        Ok(self.ledger.put_blob(&blob(file), size, chunks).await?)
    }

    /// The bytes of a file as they are read; none when they are gone.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn file(&self, file: &FileId) -> Result<Option<BlobReader>, StoreError> {
        Ok(self.ledger.blob(&blob(file)).await?)
    }

    /// Removes the bytes of a file.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn delete_file(&self, file: &FileId) -> Result<(), StoreError> {
        Ok(self.ledger.delete_blob(&blob(file)).await?)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl From<PutError> for StoreError {
    fn from(error: PutError) -> Self {
        match error {
            PutError::Conflict { .. } => StoreError::Conflict,
            PutError::Store(error) => error.into(),
        }
    }
}

/// The name of a file with these bytes.
pub fn hash_of(bytes: &[u8]) -> FileId {
    BlobHash::of(bytes).to_string().parse().expect("a SHA-256 in hexadecimal digits names a file")
}

fn blob(file: &FileId) -> BlobHash {
    file.as_str().parse().expect("a file is named by a SHA-256 in hexadecimal digits")
}

async fn until_seen<L: Future<Output = Result<(), StoreError>>>(records: &str, look: &impl Fn() -> L) {
    let mut is_said = false;
    while let Err(error) = look().await {
        if !std::mem::replace(&mut is_said, true) {
            tracing::error!(records, error = &error as &dyn std::error::Error, "changes are not read");
        }
        sleep(RETRY).await;
    }
}

fn parse<T: DeserializeOwned>(key: &str, entry: &Entry) -> Result<Kept<T>, StoreError> {
    let damaged = |_| StoreError::Damaged { key: key.to_owned() };
    Ok(Kept { value: serde_json::from_slice(&entry.value).map_err(damaged)?, revision: entry.revision })
}
