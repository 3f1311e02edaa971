//! Where the service keeps what must not be lost, and what passes between its nodes.
//!
//! Owns: the one trait [`Ledger`] and its two implementations: a folder of this machine
//! ([`sled`]) and a NATS JetStream server or cluster ([`nats`]).
//! Never does: decide what is appended, know what an account or a session is, fold a log.
//!
//! Four kinds of things:
//! - **Logs**, one a room. [`Ledger::append`] names the last event it knows, so two writers can
//!   never both be right; a batch is there whole or not at all. [`Ledger::follow`] hands out every
//!   event once and in order, whoever appended it.
//! - **Key-values** with revisions. [`Expect`] makes a write conditional, [`Ledger::watch`] tells
//!   the state and then every change.
//! - **Blobs**, named by their SHA-256, streamed in chunks both ways.
//! - **A relay** of short messages that nobody keeps.
//!
//! # What is promised
//! An acknowledgement is given only when the store has the data on its disk, and nothing is read
//! from a ledger that a cut of power could take back: what is being written is waited for.
//! Many writers share one flush (group commit), since a flush is what an append costs.
//!
//! A follower and a watcher have a cursor and read what they missed: news from the store only
//! wake them. So a lost wake-up, a repeated one, a full buffer and a broken connection all end in
//! the same reading, and cannot lose or repeat anything.
//!
//! Every buffer is bounded: [`EVENT_BYTES`], [`BATCH_BYTES`], [`VALUE_BYTES`], [`RELAY_BYTES`], [`KEY_BYTES`],
//! [`CHUNK_BYTES`], [`BEHIND`].

pub mod blob;
mod error;
mod feed;
pub mod nats;
mod relay;
pub mod sled;
mod value;

pub use blob::{BlobHash, BlobReader, Chunks};
pub use error::{AppendError, BlobError, Error, PutError};
pub use relay::{Relayed, Subscription};
pub use value::{Change, Entry, Expect, Revision};

use bytes::Bytes;
use engawa_protocol::{Recorded, RoomId, Seq};
use futures_util::stream::BoxStream;
use std::pin::Pin;
use std::time::Duration;

/// The answer of a ledger that may take its time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A room's events in batches, each event once and in order.
///
/// An error tells, once, that the store is out of reach; the stream goes on by itself when it is
/// back. The stream ends with the ledger, and behind [`Error::Removed`].
pub type Follow = BoxStream<'static, Result<Vec<Recorded>, Error>>;

/// What stands below a prefix, [`Change::Complete`], and then every change; errors as in [`Follow`].
///
/// A key that changes faster than its watcher looks may be told with its last state alone.
pub type Watch = BoxStream<'static, Result<Change, Error>>;

/// An ordered log a room, key-values, blobs, and a relay of what nobody keeps.
///
/// Keys and subjects are texts of 1 to [`KEY_BYTES`] bytes; a `/` divides kinds. A future that is
/// dropped leaves open whether its work was done.
pub trait Ledger: Send + Sync {
    /// Appends to a room's log, all of `events` or none, durably.
    ///
    /// `expected` is the number of the last event that the caller knows, 0 for a new log;
    /// `events` are numbered on from there without a gap. Appending nothing only compares.
    ///
    /// # Errors
    /// [`AppendError::Conflict`] when the log ends elsewhere, [`Error::Removed`] when it was removed.
    /// After any other [`AppendError::Store`] it is open whether the events are in the log: the next
    /// append tells by a conflict.
    fn append(&self, room: &RoomId, expected: Seq, events: &[Recorded]) -> Answer<'_, Result<(), AppendError>>;

    /// Reads a room's events after `after`, in order; none for a room without a log.
    ///
    /// # Errors
    /// [`Error::Removed`] for a log that was removed.
    fn read(&self, room: &RoomId, after: Seq) -> Answer<'_, Result<Vec<Recorded>, Error>>;

    /// Lists every room with a log.
    fn rooms(&self) -> Answer<'_, Result<Vec<RoomId>, Error>>;

    /// Follows a room's log from behind `after` on, also what other nodes append.
    fn follow(&self, room: &RoomId, after: Seq) -> Answer<'_, Result<Follow, Error>>;

    /// Removes a room's log for good, durably: nobody reads, lists or follows it any more, and nothing
    /// can be appended under its id again. One that is removed already, or never was, is no error;
    /// whoever is killed half-way calls again.
    fn remove(&self, room: &RoomId) -> Answer<'_, Result<(), Error>>;

    /// Reads the value of `key`.
    fn value(&self, key: &str) -> Answer<'_, Result<Option<Entry>, Error>>;

    /// Sets the value of `key`, durably; answers its new revision, higher than any before it.
    ///
    /// # Errors
    /// [`PutError::Conflict`] when something else stands there than `expect` says.
    fn put(&self, key: &str, value: &[u8], expect: Expect) -> Answer<'_, Result<Revision, PutError>>;

    /// Removes `key`, durably. [`Expect::Any`] of a key that is not there is no error, and
    /// [`Expect::New`] says that there is none.
    ///
    /// # Errors
    /// As of [`Ledger::put`].
    fn delete(&self, key: &str, expect: Expect) -> Answer<'_, Result<(), PutError>>;

    /// Lists keys that begin with `prefix`, with their values, in the order of the keys.
    fn list(&self, prefix: &str) -> Answer<'_, Result<Vec<(String, Entry)>, Error>>;

    /// Watches the keys that begin with `prefix`.
    fn watch(&self, prefix: &str) -> Answer<'_, Result<Watch, Error>>;

    /// Keeps the bytes that `chunks` bring as the blob `hash`, durably; one that is there already is no error.
    ///
    /// # Errors
    /// [`BlobError`]: other bytes than announced, a source that breaks off, a failing store. Nothing
    /// is left behind then.
    fn put_blob(&self, hash: &BlobHash, size: u64, chunks: Chunks) -> Answer<'_, Result<(), BlobError>>;

    /// Opens a blob for reading. A blob that is damaged ends in [`Error::Damaged`].
    fn blob(&self, hash: &BlobHash) -> Answer<'_, Result<Option<BlobReader>, Error>>;

    /// Says whether a blob is kept.
    fn has_blob(&self, hash: &BlobHash) -> Answer<'_, Result<bool, Error>>;

    /// Removes a blob; one that is not there is no error.
    fn delete_blob(&self, hash: &BlobHash) -> Answer<'_, Result<(), Error>>;

    /// Removes what nobody can read any more and is older than `age`: what a writer left that was killed
    /// half-way, and what tells of removals. Nothing of that is written for longer than minutes, so `age`
    /// must be more. Removes some [`TIDIED`] things at most, and answers how many there were.
    fn tidy(&self, age: Duration) -> Answer<'_, Result<usize, Error>>;

    /// Passes a message to whoever is subscribed now, on any node; nothing is kept.
    fn publish(&self, subject: &str, message: Bytes) -> Answer<'_, Result<(), Error>>;

    /// Subscribes to a subject, or, when it ends in `/`, to all that begin with it.
    fn subscribe(&self, subject: &str) -> Answer<'_, Result<Subscription, Error>>;
}

/// Longest key and subject in bytes.
pub const KEY_BYTES: usize = 256;

/// Longest value in bytes; what is larger is a blob.
pub const VALUE_BYTES: usize = 16 * 1024;

/// Largest event, in bytes of its JSON.
pub const EVENT_BYTES: usize = 16 * 1024;

/// Largest batch of events, in bytes of their JSON.
pub const BATCH_BYTES: usize = 256 * 1024;

/// Longest message of the relay in bytes.
pub const RELAY_BYTES: usize = 192 * 1024;

/// Largest chunk that a blob is read in.
pub const CHUNK_BYTES: usize = 128 * 1024;

/// Things that one [`Ledger::tidy`] removes, of each kind.
pub const TIDIED: usize = 1000;

/// News that wait for one follower, watcher or subscriber before the oldest gives way.
pub const BEHIND: usize = 256;

/// The events as they are written, when they are numbered on from `expected`.
fn numbered(expected: Seq, events: &[Recorded]) -> Result<Vec<Vec<u8>>, AppendError> {
    let mut bytes = 0;
    let mut written = Vec::with_capacity(events.len());
    for (before, event) in (expected..).zip(events) {
        if before.checked_add(1) != Some(event.seq) {
            return Err(AppendError::Gap { expected });
        }
        let json = serde_json::to_vec(event).expect("an event becomes JSON");
        if json.len() > EVENT_BYTES {
            return Err(Error::Large { what: "an event", limit: EVENT_BYTES }.into());
        }
        bytes += json.len();
        written.push(json);
    }
    if bytes > BATCH_BYTES {
        return Err(Error::Large { what: "a batch of events", limit: BATCH_BYTES }.into());
    }
    Ok(written)
}
