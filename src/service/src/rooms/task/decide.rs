//! Commands: decided upon the log as it is, and answered.

use super::{CONFLICTS, Member, Task};
use crate::clock;
use crate::rooms::Surroundings;
use crate::visitor::Visitor;
use engawa_ledger::{AppendError, Error};
use engawa_protocol::{Actor, BoothId, ClientId, Command, CommandId, CompanyId, Event, Refusal, ServiceMessage};
use engawa_session::room::{Around, Sender};
use std::sync::Arc;

impl Task {
    pub(super) async fn command(&mut self, visitor: Arc<Visitor>, n: u32, command: Command, queue: Option<ClientId>) {
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

    pub(super) async fn decide_for_http(&mut self, sender: &Sender, command: &Command) -> Result<(), Refusal> {
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
            if self.append_decided(events, from.actor(), Some(id.clone())).await? {
                return Ok(());
            }
        }
        Err(Refusal::Unavailable)
    }

    /// Takes the guest in at a booth that has a ticket; answers whether the interview has begun.
    pub(super) async fn enter(&mut self, booth: &BoothId, take_over: bool) -> Result<bool, Refusal> {
        for _ in 0..CONFLICTS {
            let events = self.room().move_guest(booth, take_over, clock::now())?;
            if !events.is_empty() && !self.rooms.claim(booth, &self.id) {
                return Err(Refusal::Full);
            }
            let appended = self.append_decided(events, Actor::Guest { booth: booth.clone() }, None).await;
            // What was claimed is as the log says, also when it could not be told.
            self.rooms.note(&self.id, self.room());
            if appended? {
                return Ok(self.room().goes_on_at(booth));
            }
        }
        Err(Refusal::Unavailable)
    }

    /// Appends a decision; false when another writer was quicker, and it is to be decided anew.
    async fn append_decided(&mut self, events: Vec<Event>, by: Actor, id: Option<CommandId>) -> Result<bool, Refusal> {
        if events.is_empty() {
            return Ok(true);
        }
        match self.append(events, by, id).await {
            Ok(()) => Ok(true),
            Err(AppendError::Conflict { .. }) => Ok(false),
            Err(AppendError::Store(Error::Removed)) => Err(Refusal::NoSuchRoom),
            Err(error) => {
                tracing::error!(room = %self.id, error = &error as &dyn std::error::Error, "a decision is not stored");
                Err(Refusal::Unavailable)
            }
        }
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
    pub(super) fn around_of_time(&self, knocked: Option<&CompanyId>) -> Around {
        let Surroundings { fair, hall, .. } = &self.rooms.around;
        let fair = fair.now();
        let company = self.room().company().or(knocked);
        let on_call = company.map(|company| hall.on_call(company)).unwrap_or_default();
        let walk_up = company.and_then(|company| fair.company(company)).is_none_or(|company| fair.walk_up(company));
        Around { on_call, walk_up, ..Around::at(clock::now()) }
    }
}
