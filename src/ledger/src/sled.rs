//! A ledger in a folder of this machine.
//!
//! Tree `rooms`: the room's 32 digits and the event's number, big-endian, to the event in JSON.
//! Tree `values`: key to value. sled calls block, so each runs on a blocking thread.

use crate::{Answer, AppendError, Error, KEY_BYTES, Ledger, Pair};
use engawa_protocol::{Recorded, RoomId, Seq};
use sled::{Batch, Db, IVec, Tree};
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const ROOM_DIGITS: usize = 32;
/// sled's own threads hold the folder for a moment after the last of its values is dropped.
const LETTING_GO: Duration = Duration::from_secs(2);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The ledger on sled. Cloning shares it; the folder is free again when the last clone is gone.
#[derive(Debug, Clone)]
pub struct SledLedger {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    db: Db,
    /// sled's own file, for [`Inner::flush`].
    file: File,
    rooms: Tree,
    values: Tree,
    /// Held between looking at a log's end and writing behind it; not while flushing.
    appending: Mutex<()>,
}

impl SledLedger {
    /// Opens the ledger in `folder`, which is made when it is not there.
    ///
    /// # Errors
    /// [`Error::InUse`] when another process keeps it open, [`Error::Damaged`] and [`Error::Open`].
    pub fn open(folder: &Path) -> Result<Self, Error> {
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
        let db = sled::Config::new().path(folder).flush_every_ms(None).open().map_err(opening)?;
        let rooms = db.open_tree("rooms").map_err(opening)?;
        let values = db.open_tree("values").map_err(opening)?;
        let file = File::open(folder.join("db")).map_err(|error| opening(error.into()))?;
        Ok(Self { inner: Arc::new(Inner { db, file, rooms, values, appending: Mutex::new(()) }) })
    }

    fn blocking<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, E> + Send + 'static,
    ) -> Answer<'_, Result<T, E>> {
        let inner = self.inner.clone();
        let running = tokio::task::spawn_blocking(move || work(&inner));
        Box::pin(async move {
            match running.await {
                Ok(result) => result,
                Err(stopped) if stopped.is_cancelled() => Err(Error::Stopping.into()),
                Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
            }
        })
    }
}

impl Ledger for SledLedger {
    fn append(&self, room: &RoomId, expected: Seq, events: &[Recorded]) -> Answer<'_, Result<(), AppendError>> {
        let mut batch = Batch::default();
        for (number, event) in (expected + 1..).zip(events) {
            if event.seq != number {
                return Box::pin(async move { Err(AppendError::Gap { expected }) });
            }
            batch.insert(room_key(room, number), serde_json::to_vec(event).expect("an event becomes JSON"));
        }
        let room = room.clone();
        self.blocking(move |inner| {
            {
                let _appending = inner.appending.lock().unwrap_or_else(PoisonError::into_inner);
                let last = inner.last(&room)?;
                if last != expected {
                    return Err(AppendError::Conflict { expected, last });
                }
                inner.rooms.apply_batch(batch).map_err(|source| failed("writing events", source))?;
            }
            Ok(inner.flush()?)
        })
    }

    fn read(&self, room: &RoomId, after: Seq) -> Answer<'_, Result<Vec<Recorded>, Error>> {
        let room = room.clone();
        self.blocking(move |inner| inner.read(&room, after))
    }

    fn rooms(&self) -> Answer<'_, Result<Vec<RoomId>, Error>> {
        self.blocking(Inner::all_rooms)
    }

    fn value(&self, key: &str) -> Answer<'_, Result<Option<Vec<u8>>, Error>> {
        let key = key.to_owned();
        self.blocking(move |inner| {
            let value = inner.values.get(checked(&key)?).map_err(|source| failed("reading a value", source))?;
            Ok(value.map(|bytes| bytes.to_vec()))
        })
    }

    fn put(&self, key: &str, value: &[u8]) -> Answer<'_, Result<(), Error>> {
        let (key, value) = (key.to_owned(), value.to_vec());
        self.blocking(move |inner| {
            inner.values.insert(checked(&key)?, value).map_err(|source| failed("writing a value", source))?;
            inner.flush()
        })
    }

    fn delete(&self, key: &str) -> Answer<'_, Result<(), Error>> {
        let key = key.to_owned();
        self.blocking(move |inner| {
            inner.values.remove(checked(&key)?).map_err(|source| failed("removing a value", source))?;
            inner.flush()
        })
    }

    fn list(&self, prefix: &str) -> Answer<'_, Result<Vec<Pair>, Error>> {
        let prefix = prefix.to_owned();
        self.blocking(move |inner| {
            let pair = |found: sled::Result<(IVec, IVec)>| {
                let (key, value) = found.map_err(|source| failed("listing values", source))?;
                let key = String::from_utf8(key.to_vec())
                    .map_err(|_| Error::Damaged { what: "a key is no text".to_owned() })?;
                Ok((key, value.to_vec()))
            };
            inner.values.scan_prefix(prefix).map(pair).collect()
        })
    }

    fn flush(&self) -> Answer<'_, Result<(), Error>> {
        self.blocking(Inner::flush)
    }
}

impl Inner {
    /// sled writes its log with `sync_file_range`, which leaves the file's new length and the
    /// disk's own cache behind (sync_file_range(2), "Warning"): a cut of power could take both.
    fn flush(&self) -> Result<(), Error> {
        let synced = self.db.flush().and_then(|_| Ok(self.file.sync_data()?));
        synced.map_err(|source| failed("bringing the ledger to the disk", source))
    }

    fn last(&self, room: &RoomId) -> Result<Seq, Error> {
        let last = self.rooms.scan_prefix(room.as_str()).next_back();
        let Some(found) = last else { return Ok(0) };
        let (key, _) = found.map_err(|source| failed("looking for a log's end", source))?;
        Ok(parse_key(&key)?.1)
    }

    fn read(&self, room: &RoomId, after: Seq) -> Result<Vec<Recorded>, Error> {
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

    fn all_rooms(&self) -> Result<Vec<RoomId>, Error> {
        let mut rooms = Vec::new();
        let mut next = Vec::new();
        while let Some(found) = self.rooms.range(next.as_slice()..).next() {
            let (key, _) = found.map_err(|source| failed("listing rooms", source))?;
            let (room, _) = parse_key(&key)?;
            next = room_key(&room, Seq::MAX);
            next.push(0);
            rooms.push(room);
        }
        Ok(rooms)
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

fn checked(key: &str) -> Result<&str, Error> {
    if (1..=KEY_BYTES).contains(&key.len()) { Ok(key) } else { Err(Error::Key) }
}

fn opening(folder: &Path, source: sled::Error) -> Error {
    let folder = folder.display().to_string();
    match source {
        // sled tells a lock that is held only in the words of the error.
        sled::Error::Io(io) if io.to_string().contains("could not acquire lock") => Error::InUse { folder },
        sled::Error::Corruption { .. } => Error::Damaged { what: format!("the files in {folder}") },
        source => Error::Open { folder, source },
    }
}

fn failed(doing: &'static str, source: sled::Error) -> Error {
    match source {
        sled::Error::Corruption { .. } => Error::Damaged { what: format!("{doing} met broken pages") },
        source => Error::Disk { doing, source },
    }
}
