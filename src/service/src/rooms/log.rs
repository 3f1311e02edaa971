//! A room's log in memory, and the room that it folds to.

use crate::clock;
use engawa_protocol::{Actor, ClientId, CommandId, Event, Recorded, RoomId, Seq, ServiceMessage};
use engawa_session::room::{Policy, Room};
use std::collections::HashMap;

/// Events in one message: of the longest kind, they fit into it.
const EVENTS_A_MESSAGE: usize = 50;

pub(super) struct Log {
    pub room: Room,
    events: Vec<Recorded>,
    /// Whose each client's name is: of the first who did something under it.
    clients: HashMap<ClientId, Actor>,
}

impl Log {
    pub fn new(policy: Policy, events: Vec<Recorded>) -> Self {
        let room = match events.is_empty() {
            true => Room::new(policy),
            false => Room::restore(policy, &events, clock::now()),
        };
        let mut log = Self { room, events: Vec::new(), clients: HashMap::new() };
        log.take_in(events);
        log
    }

    /// Folds in what was appended.
    pub fn take_in(&mut self, recorded: Vec<Recorded>) {
        for event in recorded {
            self.room.apply(&event);
            if let Some(CommandId { client, .. }) = &event.command {
                self.clients.entry(client.clone()).or_insert_with(|| event.by.clone());
            }
            self.events.push(event);
        }
    }

    /// The name of a client is `actor`'s to use.
    pub fn may_use(&self, client: &ClientId, actor: &Actor) -> bool {
        self.clients.get(client).is_none_or(|first| first == actor)
    }

    /// Makes events entries behind the last one. Time never runs backwards in a log.
    pub fn number(&self, events: Vec<Event>, by: Actor, command: Option<CommandId>) -> Vec<Recorded> {
        let latest = self.events.last().map(|event| event.at);
        let at = latest.map_or(clock::now(), |latest| latest.max(clock::now()));
        let entry = |(seq, event)| Recorded { seq, at, by: by.clone(), command: command.clone(), event };
        (self.room.last() + 1..).zip(events).map(entry).collect()
    }

    /// What was taken back is not read any more.
    fn as_read(&self, events: &[Recorded]) -> Vec<Recorded> {
        events.iter().map(|event| self.room.redact(event).into_owned()).collect()
    }

    /// The events after `after` as messages; at least one, which says where the log ends.
    pub fn messages_after(&self, room: &RoomId, after: Seq) -> Vec<ServiceMessage> {
        self.messages(room, after, self.room.last())
    }

    /// The same for somebody to whom the log ends with `last`.
    pub fn messages(&self, room: &RoomId, after: Seq, last: Seq) -> Vec<ServiceMessage> {
        let new = self.events.get(after as usize..last as usize).unwrap_or_default();
        let message =
            |events: &[Recorded]| ServiceMessage::Events { room: room.clone(), events: self.as_read(events), last };
        if new.is_empty() {
            return vec![message(&[])];
        }
        new.chunks(EVENTS_A_MESSAGE).map(message).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engawa_protocol::{AccountId, limits};

    fn room() -> RoomId {
        RoomId::from_random([1; 16])
    }

    fn host(account: &str) -> Actor {
        Actor::Host { account: account.parse::<AccountId>().unwrap() }
    }

    fn longest(seq: Seq) -> Recorded {
        let event = Event::AskedToWait {
            message: "\u{10348}".repeat(limits::TEXT_CHARS),
            from: "あ".repeat(limits::NAME_CHARS),
        };
        let command = CommandId { client: ClientId::from_random([2; 16]), n: seq };
        Recorded { seq, at: engawa_protocol::Millis(1), by: host("takahashi"), command: Some(command), event }
    }

    #[test]
    fn a_long_log_goes_out_in_messages_that_fit() {
        let log = Log::new(Policy::default(), (1..=120).map(longest).collect());
        let messages = log.messages_after(&room(), 1);
        let mut next = 2;
        for message in &messages {
            assert!(serde_json::to_vec(message).unwrap().len() <= limits::MESSAGE_BYTES);
            let ServiceMessage::Events { events, last: 120, .. } = message else { panic!("{message:?}") };
            for event in events {
                assert_eq!(event.seq, next);
                next += 1;
            }
        }
        assert_eq!(next, 121);
        for after in [120, 5000] {
            let up_to_date = log.messages_after(&room(), after);
            assert!(matches!(&up_to_date[..], [ServiceMessage::Events { events, last: 120, .. }] if events.is_empty()));
        }
    }

    #[test]
    fn a_clients_name_belongs_to_the_first_who_used_it() {
        let log = Log::new(Policy::default(), vec![longest(1)]);
        let client = ClientId::from_random([2; 16]);
        assert!(log.may_use(&client, &host("takahashi")));
        assert!(!log.may_use(&client, &host("mori")));
        assert!(log.may_use(&ClientId::from_random([3; 16]), &host("mori")));
    }
}
