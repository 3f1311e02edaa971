//! One room's task: it owns the room, takes actions one by one and keeps its deadlines.

use super::log::Log;
use super::relay::Relay;
use super::{Action, Rooms, Surroundings};
use crate::clock;
use crate::nodes::Elsewhere;
use crate::outlet::ConnectionId;
use crate::visitor::Visitor;
use engawa_ledger::{AppendError, Error, Follow};
use engawa_protocol::{
    Actor, ClientId, Command, CommandId, CompanyId, Event, Fault, Recorded, Refusal, RoomId, Seq, ServiceMessage,
};
use engawa_session::room::{Around, Room, Sender};
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
/// A client that says hello elsewhere follows its rooms there within this.
const MOVING: Duration = Duration::from_secs(2);
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
            Action::Signal { visitor, to, attempt, signal } => self.signal(&visitor, to, attempt, signal),
            Action::Passed(passed) => self.passed(*passed).await,
            // It has looked around already.
            Action::LookAround => {}
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
        self.rooms.around.nodes.in_room(visitor.connection, &self.id, true);
        self.connection(&visitor.sender.actor(), &visitor.client, true).await;
        self.deliver_held(&visitor);
    }

    async fn gone(&mut self, connection: ConnectionId) {
        let Some(member) = self.members.remove(&connection) else { return };
        self.rooms.around.nodes.in_room(connection, &self.id, false);
        let (actor, client) = (member.visitor.sender.actor(), &member.visitor.client);
        if member.visitor.outlet.is_replaced() {
            self.moving.push_back((Instant::now() + MOVING, (actor, client.clone())));
        } else if !self.is_connected(&actor, client) {
            self.connection(&actor, client, false).await;
        }
    }

    /// To this node or to another one.
    fn is_connected(&self, actor: &Actor, client: &ClientId) -> bool {
        let elsewhere = self.elsewhere.iter().any(|there| there.client == *client && there.actor == *actor);
        elsewhere || self.is_connected_here(actor, client)
    }

    fn is_connected_here(&self, actor: &Actor, client: &ClientId) -> bool {
        let mut visitors = self.members.values().map(|member| &member.visitor);
        visitors.any(|visitor| visitor.client == *client && visitor.sender.actor() == *actor)
    }

    async fn connection(&mut self, actor: &Actor, client: &ClientId, up: bool) {
        self.untold.remove(&(actor.clone(), client.clone()));
        for _ in 0..CONFLICTS {
            let events = self.log.room.connection(actor, client, up);
            if events.is_empty() {
                return;
            }
            match self.append(events, Actor::Service, None).await {
                Ok(()) => return,
                Err(AppendError::Conflict { .. }) => {}
                Err(error) => {
                    self.put_off(&error);
                    break;
                }
            }
        }
        self.untold.insert((actor.clone(), client.clone()));
    }

    /// Learns who is on the other nodes. Each node tells the log of its own connections; the others
    /// only must not take those for absent.
    fn look_around(&mut self) {
        let nodes = self.rooms.around.nodes.clone();
        let version = nodes.version();
        if self.looked.replace(version) == Some(version) {
            return;
        }
        let losses = nodes.losses();
        if std::mem::replace(&mut self.losses, losses) != losses {
            self.log.room.await_return(clock::now());
        }
        let before = std::mem::replace(&mut self.elsewhere, nodes.elsewhere(&self.id));
        for there in before {
            if !self.is_connected(&there.actor, &there.client) {
                self.log.room.connection(&there.actor, &there.client, false);
            }
        }
        for there in self.elsewhere.clone() {
            self.log.room.connection(&there.actor, &there.client, true);
        }
        self.pass_on_held();
    }

    /// Takes in what the log tells: mostly what this node appended itself, and what others did.
    async fn take_news(&mut self, mut news: Vec<Recorded>) {
        let last = self.room().last();
        news.retain(|recorded| recorded.seq > last);
        if !news.is_empty() {
            self.take_in(news).await;
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
            self.rooms.around.nodes.in_room(visitor.connection, &self.id, true);
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
                Err(AppendError::Store(Error::Removed)) => return Err(Refusal::NoSuchRoom),
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

    async fn append(&mut self, events: Vec<Event>, by: Actor, command: Option<CommandId>) -> Result<(), AppendError> {
        let recorded = self.log.number(events, by, command);
        let appended = self.rooms.around.ledger.append(&self.id, self.room().last(), &recorded).await;
        match appended {
            Ok(()) => {
                if recorded.first().is_some_and(|first| first.seq == 1) {
                    self.rooms.around.nodes.opened(&self.id);
                }
                self.take_in(recorded).await;
            }
            Err(AppendError::Conflict { expected, last }) if last > expected => {
                // Somebody else wrote, or an append of ours failed half-way: the log says what is.
                self.catch_up().await?;
                return Err(AppendError::Conflict { expected, last });
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    pub(super) async fn catch_up(&mut self) -> Result<(), engawa_ledger::Error> {
        let more = self.rooms.around.ledger.read(&self.id, self.room().last()).await?;
        if !more.is_empty() {
            self.take_in(more).await;
        }
        Ok(())
    }

    /// Another node has told of a line that is lost, when that client was on its way to us.
    fn note_lost(&mut self, recorded: &[Recorded]) {
        for event in recorded {
            if let Event::Lost { seat } = event.event
                && let Some(person) = self.room().person(seat)
                && self.is_connected_here(&person.actor, &person.client)
            {
                let whose = (person.actor.clone(), person.client.clone());
                self.untold.insert(whose);
            }
        }
    }

    /// What is in the log now is folded in, sent to followers and shown in the hall.
    async fn take_in(&mut self, recorded: Vec<Recorded>) {
        let opened = self.room().company().is_none();
        let before = self.room().last();
        self.note_lost(&recorded);
        self.log.take_in(recorded);
        self.rooms.note(&self.id, &self.log.room);
        if opened {
            // Whoever guessed the number of a room before it was opened is not of it.
            let Task { members, log, .. } = self;
            for (connection, _) in members.extract_if(.., |_, member| !log.room.admits(&member.visitor.sender)) {
                self.rooms.around.nodes.in_room(connection, &self.id, false);
            }
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
