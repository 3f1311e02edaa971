//! Logs: appending behind what is known, reading, following.

use super::Opened;
use crate::support::{SOON, assert_in_order, event, event_of, events, room, told};
use engawa_ledger::{AppendError, Error, Ledger};
use engawa_protocol::{Actor, BoothId, Event, Recorded, Seq};
use futures_util::StreamExt;
use std::sync::Arc;
use tokio::task::JoinSet;
use tokio::time::timeout;

pub async fn a_log_is_read_as_it_was_appended(opened: &Opened) {
    let (ledger, other) = (opened.first(), opened.last());
    let all = events(1..=5);
    ledger.append(&room(1), 0, &all[..2]).await.unwrap();
    other.append(&room(1), 2, &all[2..]).await.unwrap();
    ledger.append(&room(2), 0, &all[..1]).await.unwrap();
    for node in &opened.nodes {
        assert_eq!(node.read(&room(1), 0).await.unwrap(), all);
        assert_eq!(node.read(&room(1), 1).await.unwrap(), all[1..]);
        assert_eq!(node.read(&room(1), 3).await.unwrap(), all[3..]);
        assert_eq!(node.read(&room(1), 5).await.unwrap(), []);
        assert_eq!(node.read(&room(1), Seq::MAX).await.unwrap(), []);
        assert_eq!(node.read(&room(3), 0).await.unwrap(), []);
        assert_eq!(node.rooms().await.unwrap(), [room(1), room(2)]);
    }
}

pub async fn an_append_behind_the_wrong_event_changes_nothing(opened: &Opened) {
    let (ledger, other) = (opened.first(), opened.last());
    ledger.append(&room(1), 0, &[event(1)]).await.unwrap();
    other.append(&room(1), 1, &[event(2)]).await.unwrap();
    for node in &opened.nodes {
        let late = node.append(&room(1), 1, &[event(2)]).await;
        assert!(matches!(late, Err(AppendError::Conflict { expected: 1, last: 2 })), "{late:?}");
        let early = node.append(&room(1), 5, &[event(6)]).await;
        assert!(matches!(early, Err(AppendError::Conflict { expected: 5, last: 2 })), "{early:?}");
        let gap = node.append(&room(1), 2, &[event(3), event(5)]).await;
        assert!(matches!(gap, Err(AppendError::Gap { expected: 2 })), "{gap:?}");
        node.append(&room(1), 2, &[]).await.unwrap();
        let nothing = node.append(&room(1), 1, &[]).await;
        assert!(matches!(nothing, Err(AppendError::Conflict { expected: 1, last: 2 })), "{nothing:?}");
        assert_eq!(node.read(&room(1), 0).await.unwrap(), events(1..=2));
    }
}

pub async fn a_batch_that_is_too_large_is_refused_whole(opened: &Opened) {
    let ledger = opened.first();
    let booth: BoothId = "a-01".parse().unwrap();
    let wide = |seq| Recorded { by: Actor::Guest { booth: booth.clone() }, event: Event::KnockCancelled, ..event(seq) };
    let many: Vec<_> = (1..=5000).map(wide).collect();
    let refused = ledger.append(&room(1), 0, &many).await;
    assert!(matches!(refused, Err(AppendError::Store(Error::Large { .. }))), "{refused:?}");
    assert_eq!(ledger.read(&room(1), 0).await.unwrap(), []);
}

/// Two or more writers of one room; each takes the next number until it wins it.
async fn append_as(ledger: Arc<dyn Ledger>, writer: u64, wins: usize, batch: Seq) {
    let mut last: Seq = 0;
    let mut won = 0;
    while won < wins {
        let events: Vec<_> = (last + 1..=last + batch).map(|seq| event_of(seq, writer)).collect();
        match ledger.append(&room(1), last, &events).await {
            Ok(()) => {
                won += 1;
                last += batch;
            }
            Err(AppendError::Conflict { last: found, .. }) => {
                assert!(found > last, "the log does not shrink");
                last = found;
            }
            Err(error) => panic!("{error:?}"),
        }
    }
}

pub async fn of_appenders_at_once_one_wins_each_number(opened: &Opened) {
    const WRITERS: u64 = 6;
    const WINS: usize = 15;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let ledger = opened.nodes[writer as usize % opened.nodes.len()].clone();
        writers.spawn(append_as(ledger, writer, WINS, 1 + writer as Seq % 3));
    }
    timeout(SOON, writers.join_all()).await.unwrap();
    for node in &opened.nodes {
        let log = node.read(&room(1), 0).await.unwrap();
        assert_in_order(&log, 1);
        for writer in 0..WRITERS {
            let own = log.iter().filter(|event| event.at.0 == writer).count();
            assert_eq!(own, WINS * (1 + writer as usize % 3), "writer {writer}");
        }
    }
}

pub async fn a_follower_hears_each_event_once_in_order_whenever_it_begins(opened: &Opened) {
    const LAST: Seq = 120;
    let mut followers = JoinSet::new();
    let begin = |node: usize, after: Seq| {
        let ledger = opened.nodes[node % opened.nodes.len()].clone();
        async move {
            let mut follow = ledger.follow(&room(1), after).await.unwrap();
            let heard = told(&mut follow, LAST).await;
            assert_in_order(&heard, after + 1);
            assert_eq!(heard.len(), (LAST - after) as usize);
        }
    };
    followers.spawn(begin(0, 0));
    followers.spawn(begin(1, 0));
    let mut last = 0;
    while last < LAST {
        let batch = (1 + last % 3).min(LAST - last);
        let writer = &opened.nodes[last as usize % opened.nodes.len()];
        writer.append(&room(1), last, &events(last + 1..=last + batch)).await.unwrap();
        last += batch;
        if last % 5 == 0 && last < LAST {
            // In the middle of appends: from the beginning, from the end, and from what is yet to come.
            followers.spawn(begin(last as usize, 0));
            followers.spawn(begin(last as usize + 1, last));
            followers.spawn(begin(last as usize, (last + 7).min(LAST - 1)));
        }
    }
    timeout(SOON, followers.join_all()).await.unwrap();
}

pub async fn a_follower_that_does_not_listen_misses_nothing(opened: &Opened) {
    const LAST: Seq = 400;
    let mut follow = opened.last().follow(&room(1), 0).await.unwrap();
    opened.first().append(&room(1), 0, &[event(1)]).await.unwrap();
    assert_eq!(told(&mut follow, 1).await, [event(1)]);
    for last in 1..LAST {
        opened.first().append(&room(1), last, &[event(last + 1)]).await.unwrap();
    }
    assert_eq!(told(&mut follow, LAST).await, events(2..=LAST));
}

pub async fn a_removed_log_is_gone_for_good_and_its_followers_end(opened: &Opened) {
    // More events than go at once.
    const LAST: Seq = 2300;
    let (ledger, other) = (opened.first(), opened.last());
    for last in (0..LAST).step_by(100) {
        ledger.append(&room(1), last, &events(last + 1..=last + 100)).await.unwrap();
    }
    ledger.append(&room(2), 0, &events(1..=3)).await.unwrap();
    ledger.remove(&room(3)).await.unwrap();
    let mut followers = Vec::new();
    for node in &opened.nodes {
        let mut follow = node.follow(&room(1), LAST - 1).await.unwrap();
        assert_eq!(told(&mut follow, LAST).await, events(LAST..=LAST));
        followers.push(follow);
    }
    other.remove(&room(1)).await.unwrap();
    for mut follow in followers {
        let next = timeout(SOON, follow.next()).await.unwrap();
        assert!(matches!(next, Some(Err(Error::Removed))), "{next:?}");
        assert!(timeout(SOON, follow.next()).await.unwrap().is_none());
    }
    let removed = |result| matches!(result, Err(AppendError::Store(Error::Removed)));
    for node in &opened.nodes {
        assert!(matches!(node.read(&room(1), 0).await, Err(Error::Removed)));
        assert!(matches!(node.read(&room(1), LAST).await, Err(Error::Removed)));
        assert_eq!(node.rooms().await.unwrap(), [room(2)]);
        // Whoever still knows the log, and whoever would open it anew.
        assert!(removed(node.append(&room(1), LAST, &[event(LAST + 1)]).await));
        assert!(removed(node.append(&room(1), 0, &[event(1)]).await));
        let late = timeout(SOON, node.follow(&room(1), 0).await.unwrap().next()).await.unwrap();
        assert!(matches!(late, Some(Err(Error::Removed))), "{late:?}");
        node.remove(&room(1)).await.unwrap();
        assert_eq!(node.read(&room(2), 0).await.unwrap(), events(1..=3));
    }
    // One that never was can still be.
    other.append(&room(3), 0, &[event(1)]).await.unwrap();
}

pub async fn of_a_removal_and_an_append_at_once_nothing_is_left(opened: &Opened) {
    for n in 1..=20 {
        let (ledger, other) = (opened.first().clone(), opened.last());
        ledger.append(&room(n), 0, &[event(1)]).await.unwrap();
        let appending = tokio::spawn(async move {
            let mut last = 1;
            loop {
                match ledger.append(&room(n), last, &[event(last + 1)]).await {
                    Ok(()) => last += 1,
                    Err(AppendError::Store(Error::Removed)) => return,
                    Err(error) => panic!("{error:?}"),
                }
            }
        });
        other.remove(&room(n)).await.unwrap();
        timeout(SOON, appending).await.unwrap().unwrap();
        assert!(matches!(other.read(&room(n), 0).await, Err(Error::Removed)));
    }
    assert_eq!(opened.first().rooms().await.unwrap(), []);
}
