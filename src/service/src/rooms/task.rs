//! One room's task: it owns the room, takes actions one by one and keeps its deadlines.

mod append;
mod decide;
mod presence;

use super::log::Log;
use super::relay::Relay;
use super::{Action, Rooms};
use crate::clock;
use crate::nodes::Elsewhere;
use crate::outlet::ConnectionId;
use crate::visitor::Visitor;
use engawa_ledger::{AppendError, Error, Follow};
use engawa_protocol::{Actor, ClientId, Recorded, RoomId, ServiceMessage};
use engawa_session::room::Room;
use futures_util::StreamExt;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// A room that is over, or is followed before it is opened, keeps its task for this long after the last action.
const LINGER: Duration = Duration::from_secs(60);
/// A failed append of the room's own is tried again after this.
const RETRY: Duration = Duration::from_secs(1);
/// The clock may be set: no deadline is trusted for longer.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// Appends in a row that another writer may win before the sender is asked to try again.
const CONFLICTS: usize = 8;
/// Deadlines that may be due at once.
const DUE: usize = 16;

/// A connection that the room counts on.
pub(super) struct Member {
    pub visitor: Arc<Visitor>,
    /// Events are sent to it.
    pub following: bool,
}

pub(super) struct Task {
    pub rooms: Arc<Rooms>,
    pub id: RoomId,
    pub log: Log,
    pub members: BTreeMap<ConnectionId, Member>,
    pub relay: Relay,
    /// Whom the other nodes' rooms count on, at this version of what is known of them.
    pub elsewhere: Vec<Elsewhere>,
    looked: Option<u64>,
    /// Nodes that had gone when this was looked at last.
    losses: u64,
    /// Clients whose coming or going could not be appended yet.
    untold: BTreeSet<(Actor, ClientId)>,
    /// Clients that have replaced their connection, and until when the new one is waited for.
    moving: VecDeque<(Instant, (Actor, ClientId))>,
    /// Nothing of the room's own is appended before.
    not_before: Instant,
    last_action: Instant,
    /// An action has come: the first one may still be under way to a task that has just begun.
    was_asked: bool,
}

/// Runs a room until it is over and left alone, or the service stops.
pub(super) async fn run(
    rooms: Arc<Rooms>,
    id: RoomId,
    log: Option<Vec<Recorded>>,
    mut actions: mpsc::Receiver<Action>,
) {
    // Counted before the log is read: who was on a node that goes from here on is waited for.
    let losses = rooms.around.nodes.losses();
    let read = match log {
        Some(log) => Ok(log),
        None => rooms.around.ledger.read(&id, 0).await,
    };
    let log = match read {
        Ok(log) => Log::new(rooms.around.config.policy, log),
        Err(Error::Removed) => return end_removed(&rooms, &id, actions).await,
        Err(error) => {
            tracing::error!(room = %id, error = &error as &dyn std::error::Error, "a room's log cannot be read");
            return fail(&rooms, &id, actions).await;
        }
    };
    rooms.note(&id, &log.room);
    let mut task = Task {
        rooms,
        id,
        log,
        members: BTreeMap::new(),
        relay: Relay::default(),
        elsewhere: Vec::new(),
        looked: None,
        losses,
        untold: BTreeSet::new(),
        moving: VecDeque::new(),
        not_before: Instant::now(),
        last_action: Instant::now(),
        was_asked: false,
    };
    let follow = task.rooms.around.ledger.follow(&task.id, task.room().last()).await;
    match follow {
        Ok(follow) => {
            if let Ended::Removed = task.run(&mut actions, follow).await {
                end_removed(&task.rooms, &task.id, actions).await;
            }
        }
        Err(error) => {
            tracing::error!(room = %task.id, error = &error as &dyn std::error::Error, "a room's log cannot be followed");
            fail(&task.rooms, &task.id, actions).await;
        }
    }
}

/// Why a room's task ends.
enum Ended {
    /// It is not needed any more, or the service stops.
    Left,
    /// Its log was removed.
    Removed,
}

/// A room that is no more.
async fn end_removed(rooms: &Rooms, id: &RoomId, mut actions: mpsc::Receiver<Action>) {
    rooms.let_go(id);
    super::lock(&rooms.running).remove(id);
    actions.close();
    while let Some(action) = actions.recv().await {
        action.refuse_removed(id);
    }
}

/// A room that cannot be had at this moment.
async fn fail(rooms: &Rooms, id: &RoomId, mut actions: mpsc::Receiver<Action>) {
    super::lock(&rooms.running).remove(id);
    actions.close();
    while let Some(action) = actions.recv().await {
        action.fail(id);
    }
}

impl Task {
    pub(super) fn room(&self) -> &Room {
        &self.log.room
    }

    async fn run(&mut self, actions: &mut mpsc::Receiver<Action>, mut follow: Follow) -> Ended {
        let rooms = self.rooms.clone();
        self.rooms.around.hall.room(&self.id, self.room()).await;
        loop {
            self.look_around();
            let wake = self.wake();
            tokio::select! {
                // First: when the service goes away, nobody has lost their line. They come back to the next one.
                biased;
                () = rooms.around.stop.cancelled() => return Ended::Left,
                action = actions.recv() => match action {
                    Some(action) => {
                        self.look_around();
                        self.handle(action).await;
                        (self.last_action, self.was_asked) = (Instant::now(), true);
                    }
                    None => return Ended::Left,
                },
                news = follow.next() => match news {
                    Some(Ok(news)) => self.take_news(news).await,
                    Some(Err(Error::Removed)) => {
                        self.tell_removed();
                        return Ended::Removed;
                    }
                    // The ledger is away: it goes on by itself. It ends only with the service.
                    Some(Err(error)) => {
                        tracing::warn!(room = %self.id, error = &error as &dyn std::error::Error, "a room hears nothing");
                    }
                    None => return Ended::Left,
                },
                () = sleep_until(wake) => {
                    self.keep_time().await;
                    if self.is_idle() && rooms.retire(&self.id, actions) {
                        while let Some(action) = actions.recv().await {
                            Box::pin(rooms.post(&self.id, action)).await;
                        }
                        return Ended::Left;
                    }
                }
            }
        }
    }

    /// What the followers know of is no more.
    fn tell_removed(&mut self) {
        let nothing = ServiceMessage::Events { room: self.id.clone(), events: Vec::new(), last: 0 };
        for (connection, member) in std::mem::take(&mut self.members) {
            self.rooms.around.nodes.in_room(connection, &self.id, false);
            if member.following {
                member.visitor.send(&nothing);
            }
        }
    }

    /// Nothing will happen here unless somebody asks.
    fn rests(&self) -> bool {
        self.room().is_over() || self.room().company().is_none()
    }

    fn is_idle(&self) -> bool {
        self.rests() && self.last_action.elapsed() >= self.linger()
    }

    /// How long a room that rests is kept. One that nobody opened or follows goes at once: whoever
    /// tries numbers would otherwise fill the house with them.
    fn linger(&self) -> Duration {
        let is_nothing = self.room().company().is_none() && self.members.is_empty();
        if is_nothing && self.was_asked { Duration::ZERO } else { LINGER }
    }

    fn wake(&self) -> Instant {
        let now = Instant::now();
        let due = match self.room().poll_timeout() {
            _ if !self.untold.is_empty() => now,
            Some(at) => now + Duration::from_millis(at.0.saturating_sub(clock::now().0)),
            None if self.rests() => self.last_action + self.linger(),
            None => now + LONGEST_SLEEP,
        };
        let moved = self.moving.front().map_or(due, |(until, _)| due.min(*until));
        moved.max(self.not_before).min(now + LONGEST_SLEEP)
    }

    async fn handle(&mut self, action: Action) {
        match action {
            Action::Follow { visitor, after } => self.follow(visitor, after).await,
            Action::Gone { connection } => self.gone(connection).await,
            Action::Command { visitor, n, command, queue } => self.command(visitor, n, command, queue).await,
            Action::Decide { sender, command, answer } => {
                let decided = self.decide_for_http(&sender, &command).await;
                // Whoever asked may be gone.
                answer.send(decided).ok();
            }
            Action::Enter { booth, take_over, answer } => {
                let entered = self.enter(&booth, take_over).await;
                answer.send(entered).ok();
            }
            Action::Signal { visitor, to, attempt, signal } => self.signal(&visitor, to, attempt, signal),
            Action::Passed(passed) => self.passed(*passed).await,
            // It has looked around already.
            Action::LookAround => {}
            Action::Still { visitor, jpeg } => self.still(&visitor, jpeg).await,
        }
    }

    /// Appends what time alone has brought about, and what could not be appended before.
    async fn keep_time(&mut self) {
        while self.moving.front().is_some_and(|(until, _)| *until <= Instant::now()) {
            self.untold.extend(self.moving.pop_front().map(|(_, whose)| whose));
        }
        for (actor, client) in std::mem::take(&mut self.untold) {
            let here = self.is_connected(&actor, &client);
            self.connection(&actor, &client, here).await;
        }
        for _ in 0..DUE {
            let events = self.room().decide_timeout(&self.around_of_time(None));
            if events.is_empty() {
                return;
            }
            match self.append(events, Actor::Service, None).await {
                // Another node was quicker, with the same perhaps.
                Ok(()) | Err(AppendError::Conflict { .. }) => {}
                Err(error) => return self.put_off(&error),
            }
        }
    }

    fn put_off(&mut self, error: &AppendError) {
        tracing::error!(room = %self.id, error = error as &dyn std::error::Error, "an event is not stored yet");
        self.not_before = Instant::now() + RETRY;
    }
}
