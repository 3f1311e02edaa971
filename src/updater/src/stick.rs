//! USB sticks: mounted so that nothing of them can run, in a mount namespace that ends with this process.

use crate::rauc::Rauc;
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
use std::ffi::CStr;
use std::path::{Path, PathBuf};

/// File systems of sticks, and what each is told. A journal of ext4 is not played back: that would write.
const KINDS: [(&str, &CStr); 3] = [("vfat", c""), ("exfat", c""), ("ext4", c"noload")];
/// Files of the stick's root that are looked at.
const FILES: usize = 1000;
/// Bundles that are asked about.
const BUNDLES: usize = 8;

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
