//! An interview's room: a fold over its log, and the decisions on what is appended next.
//!
//! [`Room::apply`] is the fold; booth and service run the same. [`Room::decide`],
//! [`Room::connection`] and [`Room::decide_timeout`] only answer events: whoever holds the log
//! appends them and applies what was appended, so a refused append changes nothing.

mod decide;
mod policy;

pub use policy::Policy;

use engawa_protocol::{
    AccountId, Actor, BoothId, ClientId, Codec, CommandId, CompanyId, EndCause, Event, Locale, Millis, Peer, Progress,
    Recorded, Role, RoomId, RoomSummary, Seat, Seq,
};
use std::collections::{BTreeMap, BTreeSet};

/// Who sends a command, as the service has made sure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// A booth, for its guest.
    Guest {
        /// Which.
        booth: BoothId,
    },
    /// A signed-in host.
    Host {
        /// The account.
        account: AccountId,
        /// The account's company.
        company: CompanyId,
        /// Shown name.
        name: String,
        /// Title; may be empty.
        title: String,
    },
}

impl Sender {
    /// The sender as the log names it.
    pub fn actor(&self) -> Actor {
        match self {
            Sender::Guest { booth } => Actor::Guest { booth: booth.clone() },
            Sender::Host { account, .. } => Actor::Host { account: account.clone() },
        }
    }
}

/// Someone present in the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Number of the `joined` event.
    pub since: Seq,
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

/// The state of one room.
#[derive(Debug, Clone, PartialEq)]
pub struct Room {
    policy: Policy,
    company: Option<CompanyId>,
    booth: Option<BoothId>,
    guest: String,
    locale: Locale,
    progress: Progress,
    end: Option<EndCause>,
    note: Option<(String, String)>,
    since: Millis,
    opened: Millis,
    last: Seq,
    people: BTreeMap<Seat, Person>,
    /// Accounts in the order they first joined: the account at `i` has seat `i + 1`.
    accounts: Vec<AccountId>,
    /// The commands that are in the log. One that could not be stored may come again after later ones.
    done: BTreeSet<(Actor, ClientId, u32)>,
    /// Clients with a live connection. Not in the log: it belongs to the process that holds the sockets.
    connected: BTreeSet<ClientId>,
    /// After a restart of the service: until when an absent client may come back unnoticed.
    returning: Option<Millis>,
}

impl Room {
    /// An empty room, before its first knock.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            company: None,
            booth: None,
            guest: String::new(),
            locale: Locale::default(),
            progress: Progress::Open,
            end: None,
            note: None,
            since: Millis(0),
            opened: Millis(0),
            last: 0,
            people: BTreeMap::new(),
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
        room.returning = Some(Millis(now.0 + policy.returning.as_millis() as u64));
        room
    }

    /// Folds one event in. Events at or before [`Room::last`] change nothing.
    pub fn apply(&mut self, recorded: &Recorded) {
        let Recorded { seq, at, by, command, event } = recorded;
        if *seq <= self.last {
            return;
        }
        self.last = *seq;
        if let Some(CommandId { client, n }) = command {
            self.done.insert((by.clone(), client.clone(), *n));
        }
        match event {
            Event::Knocked { company, name, locale } => {
                if let Actor::Guest { booth } = by {
                    self.booth = Some(booth.clone());
                }
                if self.company.is_none() {
                    self.opened = *at;
                }
                self.company = Some(company.clone());
                self.guest = name.clone();
                self.locale = *locale;
                self.note = None;
                self.advance(Progress::Knocking, *at);
            }
            Event::KnockCancelled => self.advance(Progress::Open, *at),
            Event::AskedToWait { message, from } => self.note = Some((from.clone(), message.clone())),
            Event::Refused { message, from } => {
                self.note = Some((from.clone(), message.clone()));
                self.advance(Progress::Refused, *at);
                self.people.clear();
            }
            Event::Admitted => {
                self.note = None;
                self.advance(Progress::InCall, *at);
            }
            Event::Joined { seat, role, name, title, receives } => {
                if let Actor::Host { account } = by
                    && self.seat_of(account).is_none()
                {
                    self.accounts.push(account.clone());
                }
                let Some(CommandId { client, .. }) = command.clone() else { return };
                let person = Person {
                    since: *seq,
                    client,
                    role: *role,
                    name: name.clone(),
                    title: title.clone(),
                    receives: receives.clone(),
                    microphone: true,
                    camera: true,
                    lost: None,
                };
                self.people.insert(*seat, person);
            }
            Event::Switched { seat, microphone, camera } => {
                if let Some(person) = self.people.get_mut(seat) {
                    (person.microphone, person.camera) = (*microphone, *camera);
                }
            }
            Event::Lost { seat } => self.set_lost(*seat, Some(*at)),
            Event::Back { seat } => self.set_lost(*seat, None),
            Event::Left { seat, .. } => {
                self.people.remove(seat);
            }
            Event::Ended { cause } => {
                let missed = *cause == EndCause::Unanswered;
                self.end = Some(*cause);
                self.advance(if missed { Progress::Missed } else { Progress::Ended }, *at);
                self.people.clear();
            }
        }
    }

    /// Number of the last event folded in.
    pub fn last(&self) -> Seq {
        self.last
    }

    /// How far the interview is.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Since when it is there.
    pub fn since(&self) -> Millis {
        self.since
    }

    /// The interview cannot go on any more.
    pub fn is_over(&self) -> bool {
        matches!(self.progress, Progress::Refused | Progress::Missed | Progress::Ended)
    }

    /// Why it ended; none while it runs and when the guest was turned away.
    pub fn end(&self) -> Option<EndCause> {
        self.end
    }

    /// The company; none before the first knock.
    pub fn company(&self) -> Option<&CompanyId> {
        self.company.as_ref()
    }

    /// The booth; none before the first knock.
    pub fn booth(&self) -> Option<&BoothId> {
        self.booth.as_ref()
    }

    /// The guest's shown name.
    pub fn guest(&self) -> &str {
        &self.guest
    }

    /// The latest words of a host to the waiting or refused guest, with the host's name first.
    pub fn note(&self) -> Option<(&str, &str)> {
        self.note.as_ref().map(|(from, message)| (from.as_str(), message.as_str()))
    }

    /// Everyone present, by seat.
    pub fn people(&self) -> impl Iterator<Item = (Seat, &Person)> {
        self.people.iter().map(|(seat, person)| (*seat, person))
    }

    /// Whoever sits in `seat`.
    pub fn person(&self, seat: Seat) -> Option<&Person> {
        self.people.get(&seat)
    }

    /// The presence of `client`.
    pub fn peer_of(&self, client: &ClientId) -> Option<Peer> {
        self.people().find(|(_, p)| p.client == *client).map(|(seat, p)| Peer { seat, since: p.since })
    }

    /// Everyone that the presence in `seat` exchanges media with: nobody before the guest is let
    /// in and after the end (invariant 3).
    pub fn links(&self, seat: Seat) -> Vec<(Peer, &[Codec])> {
        if self.progress != Progress::InCall || !self.people.contains_key(&seat) {
            return Vec::new();
        }
        let others = self.people().filter(|(other, _)| *other != seat);
        others.map(|(seat, p)| (Peer { seat, since: p.since }, p.receives.as_slice())).collect()
    }

    /// `sender` may follow this room and speak in it.
    pub fn admits(&self, sender: &Sender) -> bool {
        match sender {
            Sender::Guest { booth } => self.booth.as_ref() == Some(booth),
            Sender::Host { company, .. } => self.company.as_ref() == Some(company),
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
        }
    }

    fn advance(&mut self, progress: Progress, at: Millis) {
        self.progress = progress;
        self.since = at;
    }

    fn set_lost(&mut self, seat: Seat, lost: Option<Millis>) {
        if let Some(person) = self.people.get_mut(&seat) {
            person.lost = lost;
        }
    }

    fn seat_of(&self, account: &AccountId) -> Option<Seat> {
        self.accounts.iter().position(|a| a == account).map(|at| Seat(at as u32 + 1))
    }
}
