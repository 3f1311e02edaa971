//! One room's task: it owns the room, takes actions one by one and keeps its deadlines.

use super::log::Log;
use super::relay::Relay;
use super::{Action, Rooms, Surroundings};
use crate::clock;
use crate::outlet::ConnectionId;
use crate::visitor::Visitor;
use engawa_ledger::AppendError;
use engawa_protocol::{
    Actor, ClientId, Command, CommandId, CompanyId, Event, Fault, Recorded, Refusal, RoomId, Seq, ServiceMessage,
};
use engawa_session::room::{Around, Room, Sender};
use std::collections::{BTreeMap, BTreeSet};
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
    /// Clients whose coming or going could not be appended yet.
    untold: BTreeSet<(Actor, ClientId)>,
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
    let read = match log {
        Some(log) => Ok(log),
        None => rooms.around.ledger.read(&id, 0).await,
    };
    let log = match read {
        Ok(log) => Log::new(rooms.around.config.policy, log),
        Err(error) => {
            tracing::error!(room = %id, error = &error as &dyn std::error::Error, "a room's log cannot be read");
            super::lock(&rooms.running).remove(&id);
            actions.close();
            while let Some(action) = actions.recv().await {
                action.fail(&id);
            }
            return;
        }
    };
    let mut task = Task {
        rooms,
        id,
        log,
        members: BTreeMap::new(),
        relay: Relay::default(),
        untold: BTreeSet::new(),
        not_before: Instant::now(),
        last_action: Instant::now(),
        was_asked: false,
    };
    task.run(&mut actions).await;
}

impl Task {
    pub(super) fn room(&self) -> &Room {
        &self.log.room
    }

    async fn run(&mut self, actions: &mut mpsc::Receiver<Action>) {
        let rooms = self.rooms.clone();
        loop {
            let wake = self.wake();
            tokio::select! {
                // First: when the service goes away, nobody has lost their line. They come back to the next one.
                biased;
                () = rooms.around.stop.cancelled() => return,
                action = actions.recv() => match action {
                    Some(action) => {
                        self.handle(action).await;
                        (self.last_action, self.was_asked) = (Instant::now(), true);
                    }
                    None => return,
                },
                () = sleep_until(wake) => {
                    self.keep_time().await;
                    if self.is_idle() && rooms.retire(&self.id, actions) {
                        while let Some(action) = actions.recv().await {
                            Box::pin(rooms.post(&self.id, action)).await;
                        }
                        return;
                    }
                }
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
        due.max(self.not_before).min(now + LONGEST_SLEEP)
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
            Action::Signal { visitor, to, attempt, signal } => self.signal(&visitor, to, attempt, signal),
            Action::Still { visitor, jpeg } => self.still(&visitor, jpeg).await,
        }
    }

    /// `visitor` may be here, and is the first to use its client's name: that name stands in the
    /// log for the others to see, and must not give anybody another one's seat.
    pub(super) fn admits(&self, visitor: &Visitor) -> bool {
        let welcome = match self.room().company() {
            Some(_) => self.room().admits(&visitor.sender),
            // A booth follows the room that its knock is about to open.
            None => matches!(visitor.sender, Sender::Guest { .. }),
        };
        welcome && self.log.may_use(&visitor.client, &visitor.sender.actor())
    }

    async fn follow(&mut self, visitor: Arc<Visitor>, after: Seq) {
        if !self.admits(&visitor) {
            return visitor.fault(Fault::NotAllowed, "follow: the room is not yours");
        }
        for events in self.log.messages_after(&self.id, after) {
            visitor.send(&events);
        }
        self.members.insert(visitor.connection, Member { visitor: visitor.clone(), following: true });
        self.connection(&visitor.sender.actor(), &visitor.client, true).await;
        self.deliver_held(&visitor);
    }

    async fn gone(&mut self, connection: ConnectionId) {
        let Some(member) = self.members.remove(&connection) else { return };
        let (actor, client) = (member.visitor.sender.actor(), &member.visitor.client);
        if !self.is_connected(&actor, client) {
            self.connection(&actor, client, false).await;
        }
    }

    fn is_connected(&self, actor: &Actor, client: &ClientId) -> bool {
        let mut visitors = self.members.values().map(|member| &member.visitor);
        visitors.any(|visitor| visitor.client == *client && visitor.sender.actor() == *actor)
    }

    async fn connection(&mut self, actor: &Actor, client: &ClientId, up: bool) {
        let events = self.log.room.connection(actor, client, up);
        self.untold.remove(&(actor.clone(), client.clone()));
        if events.is_empty() {
            return;
        }
        if let Err(error) = self.append(events, Actor::Service, None).await {
            self.put_off(&error);
            self.untold.insert((actor.clone(), client.clone()));
        }
    }

    async fn command(&mut self, visitor: Arc<Visitor>, n: u32, command: Command, queue: Option<ClientId>) {
        let id = CommandId { client: queue.clone().unwrap_or_else(|| visitor.client.clone()), n };
        let decided = match self.log.may_use(&visitor.client, &visitor.sender.actor()) {
            true => self.decide(&visitor.sender, &id, &command).await,
            false => Err(Refusal::NotAllowed),
        };
        let answer = match decided {
            Ok(()) => ServiceMessage::Done { room: self.id.clone(), n, queue },
            Err(reason) => ServiceMessage::Refused { room: self.id.clone(), n, reason, queue },
        };
        let done = matches!(answer, ServiceMessage::Done { .. });
        visitor.send(&answer);
        if done && matches!(command, Command::Join { .. }) {
            let member = Member { visitor: visitor.clone(), following: false };
            self.members.entry(visitor.connection).or_insert(member);
            self.connection(&visitor.sender.actor(), &visitor.client, true).await;
        }
    }

    async fn decide_for_http(&mut self, sender: &Sender, command: &Command) -> Result<(), Refusal> {
        let mut client = [0; 16];
        getrandom::fill(&mut client).map_err(|_| Refusal::Unavailable)?;
        let id = CommandId { client: ClientId::from_random(client), n: 1 };
        self.decide(sender, &id, command).await
    }

    async fn decide(&mut self, sender: &Sender, id: &CommandId, command: &Command) -> Result<(), Refusal> {
        if !self.log.may_use(&id.client, &sender.actor()) {
            return Err(Refusal::NotAllowed);
        }
        if let (Command::Knock { company, .. }, Sender::Guest { booth }) = (command, sender) {
            if !self.rooms.around.fair.has(company) {
                return Err(Refusal::NoSuchCompany);
            }
            if self.room().booth() != Some(booth) && !self.rooms.claim(booth, &self.id) {
                return Err(Refusal::Full);
            }
        }
        let decided = self.decide_and_append(sender, id, command).await;
        if self.room().booth().is_none() {
            self.rooms.release(&self.id);
        }
        decided
    }

    async fn decide_and_append(&mut self, from: &Sender, id: &CommandId, command: &Command) -> Result<(), Refusal> {
        for _ in 0..CONFLICTS {
            let around = self.around(from, command).await?;
            let events = self.room().decide(from, id, command, &around)?;
            if events.is_empty() {
                return Ok(());
            }
            match self.append(events, from.actor(), Some(id.clone())).await {
                Ok(()) => return Ok(()),
                Err(AppendError::Conflict { .. }) => {}
                Err(error) => {
                    tracing::error!(room = %self.id, error = &error as &dyn std::error::Error, "a command is not stored");
                    return Err(Refusal::Unavailable);
                }
            }
        }
        Err(Refusal::Unavailable)
    }

    /// What the room cannot know by itself, as far as this command needs it.
    async fn around(&self, from: &Sender, command: &Command) -> Result<Around, Refusal> {
        let around = &self.rooms.around;
        let unavailable = |error: crate::store::StoreError| {
            tracing::error!(room = %self.id, error = &error as &dyn std::error::Error, "a room cannot look around");
            Refusal::Unavailable
        };
        let next = match command {
            Command::Extend { .. } => around.schedule.next(&self.id, self.room()).await.map_err(unavailable)?,
            _ => None,
        };
        let file = match command {
            Command::SendFile { file } => {
                around.uploads.card(&self.id, &from.actor(), file).await.map_err(unavailable)?
            }
            _ => None,
        };
        let knocked = match command {
            Command::Knock { company, .. } => Some(company),
            _ => None,
        };
        Ok(Around { next, file, ..self.around_of_time(knocked) })
    }

    /// As much of it as time needs; `knocked` is whom a knock is about to open the room for.
    fn around_of_time(&self, knocked: Option<&CompanyId>) -> Around {
        let Surroundings { fair, hall, .. } = &self.rooms.around;
        let fair = fair.now();
        let company = self.room().company().or(knocked);
        let on_call = company.map(|company| hall.on_call(company)).unwrap_or_default();
        let walk_up = company.and_then(|company| fair.company(company)).is_none_or(|company| fair.walk_up(company));
        Around { on_call, walk_up, ..Around::at(clock::now()) }
    }

    /// Appends what time alone has brought about, and what could not be appended before.
    async fn keep_time(&mut self) {
        for (actor, client) in std::mem::take(&mut self.untold) {
            let here = self.is_connected(&actor, &client);
            self.connection(&actor, &client, here).await;
        }
        for _ in 0..DUE {
            let events = self.room().decide_timeout(&self.around_of_time(None));
            if events.is_empty() {
                return;
            }
            if let Err(error) = self.append(events, Actor::Service, None).await {
                return self.put_off(&error);
            }
        }
    }

    fn put_off(&mut self, error: &AppendError) {
        tracing::error!(room = %self.id, error = error as &dyn std::error::Error, "an event is not stored yet");
        self.not_before = Instant::now() + RETRY;
    }

    async fn append(&mut self, events: Vec<Event>, by: Actor, command: Option<CommandId>) -> Result<(), AppendError> {
        let recorded = self.log.number(events, by, command);
        let appended = self.rooms.around.ledger.append(&self.id, self.room().last(), &recorded).await;
        match appended {
            Ok(()) => self.take_in(recorded).await,
            Err(AppendError::Conflict { expected, last }) if last > expected => {
                // Somebody else wrote, or an append of ours failed half-way: the log says what is.
                self.catch_up().await?;
                return Err(AppendError::Conflict { expected, last });
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn catch_up(&mut self) -> Result<(), engawa_ledger::Error> {
        let more = self.rooms.around.ledger.read(&self.id, self.room().last()).await?;
        if !more.is_empty() {
            self.take_in(more).await;
        }
        Ok(())
    }

    /// What is in the log now is folded in, sent to followers and shown in the hall.
    async fn take_in(&mut self, recorded: Vec<Recorded>) {
        let opened = self.room().company().is_none();
        let before = self.room().last();
        self.log.take_in(recorded);
        if opened {
            // Whoever guessed the number of a room before it was opened is not of it.
            let Task { members, log, .. } = self;
            members.retain(|_, member| log.room.admits(&member.visitor.sender));
        }
        for message in self.log.messages_after(&self.id, before) {
            let frame = crate::outlet::frame(&message);
            for member in self.members.values().filter(|member| member.following) {
                member.visitor.outlet.send_frame(frame.clone());
            }
        }
        if self.room().is_over() {
            self.rooms.release(&self.id);
        }
        // What was held for a lost line is of connections that are no more.
        if self.room().is_over() || self.room().held() {
            self.relay = Relay::default();
        }
        if self.room().is_over()
            && let Err(error) = self.rooms.around.records.ended(&self.id, self.room()).await
        {
            // The next start looks again.
            tracing::error!(room = %self.id, error = &error as &dyn std::error::Error, "a record is not kept");
        }
        self.rooms.around.hall.room(&self.id, self.room()).await;
    }
}
