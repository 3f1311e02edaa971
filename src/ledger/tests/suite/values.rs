//! Key-values: conditions, revisions, prefixes, watching.

use super::Opened;
use crate::support::{SOON, chunks, event, room};
use engawa_ledger::{
    AppendError, BlobHash, Change, Entry, Error, Expect, KEY_BYTES, Ledger, PutError, Revision, VALUE_BYTES, Watch,
};
use futures_util::{StreamExt, TryStreamExt};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;

async fn stands(ledger: &Arc<dyn Ledger>, key: &str) -> Option<Vec<u8>> {
    ledger.value(key).await.unwrap().map(|entry| entry.value)
}

pub async fn a_put_is_conditional(opened: &Opened) {
    let (ledger, other) = (opened.first(), opened.last());
    let first = ledger.put("a", b"1", Expect::New).await.unwrap();
    assert_eq!(other.value("a").await.unwrap(), Some(Entry { value: b"1".to_vec(), revision: first }));
    let again = other.put("a", b"2", Expect::New).await;
    assert!(matches!(again, Err(PutError::Conflict { standing: Some(standing) }) if standing == first), "{again:?}");
    let second = other.put("a", b"2", Expect::Revision(first)).await.unwrap();
    assert!(second > first);
    let late = ledger.put("a", b"3", Expect::Revision(first)).await;
    assert!(matches!(late, Err(PutError::Conflict { standing: Some(standing) }) if standing == second), "{late:?}");
    let nowhere = ledger.put("b", b"3", Expect::Revision(first)).await;
    assert!(matches!(nowhere, Err(PutError::Conflict { standing: None })), "{nowhere:?}");
    assert_eq!(stands(other, "a").await.as_deref(), Some(b"2".as_slice()));
    ledger.put("a", b"4", Expect::Any).await.unwrap();
    assert_eq!(stands(other, "a").await.as_deref(), Some(b"4".as_slice()));
    assert_eq!(stands(other, "b").await, None);
}

pub async fn a_removal_is_conditional(opened: &Opened) {
    let (ledger, other) = (opened.first(), opened.last());
    ledger.delete("a", Expect::Any).await.unwrap();
    let first = ledger.put("a", b"1", Expect::Any).await.unwrap();
    let second = ledger.put("a", b"2", Expect::Any).await.unwrap();
    let late = other.delete("a", Expect::Revision(first)).await;
    assert!(matches!(late, Err(PutError::Conflict { standing: Some(standing) }) if standing == second), "{late:?}");
    other.delete("a", Expect::Revision(second)).await.unwrap();
    assert_eq!(stands(ledger, "a").await, None);
    let gone = ledger.delete("a", Expect::Revision(second)).await;
    assert!(matches!(gone, Err(PutError::Conflict { standing: None })), "{gone:?}");
    let gone = ledger.put("a", b"3", Expect::Revision(second)).await;
    assert!(matches!(gone, Err(PutError::Conflict { standing: None })), "{gone:?}");
    ledger.put("a", b"4", Expect::New).await.unwrap();
    assert_eq!(stands(other, "a").await.as_deref(), Some(b"4".as_slice()));
}

pub async fn revisions_rise_over_all_keys_and_removals(opened: &Opened) {
    let mut last = Revision(0);
    for turn in 0..12 {
        let ledger = &opened.nodes[turn % opened.nodes.len()];
        let key = ["a", "b", "c"][turn % 3];
        let revision = ledger.put(key, b"x", Expect::Any).await.unwrap();
        assert!(revision > last);
        last = revision;
        if turn % 4 == 3 {
            ledger.delete(key, Expect::Any).await.unwrap();
        }
    }
}

pub async fn of_writers_at_once_one_wins_each_revision(opened: &Opened) {
    const WRITERS: usize = 6;
    const EACH: usize = 12;
    opened.first().put("count", b"0", Expect::New).await.unwrap();
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let ledger = opened.nodes[writer % opened.nodes.len()].clone();
        writers.spawn(async move {
            let mut done = 0;
            while done < EACH {
                let entry = ledger.value("count").await.unwrap().unwrap();
                let count: usize = String::from_utf8(entry.value).unwrap().parse().unwrap();
                let next = (count + 1).to_string();
                match ledger.put("count", next.as_bytes(), Expect::Revision(entry.revision)).await {
                    Ok(_) => done += 1,
                    Err(PutError::Conflict { .. }) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
        });
    }
    timeout(SOON, writers.join_all()).await.unwrap();
    assert_eq!(stands(opened.last(), "count").await, Some((WRITERS * EACH).to_string().into_bytes()));
}

pub async fn any_key_is_kept_and_listed_by_prefix(opened: &Opened) {
    let (ledger, other) = (opened.first(), opened.last());
    let long = "k".repeat(KEY_BYTES);
    let keys = ["a", "a/", "a/b", "a/b/c", "a/bc", "a.b", "a*", "a b", ">", "会社/甲", long.as_str()];
    for key in keys {
        ledger.put(key, key.as_bytes(), Expect::New).await.unwrap();
    }
    let listed = |prefix: &'static str| async move {
        let listed = other.list(prefix).await.unwrap();
        listed.iter().for_each(|(key, entry)| assert_eq!(key.as_bytes(), entry.value));
        listed.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    let mut all = keys.map(str::to_owned);
    all.sort();
    assert_eq!(listed("").await, all);
    assert_eq!(listed("a/").await, ["a/", "a/b", "a/b/c", "a/bc"]);
    assert_eq!(listed("a/b").await, ["a/b", "a/b/c", "a/bc"]);
    assert_eq!(listed("会社/").await, ["会社/甲"]);
    assert_eq!(listed("b").await, Vec::<String>::new());
    for key in ["", "k".repeat(KEY_BYTES + 1).as_str()] {
        assert!(matches!(ledger.put(key, b"", Expect::Any).await, Err(PutError::Store(Error::Key))));
        assert!(matches!(ledger.value(key).await, Err(Error::Key)));
    }
    ledger.put("large", &vec![7; VALUE_BYTES], Expect::New).await.unwrap();
    let larger = ledger.put("large", &vec![7; VALUE_BYTES + 1], Expect::Any).await;
    assert!(matches!(larger, Err(PutError::Store(Error::Large { .. }))), "{larger:?}");
}

async fn change(watch: &mut Watch) -> Change {
    timeout(SOON, watch.next()).await.expect("the watcher hears soon").expect("a watch does not end").unwrap()
}

pub async fn a_watcher_hears_what_stands_then_every_change(opened: &Opened) {
    let (ledger, other) = (opened.first(), opened.last());
    let a = ledger.put("w/a", b"1", Expect::New).await.unwrap();
    ledger.put("v/a", b"1", Expect::New).await.unwrap();
    ledger.put("w/gone", b"1", Expect::New).await.unwrap();
    ledger.delete("w/gone", Expect::Any).await.unwrap();
    let put = |key: &str, value: &[u8], revision| Change::Put {
        key: key.to_owned(),
        entry: Entry { value: value.to_vec(), revision },
    };
    let mut watches = Vec::new();
    for node in &opened.nodes {
        let mut watch = node.watch("w/").await.unwrap();
        assert_eq!(change(&mut watch).await, put("w/a", b"1", a));
        assert_eq!(change(&mut watch).await, Change::Complete);
        watches.push(watch);
    }
    let b = other.put("w/b", b"2", Expect::New).await.unwrap();
    ledger.put("v/b", b"2", Expect::New).await.unwrap();
    for watch in &mut watches {
        assert_eq!(change(watch).await, put("w/b", b"2", b));
    }
    let a = ledger.put("w/a", b"3", Expect::Any).await.unwrap();
    for watch in &mut watches {
        assert_eq!(change(watch).await, put("w/a", b"3", a));
    }
    other.delete("w/b", Expect::Any).await.unwrap();
    for watch in &mut watches {
        let deleted = change(watch).await;
        assert!(matches!(&deleted, Change::Deleted { key, revision } if key == "w/b" && *revision > a), "{deleted:?}");
    }
    let b = ledger.put("w/b", b"4", Expect::New).await.unwrap();
    for watch in &mut watches {
        assert_eq!(change(watch).await, put("w/b", b"4", b));
    }
}

pub async fn a_watcher_that_does_not_listen_ends_with_what_stands(opened: &Opened) {
    let ledger = opened.first();
    let mut watch = opened.last().watch("").await.unwrap();
    assert_eq!(change(&mut watch).await, Change::Complete);
    for turn in 0..400 {
        let key = format!("k{}", turn % 10);
        ledger.put(&key, turn.to_string().as_bytes(), Expect::Any).await.unwrap();
        if turn % 7 == 0 {
            ledger.delete(&key, Expect::Any).await.unwrap();
        }
    }
    ledger.put("end", b"", Expect::New).await.unwrap();
    let mut seen = BTreeMap::new();
    while !seen.contains_key("end") {
        match change(&mut watch).await {
            Change::Put { key, entry } => {
                let before = seen.insert(key, entry.clone());
                assert!(before.is_none_or(|before| before.revision < entry.revision), "told twice or backwards");
            }
            Change::Deleted { key, .. } => assert!(seen.remove(&key).is_some(), "removed what was not told"),
            Change::Complete => panic!("complete once only"),
        }
    }
    // What came as one reading may tell the rest behind "end", in the order of the keys.
    let state: BTreeMap<_, _> = ledger.list("").await.unwrap().into_iter().collect();
    while seen != state {
        match change(&mut watch).await {
            Change::Put { key, entry } => drop(seen.insert(key, entry)),
            Change::Deleted { key, .. } => drop(seen.remove(&key)),
            Change::Complete => panic!("complete once only"),
        }
    }
}

pub async fn tidying_takes_nothing_that_stands(opened: &Opened) {
    let (ledger, other) = (opened.first(), opened.last());
    let bytes = vec![5; 300_000];
    let hash = BlobHash::of(&bytes);
    ledger.put_blob(&hash, bytes.len() as u64, chunks(&bytes, 70_000)).await.unwrap();
    ledger.append(&room(1), 0, &[event(1)]).await.unwrap();
    ledger.append(&room(2), 0, &[event(1)]).await.unwrap();
    ledger.remove(&room(2)).await.unwrap();
    for key in ["a", "a/b", "gone", "back"] {
        ledger.put(key, b"1", Expect::New).await.unwrap();
    }
    ledger.delete("gone", Expect::Any).await.unwrap();
    ledger.delete("back", Expect::Any).await.unwrap();
    let before = ledger.put("back", b"2", Expect::New).await.unwrap();
    ledger.tidy(Duration::ZERO).await.unwrap();
    for (key, value) in [("a", Some(b"1")), ("a/b", Some(b"1")), ("gone", None), ("back", Some(b"2"))] {
        assert_eq!(stands(other, key).await, value.map(|value| value.to_vec()), "{key}");
    }
    assert!(other.put("gone", b"3", Expect::New).await.unwrap() > before, "revisions go on rising");
    let kept = other.blob(&hash).await.unwrap().expect("the blob is there").chunks;
    assert_eq!(kept.try_collect::<Vec<_>>().await.unwrap().concat(), bytes);
    assert_eq!(other.rooms().await.unwrap(), [room(1)]);
    let again = other.append(&room(2), 0, &[event(1)]).await;
    assert!(matches!(again, Err(AppendError::Store(Error::Removed))), "{again:?}");
}
