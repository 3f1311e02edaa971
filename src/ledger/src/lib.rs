//! Where the service keeps what must not be lost: the logs of rooms, and key-values.
//!
//! Owns: the [`Ledger`] trait and its implementation on [sled](sled::SledLedger), a folder.
//! Never does: decide what is appended, know what an account or a session is, fold a log.
//!
//! A room's log is durable from the first event on: a service that is killed in a call reads it
//! again and goes on. An acknowledgement is given only after the store was flushed to the disk.
//! The trait answers futures, so that a store across the network fits behind it as well.

pub mod sled;

use engawa_protocol::{Recorded, RoomId, Seq};
use std::pin::Pin;

/// The answer of a ledger that may take its time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A key with its value.
pub type Pair = (String, Vec<u8>);

/// An ordered log a room, and key-values beside them.
///
/// Keys are texts of 1 to [`KEY_BYTES`] bytes; a `/` divides kinds, so that a prefix names one.
pub trait Ledger: Send + Sync {
    /// Appends to a room's log, all of `events` or none, durably.
    ///
    /// `expected` is the number of the last event that the caller knows, 0 for a new log;
    /// `events` are numbered on from there without a gap.
    ///
    /// # Errors
    /// [`AppendError::Conflict`] when the log ends elsewhere. After [`AppendError::Store`] it is
    /// open whether the events are in the log: the next append tells by a conflict.
    fn append(&self, room: &RoomId, expected: Seq, events: &[Recorded]) -> Answer<'_, Result<(), AppendError>>;

    /// Reads a room's events after `after`, in order; none for a room without a log.
    fn read(&self, room: &RoomId, after: Seq) -> Answer<'_, Result<Vec<Recorded>, Error>>;

    /// Lists every room with a log.
    fn rooms(&self) -> Answer<'_, Result<Vec<RoomId>, Error>>;

    /// Reads the value of `key`.
    fn value(&self, key: &str) -> Answer<'_, Result<Option<Vec<u8>>, Error>>;

    /// Sets the value of `key`, durably.
    fn put(&self, key: &str, value: &[u8]) -> Answer<'_, Result<(), Error>>;

    /// Removes `key`, durably; one that is not there is no error.
    fn delete(&self, key: &str) -> Answer<'_, Result<(), Error>>;

    /// Lists keys that begin with `prefix`, with their values, in the order of the keys.
    fn list(&self, prefix: &str) -> Answer<'_, Result<Vec<Pair>, Error>>;

    /// Brings everything that was written to the disk.
    fn flush(&self) -> Answer<'_, Result<(), Error>>;
}

/// Longest key in bytes.
pub const KEY_BYTES: usize = 256;

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

/// A store that does not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process has the folder open.
    #[error("the ledger's folder {folder} is in use by another process")]
    InUse {
        /// The folder.
        folder: String,
    },
    /// The folder cannot be used.
    #[error("opening the ledger's folder {folder} failed")]
    Open {
        /// The folder.
        folder: String,
        /// Why.
        #[source]
        source: ::sled::Error,
    },
    /// What is on the disk is not what was written.
    #[error("the ledger is damaged: {what}; restore its folder from a copy")]
    Damaged {
        /// What cannot be read.
        what: String,
    },
    /// Reading or writing failed.
    #[error("{doing} failed")]
    Disk {
        /// What was attempted.
        doing: &'static str,
        /// Why.
        #[source]
        source: ::sled::Error,
    },
    /// A key is empty or too long.
    #[error("a key must have 1 to {KEY_BYTES} bytes")]
    Key,
    /// The work was dropped because the process stops.
    #[error("the ledger is stopping")]
    Stopping,
}
