//! This node's own connections, and what of them the others do not know yet.

use super::message::{Call, Someone, Word};
use crate::clock;
use engawa_protocol::{ClientId, RoomId};
use engawa_session::room::Sender;
use std::collections::{BTreeMap, BTreeSet};

/// Rooms that one connection is told in, as many as it may be in.
const ROOMS: usize = 32;
/// Connections in one letter: at most 32 rooms each, they fit.
const PEOPLE: usize = 64;
const CONNECTIONS: usize = 2048;

#[derive(Debug, Default)]
pub(super) struct Own {
    people: BTreeMap<u64, Someone>,
    untold: BTreeSet<u64>,
    round: u64,
}

impl Own {
    pub fn enter(&mut self, connection: u64, sender: &Sender, client: &ClientId) {
        let (who, client, came) = (sender.into(), client.clone(), clock::now());
        self.people.insert(connection, Someone { connection, came, who, client, rooms: Vec::new(), call: None });
        self.untold.insert(connection);
    }

    pub fn leave(&mut self, connection: u64) {
        if self.people.remove(&connection).is_some() {
            self.untold.insert(connection);
        }
    }

    /// Answers whether this is news.
    pub fn set_room(&mut self, connection: u64, room: &RoomId, is_in: bool) -> bool {
        let Some(someone) = self.people.get_mut(&connection) else { return false };
        if someone.rooms.contains(room) == is_in {
            return false;
        }
        someone.rooms.retain(|other| other != room);
        if is_in {
            if someone.rooms.len() >= ROOMS {
                someone.rooms.remove(0);
            }
            someone.rooms.push(room.clone());
        }
        self.untold.insert(connection);
        true
    }

    /// Answers whether this is news.
    pub fn set_call(&mut self, connection: u64, call: Option<Call>) -> bool {
        let Some(someone) = self.people.get_mut(&connection) else { return false };
        let before = std::mem::replace(&mut someone.call, call);
        let news = before != someone.call;
        if news {
            self.untold.insert(connection);
        }
        news
    }

    /// What has changed since it was told last.
    pub fn news(&mut self) -> Vec<Word> {
        let untold = std::mem::take(&mut self.untold);
        let (here, gone): (Vec<_>, Vec<_>) = untold.into_iter().partition(|number| self.people.contains_key(number));
        let here: Vec<_> = here.iter().map(|number| self.people[number].clone()).collect();
        let mut words: Vec<_> =
            gone.chunks(CONNECTIONS).map(|connections| Word::Gone { connections: connections.to_vec() }).collect();
        words.extend(self.told(&here));
        words
    }

    /// Everything, as a new round.
    pub fn everything(&mut self) -> Vec<Word> {
        self.round += 1;
        self.untold.clear();
        let people: Vec<_> = self.people.values().cloned().collect();
        let mut words = self.told(&people);
        words.push(Word::Complete { round: self.round });
        words
    }

    fn told(&self, people: &[Someone]) -> Vec<Word> {
        people.chunks(PEOPLE).map(|people| Word::Here { round: self.round, people: people.to_vec() }).collect()
    }
}
