//! Logs and key-values in sled.
//!
//! Tree `rooms`: the room's 32 digits and the event's number, big-endian, to the event in JSON.
//! Tree `entries`: key to the revision, big-endian, and the value; the empty key, which nobody can
//! use, to the last revision. Tree `removed`: the digits of each room whose log was removed for good,
//! to nothing; what is left of such a log is not there for anybody. Calls block; nothing is on the disk before [`Store::sync`].

use crate::{Entry, Error, Revision};
use ::sled::{Batch, Db, IVec, Tree};
use engawa_protocol::{Recorded, RoomId, Seq};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ROOM_DIGITS: usize = 32;
/// sled puts a page of more than a quarter of this into a file of its own, which it never flushes.
/// Pages have up to some thirty entries, so this keeps all of them in the log (see [`Store::sync`]).
const SEGMENT_BYTES: usize = 4 * 1024 * 1024;
const _: () = assert!(SEGMENT_BYTES / 4 > 60 * (crate::VALUE_BYTES + crate::KEY_BYTES));
const _: () = assert!(SEGMENT_BYTES / 4 > 60 * (crate::EVENT_BYTES + crate::KEY_BYTES));
/// Events of a removed log that go with one flush, so that nobody else waits for thousands.
const REMOVED_AT_ONCE: usize = 1000;
const LAST_REVISION: &[u8] = b"";
/// sled's own threads hold the folder for a moment after the last of its values is dropped.
const LETTING_GO: Duration = Duration::from_secs(2);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(super) struct Store {
    db: Db,
    /// sled's own file, for [`Store::sync`].
    file: File,
    /// Where sled puts pages that are too large for its log.
    large: PathBuf,
    rooms: Tree,
    entries: Tree,
    removed: Tree,
}

impl Store {
    pub(super) fn open(folder: &Path) -> Result<Self, Error> {
        let patience = Instant::now() + LETTING_GO;
        loop {
            match Self::try_open(folder) {
                Err(Error::InUse { .. }) if Instant::now() < patience => std::thread::sleep(LOOK_AGAIN),
                opened => return opened,
            }
        }
    }

    fn try_open(folder: &Path) -> Result<Self, Error> {
        let opening = |source| opening(folder, source);
        // Flushing is ours alone: nothing is acknowledged that a timer would still have to write.
        let db = ::sled::Config::new().path(folder).segment_size(SEGMENT_BYTES).flush_every_ms(None);
        let db = db.open().map_err(opening)?;
        let rooms = db.open_tree("rooms").map_err(opening)?;
        let entries = db.open_tree("entries").map_err(opening)?;
        let removed = db.open_tree("removed").map_err(opening)?;
        let file = File::open(folder.join("db")).map_err(|error| opening(error.into()))?;
        let store = Self { db, file, large: folder.join("blobs"), rooms, entries, removed };
        // What an earlier process wrote and did not live to flush is read from here on.
        store.sync()?;
        Ok(store)
    }

    /// sled writes its log with `sync_file_range`, which leaves the file's new length and the
    /// disk's own cache behind (sync_file_range(2), "Warning"): a cut of power could take both.
    /// Pages that it puts into files of their own it does not flush at all; there should be none.
    pub(super) fn sync(&self) -> Result<(), Error> {
        const SYNCING: &str = "bringing the ledger to the disk";
        self.db.flush().map_err(|source| failed(SYNCING, source))?;
        self.sync_large().and_then(|()| self.file.sync_data()).map_err(|source| Error::failed(SYNCING, source))
    }

    fn sync_large(&self) -> std::io::Result<()> {
        let mut any = false;
        for file in std::fs::read_dir(&self.large)? {
            any = true;
            match File::open(file?.path()) {
                // sled has replaced it meanwhile.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                file => file?.sync_all()?,
            }
        }
        if any { File::open(&self.large)?.sync_all() } else { Ok(()) }
    }

    pub(super) fn last(&self, room: &RoomId) -> Result<Seq, Error> {
        let last = self.rooms.scan_prefix(room.as_str()).next_back();
        let Some(found) = last else { return Ok(0) };
        let (key, _) = found.map_err(|source| failed("looking for a log's end", source))?;
        Ok(parse_key(&key)?.1)
    }

    pub(super) fn append(&self, room: &RoomId, after: Seq, events: Vec<Vec<u8>>) -> Result<(), Error> {
        let mut batch = Batch::default();
        for (number, event) in (after..).zip(events) {
            batch.insert(room_key(room, number + 1), event);
        }
        self.rooms.apply_batch(batch).map_err(|source| failed("writing events", source))
    }

    pub(super) fn is_removed(&self, room: &RoomId) -> Result<bool, Error> {
        let found = self.removed.contains_key(room.as_str());
        found.map_err(|source| failed("looking for a removed log", source))
    }

    /// Removes a log, a part of its events at a time; answers whether some are left.
    pub(super) fn remove(&self, room: &RoomId) -> Result<bool, Error> {
        const REMOVING: &str = "removing a log";
        let events: Result<Vec<_>, _> = self.rooms.scan_prefix(room.as_str()).keys().take(REMOVED_AT_ONCE).collect();
        let events = events.map_err(|source| failed(REMOVING, source))?;
        if !events.is_empty() {
            // First: sled writes in order, so no cut can leave a log without its beginning.
            self.removed.insert(room.as_str(), &[]).map_err(|source| failed(REMOVING, source))?;
        }
        let more = events.len() == REMOVED_AT_ONCE;
        let mut batch = Batch::default();
        events.into_iter().for_each(|event| batch.remove(event));
        self.rooms.apply_batch(batch).map_err(|source| failed(REMOVING, source))?;
        Ok(more)
    }

    pub(super) fn events(&self, room: &RoomId, after: Seq) -> Result<Vec<Recorded>, Error> {
        if self.is_removed(room)? {
            return Err(Error::Removed);
        }
        let Some(first) = after.checked_add(1) else { return Ok(Vec::new()) };
        let range = self.rooms.range(room_key(room, first)..=room_key(room, Seq::MAX));
        let mut events = Vec::new();
        for (number, found) in (first..).zip(range) {
            let (key, value) = found.map_err(|source| failed("reading a log", source))?;
            let damaged = |what: &str| Error::Damaged { what: format!("event {number} of room {room} {what}") };
            if parse_key(&key)?.1 != number {
                return Err(damaged("is missing"));
            }
            // The cause would quote what people wrote.
            let event: Recorded = serde_json::from_slice(&value).map_err(|_| damaged("cannot be read"))?;
            if event.seq != number {
                return Err(damaged("bears another number"));
            }
            events.push(event);
        }
        Ok(events)
    }

    pub(super) fn rooms(&self) -> Result<Vec<RoomId>, Error> {
        let mut rooms = Vec::new();
        let mut next = Vec::new();
        while let Some(found) = self.rooms.range(next.as_slice()..).next() {
            let (key, _) = found.map_err(|source| failed("listing rooms", source))?;
            let (room, _) = parse_key(&key)?;
            next = room_key(&room, Seq::MAX);
            next.push(0);
            if !self.is_removed(&room)? {
                rooms.push(room);
            }
        }
        Ok(rooms)
    }

    pub(super) fn value(&self, key: &str) -> Result<Option<Entry>, Error> {
        let found = self.entries.get(key).map_err(|source| failed("reading a value", source))?;
        found.map(|stored| parse_entry(&stored)).transpose()
    }

    pub(super) fn revision(&self) -> Result<Revision, Error> {
        let last = self.entries.get(LAST_REVISION).map_err(|source| failed("reading the revision", source))?;
        last.map_or(Ok(Revision(0)), |stored| parse_entry(&stored).map(|entry| entry.revision))
    }

    pub(super) fn put(&self, key: &str, value: Vec<u8>) -> Result<Entry, Error> {
        let (mut batch, revision) = self.next_revision()?;
        batch.insert(key, [&revision.0.to_be_bytes(), value.as_slice()].concat());
        self.entries.apply_batch(batch).map_err(|source| failed("writing a value", source))?;
        Ok(Entry { value, revision })
    }

    pub(super) fn delete(&self, key: &str) -> Result<Revision, Error> {
        let (mut batch, revision) = self.next_revision()?;
        batch.remove(key);
        self.entries.apply_batch(batch).map_err(|source| failed("removing a value", source))?;
        Ok(revision)
    }

    fn next_revision(&self) -> Result<(Batch, Revision), Error> {
        let revision = Revision(self.revision()?.0 + 1);
        let mut batch = Batch::default();
        batch.insert(LAST_REVISION, &revision.0.to_be_bytes());
        Ok((batch, revision))
    }

    pub(super) fn list(&self, prefix: &str) -> Result<Vec<(String, Entry)>, Error> {
        let entry = |found: ::sled::Result<(IVec, IVec)>| {
            let (key, stored) = found.map_err(|source| failed("listing values", source))?;
            let key =
                String::from_utf8(key.to_vec()).map_err(|_| Error::Damaged { what: "a key is no text".to_owned() })?;
            Ok((key, parse_entry(&stored)?))
        };
        let found = self.entries.scan_prefix(prefix).map(entry);
        found.filter(|found| !matches!(found, Ok((key, _)) if key.is_empty())).collect()
    }
}

fn room_key(room: &RoomId, number: Seq) -> Vec<u8> {
    [room.as_str().as_bytes(), &number.to_be_bytes()].concat()
}

fn parse_key(key: &[u8]) -> Result<(RoomId, Seq), Error> {
    let parts = key.split_at_checked(ROOM_DIGITS);
    parts
        .and_then(|(room, number)| {
            let room = std::str::from_utf8(room).ok()?.parse().ok()?;
            Some((room, Seq::from_be_bytes(number.try_into().ok()?)))
        })
        .ok_or_else(|| Error::Damaged { what: "a log has a key of another form".to_owned() })
}

fn parse_entry(stored: &[u8]) -> Result<Entry, Error> {
    let (revision, value) =
        stored.split_first_chunk().ok_or_else(|| Error::Damaged { what: "a value has no revision".to_owned() })?;
    Ok(Entry { value: value.to_vec(), revision: Revision(u64::from_be_bytes(*revision)) })
}

fn opening(folder: &Path, source: ::sled::Error) -> Error {
    let at = folder.display().to_string();
    match source {
        // sled tells a lock that is held only in the words of the error.
        ::sled::Error::Io(io) if io.to_string().contains("could not acquire lock") => Error::InUse { folder: at },
        ::sled::Error::Io(io) if matches!(Error::io("", io_kind(&io)), Error::Full { .. }) => {
            Error::Full { doing: "opening the ledger" }
        }
        ::sled::Error::Corruption { .. } => Error::Damaged { what: format!("the files in {at}") },
        source => Error::Open { at, source: source.into() },
    }
}

fn failed(doing: &'static str, source: ::sled::Error) -> Error {
    match source {
        ::sled::Error::Corruption { .. } => Error::Damaged { what: format!("{doing} met broken pages") },
        ::sled::Error::Io(io) => Error::io(doing, io),
        source => Error::failed(doing, source),
    }
}

fn io_kind(error: &std::io::Error) -> std::io::Error {
    error.kind().into()
}
