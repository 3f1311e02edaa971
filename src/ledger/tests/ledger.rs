//! What every ledger promises, tried on the one in a folder.

use engawa_ledger::sled::SledLedger;
use engawa_ledger::{AppendError, Error, Ledger};
use engawa_protocol::{Actor, Event, Millis, Recorded, RoomId, Seq};
use std::sync::Arc;

fn room(n: u8) -> RoomId {
    RoomId::from_random([n; 16])
}

fn event(seq: Seq) -> Recorded {
    Recorded { seq, at: Millis(u64::from(seq)), by: Actor::Service, command: None, event: Event::KnockCancelled }
}

#[tokio::test]
async fn a_log_is_there_again_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let events: Vec<_> = (1..=5).map(event).collect();
    {
        let ledger = SledLedger::open(folder.path()).unwrap();
        ledger.append(&room(1), 0, &events[..2]).await.unwrap();
        ledger.append(&room(1), 2, &events[2..]).await.unwrap();
        ledger.append(&room(2), 0, &events[..1]).await.unwrap();
    }
    let ledger = SledLedger::open(folder.path()).unwrap();
    assert_eq!(ledger.read(&room(1), 0).await.unwrap(), events);
    assert_eq!(ledger.read(&room(1), 3).await.unwrap(), events[3..]);
    assert_eq!(ledger.read(&room(1), 5).await.unwrap(), []);
    assert_eq!(ledger.read(&room(1), Seq::MAX).await.unwrap(), []);
    assert_eq!(ledger.read(&room(3), 0).await.unwrap(), []);
    assert_eq!(ledger.rooms().await.unwrap(), [room(1), room(2)]);
}

#[tokio::test]
async fn an_append_behind_the_wrong_event_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = SledLedger::open(folder.path()).unwrap();
    ledger.append(&room(1), 0, &[event(1)]).await.unwrap();
    let late = ledger.append(&room(1), 0, &[event(1)]).await;
    assert!(matches!(late, Err(AppendError::Conflict { expected: 0, last: 1 })), "{late:?}");
    let early = ledger.append(&room(1), 5, &[event(6)]).await;
    assert!(matches!(early, Err(AppendError::Conflict { expected: 5, last: 1 })), "{early:?}");
    let gap = ledger.append(&room(1), 1, &[event(2), event(4)]).await;
    assert!(matches!(gap, Err(AppendError::Gap { expected: 1 })), "{gap:?}");
    assert_eq!(ledger.read(&room(1), 0).await.unwrap(), [event(1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_concurrent_appends_behind_one_event_exactly_one_goes_in() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Arc::new(SledLedger::open(folder.path()).unwrap());
    for last in 0..10 {
        let tries: Vec<_> = (0..8)
            .map(|_| {
                let ledger = ledger.clone();
                tokio::spawn(async move { ledger.append(&room(1), last, &[event(last + 1)]).await.is_ok() })
            })
            .collect();
        let mut won = 0;
        for one in tries {
            won += u32::from(one.await.unwrap());
        }
        assert_eq!(won, 1);
    }
    assert_eq!(ledger.read(&room(1), 0).await.unwrap().len(), 10);
}

#[tokio::test]
async fn values_are_set_listed_by_prefix_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    {
        let ledger = SledLedger::open(folder.path()).unwrap();
        ledger.put("account/b", b"2").await.unwrap();
        ledger.put("account/a", b"1").await.unwrap();
        ledger.put("session/a", b"3").await.unwrap();
        ledger.put("account/b", b"4").await.unwrap();
        ledger.delete("session/none").await.unwrap();
        assert!(matches!(ledger.put("", b"").await, Err(Error::Key)));
    }
    let ledger = SledLedger::open(folder.path()).unwrap();
    assert_eq!(ledger.value("account/b").await.unwrap().as_deref(), Some(b"4".as_slice()));
    let listed = ledger.list("account/").await.unwrap();
    assert_eq!(listed, [("account/a".to_owned(), b"1".to_vec()), ("account/b".to_owned(), b"4".to_vec())]);
    ledger.delete("account/b").await.unwrap();
    assert_eq!(ledger.value("account/b").await.unwrap(), None);
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
