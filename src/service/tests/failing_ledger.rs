//! A ledger that fails, or that somebody else writes to: nothing is lost, nothing happens twice.

mod support;

use axum::body::Bytes;
use engawa_ledger::sled::SledLedger;
use engawa_ledger::{
    Answer, AppendError, BlobError, BlobHash, BlobReader, Chunks, Entry, Error, Expect, Follow, Ledger, PutError,
    Revision, Subscription, Watch,
};
use engawa_protocol::{
    Actor, CloseCode, Command, Event, Fault, Locale, Millis, Peer, Recorded, Refusal, RoomId, Seat, Seq,
    ServiceMessage, Signal,
};
use futures_util::StreamExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use support::client::Client;
use support::device::{Device, fresh_token};
use support::{House, PATIENCE, fresh_room};
use tokio::sync::watch;

const WORKS: u8 = 0;
const FAILS_BEFORE_WRITING: u8 = 1;
const FAILS_AFTER_WRITING: u8 = 2;
const FAILS_TO_LIST: u8 = 3;
const BOOTHS: &str = "booth/";

/// The real ledger, with appends that fail on demand; after a failed writing, what is there cannot
/// be brought to the disk, so reading fails too.
struct Flaky {
    inner: SledLedger,
    mode: watch::Sender<u8>,
    reads: AtomicU32,
    failed_lists: AtomicU32,
    /// Watches of the booths that end at once or, every other one, are refused.
    short_watches: AtomicU32,
}

impl Flaky {
    fn new(inner: SledLedger) -> Self {
        let mode = watch::Sender::new(WORKS);
        Self {
            inner,
            mode,
            reads: AtomicU32::new(0),
            failed_lists: AtomicU32::new(0),
            short_watches: AtomicU32::new(0),
        }
    }

    fn set(&self, mode: u8) {
        self.mode.send_replace(mode);
    }
}

impl Ledger for Flaky {
    fn append(&self, room: &RoomId, expected: Seq, events: &[Recorded]) -> Answer<'_, Result<(), AppendError>> {
        let mode = *self.mode.borrow();
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
        self.reads.fetch_add(1, Ordering::SeqCst);
        if *self.mode.borrow() == FAILS_AFTER_WRITING {
            return Box::pin(async { Err(Error::Stopping) });
        }
        self.inner.read(room, after)
    }

    fn rooms(&self) -> Answer<'_, Result<Vec<RoomId>, Error>> {
        self.inner.rooms()
    }

    fn follow(&self, room: &RoomId, after: Seq) -> Answer<'_, Result<Follow, Error>> {
        let (follow, mode) = (self.inner.follow(room, after), self.mode.subscribe());
        Box::pin(async move {
            let flushed = move |news| {
                let mut mode = mode.clone();
                async move {
                    mode.wait_for(|mode| *mode != FAILS_AFTER_WRITING).await.ok();
                    news
                }
            };
            Ok(follow.await?.then(flushed).boxed())
        })
    }

    fn remove(&self, room: &RoomId) -> Answer<'_, Result<(), Error>> {
        self.inner.remove(room)
    }

    fn value(&self, key: &str) -> Answer<'_, Result<Option<Entry>, Error>> {
        self.inner.value(key)
    }

    fn put(&self, key: &str, value: &[u8], expect: Expect) -> Answer<'_, Result<Revision, PutError>> {
        self.inner.put(key, value, expect)
    }

    fn delete(&self, key: &str, expect: Expect) -> Answer<'_, Result<(), PutError>> {
        self.inner.delete(key, expect)
    }

    fn list(&self, prefix: &str) -> Answer<'_, Result<Vec<(String, Entry)>, Error>> {
        if *self.mode.borrow() == FAILS_TO_LIST && prefix == BOOTHS {
            self.failed_lists.fetch_add(1, Ordering::SeqCst);
            return Box::pin(async { Err(Error::Stopping) });
        }
        self.inner.list(prefix)
    }

    fn watch(&self, prefix: &str) -> Answer<'_, Result<Watch, Error>> {
        if prefix != BOOTHS {
            return self.inner.watch(prefix);
        }
        let left = self.short_watches.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        match left {
            Ok(left) if left % 2 == 1 => Box::pin(async { Err(Error::Stopping) }),
            Ok(_) => Box::pin(async { Ok(futures_util::stream::empty().boxed()) }),
            Err(_) => self.inner.watch(prefix),
        }
    }

    fn put_blob(&self, hash: &BlobHash, size: u64, chunks: Chunks) -> Answer<'_, Result<(), BlobError>> {
        self.inner.put_blob(hash, size, chunks)
    }

    fn blob(&self, hash: &BlobHash) -> Answer<'_, Result<Option<BlobReader>, Error>> {
        self.inner.blob(hash)
    }

    fn has_blob(&self, hash: &BlobHash) -> Answer<'_, Result<bool, Error>> {
        self.inner.has_blob(hash)
    }

    fn delete_blob(&self, hash: &BlobHash) -> Answer<'_, Result<(), Error>> {
        self.inner.delete_blob(hash)
    }

    fn tidy(&self, age: Duration) -> Answer<'_, Result<usize, Error>> {
        self.inner.tidy(age)
    }

    fn publish(&self, subject: &str, message: Bytes) -> Answer<'_, Result<(), Error>> {
        self.inner.publish(subject, message)
    }

    fn subscribe(&self, subject: &str) -> Answer<'_, Result<Subscription, Error>> {
        self.inner.subscribe(subject)
    }
}

/// A service on a flaky ledger, a guest who has knocked and sits, and what is in the log.
async fn begin() -> (House, Arc<Flaky>, Client, RoomId, Vec<Recorded>) {
    let mut house = House::furnish("", "");
    house.add_host("takahashi", "minato").await;
    let ledger = Arc::new(Flaky::new(house.ledger()));
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

/// What the store may still lose is neither acknowledged nor shown to anybody.
#[tokio::test]
async fn an_event_that_is_not_flushed_is_told_to_nobody() {
    let (_house, ledger, mut guest, room, mut log) = begin().await;
    ledger.set(FAILS_AFTER_WRITING);
    for _ in 0..2 {
        assert_eq!(guest.command_as(&room, 50, MUTED).await, Err(Refusal::Unavailable));
    }
    let seen = guest.so_far().await;
    assert!(!seen.iter().any(|message| matches!(message, ServiceMessage::Events { .. })), "{seen:?}");
    ledger.set(WORKS);
    guest.command_as(&room, 50, MUTED).await.unwrap();
    guest.events_until(&room, &mut log, is_muted).await;
    assert_eq!(ledger.read(&room, 0).await.unwrap(), log);
}

/// The same of a knock: the room that it opened is read again.
#[tokio::test]
async fn a_knock_that_is_not_flushed_is_told_to_nobody() {
    let (_house, ledger, mut guest, _, _) = begin().await;
    let room = fresh_room();
    let knock =
        Command::Knock { company: "minato".parse().unwrap(), name: "佐藤花子".to_owned(), locale: Locale::Ja };
    ledger.set(FAILS_AFTER_WRITING);
    for _ in 0..2 {
        assert_eq!(guest.command_as(&room, 50, knock.clone()).await, Err(Refusal::Unavailable));
    }
    ledger.set(WORKS);
    guest.command_as(&room, 50, knock).await.unwrap();
    assert_eq!(guest.follow(&room, 0).await, ledger.read(&room, 0).await.unwrap());
}

/// A later command's success says nothing of an earlier one.
#[tokio::test]
async fn a_command_that_was_not_stored_still_counts_after_a_later_one() {
    let (_house, ledger, mut guest, room, mut log) = begin().await;
    ledger.set(FAILS_BEFORE_WRITING);
    assert_eq!(guest.command_as(&room, 50, MUTED).await, Err(Refusal::Unavailable));
    ledger.set(WORKS);
    guest.command_as(&room, 51, Command::CancelKnock).await.unwrap();
    guest.command_as(&room, 50, MUTED).await.unwrap();
    guest.events_until(&room, &mut log, is_muted).await;
    let stored = ledger.read(&room, 0).await.unwrap();
    assert_eq!(stored, log);
    assert_eq!(stored.iter().filter(|recorded| is_muted(recorded)).count(), 1);
}

/// Whoever tries numbers leaves no room behind: each try finds none running and asks the ledger.
#[tokio::test]
async fn a_room_that_nobody_opened_is_let_go_at_once() {
    let (house, ledger, _guest, _, _) = begin().await;
    let mut host = Client::host(house.address(), "takahashi").await;
    let room = fresh_room();
    let reads = || ledger.reads.load(Ordering::SeqCst);
    let before = reads();
    for _ in 0..50 {
        assert_eq!(host.command(&room, Command::Admit).await, Err(Refusal::NoSuchRoom));
        if reads() >= before + 2 {
            break;
        }
        // A room goes when nothing more comes for it; the next try must not be that.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(reads() >= before + 2, "the room of the first try is still there");
    // A signal reaches nobody there, and starts nothing.
    let nobody = fresh_room();
    let before = reads();
    host.signal(&nobody, Peer { seat: Seat(0), since: 1 }, Signal::Rebuild).await;
    assert_eq!(host.fault().await, Fault::NoSuchPeer);
    assert_eq!(reads(), before);
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
    let hosts = |message: &ServiceMessage| match message {
        ServiceMessage::Directory { companies } => Some(companies[0].hosts.len()),
        _ => None,
    };
    // What came before the host shows none either.
    guest.until(|message| (hosts(message) == Some(1)).then_some(())).await;
    guest.so_far().await;
    ledger.set(FAILS_BEFORE_WRITING);
    drop(host);
    // The hall knows that the connection is gone once the directory shows no host.
    guest.until(|message| (hosts(message) == Some(0)).then_some(())).await;
    assert_eq!(guest.command(&room, MUTED).await, Err(Refusal::Unavailable));
    ledger.set(WORKS);
    guest.events_until(&room, &mut log, |r| r.event == Event::Lost { seat: Seat(1) }).await;
    guest.command(&room, MUTED).await.unwrap();
}

/// A service on that ledger and a booth that has enrolled there.
async fn with_a_booth(prepare: impl FnOnce(&Flaky)) -> (House, Arc<Flaky>, Client) {
    let mut house = House::furnish("", "");
    let ledger = Arc::new(Flaky::new(house.ledger()));
    prepare(&ledger);
    house.start_on(ledger.clone()).await;
    let device = Device::new();
    assert_eq!(device.enrol(house.address(), &fresh_token(&house, "b-01")).await.0, 200);
    let booth = device.connect(house.address(), "b-01").await;
    (house, ledger, booth)
}

/// As another node revokes the booth.
async fn revoke(ledger: &Flaky) {
    let kept = ledger.value("booth/b-01").await.unwrap().unwrap();
    let mut record: serde_json::Value = serde_json::from_slice(&kept.value).unwrap();
    assert_eq!(record["state"], "enrolled");
    record["state"] = "revoked".into();
    record.as_object_mut().unwrap().remove("key");
    let record = serde_json::to_vec(&record).unwrap();
    ledger.put("booth/b-01", &record, Expect::Revision(kept.revision)).await.unwrap();
}

// P2
#[tokio::test]
async fn a_booth_that_is_shut_out_at_another_node_is_out_here_however_often_watching_fails() {
    let (_house, ledger, mut booth) = with_a_booth(|ledger| ledger.short_watches.store(4, Ordering::SeqCst)).await;
    revoke(&ledger).await;
    assert_eq!(booth.closed().await, CloseCode::SignedOut as u16);
}

// P2
#[tokio::test]
async fn a_booth_that_is_shut_out_while_the_ledger_cannot_be_read_is_out_when_it_can() {
    let (_house, ledger, mut booth) = with_a_booth(|_| {}).await;
    ledger.set(FAILS_TO_LIST);
    revoke(&ledger).await;
    let looking = async {
        while ledger.failed_lists.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.expect("it looks");
    ledger.set(WORKS);
    assert_eq!(booth.closed().await, CloseCode::SignedOut as u16);
}
