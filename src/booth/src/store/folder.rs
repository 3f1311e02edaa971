//! A folder of sled's that is on the disk when it says so, and that always opens.

use super::StoreError;
use std::fs::File;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::{Duration, Instant};

/// sled's own threads hold the folder for a moment after the last of its values is dropped.
const LETTING_GO: Duration = Duration::from_secs(2);
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// A booth keeps little, and has little memory.
const CACHE: u64 = 8 * 1024 * 1024;

/// An open folder.
#[derive(Debug)]
pub struct Folder {
    pub db: sled::Db,
    /// sled's log: it is written with `sync_file_range`, which leaves the file's new length behind
    /// (sync_file_range(2), "Warning"), so a cut of power could take what was flushed.
    file: File,
}

impl Folder {
    /// Opens `path`, which is made when it is not there.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let patience = Instant::now() + LETTING_GO;
        loop {
            match Self::try_open(path) {
                Err(StoreError::InUse) if Instant::now() < patience => std::thread::sleep(LOOK_AGAIN),
                opened => return opened,
            }
        }
    }

    fn try_open(path: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(path).map_err(StoreError::io("making the store's folder"))?;
        // Flushing is ours alone: nothing is acknowledged that a timer would still have to write.
        let config = sled::Config::new().path(path).flush_every_ms(None).cache_capacity(CACHE);
        // sled panics over some damages of its files.
        let db = std::panic::catch_unwind(AssertUnwindSafe(|| config.open()))
            .map_err(|_| StoreError::Damaged { what: "sled's files" })?
            .map_err(StoreError::sled("opening the store"))?;
        let file = File::open(path.join("db")).map_err(StoreError::io("opening the store"))?;
        Ok(Self { db, file })
    }

    /// Opens `path`; a damaged one is put aside as `<path>.damaged`: an empty store is better than
    /// a booth that does not start.
    pub fn open_or_put_aside(path: &Path) -> Result<Self, StoreError> {
        match Self::open(path) {
            Err(error @ StoreError::Damaged { .. }) => {
                tracing::error!(%error, "a store is damaged and is put aside");
                put_aside(path)?;
                Self::open(path)
            }
            opened => opened,
        }
    }

    /// What was written is on the disk when this returns.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.db.flush().map_err(StoreError::sled("flushing the store"))?;
        self.file.sync_data().map_err(StoreError::io("bringing the store to the disk"))
    }
}

/// Renames a folder that cannot be read; an older one that was put aside goes.
pub fn put_aside(path: &Path) -> Result<(), StoreError> {
    let aside = path.with_extension("damaged");
    if aside.exists() {
        std::fs::remove_dir_all(&aside).map_err(StoreError::io("removing an older damaged store"))?;
    }
    std::fs::rename(path, &aside).map_err(StoreError::io("putting the damaged store aside"))
}
