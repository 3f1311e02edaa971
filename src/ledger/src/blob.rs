//! Blobs: bytes named by their hash, taken in and handed out in chunks.

use crate::{BlobError, Error};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// The SHA-256 of a blob, which is its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobHash([u8; 32]);

/// A text that is not 64 hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("a blob's hash has 64 hexadecimal digits")]
pub struct InvalidHash;

/// The bytes of a blob to keep, in chunks of any size.
pub type Chunks = BoxStream<'static, std::io::Result<Bytes>>;

/// A blob being read.
pub struct BlobReader {
    /// How many bytes it has.
    pub size: u64,
    /// Its bytes in chunks of at most [`CHUNK_BYTES`](crate::CHUNK_BYTES).
    pub chunks: BoxStream<'static, Result<Bytes, Error>>,
}

impl BlobHash {
    /// The hash of bytes that are at hand.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest itself.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A hash that was computed elsewhere.
    #[must_use]
    pub fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }
}

impl fmt::Display for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobHash({self})")
    }
}

impl FromStr for BlobHash {
    type Err = InvalidHash;

    fn from_str(text: &str) -> Result<Self, InvalidHash> {
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).map_err(|_| InvalidHash)?;
        Ok(Self(digest))
    }
}

impl fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobReader").field("size", &self.size).finish_non_exhaustive()
    }
}

/// Counts and hashes what passes, and compares at the end.
pub(crate) struct Check {
    hash: BlobHash,
    size: u64,
    digest: Sha256,
    passed: u64,
}

impl Check {
    pub(crate) fn new(hash: BlobHash, size: u64) -> Self {
        Self { hash, size, digest: Sha256::new(), passed: 0 }
    }

    /// Takes in a chunk; refuses the first byte too many.
    pub(crate) fn pass(&mut self, chunk: &[u8]) -> Result<(), BlobError> {
        self.passed = self.passed.saturating_add(chunk.len() as u64);
        if self.passed > self.size {
            return Err(BlobError::Size { expected: self.size });
        }
        self.digest.update(chunk);
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<(), BlobError> {
        if self.passed != self.size {
            return Err(BlobError::Size { expected: self.size });
        }
        if self.hash.0[..] != self.digest.finalize()[..] {
            return Err(BlobError::Hash);
        }
        Ok(())
    }
}
