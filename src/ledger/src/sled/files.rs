//! Blobs as files: written aside, flushed, renamed, and their folder flushed.

use crate::blob::Check;
use crate::{BlobError, BlobHash, BlobReader, CHUNK_BYTES, Chunks, Error};
use bytes::{Bytes, BytesMut};
use futures_util::stream::{StreamExt, unfold};
use std::io::ErrorKind::NotFound;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const KEEPING: &str = "keeping a blob";
const READING: &str = "reading a blob";
/// Files that are not whole yet.
const ASIDE: &str = "aside-";

#[derive(Debug, Clone)]
pub(super) struct Files {
    folder: Arc<Path>,
    count: Arc<AtomicU64>,
}

/// A file that is not whole yet, removed unless it becomes a blob.
struct Aside(Option<PathBuf>);

impl Drop for Aside {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            // What cannot be removed now goes when the ledger is opened next.
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Files {
    /// Opens the files below the ledger's folder; what a crash left half-written is removed.
    pub(super) fn open(ledger: &Path) -> Result<Self, Error> {
        let folder = ledger.join("files");
        let opening = || -> std::io::Result<()> {
            std::fs::create_dir_all(&folder)?;
            for file in std::fs::read_dir(&folder)? {
                let file = file?;
                if file.file_name().to_str().is_some_and(|name| name.starts_with(ASIDE)) {
                    std::fs::remove_file(file.path())?;
                }
            }
            std::fs::File::open(ledger)?.sync_all()
        };
        opening().map_err(|error| Error::io("opening the ledger's blobs", error))?;
        Ok(Self { folder: folder.into(), count: Arc::default() })
    }

    pub(super) async fn put(&self, hash: BlobHash, size: u64, mut chunks: Chunks) -> Result<(), BlobError> {
        let keeping = |error| BlobError::Store(Error::io(KEEPING, error));
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(format!("{ASIDE}{number}"));
        let mut aside = Aside(Some(path.clone()));
        let mut file = File::options().write(true).create_new(true).open(&path).await.map_err(keeping)?;
        let mut check = Check::new(hash, size);
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(BlobError::Source)?;
            check.pass(&chunk)?;
            file.write_all(&chunk).await.map_err(keeping)?;
        }
        check.finish()?;
        file.flush().await.map_err(keeping)?;
        file.sync_all().await.map_err(keeping)?;
        fs::rename(&path, self.path(hash)).await.map_err(keeping)?;
        aside.0 = None;
        self.sync().await.map_err(keeping)
    }

    pub(super) async fn read(&self, hash: BlobHash) -> Result<Option<BlobReader>, Error> {
        let reading = |error| Error::io(READING, error);
        let file = match File::open(self.path(hash)).await {
            Err(error) if error.kind() == NotFound => return Ok(None),
            opened => opened.map_err(reading)?,
        };
        let size = file.metadata().await.map_err(reading)?.len();
        let state = Some((file, Check::new(hash, size)));
        let chunks = unfold(state, |state| async {
            let (mut file, check) = state?;
            match next_chunk(&mut file, check).await {
                Ok(Some((chunk, check))) => Some((Ok(chunk), Some((file, check)))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        });
        Ok(Some(BlobReader { size, chunks: chunks.boxed() }))
    }

    pub(super) async fn has(&self, hash: BlobHash) -> Result<bool, Error> {
        fs::try_exists(self.path(hash)).await.map_err(|error| Error::io("looking for a blob", error))
    }

    pub(super) async fn delete(&self, hash: BlobHash) -> Result<(), Error> {
        let removing = |error| Error::io("removing a blob", error);
        match fs::remove_file(self.path(hash)).await {
            Err(error) if error.kind() == NotFound => Ok(()),
            removed => {
                removed.map_err(removing)?;
                self.sync().await.map_err(removing)
            }
        }
    }

    fn path(&self, hash: BlobHash) -> PathBuf {
        self.folder.join(hash.to_string())
    }

    async fn sync(&self) -> std::io::Result<()> {
        File::open(&self.folder).await?.sync_all().await
    }
}

async fn next_chunk(file: &mut File, mut check: Check) -> Result<Option<(Bytes, Check)>, Error> {
    let mut chunk = BytesMut::with_capacity(CHUNK_BYTES);
    file.read_buf(&mut chunk).await.map_err(|error| Error::io(READING, error))?;
    let damaged = |_| Error::Damaged { what: "a blob is not what its hash says".to_owned() };
    if chunk.is_empty() {
        check.finish().map_err(damaged)?;
        return Ok(None);
    }
    check.pass(&chunk).map_err(damaged)?;
    Ok(Some((chunk.freeze(), check)))
}
