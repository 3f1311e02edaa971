//! The queue of what waits for the service, on the disk before it is shown.
//!
//! `outbox/queue` is sled's: `s` and the queue's 32 digits to the session, `e`, the digits and the
//! number, big-endian, to the entry, both in JSON. `outbox/files` holds one file's bytes a file:
//! sled 0.34 puts values this large into files of its own and never syncs them, so a cut of power
//! would take what was acknowledged. Nothing of it is ever logged.

use super::StoreError;
use super::folder::{self, Folder};
use engawa_protocol::{ClientId, CommandId};
use engawa_session::outbox::{Contents, Entry, Item, Kept, Session};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file is written in pieces of this size.
const PIECE: usize = 256 * 1024;

/// The queue's folder.
#[derive(Debug)]
pub struct Outbox {
    root: PathBuf,
    /// None after a failure, until it is opened again.
    folder: Option<Folder>,
    /// What is gone and may be in sled's files all the same; it is taken out when they are opened.
    void: HashSet<CommandId>,
}

impl Outbox {
    /// Opens the queue in the booth's data folder and answers what waits in it. A damaged one is
    /// put aside and logged.
    pub fn open(data: &Path) -> Result<(Self, Vec<Kept>), StoreError> {
        let root = data.join("outbox");
        remove_all(&wiped(&root))?;
        let mut outbox = Self { root, folder: None, void: HashSet::new() };
        let kept = match outbox.reopen().and_then(|()| outbox.load()) {
            Err(error @ StoreError::Damaged { .. }) => {
                tracing::error!(%error, "the queue is damaged and is put aside");
                outbox.folder = None;
                folder::put_aside(&outbox.root)?;
                outbox.reopen()?;
                Vec::new()
            }
            loaded => loaded?,
        };
        outbox.remove_strangers(&kept)?;
        if kept.is_empty() {
            // A full disk leaves it as it is: empty.
            outbox.wipe().inspect_err(|error| tracing::warn!(%error, "the empty queue was not wiped")).ok();
        }
        Ok((outbox, kept))
    }

    /// Keeps session and entry; both are on the disk when this returns, and with an error neither
    /// comes back.
    pub fn keep(&mut self, session: &Session, entry: &Entry, contents: Option<&Contents>) -> Result<(), StoreError> {
        let kept = self.try_keep(session, entry, contents);
        if kept.is_err() {
            // sled refuses everything after its first failure: it is opened anew.
            self.void.insert(entry.id.clone());
            self.folder = None;
            fs::remove_file(self.path(&entry.id)).ok();
            self.reopen().ok();
        }
        kept
    }

    /// Keeps the session as it now stands.
    pub fn keep_session(&mut self, session: &Session) -> Result<(), StoreError> {
        self.change(|batch| batch.insert(session_key(&session.queue), json(session)))
    }

    /// Forgets an entry and its file. One that could not be forgotten is sent again after a
    /// restart, and the service knows its name.
    pub fn forget(&mut self, id: &CommandId) -> Result<(), StoreError> {
        if let Err(error) = self.change(|batch| batch.remove(entry_key(id))) {
            self.void.insert(id.clone());
            return Err(error);
        }
        match fs::remove_file(self.path(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io("removing a file")(error)),
            _ => Ok(()),
        }
    }

    /// Forgets a session without entries.
    pub fn forget_session(&mut self, queue: &ClientId) -> Result<(), StoreError> {
        self.change(|batch| batch.remove(session_key(queue)))
    }

    /// Removes the folder and makes an empty one: sled's files hold what was forgotten until they
    /// are written over.
    pub fn wipe(&mut self) -> Result<(), StoreError> {
        self.folder = None;
        let away = wiped(&self.root);
        remove_all(&away)?;
        fs::rename(&self.root, &away).map_err(StoreError::io("wiping the queue"))?;
        remove_all(&away)?;
        sync_folder(self.root.parent().unwrap_or(&self.root))?;
        self.void.clear();
        self.reopen()
    }

    /// The bytes of an entry's file.
    pub fn file(&self, id: &CommandId) -> io::Result<File> {
        File::open(self.path(id))
    }

    fn try_keep(&mut self, session: &Session, entry: &Entry, contents: Option<&Contents>) -> Result<(), StoreError> {
        if let Some(contents) = contents {
            let write = || -> io::Result<()> {
                let mut file = File::create(self.path(&entry.id))?;
                for piece in contents.bytes().chunks(PIECE) {
                    file.write_all(piece)?;
                }
                file.sync_all()
            };
            write().map_err(StoreError::io("writing a file into the queue"))?;
            sync_folder(&self.files())?;
        }
        // The entry is what counts: a file that no entry names is removed at the next start.
        self.change(|batch| {
            batch.insert(session_key(&session.queue), json(session));
            batch.insert(entry_key(&entry.id), json(entry));
        })
    }

    fn change(&mut self, with: impl FnOnce(&mut sled::Batch)) -> Result<(), StoreError> {
        if self.folder.is_none() {
            self.reopen()?;
        }
        let Some(folder) = &self.folder else { return Err(StoreError::Damaged { what: "the queue" }) };
        let mut batch = sled::Batch::default();
        with(&mut batch);
        let written = folder.db.apply_batch(batch).map_err(StoreError::sled("writing the queue"));
        let written = written.and_then(|()| folder.flush());
        if written.is_err() {
            self.folder = None;
        }
        written
    }

    fn reopen(&mut self) -> Result<(), StoreError> {
        fs::create_dir_all(self.files()).map_err(StoreError::io("making the queue's folder"))?;
        let queue = self.root.join("queue");
        let folder = Folder::open(&queue)?;
        for made in [&queue, &self.root, self.root.parent().unwrap_or(&self.root)] {
            sync_folder(made)?;
        }
        if !self.void.is_empty() {
            let mut batch = sled::Batch::default();
            self.void.iter().for_each(|id| batch.remove(entry_key(id)));
            folder.db.apply_batch(batch).map_err(StoreError::sled("writing the queue"))?;
            folder.flush()?;
            self.void.clear();
        }
        self.folder = Some(folder);
        Ok(())
    }

    fn load(&self) -> Result<Vec<Kept>, StoreError> {
        let Some(folder) = &self.folder else { return Ok(Vec::new()) };
        let values = |prefix: Vec<u8>| {
            let found = folder.db.scan_prefix(prefix).values().collect::<Result<Vec<_>, _>>();
            found.map_err(StoreError::sled("reading the queue"))
        };
        let mut kept = Vec::new();
        for session in values(b"s".to_vec())? {
            let Some(session) = parsed::<Session>(&session) else { continue };
            let entries = values([b"e", session.queue.as_str().as_bytes()].concat())?;
            let entries =
                entries.iter().filter_map(|entry| parsed::<Entry>(entry)).filter(|entry| self.is_whole(entry));
            kept.push(Kept { entries: entries.collect(), session });
        }
        Ok(kept)
    }

    /// A file that is not as it was kept is dropped alone; what else waits goes on.
    fn is_whole(&self, entry: &Entry) -> bool {
        let Item::File(card) = &entry.item else { return true };
        let whole = fs::metadata(self.path(&entry.id)).is_ok_and(|found| found.len() == u64::from(card.size));
        if !whole {
            tracing::error!("a file of the queue is damaged and is dropped");
        }
        whole
    }

    fn remove_strangers(&self, kept: &[Kept]) -> Result<(), StoreError> {
        let known: HashSet<_> = kept.iter().flat_map(|kept| &kept.entries).map(|entry| self.path(&entry.id)).collect();
        let failed = StoreError::io("looking through the queue's files");
        for found in fs::read_dir(self.files()).map_err(&failed)? {
            let path = found.map_err(&failed)?.path();
            if !known.contains(&path) {
                fs::remove_file(&path).map_err(&failed)?;
            }
        }
        Ok(())
    }

    fn files(&self) -> PathBuf {
        self.root.join("files")
    }

    fn path(&self, id: &CommandId) -> PathBuf {
        self.files().join(format!("{}-{}", id.client, id.n))
    }
}

fn session_key(queue: &ClientId) -> Vec<u8> {
    [b"s", queue.as_str().as_bytes()].concat()
}

fn entry_key(id: &CommandId) -> Vec<u8> {
    [b"e", id.client.as_str().as_bytes(), &id.n.to_be_bytes()].concat()
}

fn json<T: serde::Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("what waits becomes JSON")
}

fn parsed<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    // The cause would quote what people wrote.
    serde_json::from_slice(bytes).inspect_err(|_| tracing::error!("something in the queue is not readable")).ok()
}

fn wiped(root: &Path) -> PathBuf {
    root.with_extension("wiped")
}

fn remove_all(folder: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io("wiping the queue")(error)),
        _ => Ok(()),
    }
}

/// Brings a folder's names to the disk (fsync(2), "does not necessarily ensure that the entry in
/// the directory containing the file has also reached disk").
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(StoreError::io("bringing the queue to the disk"))
}
