//! Why the disk did not do it.

use engawa_session::outbox::KeepFault;
use std::io;

/// A failure of the booth's disk.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has it open.
    #[error("opening the store: another booth runs with the same data folder")]
    InUse,
    /// It cannot be read.
    #[error("reading {what}: it is damaged")]
    Damaged {
        /// What.
        what: &'static str,
    },
    /// No space is left.
    #[error("{doing}: the disk is full")]
    Full {
        /// What was attempted.
        doing: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The disk failed.
    #[error("{doing}")]
    Disk {
        /// What was attempted.
        doing: &'static str,
        /// Why.
        source: sled::Error,
    },
}

impl StoreError {
    /// As the queue tells it to the user.
    pub fn fault(&self) -> KeepFault {
        if let Self::Full { .. } = self { KeepFault::Full } else { KeepFault::Broken }
    }

    pub(super) fn io(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { doing, source },
            _ => Self::Disk { doing, source: source.into() },
        }
    }

    pub(super) fn sled(doing: &'static str) -> impl Fn(sled::Error) -> Self {
        move |source| match source {
            // sled tells a lock that is held only in the words of the error.
            sled::Error::Io(io) if io.to_string().contains("could not acquire lock") => Self::InUse,
            sled::Error::Io(io) if io.kind() == io::ErrorKind::UnexpectedEof => Self::Damaged { what: "sled's files" },
            sled::Error::Io(io) => Self::io(doing)(io),
            sled::Error::Corruption { .. } => Self::Damaged { what: "sled's files" },
            source => Self::Disk { doing, source },
        }
    }
}
