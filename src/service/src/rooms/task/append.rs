//! The log: what this node appends, and what it takes in from there.

use super::Task;
use crate::rooms::relay::Relay;
use engawa_ledger::AppendError;
use engawa_protocol::{Actor, CommandId, Event, Recorded};

impl Task {
    /// Takes in what the log tells: mostly what this node appended itself, and what others did.
    pub(super) async fn take_news(&mut self, mut news: Vec<Recorded>) {
        let last = self.room().last();
        news.retain(|recorded| recorded.seq > last);
        if !news.is_empty() {
            self.take_in(news).await;
        }
    }

    pub(super) async fn append(
        &mut self,
        events: Vec<Event>,
        by: Actor,
        command: Option<CommandId>,
    ) -> Result<(), AppendError> {
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

    pub(in crate::rooms) async fn catch_up(&mut self) -> Result<(), engawa_ledger::Error> {
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
        let moved = recorded.iter().any(|recorded| recorded.event == Event::GuestMoved);
        self.note_lost(&recorded);
        self.log.take_in(recorded);
        self.rooms.note(&self.id, &self.log.room);
        if opened {
            // Whoever guessed the number of a room before it was opened is not of it.
            self.let_go_of_others();
        }
        for message in self.log.messages_after(&self.id, before) {
            let frame = crate::outlet::frame(&message);
            for member in self.members.values().filter(|member| member.following) {
                member.visitor.outlet.send_frame(frame.clone());
            }
        }
        if moved {
            // The booth that the guest has left was told so above.
            self.let_go_of_others();
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

    /// The room counts no longer on connections that it does not admit.
    fn let_go_of_others(&mut self) {
        let Task { members, log, .. } = self;
        for (connection, _) in members.extract_if(.., |_, member| !log.room.admits(&member.visitor.sender)) {
            self.rooms.around.nodes.in_room(connection, &self.id, false);
        }
    }
}
