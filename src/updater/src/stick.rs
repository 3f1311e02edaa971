//! USB sticks: mounted so that nothing of them can run, in a mount namespace that ends with this process.

use crate::booth;
use crate::place::Place;
use crate::rauc::Rauc;
use crate::store::StoreError;
use crate::update::{Ended, Source, UpdateError, update};
use engawa_session::update::Why;
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
use std::ffi::CStr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// File systems of sticks, and what each is told. A journal of ext4 is not played back: that would write.
const KINDS: [(&str, &CStr); 3] = [("vfat", c""), ("exfat", c""), ("ext4", c"noload")];
/// Files of the stick's root that are looked at.
const FILES: usize = 1000;
/// Bundles that are asked about.
const BUNDLES: usize = 8;

/// Most time that a stick waits for its turn: an hour of writing behind it is within systemd's limit.
const LONGEST: Duration = Duration::from_secs(45 * 60);
/// Pauses before another try.
const PAUSES: u32 = 6;

/// Why a stick cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StickError {
    /// It is not mounted.
    #[error("mounting {device} as vfat, exfat or ext4")]
    Mount {
        /// Which.
        device: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// Its files cannot be listed.
    #[error("listing the files of the stick")]
    List(#[source] std::io::Error),
}

/// A mounted stick; unmounted when it is dropped.
#[derive(Debug)]
pub struct Stick {
    at: PathBuf,
}

impl Stick {
    /// Mounts a partition at `at`, read-only.
    ///
    /// # Errors
    /// When it holds none of the file systems.
    pub fn mount(device: &Path, at: &Path) -> Result<Self, StickError> {
        let flags = MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
        let mut last = std::io::Error::from(std::io::ErrorKind::Unsupported);
        for (kind, words) in KINDS {
            match mount(device, at, kind, flags, words) {
                Ok(()) => return Ok(Self { at: at.to_owned() }),
                Err(error) => last = error.into(),
            }
        }
        Err(StickError::Mount { device: device.to_owned(), source: last })
    }

    /// The newest bundle of the stick's root that is signed for this machine; none when there is none.
    ///
    /// # Errors
    /// When the stick cannot be read.
    pub async fn newest(&self, rauc: Rauc<'_>, compatible: &str) -> Result<Option<PathBuf>, StickError> {
        newest(&self.at, rauc, compatible).await
    }
}

impl Drop for Stick {
    fn drop(&mut self) {
        if let Err(error) = unmount(&self.at, UnmountFlags::DETACH) {
            tracing::warn!(%error, "the stick stays mounted until this process ends");
        }
    }
}

/// Installs a stick's bundle, and waits for its turn while somebody is in the booth, another update is under way or
/// the running image is not found good yet: nobody comes by to put the stick in again.
///
/// # Errors
/// As [`update`].
pub async fn install(place: &Place, file: &Path) -> Result<Ended, UpdateError> {
    let begun = Instant::now();
    let mut ended = update(place, Source::File(file), false).await;
    while begun.elapsed() < LONGEST {
        let is_busy = matches!(ended, Ok(Ended::Busy));
        if !is_busy && !matches!(ended, Ok(Ended::Nothing(Why::Trial)) | Err(UpdateError::Store(StoreError::Taken))) {
            break;
        }
        tracing::info!("the stick waits for its turn");
        sleep(place.pause * PAUSES).await;
        // Asked first: each try copies the bundle.
        if !is_busy || booth::close(place).await.is_some() {
            ended = update(place, Source::File(file), false).await;
        }
    }
    ended
}

/// The newest bundle of a folder that is signed for this machine.
///
/// # Errors
/// When the folder cannot be read.
pub async fn newest(folder: &Path, rauc: Rauc<'_>, compatible: &str) -> Result<Option<PathBuf>, StickError> {
    let entries = std::fs::read_dir(folder).map_err(StickError::List)?.take(FILES);
    let bundle = |path: &PathBuf| path.extension().is_some_and(|end| end == "raucb") && path.is_file();
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).filter(bundle);
    let mut best: Option<(PathBuf, String)> = None;
    for path in paths.take(BUNDLES) {
        match rauc.info(&path).await {
            Ok(info) if info.compatible == compatible => {
                let newer = |best: &(PathBuf, String)| engawa_session::update::compare(&info.version, &best.1).is_gt();
                if best.as_ref().is_none_or(newer) {
                    best = Some((path, info.version));
                }
            }
            Ok(info) => tracing::info!(compatible = info.compatible, "a bundle for another machine"),
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "a bundle that is not believed"),
        }
    }
    Ok(best.map(|(path, _)| path))
}
