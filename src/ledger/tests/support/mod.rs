//! What the tests of ledgers share.
#![allow(dead_code, reason = "each test uses its own part")]

pub mod authority;
pub mod disk;
pub mod servers;
pub mod writer;

use engawa_ledger::{Chunks, Follow};
use engawa_protocol::{Actor, Event, Millis, Recorded, RoomId, Seq};
use futures_util::StreamExt;
use std::time::Duration;
use tokio::time::timeout;

/// Nothing in these tests takes longer.
pub const SOON: Duration = Duration::from_secs(30);

pub fn room(n: u8) -> RoomId {
    RoomId::from_random([n; 16])
}

pub fn event(seq: Seq) -> Recorded {
    Recorded { seq, at: Millis(u64::from(seq)), by: Actor::Service, command: None, event: Event::KnockCancelled }
}

/// An event that tells who wrote it.
pub fn event_of(seq: Seq, writer: u64) -> Recorded {
    Recorded { at: Millis(writer), ..event(seq) }
}

pub fn events(numbers: std::ops::RangeInclusive<Seq>) -> Vec<Recorded> {
    numbers.map(event).collect()
}

/// What a follower tells until event `last`; errors are the store being away.
pub async fn told(follow: &mut Follow, last: Seq) -> Vec<Recorded> {
    let mut told: Vec<Recorded> = Vec::new();
    while told.last().is_none_or(|event| event.seq < last) {
        match timeout(SOON, follow.next()).await.expect("the follower hears soon").expect("a follower does not end") {
            Ok(batch) => told.extend(batch),
            Err(error) => eprintln!("follower: {error}"),
        }
    }
    told
}

/// Numbers without a gap and without a repetition.
pub fn assert_in_order(events: &[Recorded], first: Seq) {
    for (number, event) in (first..).zip(events) {
        assert_eq!(event.seq, number, "an event is missing or told twice");
    }
}

pub fn chunks(bytes: &[u8], each: usize) -> Chunks {
    let chunks: Vec<_> = bytes.chunks(each).map(|chunk| Ok(bytes::Bytes::copy_from_slice(chunk))).collect();
    futures_util::stream::iter(chunks).boxed()
}
