//! Group commit: many writers share one flush, and nobody hears of what is not flushed.
//!
//! A write goes into the store under a lock and gets a ticket; whoever holds the flushing lock
//! brings all tickets so far to the disk, and only then are they acknowledged and told, in order.
//! What is read waits for the tickets that it may have seen.
//!
//! Each of them is a task of its own, whoever waits for it: the locks are handed on in order, and
//! a caller who does not look at its future for a while, as a room that follows and appends, must
//! not hold up everybody else with one that it was handed.
//!
//! A store that failed is closed. When the disk was full it is opened again, as what was
//! acknowledged is on the disk and everything else was refused. After any other failure it stays
//! closed until the process starts anew: the kernel may have dropped what it could not write.

use super::store::Store;
use crate::feed::Feed;
use crate::{Change, Error};
use engawa_protocol::{Recorded, RoomId};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinError;

/// How often a store on a full disk is tried again.
const TRY_AGAIN: Duration = Duration::from_millis(500);

/// What followers and watchers hear after the flush.
#[derive(Debug)]
pub(super) enum Told {
    Appended(RoomId, Arc<[Recorded]>),
    Removed(RoomId),
    Changed(Change),
}

#[derive(Debug)]
pub(super) struct Group {
    folder: PathBuf,
    feed: Arc<Feed>,
    state: tokio::sync::Mutex<State>,
}

#[derive(Debug)]
enum State {
    Open(Arc<Open>),
    Full { again: Instant },
    Broken,
}

#[derive(Debug)]
struct Open {
    store: Store,
    writes: Mutex<Writes>,
    flushing: Arc<tokio::sync::Mutex<()>>,
    flushed: AtomicU64,
    /// Set when a write or a flush failed; nothing more is acknowledged then.
    failed: OnceLock<Failure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    Full,
    Broken,
}

impl Failure {
    fn of(error: &Error) -> Option<Self> {
        match error {
            Error::Full { .. } => Some(Self::Full),
            Error::Failed { .. } => Some(Self::Broken),
            _ => None,
        }
    }

    fn error(self) -> Error {
        match self {
            Self::Full => Error::Full { doing: "using the ledger" },
            Self::Broken => Error::failed("using the ledger", "its disk failed before; start the program anew"),
        }
    }
}

#[derive(Debug, Default)]
struct Writes {
    tickets: u64,
    told: VecDeque<(u64, Told)>,
}

impl Group {
    pub(super) fn open(folder: &Path) -> Result<Self, Error> {
        let open = Open::new(folder)?;
        let state = tokio::sync::Mutex::new(State::Open(Arc::new(open)));
        Ok(Self { folder: folder.to_owned(), feed: Arc::new(Feed::new()), state })
    }

    pub(super) fn feed(&self) -> &Feed {
        &self.feed
    }

    /// Reads, and answers when what was read is on the disk.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Store) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let group = self.clone();
        apart(async move {
            let open = group.opened().await?;
            let working = open.clone();
            let read = blocking(move || {
                let value = work(&working.store)?;
                let ticket = working.writes().tickets;
                Ok((value, ticket))
            });
            let (value, ticket) = group.looked_at(&open, read.await).await?;
            group.commit(&open, ticket).await?;
            Ok(value)
        })
        .await
    }

    /// Writes, and answers when it is on the disk. The outer error of `work` is the store's, the
    /// inner one its own refusal, which is as certain as what is read.
    pub(super) async fn write<T: Send + 'static, E: From<Error> + Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Store) -> Result<Result<(T, Option<Told>), E>, Error> + Send + 'static,
    ) -> Result<T, E> {
        let group = self.clone();
        apart(async move {
            let open = group.opened().await?;
            let working = open.clone();
            let written = blocking(move || {
                let mut writes = working.writes();
                let done = work(&working.store)?.map(|(value, told)| {
                    writes.tickets += 1;
                    let ticket = writes.tickets;
                    writes.told.extend(told.map(|told| (ticket, told)));
                    value
                });
                Ok((done, writes.tickets))
            });
            let (done, ticket) = group.looked_at(&open, written.await).await?;
            group.commit(&open, ticket).await?;
            done
        })
        .await
    }

    async fn commit(&self, open: &Arc<Open>, ticket: u64) -> Result<(), Error> {
        let flushed = open.commit(&self.feed, ticket).await;
        self.looked_at(open, flushed).await
    }

    /// Closes the store when it failed.
    async fn looked_at<T>(&self, used: &Arc<Open>, result: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &result {
            used.fail(error);
        }
        let Some(failure) = used.failed.get() else { return result };
        let mut state = self.state.lock().await;
        if matches!(&*state, State::Open(open) if Arc::ptr_eq(open, used)) {
            *state = match failure {
                Failure::Full => State::Full { again: Instant::now() + TRY_AGAIN },
                Failure::Broken => State::Broken,
            };
        }
        result
    }

    async fn opened(&self) -> Result<Arc<Open>, Error> {
        let mut state = self.state.lock().await;
        match &*state {
            State::Open(open) => return Ok(open.clone()),
            State::Broken => return Err(Failure::Broken.error()),
            State::Full { again } if Instant::now() < *again => return Err(Failure::Full.error()),
            State::Full { .. } => {}
        }
        *state = State::Full { again: Instant::now() + TRY_AGAIN };
        let folder = self.folder.clone();
        let open = Arc::new(blocking(move || Open::new(&folder)).await?);
        *state = State::Open(open.clone());
        self.feed.look_again();
        Ok(open)
    }
}

impl Open {
    fn new(folder: &Path) -> Result<Self, Error> {
        Ok(Self {
            store: Store::open(folder)?,
            writes: Mutex::default(),
            flushing: Arc::default(),
            flushed: AtomicU64::new(0),
            failed: OnceLock::new(),
        })
    }

    fn fail(&self, error: &Error) {
        if let Some(failure) = Failure::of(error) {
            let _ = self.failed.set(failure);
        }
    }

    fn writes(&self) -> std::sync::MutexGuard<'_, Writes> {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn commit(self: &Arc<Self>, feed: &Arc<Feed>, ticket: u64) -> Result<(), Error> {
        if self.flushed.load(Ordering::SeqCst) >= ticket {
            return Ok(());
        }
        let turn = self.flushing.clone().lock_owned().await;
        if self.flushed.load(Ordering::SeqCst) >= ticket {
            return Ok(());
        }
        if let Some(failure) = self.failed.get() {
            return Err(failure.error());
        }
        let (open, feed) = (self.clone(), feed.clone());
        // With the turn inside, a caller who goes away does not let two flushes run at once.
        blocking(move || {
            let _turn = turn;
            let target = open.writes().tickets;
            open.store.sync().inspect_err(|error| open.fail(error))?;
            open.flushed.store(target, Ordering::SeqCst);
            open.tell(&feed, target);
            Ok(())
        })
        .await
    }

    fn tell(&self, feed: &Feed, target: u64) {
        let mut writes = self.writes();
        let until = writes.told.partition_point(|(ticket, _)| *ticket <= target);
        let told: Vec<_> = writes.told.drain(..until).collect();
        drop(writes);
        for (_, told) in told {
            match told {
                Told::Appended(room, events) => feed.appended(&room, events),
                Told::Removed(room) => feed.removed(&room),
                Told::Changed(change) => feed.changed(change),
            }
        }
    }
}

/// Goes on whether or not it is looked at.
async fn apart<T: Send + 'static, E: From<Error> + Send + 'static>(
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, E> {
    finished(tokio::spawn(work).await)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    finished(tokio::task::spawn_blocking(work).await)
}

fn finished<T, E: From<Error>>(joined: Result<Result<T, E>, JoinError>) -> Result<T, E> {
    match joined {
        Ok(result) => result,
        Err(stopped) if stopped.is_cancelled() => Err(Error::Stopping.into()),
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}
