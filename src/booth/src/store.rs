//! What must outlive a crash: the interview that is running, and what waits for the service ([`Outbox`]).

mod error;
mod folder;
mod outbox;

pub use error::StoreError;
pub use outbox::Outbox;

use engawa_session::booth::Saved;
use folder::Folder;
use std::path::{Path, PathBuf};

const SAVED: &[u8] = b"visit";

/// The booth's folder.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    /// None after a failure, until it is opened again: sled refuses everything after its first.
    folder: Option<Folder>,
}

impl Store {
    /// Opens the folder. A damaged one is put aside: an empty booth is better than none.
    pub fn open(data: &Path) -> Result<Self, StoreError> {
        let path = data.join("booth");
        Ok(Self { folder: Some(Folder::open_or_put_aside(&path)?), path })
    }

    /// The interview to return to. One that cannot be read is forgotten.
    pub fn saved(&self) -> Result<Option<Saved>, StoreError> {
        let Some(folder) = &self.folder else { return Ok(None) };
        let Some(bytes) = folder.db.get(SAVED).map_err(StoreError::sled("reading the store"))? else { return Ok(None) };
        Ok(serde_json::from_slice(&bytes).inspect_err(|_| tracing::error!("the saved interview is not readable")).ok())
    }

    /// Keeps the interview; it is on disk when this returns.
    pub fn save(&mut self, saved: &Saved) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(saved).expect("what is saved becomes JSON");
        self.write(|db| db.insert(SAVED, bytes).map(drop))
    }

    /// Forgets it; it is off the disk's index when this returns.
    pub fn forget(&mut self) -> Result<(), StoreError> {
        self.write(|db| db.remove(SAVED).map(drop))
    }

    fn write(&mut self, change: impl FnOnce(&sled::Db) -> sled::Result<()>) -> Result<(), StoreError> {
        let folder = match self.folder.take() {
            Some(folder) => folder,
            None => Folder::open_or_put_aside(&self.path)?,
        };
        change(&folder.db).map_err(StoreError::sled("writing the store"))?;
        folder.flush()?;
        self.folder = Some(folder);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engawa_protocol::{Locale, RoomId};

    #[test]
    fn an_interview_is_kept_and_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let room = RoomId::from_random([7; 16]);
        let saved = Saved { room, locale: Locale::Ko, microphone: false, camera: true, noise: true, asked: true };
        Store::open(folder.path()).expect("open").save(&saved).expect("save");
        let mut store = Store::open(folder.path()).expect("open again");
        assert_eq!(store.saved().expect("read"), Some(saved));
        store.forget().expect("forget");
        drop(store);
        assert_eq!(Store::open(folder.path()).expect("open").saved().expect("read"), None);
    }
}
