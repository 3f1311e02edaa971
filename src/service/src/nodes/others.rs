//! The other nodes as far as they were heard. Pure: time is an argument.

use super::Elsewhere;
use super::message::{NodeId, Someone};
use engawa_protocol::{ClientId, RoomId};
use engawa_session::room::Sender;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;
use tokio::time::Instant;

/// A node that is not heard of for this long is gone.
pub(super) const SILENT: Duration = Duration::from_secs(5);
/// Nodes beside this one.
const NODES: usize = 64;
/// Connections of one node; it takes no more itself.
const PEOPLE: usize = 20_000;

/// What a letter's number tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// The one before was heard.
    Next,
    /// Something was missed, or the node is new: it is to be asked.
    Gap,
    /// There are too many nodes.
    Full,
}

struct Other {
    heard: Instant,
    number: u64,
    people: BTreeMap<u64, (u64, Someone)>,
}

#[derive(Default)]
pub(super) struct Others {
    nodes: BTreeMap<NodeId, Other>,
    /// Who is in which room.
    rooms: HashMap<RoomId, BTreeSet<(NodeId, u64)>>,
}

impl Others {
    /// A letter to all came from there.
    pub fn heard(&mut self, from: &NodeId, number: u64, now: Instant) -> Count {
        if let Some(other) = self.nodes.get_mut(from) {
            other.heard = now;
            let before = std::mem::replace(&mut other.number, number);
            return if number == before + 1 { Count::Next } else { Count::Gap };
        }
        if self.nodes.len() >= NODES {
            return Count::Full;
        }
        self.nodes.insert(from.clone(), Other { heard: now, number, people: BTreeMap::new() });
        Count::Gap
    }

    /// These are there now; answers the rooms for which this is news.
    pub fn here(&mut self, from: &NodeId, round: u64, people: Vec<Someone>) -> BTreeSet<RoomId> {
        let mut touched = BTreeSet::new();
        let Some(other) = self.nodes.get_mut(from) else { return touched };
        for someone in people {
            let number = someone.connection;
            if other.people.len() >= PEOPLE && !other.people.contains_key(&number) {
                continue;
            }
            let rooms: BTreeSet<_> = someone.rooms.iter().cloned().collect();
            let before = other.people.insert(number, (round, someone));
            let before: BTreeSet<_> = before.into_iter().flat_map(|(_, before)| before.rooms).collect();
            for room in before.symmetric_difference(&rooms) {
                let of_room = self.rooms.entry(room.clone()).or_default();
                let key = (from.clone(), number);
                if rooms.contains(room) {
                    of_room.insert(key)
                } else {
                    of_room.remove(&key)
                };
                touched.insert(room.clone());
            }
        }
        self.rooms.retain(|room, of_room| !(touched.contains(room) && of_room.is_empty()));
        touched
    }

    /// These are no more; as [`Others::here`].
    pub fn gone(&mut self, from: &NodeId, connections: &[u64]) -> BTreeSet<RoomId> {
        let mut touched = BTreeSet::new();
        let Some(other) = self.nodes.get_mut(from) else { return touched };
        for number in connections {
            let Some((_, someone)) = other.people.remove(number) else { continue };
            for room in someone.rooms {
                if let Some(of_room) = self.rooms.get_mut(&room) {
                    of_room.remove(&(from.clone(), *number));
                    if of_room.is_empty() {
                        self.rooms.remove(&room);
                    }
                }
                touched.insert(room);
            }
        }
        touched
    }

    /// Whoever was not told in this round is no more; as [`Others::here`].
    pub fn complete(&mut self, from: &NodeId, round: u64) -> BTreeSet<RoomId> {
        let Some(other) = self.nodes.get(from) else { return BTreeSet::new() };
        let old = other.people.iter().filter(|(_, (told, _))| *told < round).map(|(number, _)| *number);
        let old: Vec<_> = old.collect();
        self.gone(from, &old)
    }

    /// A node has gone; false when it was not known.
    pub fn forget(&mut self, node: &NodeId) -> bool {
        let Some(other) = self.nodes.get(node) else { return false };
        let all: Vec<_> = other.people.keys().copied().collect();
        self.gone(node, &all);
        self.nodes.remove(node).is_some()
    }

    /// Nodes that were not heard of for too long.
    pub fn silent(&self, now: Instant) -> Vec<NodeId> {
        let silent = |other: &Other| now.saturating_duration_since(other.heard) >= SILENT;
        self.nodes.iter().filter(|(_, other)| silent(other)).map(|(node, _)| node.clone()).collect()
    }

    /// We could not hear for a while, which says nothing about the others.
    pub fn hear_again(&mut self, now: Instant) {
        self.nodes.values_mut().for_each(|other| other.heard = now);
    }

    pub fn is_anybody(&self) -> bool {
        !self.nodes.is_empty()
    }

    pub fn people(&self) -> impl Iterator<Item = &Someone> {
        self.nodes.values().flat_map(|other| other.people.values().map(|(_, someone)| someone))
    }

    pub fn in_room(&self, room: &RoomId) -> Vec<Elsewhere> {
        let here = self.rooms.get(room).into_iter().flatten().filter_map(|(node, number)| {
            let (_, someone) = self.nodes.get(node)?.people.get(number)?;
            Some(Elsewhere { node: node.clone(), actor: someone.actor(), client: someone.client.clone() })
        });
        here.collect()
    }

    /// Connections that give way when this client connects: of the same booth, or the same client.
    pub fn same_as(&self, sender: &Sender, client: &ClientId) -> Vec<(NodeId, u64)> {
        let actor = sender.actor();
        let same = |someone: &Someone| {
            someone.actor() == actor && (matches!(sender, Sender::Guest { .. }) || someone.client == *client)
        };
        let all = self.nodes.iter().flat_map(|(node, other)| other.people.values().map(move |(_, it)| (node, it)));
        all.filter(|(_, it)| same(it)).map(|(node, it)| (node.clone(), it.connection)).collect()
    }
}

impl std::fmt::Debug for Others {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Others").field("nodes", &self.nodes.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nodes::message::Who;
    use engawa_protocol::Millis;

    fn room(n: u8) -> RoomId {
        RoomId::from_random([n; 16])
    }

    fn someone(connection: u64, rooms: &[u8]) -> Someone {
        let who = Who::Guest { booth: format!("a-{connection:02}").parse().unwrap() };
        let client = ClientId::from_random([connection as u8; 16]);
        Someone {
            connection,
            came: Millis(1),
            who,
            client,
            rooms: rooms.iter().map(|n| room(*n)).collect(),
            call: None,
        }
    }

    fn known() -> (Others, NodeId, Instant) {
        let (mut others, node, now) = (Others::default(), NodeId::random().unwrap(), Instant::now());
        assert_eq!(others.heard(&node, 7, now), Count::Gap, "a new node is asked");
        (others, node, now)
    }

    #[test]
    fn a_letter_that_was_missed_is_seen_by_the_next() {
        let (mut others, node, now) = known();
        assert_eq!(others.heard(&node, 8, now), Count::Next);
        assert_eq!(others.heard(&node, 10, now), Count::Gap);
        assert_eq!(others.heard(&node, 11, now), Count::Next);
    }

    #[test]
    fn a_rooms_people_are_as_they_were_told_last() {
        let (mut others, node, _) = known();
        assert_eq!(others.here(&node, 0, vec![someone(1, &[1, 2])]), [room(1), room(2)].into());
        assert_eq!(others.here(&node, 0, vec![someone(1, &[2, 3])]), [room(1), room(3)].into());
        assert_eq!(others.in_room(&room(1)), []);
        assert_eq!(others.in_room(&room(3)).len(), 1);
        others.here(&node, 1, vec![someone(2, &[3])]);
        assert_eq!(others.complete(&node, 1), [room(2), room(3)].into());
        assert_eq!(others.people().map(|someone| someone.connection).collect::<Vec<_>>(), [2]);
        assert_eq!(others.gone(&node, &[2, 9]), [room(3)].into());
        assert!(others.rooms.is_empty());
    }

    #[test]
    fn a_node_that_is_silent_is_gone_with_its_people_unless_we_were_deaf() {
        let (mut others, node, now) = known();
        others.here(&node, 0, vec![someone(1, &[1])]);
        assert_eq!(others.silent(now + SILENT - Duration::from_millis(1)), []);
        assert_eq!(others.silent(now + SILENT), std::slice::from_ref(&node));
        others.hear_again(now + SILENT);
        assert_eq!(others.silent(now + SILENT), []);
        assert!(others.forget(&node) && !others.forget(&node));
        assert!(others.in_room(&room(1)).is_empty() && !others.is_anybody());
    }
}
