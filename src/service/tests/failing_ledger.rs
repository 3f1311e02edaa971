//! A ledger that fails, or that somebody else writes to: nothing is lost, nothing happens twice.

mod support;

use engawa_ledger::sled::SledLedger;
use engawa_ledger::{Answer, AppendError, Error, Ledger, Pair};
use engawa_protocol::{Actor, Command, Event, Millis, Recorded, Refusal, RoomId, Seat, Seq};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use support::client::Client;
use support::{House, fresh_room};

const WORKS: u8 = 0;
const FAILS_BEFORE_WRITING: u8 = 1;
const FAILS_AFTER_WRITING: u8 = 2;

/// The real ledger, with appends that fail on demand.
struct Flaky {
    inner: SledLedger,
    mode: AtomicU8,
}

impl Flaky {
    fn set(&self, mode: u8) {
        self.mode.store(mode, Ordering::SeqCst);
    }
}

impl Ledger for Flaky {
    fn append(&self, room: &RoomId, expected: Seq, events: &[Recorded]) -> Answer<'_, Result<(), AppendError>> {
        let mode = self.mode.load(Ordering::SeqCst);
        if mode == FAILS_BEFORE_WRITING {
            return Box::pin(async { Err(Error::Stopping.into()) });
        }
        let append = self.inner.append(room, expected, events);
        Box::pin(async move {
            append.await?;
            if mode == FAILS_AFTER_WRITING { Err(Error::Stopping.into()) } else { Ok(()) }
        })
    }

    fn read(&self, room: &RoomId, after: Seq) -> Answer<'_, Result<Vec<Recorded>, Error>> {
        self.inner.read(room, after)
    }

    fn rooms(&self) -> Answer<'_, Result<Vec<RoomId>, Error>> {
        self.inner.rooms()
    }

    fn value(&self, key: &str) -> Answer<'_, Result<Option<Vec<u8>>, Error>> {
        self.inner.value(key)
    }

    fn put(&self, key: &str, value: &[u8]) -> Answer<'_, Result<(), Error>> {
        self.inner.put(key, value)
    }

    fn delete(&self, key: &str) -> Answer<'_, Result<(), Error>> {
        self.inner.delete(key)
    }

    fn list(&self, prefix: &str) -> Answer<'_, Result<Vec<Pair>, Error>> {
        self.inner.list(prefix)
    }

    fn flush(&self) -> Answer<'_, Result<(), Error>> {
        self.inner.flush()
    }
}

/// A service on a flaky ledger, a guest who has knocked and sits, and what is in the log.
async fn begin() -> (House, Arc<Flaky>, Client, RoomId, Vec<Recorded>) {
    let mut house = House::furnish("", "");
    house.add_host("takahashi", "minato").await;
    let ledger = Arc::new(Flaky { inner: house.ledger(), mode: AtomicU8::new(WORKS) });
    house.start_on(ledger.clone()).await;
    let mut guest = Client::booth(house.address(), "a-01").await;
    let room = fresh_room();
    guest.knock(&room, "minato").await.unwrap();
    guest.join(&room).await.unwrap();
    let log = guest.follow(&room, 0).await;
    (house, ledger, guest, room, log)
}

const MUTED: Command = Command::Switch { microphone: false, camera: true };

fn is_muted(recorded: &Recorded) -> bool {
    matches!(recorded.event, Event::Switched { microphone: false, .. })
}

#[tokio::test]
async fn a_command_that_was_not_stored_is_refused_and_may_be_sent_again() {
    let (_house, ledger, mut guest, room, mut log) = begin().await;
    ledger.set(FAILS_BEFORE_WRITING);
    assert_eq!(guest.command_as(&room, 50, MUTED).await, Err(Refusal::Unavailable));
    ledger.set(WORKS);
    guest.command_as(&room, 50, MUTED).await.unwrap();
    guest.events_until(&room, &mut log, is_muted).await;
    assert_eq!(ledger.read(&room, 0).await.unwrap(), log);
}

#[tokio::test]
async fn a_command_that_was_stored_although_it_seemed_not_is_one_event() {
    let (_house, ledger, mut guest, room, mut log) = begin().await;
    ledger.set(FAILS_AFTER_WRITING);
    assert_eq!(guest.command_as(&room, 50, MUTED).await, Err(Refusal::Unavailable));
    ledger.set(WORKS);
    guest.command_as(&room, 50, MUTED).await.unwrap();
    guest.events_until(&room, &mut log, is_muted).await;
    guest.command_as(&room, 51, Command::CancelKnock).await.unwrap();
    guest.events_until(&room, &mut log, |r| r.event == Event::KnockCancelled).await;
    let stored = ledger.read(&room, 0).await.unwrap();
    assert_eq!(stored, log, "followers have seen what is stored, once and in order");
    assert_eq!(stored.iter().filter(|recorded| is_muted(recorded)).count(), 1);
}

#[tokio::test]
async fn what_another_writer_appended_comes_first_and_is_decided_upon() {
    let (_house, ledger, mut guest, room, mut log) = begin().await;
    let last = log.len() as u32;
    let by = Actor::Guest { booth: "a-01".parse().unwrap() };
    let cancelled =
        Recorded { seq: last + 1, at: Millis(u64::MAX >> 11), by, command: None, event: Event::KnockCancelled };
    ledger.append(&room, last, std::slice::from_ref(&cancelled)).await.unwrap();
    // Decided upon what the service knew it would be done; upon what is, it is not.
    assert_eq!(guest.command(&room, Command::CancelKnock).await, Err(Refusal::WrongMoment));
    guest.events_until(&room, &mut log, |recorded| *recorded == cancelled).await;
    guest.command(&room, MUTED).await.unwrap();
    guest.events_until(&room, &mut log, is_muted).await;
    assert_eq!(ledger.read(&room, 0).await.unwrap(), log);
    assert!(log.is_sorted_by_key(|recorded| recorded.at), "time does not run backwards in a log");
}

#[tokio::test]
async fn a_lost_line_that_could_not_be_stored_is_told_when_the_ledger_is_back() {
    let (house, ledger, mut guest, room, mut log) = begin().await;
    let mut host = Client::host(house.address(), "takahashi").await;
    host.command(&room, Command::Admit).await.unwrap();
    host.join(&room).await.unwrap();
    ledger.set(FAILS_BEFORE_WRITING);
    drop(host);
    // The hall knows that the connection is gone once the directory shows no host.
    guest
        .until(|message| match message {
            engawa_protocol::ServiceMessage::Directory { companies } => companies[0].hosts.is_empty().then_some(()),
            _ => None,
        })
        .await;
    assert_eq!(guest.command(&room, MUTED).await, Err(Refusal::Unavailable));
    ledger.set(WORKS);
    guest.events_until(&room, &mut log, |r| r.event == Event::Lost { seat: Seat(1) }).await;
    guest.command(&room, MUTED).await.unwrap();
}
