//! An interview's room: a fold over its log, and the decisions on what is appended next.
//!
//! [`Room::apply`] is the fold; booth and service run the same. [`Room::decide`],
//! [`Room::connection`] and [`Room::decide_timeout`] only answer events: whoever holds the log
//! appends them and applies what was appended, so a refused append changes nothing.

mod chat;
mod decide;
mod fold;
mod history;
mod moving;
mod policy;
mod ring;
mod schedule;
mod seats;
mod sender;
mod time;

pub use chat::{Body, Post};
pub use history::Presence;
pub use policy::Policy;
pub use sender::{Around, Sender};

use engawa_protocol::{
    AccountId, Actor, Booking, BoothId, ClientId, Codec, CommandId, CompanyId, EndCause, Locale, Millis, Progress,
    Recorded, Ring, Role, RoomId, RoomSummary, Seat, Seq,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Someone present in the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Number of the `joined` event.
    pub since: Seq,
    /// Whose presence it is.
    pub actor: Actor,
    /// The client that sits there.
    pub client: ClientId,
    /// Guest or host.
    pub role: Role,
    /// Shown name.
    pub name: String,
    /// Title; may be empty.
    pub title: String,
    /// Video codecs they can receive.
    pub receives: Vec<Codec>,
    /// Microphone on.
    pub microphone: bool,
    /// Camera on.
    pub camera: bool,
    /// Since when their signaling connection is gone.
    pub lost: Option<Millis>,
}

/// What everybody comes in with (W9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// Microphones on.
    pub microphone: bool,
    /// Cameras on.
    pub camera: bool,
    /// Names shown.
    pub names: bool,
}

impl Default for Preset {
    fn default() -> Self {
        Self { microphone: true, camera: true, names: true }
    }
}

/// The state of one room.
#[derive(Debug, Clone, PartialEq)]
pub struct Room {
    policy: Policy,
    booking: Option<Booking>,
    /// The slot's end, as extended.
    ends: Option<Millis>,
    /// The end that was announced.
    announced: Option<Millis>,
    company: Option<CompanyId>,
    booth: Option<BoothId>,
    guest: String,
    locale: Locale,
    progress: Progress,
    end: Option<EndCause>,
    note: Option<(String, String)>,
    since: Millis,
    opened: Millis,
    knocked: Option<Millis>,
    last: Seq,
    ring: Ring,
    /// Who was rung for the standing knock, and when the last of them.
    rung: Vec<AccountId>,
    rung_at: Option<Millis>,
    people: BTreeMap<Seat, Person>,
    /// The guest left the call by the button and may come back, since then.
    away: Option<Millis>,
    /// The guest is on the way to another booth, since then.
    moved: Option<Millis>,
    /// Booths that the guest went on from, with the event that told of it and when.
    former: BTreeMap<BoothId, (Seq, Millis)>,
    held: bool,
    preset: Preset,
    hands: Vec<Seat>,
    posts: Vec<Post>,
    history: Vec<Presence>,
    /// Accounts in the order they first joined: the account at `i` has seat `i + 1`.
    accounts: Vec<AccountId>,
    /// The commands that are in the log. One that could not be stored may come again after later ones.
    done: BTreeSet<(Actor, ClientId, u32)>,
    /// Clients with a live connection. Not in the log: it belongs to the process that holds the sockets.
    connected: BTreeSet<(Actor, ClientId)>,
    /// After a restart of the service, or of a part of it: until when an absent client may come back unnoticed,
    /// and the last event then. Who joined later is told of by whoever holds that socket.
    returning: Option<(Millis, Seq)>,
}

fn after(from: Millis, wait: Duration) -> Millis {
    Millis(from.0 + wait.as_millis() as u64)
}

fn before(from: Millis, wait: Duration) -> Millis {
    Millis(from.0.saturating_sub(wait.as_millis() as u64))
}

impl Room {
    /// An empty room, before its booking or first knock.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            booking: None,
            ends: None,
            announced: None,
            company: None,
            booth: None,
            guest: String::new(),
            locale: Locale::default(),
            progress: Progress::Open,
            end: None,
            note: None,
            since: Millis(0),
            opened: Millis(0),
            knocked: None,
            last: 0,
            ring: Ring::None,
            rung: Vec::new(),
            rung_at: None,
            people: BTreeMap::new(),
            away: None,
            moved: None,
            former: BTreeMap::new(),
            held: false,
            preset: Preset::default(),
            hands: Vec::new(),
            posts: Vec::new(),
            history: Vec::new(),
            accounts: Vec::new(),
            done: BTreeSet::new(),
            connected: BTreeSet::new(),
            returning: None,
        }
    }

    /// The room of a log that is read again after a restart at `now`: whoever is in it has
    /// [`Policy::returning`] to come back before the others are told of a lost line.
    pub fn restore(policy: Policy, log: &[Recorded], now: Millis) -> Self {
        let mut room = Self::new(policy);
        log.iter().for_each(|recorded| room.apply(recorded));
        room.await_return(now);
        room
    }

    /// A part of the service with some of the sockets is gone at `now`: whoever was connected there has
    /// [`Policy::returning`] to come back, as after a restart.
    pub fn await_return(&mut self, now: Millis) {
        self.returning = Some((after(now, self.policy.returning), self.last));
    }

    /// Number of the last event folded in.
    pub fn last(&self) -> Seq {
        self.last
    }

    /// The command is in the log.
    pub fn has_done(&self, by: &Actor, id: &CommandId) -> bool {
        self.done.contains(&(by.clone(), id.client.clone(), id.n))
    }

    /// How far the interview is.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// When the guest knocked last.
    pub fn knocked(&self) -> Option<Millis> {
        self.knocked
    }

    /// Since when it is there.
    pub fn since(&self) -> Millis {
        self.since
    }

    /// The interview cannot go on any more.
    pub fn is_over(&self) -> bool {
        matches!(self.progress, Progress::Refused | Progress::Missed | Progress::Ended | Progress::Cancelled)
    }

    /// Why it ended; none while it runs and when the guest was turned away.
    pub fn end(&self) -> Option<EndCause> {
        self.end
    }

    /// The company; none before the booking or first knock.
    pub fn company(&self) -> Option<&CompanyId> {
        self.company.as_ref()
    }

    /// The booth of the latest knock, or the one that the guest moved to since; none before the first.
    pub fn booth(&self) -> Option<&BoothId> {
        self.booth.as_ref()
    }

    /// The guest's shown name.
    pub fn guest(&self) -> &str {
        &self.guest
    }

    /// The language the guest reads.
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// The latest words of a host to the waiting or refused guest, with the host's name first.
    pub fn note(&self) -> Option<(&str, &str)> {
        self.note.as_ref().map(|(from, message)| (from.as_str(), message.as_str()))
    }

    /// `sender` may follow this room and speak in it. Until the guest sits there, a booked room is
    /// open to every booth that its booking allows and that was told its id.
    pub fn admits(&self, sender: &Sender) -> bool {
        match sender {
            Sender::Guest { booth } => {
                let booked = self.booking.as_ref().and_then(|booking| booking.booth.as_ref());
                self.booth.as_ref() == Some(booth)
                    || (self.guest_moves() && booked.is_none_or(|booked| booked == booth))
            }
            Sender::Host { company, .. } => self.company.as_ref() == Some(company),
            Sender::Staff { .. } => self.company.is_some(),
        }
    }

    /// The room as a host's list shows it.
    pub fn summary(&self, room: RoomId, booth: String) -> RoomSummary {
        let hosts = self.people().filter(|(_, p)| p.role == Role::Host);
        RoomSummary {
            room,
            booth,
            guest: self.guest.clone(),
            locale: self.locale,
            progress: self.progress,
            since: self.since,
            opened: self.opened,
            hosts: hosts.map(|(_, p)| p.name.clone()).collect(),
            lost: self.person(Seat::GUEST).is_some_and(|p| p.lost.is_some()),
            kind: self.booking.as_ref().map(|booking| booking.kind),
            slot: self.slot(),
            held: self.held,
            ring: self.ring(),
        }
    }
}
