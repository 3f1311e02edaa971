//! Blobs: what was announced is kept, anything else is not.

use super::Opened;
use crate::support::{SOON, chunks};
use bytes::Bytes;
use engawa_ledger::{BlobError, BlobHash, CHUNK_BYTES, Ledger};
use futures_util::{StreamExt, TryStreamExt};
use std::io::ErrorKind;
use std::sync::Arc;
use tokio::time::timeout;

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 7 + at / 251) as u8).collect()
}

async fn read(ledger: &Arc<dyn Ledger>, hash: &BlobHash) -> Option<Vec<u8>> {
    let blob = ledger.blob(hash).await.unwrap()?;
    let chunks: Vec<Bytes> = timeout(SOON, blob.chunks.try_collect()).await.unwrap().unwrap();
    assert!(chunks.iter().all(|chunk| chunk.len() <= CHUNK_BYTES));
    let whole = chunks.concat();
    assert_eq!(whole.len() as u64, blob.size);
    Some(whole)
}

pub async fn a_blob_is_read_as_it_was_put(opened: &Opened) {
    let (ledger, other) = (opened.first(), opened.last());
    // X1: exactly 5 MiB is accepted; empty and odd ones as well.
    for (length, each) in [(0, 1), (1, 1), (CHUNK_BYTES, CHUNK_BYTES), (5 << 20, 70_000), (300_001, 1 << 20)] {
        let bytes = bytes(length);
        let hash = BlobHash::of(&bytes);
        assert!(!other.has_blob(&hash).await.unwrap());
        assert!(other.blob(&hash).await.unwrap().is_none());
        ledger.put_blob(&hash, length as u64, chunks(&bytes, each)).await.unwrap();
        assert!(other.has_blob(&hash).await.unwrap());
        assert!(read(other, &hash).await.unwrap() == bytes, "{length} bytes");
        other.put_blob(&hash, length as u64, chunks(&bytes, each)).await.unwrap();
        assert!(read(ledger, &hash).await.unwrap() == bytes, "{length} bytes again");
    }
}

pub async fn a_blob_with_another_hash_or_size_leaves_nothing(opened: &Opened) {
    let ledger = opened.first();
    let bytes = bytes(300_000);
    let hash = BlobHash::of(&bytes);
    let mut other = bytes.clone();
    other[200_000] ^= 1;
    let size = bytes.len() as u64;
    let wrong = ledger.put_blob(&hash, size, chunks(&other, 9000)).await;
    assert!(matches!(wrong, Err(BlobError::Hash)), "{wrong:?}");
    for announced in [0, 1, size - 1, size + 1] {
        let wrong = ledger.put_blob(&hash, announced, chunks(&bytes, 9000)).await;
        assert!(matches!(wrong, Err(BlobError::Size { .. })), "{wrong:?}");
    }
    for node in &opened.nodes {
        assert!(!node.has_blob(&hash).await.unwrap());
        assert!(node.blob(&hash).await.unwrap().is_none());
    }
}

pub async fn a_source_that_breaks_off_leaves_nothing(opened: &Opened) {
    let ledger = opened.first();
    let bytes = bytes(300_000);
    let hash = BlobHash::of(&bytes);
    let broken = chunks(&bytes[..200_000], 9000).chain(futures_util::stream::iter([Err(ErrorKind::BrokenPipe.into())]));
    let put = ledger.put_blob(&hash, 300_000, broken.boxed()).await;
    assert!(matches!(put, Err(BlobError::Source(_))), "{put:?}");
    // Somebody who goes away half-way.
    let stalled = chunks(&bytes[..200_000], 9000).chain(futures_util::stream::pending());
    let put = timeout(std::time::Duration::from_millis(300), ledger.put_blob(&hash, 300_000, stalled.boxed())).await;
    assert!(put.is_err());
    assert!(!ledger.has_blob(&hash).await.unwrap());
    ledger.put_blob(&hash, 300_000, chunks(&bytes, 9000)).await.unwrap();
    assert!(read(opened.last(), &hash).await.unwrap() == bytes);
}

pub async fn a_removed_blob_can_be_put_again(opened: &Opened) {
    let (ledger, other) = (opened.first(), opened.last());
    let bytes = bytes(150_000);
    let hash = BlobHash::of(&bytes);
    for _ in 0..2 {
        ledger.put_blob(&hash, 150_000, chunks(&bytes, 9000)).await.unwrap();
        assert!(read(other, &hash).await.unwrap() == bytes);
        other.delete_blob(&hash).await.unwrap();
        other.delete_blob(&hash).await.unwrap();
        assert!(!ledger.has_blob(&hash).await.unwrap());
        assert!(ledger.blob(&hash).await.unwrap().is_none());
    }
}
