//! What can go wrong in a ledger: the caller's fault, another writer's doing, and the store's failures.

use crate::{KEY_BYTES, Revision};
use engawa_protocol::Seq;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The log ends with another event than expected.
    #[error("the room's log ends with event {last}, not {expected}")]
    Conflict {
        /// What the caller expected.
        expected: Seq,
        /// What is there.
        last: Seq,
    },
    /// The events are not numbered on from the expected one.
    #[error("the events to append are not numbered on from event {expected}")]
    Gap {
        /// What the caller expected.
        expected: Seq,
    },
    /// The store failed.
    #[error("appending to a room's log failed")]
    Store(#[from] Error),
}

/// Why a value was not set or removed.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// Something else stands there than the caller expected.
    #[error("the value is not the one that was expected")]
    Conflict {
        /// What stands there.
        standing: Option<Revision>,
    },
    /// The store failed; it is open whether the write is done.
    #[error("changing a value failed")]
    Store(#[from] Error),
}

/// Why a blob was not kept.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There were more or fewer bytes than announced.
    #[error("the blob does not have the {expected} bytes it was announced with")]
    Size {
        /// What was announced.
        expected: u64,
    },
    /// The bytes have another hash.
    #[error("the blob's bytes are not those of its hash")]
    Hash,
    /// The bytes stopped coming.
    #[error("reading the blob to keep failed")]
    Source(#[source] std::io::Error),
    /// The store failed.
    #[error("keeping a blob failed")]
    Store(#[from] Error),
}

/// A store that does not do what it should, or is asked for what it cannot do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process has the folder open.
    #[error("the ledger's folder {folder} is in use by another process")]
    InUse {
        /// The folder.
        folder: String,
    },
    /// The store cannot be used.
    #[error("opening the ledger {at} failed")]
    Open {
        /// A folder or servers.
        at: String,
        /// Why.
        #[source]
        source: Source,
    },
    /// What is kept is not what was written.
    #[error("the ledger is damaged: {what}; restore it from a copy")]
    Damaged {
        /// What cannot be read.
        what: String,
    },
    /// The disk is full; the ledger goes on by itself when there is space.
    #[error("{doing} failed: the ledger's disk is full")]
    Full {
        /// What was attempted.
        doing: &'static str,
    },
    /// Reading or writing failed.
    #[error("{doing} failed")]
    Failed {
        /// What was attempted.
        doing: &'static str,
        /// Why.
        #[source]
        source: Source,
    },
    /// The store did not answer in time.
    #[error("{doing} took too long")]
    Late {
        /// What was attempted.
        doing: &'static str,
    },
    /// The room's log was removed for good.
    #[error("the room's log was removed")]
    Removed,
    /// A key or subject is empty or too long, or a prefix where a subject is wanted.
    #[error("a key or subject must have 1 to {KEY_BYTES} bytes, and none to write to ends in a slash")]
    Key,
    /// Something is too large to keep.
    #[error("{what} must not exceed {limit} bytes")]
    Large {
        /// What.
        what: &'static str,
        /// How much there may be.
        limit: usize,
    },
    /// The work was dropped because the process stops.
    #[error("the ledger is stopping")]
    Stopping,
}

impl Error {
    pub(crate) fn failed(doing: &'static str, source: impl Into<Source>) -> Self {
        Self::Failed { doing, source: source.into() }
    }

    /// An operating system's error, of which a full disk is told apart.
    pub(crate) fn io(doing: &'static str, source: std::io::Error) -> Self {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        if matches!(source.kind(), StorageFull | QuotaExceeded) {
            Self::Full { doing }
        } else {
            Self::failed(doing, source)
        }
    }
}
