//! What must outlive a crash: the interview that is running, and what waits for the service ([`Outbox`]).

mod error;
mod folder;
mod outbox;

pub use error::StoreError;
pub use outbox::Outbox;

use anyhow::Context;
use engawa_session::booth::Saved;
use folder::Folder;
use std::path::Path;

const SAVED: &[u8] = b"visit";

/// The booth's folder.
#[derive(Debug)]
pub struct Store {
    folder: Folder,
}

impl Store {
    /// Opens the folder. A damaged one is put aside: an empty booth is better than none.
    pub fn open(data: &Path) -> Result<Self, StoreError> {
        Ok(Self { folder: Folder::open_or_put_aside(&data.join("booth"))? })
    }

    /// The interview to return to. One that cannot be read is forgotten.
    pub fn saved(&self) -> anyhow::Result<Option<Saved>> {
        let Some(bytes) = self.folder.db.get(SAVED).context("reading the store")? else { return Ok(None) };
        Ok(serde_json::from_slice(&bytes).inspect_err(|_| tracing::error!("the saved interview is not readable")).ok())
    }

    /// Keeps the interview; it is on disk when this returns.
    pub fn save(&self, saved: &Saved) -> anyhow::Result<()> {
        let bytes = serde_json::to_vec(saved).context("writing the interview as JSON")?;
        self.folder.db.insert(SAVED, bytes).context("writing the store")?;
        self.flush()
    }

    /// Forgets it; it is off the disk's index when this returns.
    pub fn forget(&self) -> anyhow::Result<()> {
        self.folder.db.remove(SAVED).context("writing the store")?;
        self.flush()
    }

    fn flush(&self) -> anyhow::Result<()> {
        self.folder.flush().context("keeping the interview")
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
        let store = Store::open(folder.path()).expect("open again");
        assert_eq!(store.saved().expect("read"), Some(saved));
        store.forget().expect("forget");
        drop(store);
        assert_eq!(Store::open(folder.path()).expect("open").saved().expect("read"), None);
    }
}
