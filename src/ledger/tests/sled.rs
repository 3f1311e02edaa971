//! The ledger in a folder: every promise, and what is there after reopening.

mod suite;
mod support;

use engawa_ledger::sled::SledLedger;
use engawa_ledger::{BlobHash, Error, Expect, Ledger};
use futures_util::StreamExt;
use std::sync::Arc;
use std::time::Duration;
use suite::{Opened, the_suite};
use support::{chunks, event, events, room};

const PATIENCE: Duration = Duration::from_secs(30);

fn open() -> Option<Opened> {
    let folder = tempfile::tempdir().unwrap();
    let ledger = SledLedger::open(folder.path()).unwrap();
    // Clones are what the parts of one service have.
    Some(Opened { nodes: vec![Arc::new(ledger.clone()), Arc::new(ledger)], _keep: Box::new(folder) })
}

the_suite!(open());

#[tokio::test]
async fn everything_is_there_again_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let hash = BlobHash::of(b"blob");
    let revision = {
        let ledger = SledLedger::open(folder.path()).unwrap();
        ledger.append(&room(1), 0, &events(1..=3)).await.unwrap();
        ledger.append(&room(2), 0, &[event(1)]).await.unwrap();
        ledger.put("a", b"1", Expect::New).await.unwrap();
        ledger.put_blob(&hash, 4, chunks(b"blob", 2)).await.unwrap();
        let gone = ledger.put("b", b"1", Expect::New).await.unwrap();
        ledger.delete("b", Expect::Any).await.unwrap();
        gone
    };
    let ledger = SledLedger::open(folder.path()).unwrap();
    assert_eq!(ledger.read(&room(1), 0).await.unwrap(), events(1..=3));
    assert_eq!(ledger.rooms().await.unwrap(), [room(1), room(2)]);
    assert_eq!(ledger.value("a").await.unwrap().unwrap().value, b"1");
    assert_eq!(ledger.value("b").await.unwrap(), None);
    assert!(ledger.has_blob(&hash).await.unwrap());
    assert!(ledger.put("c", b"1", Expect::New).await.unwrap() > revision, "revisions rise over a restart");
}

/// A room's task follows its log and appends to it, one at a time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_that_is_not_looked_at_holds_up_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = SledLedger::open(folder.path()).unwrap();
    let mut rooms = tokio::task::JoinSet::new();
    for number in 0..100 {
        let (ledger, room) = (ledger.clone(), room(number));
        rooms.spawn(async move {
            for last in 0..10 {
                let mut follow = ledger.follow(&room, 0).await.unwrap();
                // It begins to read, and is left alone with it.
                let _ = futures_util::poll!(follow.next());
                tokio::task::yield_now().await;
                let _ = futures_util::poll!(follow.next());
                ledger.append(&room, last, &[event(last + 1)]).await.unwrap();
            }
        });
    }
    tokio::time::timeout(PATIENCE, rooms.join_all()).await.expect("everybody appends");
}

#[tokio::test]
async fn a_folder_that_is_open_elsewhere_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let _open = SledLedger::open(folder.path()).unwrap();
    let second = SledLedger::open(folder.path()).err();
    assert!(matches!(second, Some(Error::InUse { .. })), "{second:?}");
}

#[tokio::test]
async fn a_folder_full_of_something_else_is_an_error_and_no_empty_ledger() {
    let folder = tempfile::tempdir().unwrap();
    {
        let ledger = SledLedger::open(folder.path()).unwrap();
        for last in 0..50 {
            ledger.append(&room(1), last, &[event(last + 1)]).await.unwrap();
        }
    }
    let file = folder.path().join("conf");
    let length = std::fs::metadata(&file).unwrap().len() as usize;
    std::fs::write(&file, vec![0x5a; length]).unwrap();
    let opened = SledLedger::open(folder.path());
    assert!(matches!(opened, Err(Error::Damaged { .. } | Error::Open { .. })), "{opened:?}");
}

#[tokio::test]
async fn a_damaged_blob_is_an_error_and_what_a_crash_left_of_one_is_removed() {
    use futures_util::TryStreamExt;
    let folder = tempfile::tempdir().unwrap();
    let ledger = SledLedger::open(folder.path()).unwrap();
    let hash = BlobHash::of(b"blob");
    ledger.put_blob(&hash, 4, chunks(b"blob", 2)).await.unwrap();
    let files = folder.path().join("files");
    std::fs::write(files.join(hash.to_string()), b"blot").unwrap();
    let read = ledger.blob(&hash).await.unwrap().unwrap().chunks.try_collect::<Vec<_>>().await;
    assert!(matches!(read, Err(Error::Damaged { .. })), "{read:?}");
    drop(ledger);
    std::fs::write(files.join("aside-7"), b"half").unwrap();
    let _ledger = SledLedger::open(folder.path()).unwrap();
    assert_eq!(std::fs::read_dir(&files).unwrap().count(), 1);
}
