//! What is known of updates, on disk: whole or not at all, whenever the power is cut.

use engawa_session::update::State;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be used.
    #[error("{what} {path}; is the data partition mounted and not full?")]
    Disk {
        /// What was attempted.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// Another update is under way.
    #[error("another update is under way")]
    Taken,
}

/// The folder with the state, the downloads and the locks.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The store in that folder, which must be there.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Where a bundle's bytes gather. Named by their sum: what is there of another bundle cannot be gone on with.
    pub fn part(&self, sha256: &str) -> PathBuf {
        self.folder.join(format!("{sha256}.raucb.part"))
    }

    /// A bundle that is here and whole.
    pub fn whole(&self, sha256: &str) -> PathBuf {
        self.folder.join(format!("{sha256}.raucb"))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is known now.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn state(&self) -> Result<State, StoreError> {
        let path = self.folder.join("state.json");
        match std::fs::read(&path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                tracing::error!(%error, "what was known of updates cannot be read: this image is taken for the first");
                State::default()
            })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && self.folder.is_dir() => Ok(State::default()),
            Err(source) => Err(StoreError::Disk { what: "reading", path, source }),
        }
    }

    /// Changes what is known; when this returns, the disk has it. One at a time over all processes.
    ///
    /// # Errors
    /// When the disk does not take it: nothing has changed then.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> Result<T, StoreError> {
        let lock = self.open_lock("state.lock")?;
        lock.lock().map_err(disk("locking", &self.folder))?;
        let mut state = self.state()?;
        let before = state.clone();
        let answer = change(&mut state);
        if state != before {
            let bytes = serde_json::to_vec_pretty(&state).expect("a state becomes JSON");
            replace(&self.folder.join("state.json"), &bytes, 0o600)?;
        }
        Ok(answer)
    }

    /// The right to bring, verify and install.
    ///
    /// # Errors
    /// When another process has it.
    pub fn take(&self) -> Result<Right, StoreError> {
        let lock = self.open_lock("update.lock")?;
        match lock.try_lock() {
            Ok(()) => Ok(Right(lock)),
            Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::Taken),
            Err(std::fs::TryLockError::Error(source)) => Err(disk("locking", &self.folder)(source)),
        }
    }

    /// Removes every bundle and part but those of `keep`.
    pub fn tidy(&self, keep: Option<&str>) {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let bundle = name.strip_suffix(".part").unwrap_or(&name).strip_suffix(".raucb");
            if bundle.is_some_and(|sha256| Some(sha256) != keep)
                && let Err(error) = std::fs::remove_file(entry.path())
            {
                tracing::warn!(%error, "an old bundle stays");
            }
        }
    }

    fn open_lock(&self, name: &str) -> Result<File, StoreError> {
        let path = self.folder.join(name);
        File::options().create(true).append(true).open(&path).map_err(disk("opening", &path))
    }
}

/// The right to bring, verify and install; given back with this value.
#[derive(Debug)]
pub struct Right(File);

impl Drop for Right {
    fn drop(&mut self) {
        // Closing alone leaves it to a program that is started in this moment and has the file, too, until it runs.
        self.0.unlock().ok();
    }
}

/// Puts a file in the place of another, durably, with that mode.
///
/// # Errors
/// When the disk does not take it: the other one is still there.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<(), StoreError> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let new = path.with_extension("new");
    let folder = path.parent().unwrap_or(Path::new("/"));
    let write = || {
        let mut file = File::options().create(true).write(true).truncate(true).mode(mode).open(&new)?;
        file.set_permissions(std::fs::Permissions::from_mode(mode))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, path)?;
        // On FAT the name is the file's: without this the disk still has the other file's, which is free.
        file.sync_all()?;
        File::open(folder)?.sync_all()
    };
    write().map_err(disk("writing", path))
}

fn disk(what: &'static str, path: &Path) -> impl Fn(std::io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Disk { what, path: path.clone(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engawa_session::update::Image;

    fn good(version: &str) -> Option<Image> {
        Some(Image { version: version.into(), slot: "A".into() })
    }

    // P3
    #[test]
    fn a_state_that_was_cut_off_in_writing_leaves_the_one_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::new(folder.path());
        store.change(|state| state.good = good("1")).expect("a disk");
        // As a cut leaves it: the new file is half there, the old one untouched.
        std::fs::write(folder.path().join("state.new"), b"{\"good\":{\"ver").expect("a file");
        assert_eq!(store.state().expect("a state").good, good("1"));
        store.change(|state| state.good = good("2")).expect("a disk");
        assert_eq!(Store::new(folder.path()).state().expect("a state").good, good("2"));
    }

    #[test]
    fn a_state_of_garbage_is_no_state_and_no_fault() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("state.json"), b"\0\0\0").expect("a file");
        assert_eq!(Store::new(folder.path()).state().expect("a state"), State::default());
    }

    #[test]
    fn a_disk_that_is_not_there_is_a_fault_and_no_first_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::new(&folder.path().join("gone"));
        assert!(store.state().is_err());
        assert!(store.change(|_| ()).is_err());
    }

    #[test]
    fn one_update_at_a_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::new(folder.path());
        let right = store.take().expect("the right");
        assert!(matches!(store.take(), Err(StoreError::Taken)));
        // As a program has it that is just being started.
        let _started = right.0.try_clone().expect("a file");
        drop(right);
        assert!(store.take().is_ok());
    }

    #[test]
    fn only_the_bundle_that_is_meant_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::new(folder.path());
        for path in [store.part("a"), store.whole("a"), store.part("b"), store.whole("b")] {
            std::fs::write(path, b"x").expect("a file");
        }
        store.change(|state| state.good = good("1")).expect("a disk");
        store.tidy(Some("a"));
        assert!(store.part("a").exists() && store.whole("a").exists());
        assert!(!store.part("b").exists() && !store.whole("b").exists());
        assert_eq!(store.state().expect("a state").good, good("1"));
    }
}
