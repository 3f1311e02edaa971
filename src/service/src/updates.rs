//! The bundles that booths update themselves from: files of one folder, by machine and version.
//!
//! `<folder>/<compatible>/<version>.raucb`. A booth verifies the signature itself, so nothing here is
//! secret and nothing here is believed. A bundle is put there by renaming it: what is still being copied
//! would be offered as it is.

use crate::bucket::{Buckets, Rate};
use engawa_session::update::{Offer, compare};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Questions from one address: every booth of a fair may be behind it.
const QUESTIONS: Rate = Rate { burst: 300, every: Duration::from_millis(100) };
const ADDRESSES: usize = 10_000;
/// Bundles sent at a time; the others are told to come back.
const DOWNLOADS: usize = 32;
/// Bundles of one machine that are looked at.
const VERSIONS: usize = 1000;
/// Sums that are remembered.
const SUMS: usize = 256;
/// Longest name of a machine or a version.
const NAME_CHARS: usize = 64;

/// A bundle is another one when any of these changes.
type Key = (PathBuf, u64, Option<SystemTime>);

/// The folder, and what is known of it.
#[derive(Debug)]
pub struct Updates {
    folder: Option<PathBuf>,
    sums: Arc<Mutex<HashMap<Key, String>>>,
    /// Summing takes a core and the disk: one at a time.
    summing: Arc<Semaphore>,
    downloads: Arc<Semaphore>,
    questions: Mutex<Buckets<IpAddr>>,
}

impl Updates {
    /// The bundles of that folder; none without one.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            sums: Arc::default(),
            summing: Arc::new(Semaphore::new(1)),
            downloads: Arc::new(Semaphore::new(DOWNLOADS)),
            questions: Mutex::new(Buckets::new(QUESTIONS, ADDRESSES)),
        }
    }

    /// Counts a question; the error says how long to wait.
    ///
    /// # Errors
    /// When there are too many from that address.
    pub fn count(&self, address: IpAddr) -> Result<(), Duration> {
        lock(&self.questions).take(address, Instant::now())
    }

    /// The right to send a bundle; none when too many are being sent.
    pub fn place(&self) -> Option<OwnedSemaphorePermit> {
        self.downloads.clone().try_acquire_owned().ok()
    }

    /// The newest bundle for that machine.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn newest(&self, compatible: &str) -> std::io::Result<Option<Offer>> {
        let Some(folder) = self.machine(compatible) else { return Ok(None) };
        let versions =
            tokio::task::spawn_blocking(move || versions(&folder)).await.map_err(std::io::Error::other)??;
        let Some(version) = versions.into_iter().max_by(|one, other| compare(one, other)) else { return Ok(None) };
        Ok(self.find(compatible, &version).await?.map(|(offer, _)| offer))
    }

    /// A bundle and its file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn find(&self, compatible: &str, version: &str) -> std::io::Result<Option<(Offer, PathBuf)>> {
        let Some(path) = self.machine(compatible).filter(|_| is_name(version)) else { return Ok(None) };
        let path = path.join(format!("{version}.raucb"));
        let found = match tokio::fs::metadata(&path).await {
            Ok(found) if found.is_file() => found,
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let key = (path.clone(), found.len(), found.modified().ok());
        let sha256 = self.sum(key).await?;
        Ok(Some((Offer { version: version.to_owned(), size: found.len(), sha256 }, path)))
    }

    fn machine(&self, compatible: &str) -> Option<PathBuf> {
        self.folder.as_ref().filter(|_| is_name(compatible)).map(|folder| folder.join(compatible))
    }

    /// Summed once; goes on when whoever asked does not wait for it.
    async fn sum(&self, key: Key) -> std::io::Result<String> {
        if let Some(sum) = lock(&self.sums).get(&key) {
            return Ok(sum.clone());
        }
        let (sums, turn) = (self.sums.clone(), self.summing.clone().acquire_owned().await);
        let summed = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            if let Some(sum) = lock(&sums).get(&key) {
                return Ok(sum.clone());
            }
            let sum = sum_of(&key.0)?;
            let mut sums = lock(&sums);
            if sums.len() >= SUMS {
                sums.clear();
            }
            sums.insert(key, sum.clone());
            Ok(sum)
        });
        summed.await.map_err(std::io::Error::other)?
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Nothing that leads elsewhere in the file system.
fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_' | '~');
    (1..=NAME_CHARS).contains(&text.len()) && text.chars().all(plain) && !text.starts_with('.')
}

fn versions(folder: &Path) -> std::io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let names = entries.take(VERSIONS).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let versions = names.filter_map(|name| name.strip_suffix(".raucb").map(str::to_owned));
    Ok(versions.filter(|version| is_name(version)).collect())
}

fn sum_of(path: &Path) -> std::io::Result<String> {
    let (mut file, mut sum, mut bytes) = (File::open(path)?, Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(hex::encode(sum.finalize())),
            count => sum.update(&bytes[..count]),
        }
    }
}
