//! A full disk: a clear error, nothing lost, and on it goes when there is space.

mod support;

use engawa_ledger::sled::SledLedger;
use engawa_ledger::{AppendError, BlobError, BlobHash, Error, Expect, Ledger};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use support::{assert_in_order, chunks, event, events, room};
use tokio::time::{Instant, sleep};

/// A small file system in memory, unmounted when dropped.
struct Small(PathBuf);

impl Small {
    fn mount(at: &Path) -> Option<Self> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=48m", "tmpfs"]).arg(at).output().unwrap();
        if !mounted.status.success() {
            let why = String::from_utf8_lossy(&mounted.stderr).into_owned();
            eprintln!("skipped: a full disk needs root to be mounted ({})", why.trim());
            return None;
        }
        Some(Self(at.to_owned()))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // A store that was just closed may hold its folder for a moment.
        for _ in 0..100 {
            if Command::new("umount").arg(&self.0).output().is_ok_and(|done| done.status.success()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        eprintln!("{} stays mounted", self.0.display());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_says_so_loses_nothing_and_goes_on_when_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    let Some(small) = Small::mount(folder.path()) else { return };
    let ballast = small.0.join("ballast");
    std::fs::write(&ballast, vec![0; 24 << 20]).unwrap();
    let ledger = SledLedger::open(&small.0.join("ledger")).unwrap();
    let mut last = 0;
    let mut puts = 0_u64;
    let error = loop {
        if let Err(error) = ledger.append(&room(1), last, &events(last + 1..=last + 20)).await {
            break error;
        }
        last += 20;
        match ledger.put(&format!("k{}", puts % 100), &vec![puts as u8; 15_000], Expect::Any).await {
            Ok(_) => puts += 1,
            Err(engawa_ledger::PutError::Store(error)) => break error.into(),
            Err(error) => panic!("{error:?}"),
        }
    };
    assert!(matches!(error, AppendError::Store(Error::Full { .. })), "{error:?}");
    eprintln!("full after {last} events and {puts} values: {error}");
    let blob = vec![1; 16 << 20];
    let hash = BlobHash::of(&blob);
    let kept = ledger.put_blob(&hash, blob.len() as u64, chunks(&blob, 100_000)).await;
    assert!(matches!(kept, Err(BlobError::Store(Error::Full { .. }))), "{kept:?}");
    let again = ledger.append(&room(1), last, &[event(last + 1)]).await;
    assert!(matches!(again, Err(AppendError::Store(Error::Full { .. }) | AppendError::Conflict { .. })), "{again:?}");
    std::fs::remove_file(&ballast).unwrap();

    let until = Instant::now() + Duration::from_secs(15);
    let log = loop {
        match ledger.read(&room(1), 0).await {
            Ok(log) => break log,
            Err(error) if Instant::now() >= until => panic!("there is space again: {error:?}"),
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    };
    assert_in_order(&log, 1);
    let end = log.len() as u32;
    assert!(end >= last, "{last} events were acknowledged, {end} are there");
    ledger.append(&room(1), end, &[event(end + 1)]).await.unwrap();
    ledger.put("k", b"v", Expect::New).await.unwrap();
    ledger.put_blob(&hash, blob.len() as u64, chunks(&blob, 100_000)).await.unwrap();
    for number in puts.saturating_sub(100)..puts {
        let entry = ledger.value(&format!("k{}", number % 100)).await.unwrap().unwrap();
        assert_eq!(entry.value, vec![number as u8; 15_000]);
    }
    drop(ledger);
    let ledger = SledLedger::open(&small.0.join("ledger")).unwrap();
    assert_eq!(ledger.read(&room(1), 0).await.unwrap().len() as u32, end + 1);
    assert!(ledger.has_blob(&hash).await.unwrap());
}
