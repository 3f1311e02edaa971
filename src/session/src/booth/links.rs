//! The booth's peer connections: which there should be, and the next try of one that failed.
//!
//! The booth has the lowest seat, so it always offers and counts the attempts.

use super::MediaCommand;
use engawa_protocol::{Codec, IceServer, LinkId, Peer, Seat};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::{Duration, Instant};

const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// A connection that neither connects nor fails within this is built anew.
const CONNECT: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    pub id: LinkId,
    codec: Codec,
    state: State,
    /// The first picture has come.
    pub picture: bool,
    wait: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Connecting {
        until: Instant,
    },
    Flowing,
    Interrupted,
    /// Failed; the next attempt begins then.
    Waiting {
        until: Instant,
    },
}

impl Link {
    /// Media comes through.
    pub fn flows(&self) -> bool {
        self.state == State::Flowing
    }

    /// Media came through and does not at the moment.
    pub fn interrupted(&self) -> bool {
        matches!(self.state, State::Interrupted | State::Waiting { .. })
    }
}

#[derive(Debug, Default)]
pub struct Links {
    links: BTreeMap<Seat, Link>,
    /// The latest connection to each seat that there is no more. After a hold the same presence gets
    /// the next attempt: what is still on its way from before belongs to an older one.
    ended: BTreeMap<Seat, LinkId>,
}

impl Links {
    pub fn get(&self, seat: Seat) -> Option<&Link> {
        self.links.get(&seat)
    }

    pub fn any_flows(&self) -> bool {
        self.links.values().any(Link::flows)
    }

    pub fn flows(&self, id: LinkId) -> bool {
        self.links.get(&id.peer.seat).is_some_and(|link| link.id == id && link.flows())
    }

    pub fn is_current(&self, id: LinkId) -> bool {
        self.links.get(&id.peer.seat).is_some_and(|link| link.id == id)
    }

    /// Makes the connections those that the room's log asks for.
    pub fn set(&mut self, wanted: &[(Peer, Codec)], ice: &[IceServer], now: Instant) -> Vec<MediaCommand> {
        let mut commands = Vec::new();
        let ended = &mut self.ended;
        self.links.retain(|seat, link| {
            let stays = wanted.iter().any(|(peer, _)| *peer == link.id.peer);
            if !stays {
                commands.push(MediaCommand::RemoveLink(link.id));
                ended.insert(*seat, link.id);
            }
            stays
        });
        for (peer, codec) in wanted {
            let Entry::Vacant(place) = self.links.entry(peer.seat) else { continue };
            let earlier = self.ended.remove(&peer.seat).filter(|ended| ended.peer == *peer);
            let id = LinkId { peer: *peer, attempt: earlier.map_or(1, |ended| ended.attempt + 1) };
            let state = State::Connecting { until: now + CONNECT };
            place.insert(Link { id, codec: *codec, state, picture: false, wait: FIRST_WAIT });
            commands.push(MediaCommand::AddLink { link: id, codec: *codec, ice_servers: ice.to_vec() });
        }
        commands
    }

    /// The media was opened anew and knows none of them: each is begun again under its next
    /// attempt, so that the other side sees a new connection.
    pub fn begin_again(&mut self, now: Instant) {
        for link in self.links.values_mut() {
            (link.state, link.picture) = (State::Waiting { until: now }, false);
        }
    }

    /// The peer asked for a new connection: it begins at once.
    pub fn rebuild(&mut self, id: LinkId, now: Instant) {
        if let Some(link) = self.current(id) {
            link.state = State::Waiting { until: now };
        }
    }

    fn current(&mut self, id: LinkId) -> Option<&mut Link> {
        self.links.get_mut(&id.peer.seat).filter(|link| link.id == id)
    }

    pub fn connected(&mut self, id: LinkId) {
        // One that waits to be built anew is given up, whatever it still says.
        if let Some(link) = self.current(id)
            && !matches!(link.state, State::Waiting { .. })
        {
            link.state = State::Flowing;
            link.wait = FIRST_WAIT;
        }
    }

    pub fn picture(&mut self, id: LinkId) {
        if let Some(link) = self.current(id) {
            link.picture = true;
        }
    }

    pub fn interrupted(&mut self, id: LinkId) {
        if let Some(link) = self.current(id)
            && link.flows()
        {
            link.state = State::Interrupted;
        }
    }

    /// Tries again after a wait that doubles.
    pub fn failed(&mut self, id: LinkId, now: Instant) {
        if let Some(link) = self.current(id)
            && !matches!(link.state, State::Waiting { .. })
        {
            link.state = State::Waiting { until: now + link.wait };
            link.wait = (link.wait * 2).min(LONGEST_WAIT);
        }
    }

    pub fn timeout(&self) -> Option<Instant> {
        let until = |link: &Link| match link.state {
            State::Connecting { until } | State::Waiting { until } => Some(until),
            State::Flowing | State::Interrupted => None,
        };
        self.links.values().filter_map(until).min()
    }

    /// Begins the next attempt of every connection whose time has come.
    pub fn handle_timeout(&mut self, ice: &[IceServer], now: Instant) -> Vec<MediaCommand> {
        let mut commands = Vec::new();
        for link in self.links.values_mut() {
            let (State::Connecting { until } | State::Waiting { until }) = link.state else { continue };
            if until > now {
                continue;
            }
            commands.push(MediaCommand::RemoveLink(link.id));
            link.id.attempt += 1;
            (link.state, link.picture) = (State::Connecting { until: now + CONNECT }, false);
            commands.push(MediaCommand::AddLink { link: link.id, codec: link.codec, ice_servers: ice.to_vec() });
        }
        commands
    }
}
