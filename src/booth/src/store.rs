//! What must outlive a crash: the interview that is running, in sled.

use anyhow::Context;
use engawa_session::booth::Saved;
use std::fs::File;
use std::path::Path;

const SAVED: &[u8] = b"visit";

/// The booth's folder.
#[derive(Debug)]
pub struct Store {
    db: sled::Db,
    /// sled's log: it is written with `sync_file_range`, which leaves the file's new length behind
    /// (sync_file_range(2), "Warning"), so a cut of power could take what was flushed.
    file: File,
}

impl Store {
    /// Opens the folder. A damaged one is put aside: an empty booth is better than none.
    pub fn open(data: &Path) -> anyhow::Result<Self> {
        let path = data.join("booth");
        std::fs::create_dir_all(data).with_context(|| format!("making the data folder {}", data.display()))?;
        let open = || sled::Config::new().path(&path).flush_every_ms(None).open();
        let db = match open() {
            Ok(db) => db,
            Err(sled::Error::Corruption { .. }) => {
                let aside = data.join("booth.damaged");
                tracing::error!("the booth's store is damaged and was put aside");
                if aside.exists() {
                    std::fs::remove_dir_all(&aside).context("removing an older damaged store")?;
                }
                std::fs::rename(&path, &aside).context("putting the damaged store aside")?;
                open().with_context(|| format!("opening {}", path.display()))?
            }
            Err(error) => {
                let hint = "is another booth running with the same data folder?";
                return Err(error).with_context(|| format!("opening {} ({hint})", path.display()));
            }
        };
        let file = path.join("db");
        let file = File::open(&file).with_context(|| format!("opening {}", file.display()))?;
        Ok(Self { db, file })
    }

    /// The interview to return to. One that cannot be read is forgotten.
    pub fn saved(&self) -> anyhow::Result<Option<Saved>> {
        let Some(bytes) = self.db.get(SAVED).context("reading the store")? else { return Ok(None) };
        Ok(serde_json::from_slice(&bytes).inspect_err(|_| tracing::error!("the saved interview is not readable")).ok())
    }

    /// Keeps the interview; it is on disk when this returns.
    pub fn save(&self, saved: &Saved) -> anyhow::Result<()> {
        let bytes = serde_json::to_vec(saved).context("writing the interview as JSON")?;
        self.db.insert(SAVED, bytes).context("writing the store")?;
        self.flush()
    }

    /// Forgets it; it is off the disk's index when this returns.
    pub fn forget(&self) -> anyhow::Result<()> {
        self.db.remove(SAVED).context("writing the store")?;
        self.flush()
    }

    fn flush(&self) -> anyhow::Result<()> {
        self.db.flush().context("flushing the store")?;
        self.file.sync_data().context("bringing the store to the disk")
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
