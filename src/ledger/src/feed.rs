//! Followers and watchers: news wake them, a cursor decides what they are told.

use crate::{BEHIND, Change, Entry, Error, Follow, Revision, Watch};
use engawa_protocol::{Recorded, RoomId, Seq};
use futures_util::stream::{StreamExt, unfold};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast::{self, error::RecvError};

/// How soon a store that failed is asked again.
const RETRY: Duration = Duration::from_millis(500);
/// A follower that is further behind reads, so few of one room's batches need to wait.
const BATCHES_BEHIND: usize = 16;

/// A store that can be read from where a cursor stands.
pub(crate) trait Source: Clone + Send + Sync + 'static {
    fn feed(&self) -> &Feed;
    fn events(&self, room: &RoomId, after: Seq) -> impl Future<Output = Result<Vec<Recorded>, Error>> + Send;
    /// What stands below a prefix, and a write up to which all is in it.
    fn state(&self, prefix: &str) -> impl Future<Output = Result<(Revision, Vec<(String, Entry)>), Error>> + Send;
}

type Batch = Arc<[Recorded]>;

#[derive(Debug, Clone)]
enum News<T> {
    /// This happened, durably.
    Of(T),
    /// Something may have happened.
    Look,
}

/// Where a store tells what has become durable.
#[derive(Debug)]
pub(crate) struct Feed {
    rooms: Mutex<HashMap<RoomId, broadcast::Sender<News<Batch>>>>,
    values: broadcast::Sender<News<Change>>,
}

impl Feed {
    pub(crate) fn new() -> Self {
        Self { rooms: Mutex::default(), values: broadcast::channel(BEHIND).0 }
    }

    pub(crate) fn appended(&self, room: &RoomId, events: Batch) {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if rooms.get(room).is_some_and(|sender| sender.send(News::Of(events)).is_err()) {
            rooms.remove(room);
        }
    }

    /// Whoever follows the room finds that out by reading.
    pub(crate) fn removed(&self, room: &RoomId) {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if rooms.get(room).is_some_and(|sender| sender.send(News::Look).is_err()) {
            rooms.remove(room);
        }
    }

    /// Must be told in the order of the revisions.
    pub(crate) fn changed(&self, change: Change) {
        // Nobody watching is no error.
        let _ = self.values.send(News::Of(change));
    }

    /// The store was away: whoever listens has to read.
    pub(crate) fn look_again(&self) {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.retain(|_, sender| sender.send(News::Look).is_ok());
        let _ = self.values.send(News::Look);
    }

    fn listen(&self, room: &RoomId) -> broadcast::Receiver<News<Batch>> {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(room.clone()).or_insert_with(|| broadcast::channel(BATCHES_BEHIND).0).subscribe()
    }

    /// A follower of a room is about to go.
    fn left(&self, room: &RoomId) {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if rooms.get(room).is_some_and(|sender| sender.receiver_count() <= 1) {
            rooms.remove(room);
        }
    }
}

/// Waits for news; `None` says to read, since something was missed.
async fn heard<T: Clone>(news: &mut broadcast::Receiver<News<T>>) -> Option<T> {
    match news.recv().await {
        Ok(News::Of(news)) => Some(news),
        Ok(News::Look) | Err(RecvError::Lagged(_)) => None,
        // The source holds the sender.
        Err(RecvError::Closed) => std::future::pending().await,
    }
}

/// Whether reading failed last time, so that it is told once and tried again after a while.
#[derive(Default)]
struct Trouble(bool);

impl Trouble {
    async fn wait(&self) {
        if self.0 {
            tokio::time::sleep(RETRY).await;
        }
    }

    /// Answers the error when it is a new one.
    fn note<T>(&mut self, read: Result<T, Error>) -> Option<Result<T, Error>> {
        let before = std::mem::replace(&mut self.0, read.is_err());
        (read.is_ok() || !before).then_some(read)
    }
}

struct Following<S: Source> {
    source: S,
    room: RoomId,
    /// The last event that was told.
    cursor: Seq,
    news: broadcast::Receiver<News<Batch>>,
    look: bool,
    trouble: Trouble,
}

pub(crate) fn follow<S: Source>(source: S, room: &RoomId, after: Seq) -> Follow {
    // Listening begins before the first reading, so nothing falls between the two.
    let news = source.feed().listen(room);
    let following =
        Following { source, room: room.clone(), cursor: after, news, look: true, trouble: Trouble::default() };
    unfold(Some(following), |following| async move {
        let mut following = following?;
        let told = following.next().await;
        let goes_on = !matches!(told, Err(Error::Removed));
        Some((told, goes_on.then_some(following)))
    })
    .boxed()
}

impl<S: Source> Drop for Following<S> {
    fn drop(&mut self) {
        self.source.feed().left(&self.room);
    }
}

impl<S: Source> Following<S> {
    async fn next(&mut self) -> Result<Vec<Recorded>, Error> {
        loop {
            if self.look {
                self.trouble.wait().await;
                match self.trouble.note(self.source.events(&self.room, self.cursor).await) {
                    Some(Ok(events)) => {
                        self.look = false;
                        if let Some(last) = events.last() {
                            self.cursor = last.seq;
                            return Ok(events);
                        }
                    }
                    Some(Err(error)) => return Err(error),
                    None => {}
                }
                continue;
            }
            let Some(batch) = heard(&mut self.news).await else {
                self.look = true;
                continue;
            };
            let new: Vec<_> = batch.iter().filter(|event| event.seq > self.cursor).cloned().collect();
            match new.first() {
                Some(first) if first.seq == self.cursor + 1 => {
                    self.cursor += new.len() as Seq;
                    return Ok(new);
                }
                Some(_) => self.look = true,
                None => {}
            }
        }
    }
}

struct Watching<S> {
    source: S,
    prefix: String,
    news: broadcast::Receiver<News<Change>>,
    /// What the watcher knows of.
    known: BTreeMap<String, Revision>,
    /// All changes up to here are told or queued.
    until: Revision,
    queue: VecDeque<Change>,
    look: bool,
    complete: bool,
    trouble: Trouble,
}

pub(crate) fn watch<S: Source>(source: S, prefix: &str) -> Watch {
    let watching = Watching {
        news: source.feed().values.subscribe(),
        source,
        prefix: prefix.to_owned(),
        known: BTreeMap::new(),
        until: Revision(0),
        queue: VecDeque::new(),
        look: true,
        complete: false,
        trouble: Trouble::default(),
    };
    unfold(watching, |mut watching| async move {
        let told = watching.next().await;
        Some((told, watching))
    })
    .boxed()
}

impl<S: Source> Watching<S> {
    async fn next(&mut self) -> Result<Change, Error> {
        loop {
            if let Some(change) = self.queue.pop_front() {
                return Ok(change);
            }
            if self.look {
                self.trouble.wait().await;
                match self.trouble.note(self.source.state(&self.prefix).await) {
                    Some(Ok((until, state))) => self.compare(until, state),
                    Some(Err(error)) => return Err(error),
                    None => {}
                }
                continue;
            }
            match heard(&mut self.news).await {
                Some(change) => self.take(change),
                None => self.look = true,
            }
        }
    }

    /// Queues what differs between what is known and what stands.
    fn compare(&mut self, until: Revision, state: Vec<(String, Entry)>) {
        self.look = false;
        let mut gone = std::mem::take(&mut self.known);
        for (key, entry) in state {
            if gone.remove(&key).is_none_or(|known| known < entry.revision) {
                self.queue.push_back(Change::Put { key: key.clone(), entry: entry.clone() });
            }
            self.known.insert(key, entry.revision);
        }
        self.queue.extend(gone.into_keys().map(|key| Change::Deleted { key, revision: until }));
        self.until = self.until.max(until);
        if !std::mem::replace(&mut self.complete, true) {
            self.queue.push_back(Change::Complete);
        }
    }

    fn take(&mut self, change: Change) {
        let (key, revision) = match &change {
            Change::Put { key, entry } => (key, entry.revision),
            Change::Deleted { key, revision } => (key, *revision),
            Change::Complete => return,
        };
        let newer = revision > self.until && self.known.get(key).is_none_or(|known| *known < revision);
        if !newer || !key.starts_with(&self.prefix) {
            return;
        }
        if matches!(change, Change::Put { .. }) {
            self.known.insert(key.clone(), revision);
        } else if self.known.remove(key).is_none() {
            return;
        }
        self.queue.push_back(change);
    }
}
