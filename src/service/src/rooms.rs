//! The rooms that are running: a task each, and the way to it.
//!
//! A room's task owns the room; everybody else posts [`Action`]s. A room that is over, or that
//! nobody ever opened, has no task after a while, or at once, and is read from the ledger when it is asked for.

mod action;
mod log;
mod news;
mod relay;
mod task;

pub use action::Action;

use crate::clock;
use crate::config::Config;
use crate::fair::Fair;
use crate::hall;
use crate::nodes::Nodes;
use crate::records::Records;
use crate::schedule::Schedule;
use crate::uploads::Uploads;
use engawa_ledger::Ledger;
use engawa_protocol::{BoothId, Command, Recorded, Refusal, RoomId};
use engawa_session::room::{Room, Sender};
use futures_util::StreamExt;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Actions waiting for one room; more than that, and their senders wait.
const ACTIONS: usize = 256;
/// Rooms with a task at a time.
const RUNNING: usize = 20_000;
/// Rooms of one booth that are not over at a time: a booth has one guest.
const OPEN_PER_BOOTH: usize = 4;
/// Logs that are read at a time when the service starts.
const READS: usize = 16;

/// What every room needs.
#[derive(Clone)]
pub struct Surroundings {
    /// What the service was told.
    pub config: Arc<Config>,
    /// Where logs are kept.
    pub ledger: Arc<dyn Ledger>,
    /// The companies.
    pub fair: Arc<Fair>,
    /// The interviews that are booked.
    pub schedule: Arc<Schedule>,
    /// Files on their way.
    pub uploads: Arc<Uploads>,
    /// Interviews that are over.
    pub records: Arc<Records>,
    /// Where a room's state is shown.
    pub hall: hall::Handle,
    /// The other nodes.
    pub nodes: Arc<Nodes>,
    /// The service stops.
    pub stop: CancellationToken,
    /// Every task of the service.
    pub tasks: TaskTracker,
}

/// The rooms that are running.
pub struct Rooms {
    around: Surroundings,
    running: Mutex<HashMap<RoomId, mpsc::Sender<Action>>>,
    /// Rooms that are not over, and whose they are.
    open: Mutex<HashMap<RoomId, BoothId>>,
    /// Rooms with a log that this node has taken up once; the others are to be found.
    known: Mutex<HashSet<RoomId>>,
    /// Looking for them, one at a time.
    looking: Arc<Semaphore>,
}

impl Rooms {
    /// No rooms yet.
    pub fn new(around: Surroundings) -> Arc<Self> {
        Arc::new(Self {
            around,
            running: Mutex::default(),
            open: Mutex::default(),
            known: Mutex::default(),
            looking: Arc::new(Semaphore::new(1)),
        })
    }

    /// Takes up every room that the ledger holds: those that are not over run again.
    ///
    /// # Errors
    /// When the ledger cannot list its rooms. A single log that cannot be read stands in the
    /// service's log and keeps nobody else from their rooms.
    pub async fn restore(self: &Arc<Self>) -> Result<(), engawa_ledger::Error> {
        let (mut going_on, mut over) = (0, 0);
        let ledger = &self.around.ledger;
        let read = |id: RoomId| async move {
            let log = ledger.read(&id, 0).await;
            (id, log)
        };
        let mut logs = futures_util::stream::iter(ledger.rooms().await?.into_iter().map(read)).buffer_unordered(READS);
        while let Some((id, log)) = logs.next().await {
            let log = match log {
                Ok(log) => log,
                // While we looked.
                Err(engawa_ledger::Error::Removed) => continue,
                Err(error) => {
                    tracing::error!(room = %id, error = &error as &dyn std::error::Error, "a room's log cannot be read");
                    continue;
                }
            };
            let room = Room::restore(self.around.config.policy, &log, clock::now());
            self.note(&id, &room);
            if room.is_over() {
                over += 1;
                if let Err(error) = self.around.records.ended(&id, &room).await {
                    tracing::error!(room = %id, error = &error as &dyn std::error::Error, "a record is not kept");
                }
                self.around.hall.room(&id, &room).await;
            } else if room.company().is_some() {
                going_on += 1;
                self.around.hall.room(&id, &room).await;
                let mut running = lock(&self.running);
                // Another node's word of it may have been quicker.
                if !running.contains_key(&id) {
                    self.start(&mut running, &id, Some(log));
                }
            }
        }
        drop(logs);
        tracing::info!(going_on, over, "rooms are restored");
        Ok(())
    }

    /// Hands an action to a room, which is started when it does not run.
    pub async fn post(self: &Arc<Self>, room: &RoomId, action: Action) {
        let mut action = action;
        // A task that ends at this very moment hands the action back; it ends rarely.
        for _ in 0..3 {
            let Some(way) = self.way_to(room) else { break };
            match way.send(action).await {
                Ok(()) => return,
                Err(mpsc::error::SendError(back)) => action = back,
            }
        }
        action.fail(room);
    }

    /// Has a room decide a command that came by HTTP.
    ///
    /// # Errors
    /// The room's refusal, or [`Refusal::Unavailable`].
    pub async fn decide(self: &Arc<Self>, room: &RoomId, sender: Sender, command: Command) -> Result<(), Refusal> {
        let (answer, decided) = oneshot::channel();
        self.post(room, Action::Decide { sender, command, answer }).await;
        decided.await.unwrap_or(Err(Refusal::Unavailable))
    }

    /// Has a booked room take its guest in at `booth`; answers whether the interview has begun.
    ///
    /// # Errors
    /// The room's refusal, or [`Refusal::Unavailable`].
    pub async fn enter(self: &Arc<Self>, room: &RoomId, booth: &BoothId, take_over: bool) -> Result<bool, Refusal> {
        let (answer, decided) = oneshot::channel();
        self.post(room, Action::Enter { booth: booth.clone(), take_over, answer }).await;
        decided.await.unwrap_or(Err(Refusal::Unavailable))
    }

    /// Reads a room as its log is now; none when it has none.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn read(&self, room: &RoomId) -> Result<Option<(Room, Vec<Recorded>)>, engawa_ledger::Error> {
        let log = match self.around.ledger.read(room, 0).await {
            Err(engawa_ledger::Error::Removed) => return Ok(None),
            log => log?,
        };
        if log.is_empty() {
            return Ok(None);
        }
        let mut read = Room::new(self.around.config.policy);
        log.iter().for_each(|recorded| read.apply(recorded));
        Ok(Some((read, log)))
    }

    /// Hands an action to a room that runs; in another one there is nobody whom it could reach.
    pub async fn post_to_running(&self, room: &RoomId, action: Action) {
        let way = lock(&self.running).get(room).cloned();
        let back = match way {
            Some(way) => way.send(action).await.err().map(|mpsc::error::SendError(back)| back),
            None => Some(action),
        };
        if let Some(action) = back {
            action.fail(room);
        }
    }

    /// Removes a room that is over and no longer kept. Whoever still follows it is told, on every node.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn forget(&self, room: &RoomId) -> Result<(), engawa_ledger::Error> {
        self.around.ledger.remove(room).await?;
        self.let_go(room);
        Ok(())
    }

    /// Nothing of a removed room is known any more.
    fn let_go(&self, room: &RoomId) {
        lock(&self.known).remove(room);
        self.release(room);
    }

    /// Remembers a room as it is now, whoever opened it.
    fn note(&self, id: &RoomId, room: &Room) {
        if room.company().is_some() {
            lock(&self.known).insert(id.clone());
        }
        match room.booth() {
            Some(booth) if !room.is_over() => drop(lock(&self.open).insert(id.clone(), booth.clone())),
            _ => {}
        }
    }

    fn way_to(self: &Arc<Self>, room: &RoomId) -> Option<mpsc::Sender<Action>> {
        let mut running = lock(&self.running);
        if let Some(way) = running.get(room).filter(|way| !way.is_closed()) {
            return Some(way.clone());
        }
        if running.len() >= RUNNING || self.around.stop.is_cancelled() {
            return None;
        }
        Some(self.start(&mut running, room, None))
    }

    fn start(
        self: &Arc<Self>,
        running: &mut HashMap<RoomId, mpsc::Sender<Action>>,
        room: &RoomId,
        log: Option<Vec<Recorded>>,
    ) -> mpsc::Sender<Action> {
        let (way, actions) = mpsc::channel(ACTIONS);
        running.insert(room.clone(), way.clone());
        self.around.tasks.spawn(task::run(self.clone(), room.clone(), log, actions));
        way
    }

    /// Ends a room's task unless something is waiting for it; what comes in between is posted anew.
    fn retire(&self, room: &RoomId, actions: &mut mpsc::Receiver<Action>) -> bool {
        let mut running = lock(&self.running);
        if !actions.is_empty() {
            return false;
        }
        actions.close();
        running.remove(room);
        true
    }

    /// Claims a room for a booth; false when the booth has too many that are not over.
    fn claim(&self, booth: &BoothId, room: &RoomId) -> bool {
        let mut open = lock(&self.open);
        let others = open.iter().filter(|(id, owner)| *owner == booth && *id != room).count();
        if others >= OPEN_PER_BOOTH {
            return false;
        }
        open.insert(room.clone(), booth.clone());
        true
    }

    /// A room is over, or was not opened after all.
    fn release(&self, room: &RoomId) {
        lock(&self.open).remove(room);
    }
}

impl std::fmt::Debug for Rooms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rooms").field("running", &lock(&self.running).len()).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
