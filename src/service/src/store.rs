//! Records as JSON in the ledger's key-values, changed only by whoever saw the latest state, and
//! the bytes of files.
//!
//! Every write of a record names the revision that it replaces, so that two requests, or two nodes
//! of the service, cannot both win.

use engawa_ledger::Ledger;
use engawa_protocol::FileId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Bytes of one piece of a file: below every store's limit for one value.
pub const PIECE_BYTES: usize = 256 * 1024;

/// Which state of a record a write may replace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Whatever is there.
    Any,
    /// Nothing.
    New,
    /// This one.
    Revision(Revision),
}

/// Names one state of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision(u64);

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
}

/// Records and files in a ledger. Clones share it.
#[derive(Clone)]
pub struct Store {
    ledger: Arc<dyn Ledger>,
    writing: Arc<Mutex<()>>,
}

impl Store {
    /// The records in `ledger`.
    pub fn new(ledger: Arc<dyn Ledger>) -> Self {
        Self { ledger, writing: Arc::default() }
    }

    /// The record of `key`.
    ///
    /// # Errors
    /// A failing ledger, or a damaged record.
    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<Kept<T>>, StoreError> {
        let Some(bytes) = self.ledger.value(key).await? else { return Ok(None) };
        parse(key, &bytes).map(Some)
    }

    /// Writes the record of `key`, durably.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when `expect` is not what is there; a failing ledger.
    pub async fn put<T: Serialize + Sync>(&self, key: &str, value: &T, expect: Expect) -> Result<Revision, StoreError> {
        let bytes = serde_json::to_vec(value).expect("a record of ours becomes JSON");
        let _writing = self.writing.lock().await;
        self.meets(key, expect).await?;
        self.ledger.put(key, &bytes).await?;
        Ok(revision(&bytes))
    }

    /// Removes the record of `key`, durably; with [`Expect::Any`] one that is not there is no error.
    ///
    /// # Errors
    /// As [`Store::put`].
    pub async fn delete(&self, key: &str, expect: Expect) -> Result<(), StoreError> {
        let _writing = self.writing.lock().await;
        self.meets(key, expect).await?;
        Ok(self.ledger.delete(key).await?)
    }

    /// Every record whose key begins with `prefix`, in the order of the keys. A damaged one is
    /// passed over, and keeps nobody from the others.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn list<T: DeserializeOwned>(&self, prefix: &str) -> Result<Vec<(String, Kept<T>)>, StoreError> {
        let read = |(key, bytes): (String, Vec<u8>)| match parse(&key, &bytes) {
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
        Ok(self.ledger.put(key, bytes).await?)
    }

    /// One piece as it was kept.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn bytes(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.ledger.value(key).await?)
    }

    /// Removes everything whose key begins with `prefix`.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn delete_all(&self, prefix: &str) -> Result<(), StoreError> {
        for (key, _) in self.ledger.list(prefix).await? {
            self.ledger.delete(&key).await?;
        }
        Ok(())
    }

    /// Keeps the bytes of a file, of which the caller has checked hash and size.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn put_file(&self, file: &FileId, bytes: &[u8]) -> Result<(), StoreError> {
        for (at, piece) in bytes.chunks(PIECE_BYTES).enumerate() {
            self.ledger.put(&blob_key(file, at), piece).await?;
        }
        Ok(())
    }

    /// The bytes of a file; none when they are gone.
    ///
    /// # Errors
    /// A failing ledger, or bytes that are not those that were kept.
    pub async fn file(&self, file: &FileId) -> Result<Option<Vec<u8>>, StoreError> {
        let mut bytes = Vec::new();
        for at in 0.. {
            let Some(piece) = self.ledger.value(&blob_key(file, at)).await? else { break };
            bytes.extend(piece);
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        if hash_of(&bytes) != *file {
            return Err(StoreError::Damaged { key: format!("blob/{file}") });
        }
        Ok(Some(bytes))
    }

    /// Removes the bytes of a file.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn delete_file(&self, file: &FileId) -> Result<(), StoreError> {
        self.delete_all(&format!("blob/{file}/")).await
    }

    async fn meets(&self, key: &str, expect: Expect) -> Result<(), StoreError> {
        let found = match expect {
            Expect::Any => return Ok(()),
            Expect::New | Expect::Revision(_) => self.ledger.value(key).await?,
        };
        let met = match (expect, found) {
            (Expect::New, None) => true,
            (Expect::Revision(wanted), Some(bytes)) => revision(&bytes) == wanted,
            _ => false,
        };
        if met { Ok(()) } else { Err(StoreError::Conflict) }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

/// The name of a file with these bytes.
pub fn hash_of(bytes: &[u8]) -> FileId {
    hex::encode(Sha256::digest(bytes)).parse().expect("a SHA-256 in hexadecimal digits names a file")
}

fn blob_key(file: &FileId, at: usize) -> String {
    format!("blob/{file}/{at:04}")
}

fn parse<T: DeserializeOwned>(key: &str, bytes: &[u8]) -> Result<Kept<T>, StoreError> {
    let damaged = |_| StoreError::Damaged { key: key.to_owned() };
    Ok(Kept { value: serde_json::from_slice(bytes).map_err(damaged)?, revision: revision(bytes) })
}

fn revision(bytes: &[u8]) -> Revision {
    let hash = Sha256::digest(bytes);
    Revision(u64::from_be_bytes(hash[..8].try_into().expect("a hash has eight bytes and more")))
}
