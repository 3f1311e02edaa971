//! A bundle's bytes onto the data partition: from where they stopped, slowly enough for a call beside it.

use crate::service::{Service, ServiceError};
use crate::store::Store;
use engawa_session::update::Offer;
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// Left free for the booth's own store.
const SPARE: u64 = 32 << 20;
/// Bytes between two syncs: what a cut of power costs at most.
const SYNC: u64 = 8 << 20;
/// A line that brings nothing for this long is broken.
const SILENCE: Duration = Duration::from_secs(60);
/// Breaks without a byte between them, until the timer comes again.
const BREAKS: u32 = 5;

/// Why a bundle is not here.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// There is no room.
    #[error("the data partition has {free} bytes left, the bundle needs {needed}: a larger disk is needed")]
    Full {
        /// What is left.
        free: u64,
        /// What is needed.
        needed: u64,
    },
    /// The disk does not take it.
    #[error("{what} {path}")]
    Disk {
        /// What was attempted.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The service does not give it.
    #[error("bringing the bundle here")]
    Service(#[from] ServiceError),
    /// The line broke too often.
    #[error("the line broke {BREAKS} times without a byte; the timer goes on later")]
    Broken,
    /// All bytes are here, and they are others.
    #[error("the bundle arrived with another sum than was told")]
    Sum,
}

/// How fast bytes may come.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Bytes a second.
    pub rate: u64,
    /// How long to wait after a break.
    pub pause: Duration,
}

/// Brings the bundle of `offer` to [`Store::whole`], durably, with its sum verified.
///
/// # Errors
/// When it is not whole yet; what is here stays for the next time, unless it is wrong.
pub async fn fetch(
    store: &Store,
    service: &Service,
    compatible: &str,
    offer: &Offer,
    pace: Pace,
) -> Result<PathBuf, FetchError> {
    let path = store.part(&offer.sha256);
    let mut part = Part::open(&path, offer.size)?;
    room(store.folder(), offer.size - part.length)?;
    let mut breaks = 0;
    while part.length < offer.size {
        let before = part.length;
        if let Err(error) = some(&mut part, service, compatible, offer, pace).await? {
            tracing::info!(error = &error as &dyn std::error::Error, at = part.length, "the line broke");
        }
        breaks = if part.length > before { 0 } else { breaks + 1 };
        if breaks >= BREAKS {
            return Err(FetchError::Broken);
        }
        if part.length < offer.size {
            sleep(pace.pause).await;
        }
    }
    part.finish(offer, &store.whole(&offer.sha256))
}

/// Takes bytes until the line breaks or everything is here.
async fn some(
    part: &mut Part,
    service: &Service,
    compatible: &str,
    offer: &Offer,
    pace: Pace,
) -> Result<Result<(), ServiceError>, FetchError> {
    let mut stream = match service.bundle(compatible, offer, part.length).await {
        Ok(stream) => stream,
        Err(error) => return Ok(Err(error)),
    };
    if stream.from != part.length {
        part.cut(stream.from)?;
    }
    let (started, mut taken) = (Instant::now(), 0);
    loop {
        let frame = match timeout(SILENCE, stream.body.frame()).await {
            Err(_) => return Ok(Err(ServiceError::Time("the bundle"))),
            Ok(None) => break,
            Ok(Some(Err(error))) => {
                part.sync()?;
                return Ok(Err(ServiceError::Reach("the bundle", error.into())));
            }
            Ok(Some(Ok(frame))) => frame,
        };
        let Ok(bytes) = frame.into_data() else { continue };
        if part.length + bytes.len() as u64 > offer.size {
            return Ok(Err(ServiceError::Offer("more bytes than it told of")));
        }
        part.append(&bytes)?;
        taken += bytes.len() as u64;
        let due = Duration::from_secs_f64(taken as f64 / pace.rate as f64);
        if let Some(early) = due.checked_sub(started.elapsed()) {
            sleep(early).await;
        }
    }
    part.sync()?;
    Ok(Ok(()))
}

/// Copies a bundle from elsewhere, such as a stick, to [`Store::whole`]: what is verified afterwards can no
/// longer be changed by whoever holds the stick. Tells its size and sum.
///
/// # Errors
/// When it cannot be read, is too large, or there is no room.
pub fn copy(store: &Store, from: &Path, version: &str) -> Result<Offer, FetchError> {
    let mut source = File::open(from).map_err(disk("opening", from))?;
    let size = source.metadata().map_err(disk("reading", from))?.len();
    if size > crate::service::BUNDLE_BYTES {
        return Err(ServiceError::Offer("its size").into());
    }
    room(store.folder(), size)?;
    let path = store.part("copied");
    let mut part = Part::open(&path, 0)?;
    let mut sum = Sha256::new();
    let mut bytes = vec![0; 1 << 20];
    loop {
        let count = source.read(&mut bytes).map_err(disk("reading", from))?;
        if count == 0 {
            break;
        }
        if part.length + count as u64 > size {
            return Err(ServiceError::Offer("a file that grows").into());
        }
        sum.update(&bytes[..count]);
        part.append(&bytes[..count])?;
    }
    let offer = Offer { version: version.to_owned(), size: part.length, sha256: hex::encode(sum.finalize()) };
    part.settle(&store.whole(&offer.sha256))?;
    Ok(offer)
}

/// The bytes that are here.
struct Part {
    file: File,
    path: PathBuf,
    length: u64,
    synced: u64,
}

impl Part {
    fn open(path: &Path, most: u64) -> Result<Self, FetchError> {
        let file = File::options().create(true).read(true).write(true).truncate(false).open(path);
        let file = file.map_err(disk("opening", path))?;
        let length = file.metadata().map_err(disk("reading", path))?.len();
        let mut part = Self { file, path: path.to_owned(), length, synced: length };
        part.cut(if length > most { 0 } else { length })?;
        Ok(part)
    }

    fn cut(&mut self, length: u64) -> Result<(), FetchError> {
        self.file.set_len(length).map_err(disk("writing", &self.path))?;
        self.file.seek(SeekFrom::Start(length)).map_err(disk("writing", &self.path))?;
        (self.length, self.synced) = (length, length);
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        self.file.write_all(bytes).map_err(disk("writing", &self.path))?;
        self.length += bytes.len() as u64;
        if self.length - self.synced >= SYNC { self.sync() } else { Ok(()) }
    }

    fn sync(&mut self) -> Result<(), FetchError> {
        self.file.sync_data().map_err(disk("writing", &self.path))?;
        self.synced = self.length;
        Ok(())
    }

    /// A wrong sum cannot be mended byte by byte: everything is brought anew.
    fn finish(mut self, offer: &Offer, whole: &Path) -> Result<PathBuf, FetchError> {
        self.file.seek(SeekFrom::Start(0)).map_err(disk("reading", &self.path))?;
        let mut sum = Sha256::new();
        let mut bytes = vec![0; 1 << 20];
        loop {
            let count = self.file.read(&mut bytes).map_err(disk("reading", &self.path))?;
            if count == 0 {
                break;
            }
            sum.update(&bytes[..count]);
        }
        if hex::encode(sum.finalize()) != offer.sha256 {
            std::fs::remove_file(&self.path).map_err(disk("removing", &self.path))?;
            return Err(FetchError::Sum);
        }
        self.settle(whole)
    }

    fn settle(self, whole: &Path) -> Result<PathBuf, FetchError> {
        self.file.sync_all().map_err(disk("writing", &self.path))?;
        std::fs::rename(&self.path, whole).map_err(disk("renaming", &self.path))?;
        let folder = whole.parent().unwrap_or(Path::new("/"));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(disk("writing", folder))?;
        Ok(whole.to_owned())
    }
}

fn room(folder: &Path, size: u64) -> Result<(), FetchError> {
    let stat = rustix::fs::statvfs(folder).map_err(|error| disk("asking", folder)(error.into()))?;
    let (free, needed) = (stat.f_bavail * stat.f_frsize, size + SPARE);
    if free < needed { Err(FetchError::Full { free, needed }) } else { Ok(()) }
}

fn disk(what: &'static str, path: &Path) -> impl Fn(std::io::Error) -> FetchError {
    let path = path.to_owned();
    move |source| FetchError::Disk { what, path: path.clone(), source }
}
