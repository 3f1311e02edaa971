//! A candidate's walk through the booth: from the first page to the wiped end.
//!
//! [`Booth::handle`] takes what happened, [`Booth::poll_effect`] answers what to do about it, and
//! [`Booth::view`] what people see. The call's state is the fold of the room's log
//! ([`crate::room::Room`]); the walk only adds what the service never hears of: pages, typed
//! text, the candidate's wish, the peer connections and whether they flow.

mod chat;
mod commands;
mod flow;
mod invite;
mod links;
mod meter;
mod notice;
mod port;
mod show;
mod visit;
mod walk;

pub use chat::Queued;
pub use port::{Effect, Input, LinkFault, MediaCommand, MediaInput, Saved, Source};

use crate::keyboard::Keyboard;
use crate::room::Policy;
use crate::view::{Devices, Dialog, End, Loss, Note, Notice};
use commands::Commands;
use engawa_protocol::{
    Actor, BoothId, ClientId, ClientMessage, Codec, Command, CompanyId, CompanyState, IceServer, Locale, Millis,
    PROTOCOL, Refusal, RoomId, ServiceMessage, You,
};
use flow::Repair;
use meter::Meter;
use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};
use visit::Visit;

/// What a booth is set to, and how long its pages last.
#[derive(Debug, Clone)]
pub struct Config {
    /// The language of the first page.
    pub locale: Locale,
    /// Picture and sound come from a clip.
    pub clip: bool,
    /// Video codecs the booth can receive.
    pub receives: Vec<Codec>,
    /// A page that nobody touches goes back to the first one and wipes.
    pub idle: Duration,
    /// The last page stays this long.
    pub closing: Duration,
    /// A question that nobody answers is taken as staying.
    pub question: Duration,
    /// Without the service for this long, an empty booth says so.
    pub offline: Duration,
    /// Without the service for this long, a walk is given up.
    pub give_up: Duration,
    /// The room's deadlines; a booth only folds, but shares the type.
    pub policy: Policy,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            locale: Locale::Ja,
            clip: false,
            receives: vec![Codec::H264, Codec::Vp8],
            idle: Duration::from_secs(90),
            closing: Duration::from_secs(60),
            question: Duration::from_secs(20),
            offline: Duration::from_secs(10),
            give_up: Duration::from_secs(5 * 60),
            policy: Policy::default(),
        }
    }
}

/// Where the walk is.
#[derive(Debug)]
enum Stage {
    Welcome,
    Companies {
        page: usize,
    },
    Number(invite::Entry),
    NotOpen(Box<invite::Invitation>),
    Name {
        company: CompanyId,
        keyboard: Keyboard,
        invitation: Option<Box<invite::Invitation>>,
    },
    /// Ready, waiting, call: told apart by the room's log.
    Visit(Box<Visit>),
    Refused {
        company: CompanyId,
        note: Option<Note>,
        unanswered: bool,
    },
    /// With the interview that the candidate may still return to (X7).
    Ended(End, Option<Saved>),
    OutOfOrder(&'static str),
}

/// A booth.
pub struct Booth {
    config: Config,
    random: Box<dyn FnMut() -> [u8; 16] + Send>,
    client: ClientId,
    /// Who this booth is; none until the service has told it.
    me: Option<BoothId>,
    commands: Commands,
    /// Tickets asked about so far.
    redeemed: u32,
    link: Link,
    shown_name: String,
    companies: Vec<CompanyState>,
    ice_servers: Vec<IceServer>,
    locale: Locale,
    devices: Devices,
    stage: Stage,
    /// When the present stage began, or was last touched.
    touched: Instant,
    dialog: Option<(Dialog, Instant)>,
    /// What is news, and until when.
    notice: Option<(Notice, Instant)>,
    staff_called: bool,
    meter: Meter,
    lost_sources: BTreeSet<Source>,
    media_open: bool,
    repair: Option<Repair>,
    /// The service's clock at a moment of ours.
    service_clock: Option<(Millis, Instant)>,
    /// Connections tried since the last good one.
    tries: u32,
    now: Instant,
    effects: VecDeque<Effect>,
}

/// The connection to the service.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Link {
    /// Open, and hello was sent.
    Greeting {
        down_since: Instant,
    },
    /// Welcomed.
    Up,
    Down {
        since: Instant,
        fault: LinkFault,
    },
}

const DEVICES: Devices = Devices { microphone: true, camera: true, noise: true };

impl Booth {
    /// A booth that has just started; with `saved` it returns to that interview.
    ///
    /// `random` answers 128 fresh random bits at each call, for ids.
    pub fn new(
        config: Config,
        saved: Option<Saved>,
        mut random: impl FnMut() -> [u8; 16] + Send + 'static,
        now: Instant,
    ) -> Self {
        let client = ClientId::from_random(random());
        let mut booth = Self {
            random: Box::new(random),
            client,
            me: None,
            commands: Commands::default(),
            redeemed: 0,
            link: Link::Down { since: now, fault: LinkFault::Network },
            shown_name: String::new(),
            companies: Vec::new(),
            ice_servers: Vec::new(),
            locale: config.locale,
            devices: DEVICES,
            stage: Stage::Welcome,
            touched: now,
            dialog: None,
            notice: None,
            staff_called: false,
            meter: Meter::default(),
            lost_sources: BTreeSet::new(),
            media_open: false,
            repair: None,
            service_clock: None,
            tries: 0,
            now,
            effects: VecDeque::new(),
            config,
        };
        if let Some(saved) = saved {
            booth.return_to(saved, Loss::Booth);
        }
        booth
    }

    /// Takes what happened.
    pub fn handle(&mut self, input: Input, now: Instant) {
        self.now = now;
        match input {
            Input::Touched(touch) => self.touch(touch),
            Input::LinkUp => {
                self.link = Link::Greeting { down_since: self.down_since() };
                self.send(ClientMessage::Hello { protocol: PROTOCOL, client: self.client.clone() });
            }
            Input::LinkDown(fault) => {
                self.tries += 1;
                self.link = Link::Down { since: self.down_since(), fault };
                if let Some(visit) = self.visit() {
                    visit.current = false;
                }
            }
            Input::Received(message) => self.receive(message),
            Input::Media(media) => self.media(media),
            Input::Scanned(code) => self.scanned(code),
            Input::Queued { room, queued } => self.queued(&room, queued),
            Input::QueueFull => self.queue_full(),
            Input::Fetched { room, post, here } => self.fetched(&room, post, here),
        }
        self.handle_timeout(now);
    }

    /// What to do next; ask until there is nothing.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// The candidate, as the log names them.
    fn actor(&self) -> Option<Actor> {
        self.me.clone().map(|booth| Actor::Guest { booth })
    }

    /// The service can be reached.
    fn online(&self) -> bool {
        self.link == Link::Up
    }

    fn down_since(&self) -> Instant {
        match self.link {
            Link::Up => self.now,
            Link::Down { since, .. } => since,
            Link::Greeting { down_since } => down_since,
        }
    }

    /// For how long the service has been away.
    fn offline_for(&self) -> Duration {
        self.now.saturating_duration_since(self.down_since())
    }

    fn receive(&mut self, message: ServiceMessage) {
        match message {
            ServiceMessage::Welcome { you: You::Booth { name, booth }, ice_servers, now, .. } => {
                (self.link, self.tries) = (Link::Up, 0);
                self.me = Some(booth);
                (self.shown_name, self.ice_servers) = (name, ice_servers);
                self.service_clock = Some((now, self.now));
                // The wait for the room begins with the service.
                let now = self.now;
                if let Some(visit) = self.visit() {
                    visit.returning = visit.returning.map(|_| now);
                }
                // What was not answered goes first: it may be what opens the room.
                self.commands.ready();
                self.send_commands();
                self.follow();
            }
            ServiceMessage::Directory { companies } => self.companies = companies,
            ServiceMessage::Queue { room, place } => {
                if let Some(visit) = self.visit_of(&room) {
                    visit.place = Some(place);
                }
            }
            ServiceMessage::Events { room, events, last } => self.follow_events(&room, &events, last),
            // The queue's own commands are answered to its keeper.
            ServiceMessage::Done { queue: Some(_), .. } | ServiceMessage::Refused { queue: Some(_), .. } => {}
            ServiceMessage::Done { n, .. } => {
                self.commands.answered(n);
            }
            // It could not be stored: the same again in a moment, under the same number.
            ServiceMessage::Refused { n, reason: Refusal::Unavailable, .. } => self.commands.postpone(n, self.now),
            ServiceMessage::Refused { room, n, reason, .. } => {
                if let Some(command) = self.commands.answered(n) {
                    self.refused(&room, &command, reason);
                }
            }
            ServiceMessage::Invited { n, room, booking, now, .. } => self.invited(n, room, booking, now),
            ServiceMessage::NotInvited { n, reason } => self.not_invited(n, reason),
            ServiceMessage::Signal { room, from, to, attempt, signal } => self.signal(&room, from, to, attempt, signal),
            // For hosts, or nothing to decide on.
            ServiceMessage::Welcome { .. }
            | ServiceMessage::Lobby { .. }
            | ServiceMessage::Floor { .. }
            | ServiceMessage::StaffCall { .. }
            | ServiceMessage::Still { .. }
            | ServiceMessage::Pong { .. }
            | ServiceMessage::Fault { .. } => {}
        }
    }

    /// Has a command carried out: sent now, or when the link is back, until it is answered.
    fn command(&mut self, room: RoomId, command: Command) {
        self.commands.push(room, command);
        self.send_commands();
    }

    fn send_commands(&mut self) {
        if self.online() {
            for message in self.commands.take_due(self.now) {
                self.send(message);
            }
        }
    }

    fn send(&mut self, message: ClientMessage) {
        self.effects.push_back(Effect::Send(message));
    }

    fn media_command(&mut self, command: MediaCommand) {
        self.effects.push_back(Effect::Media(command));
    }

    fn open_media(&mut self) {
        self.media_open = true;
        self.media_command(MediaCommand::Open(self.devices));
    }

    fn close_media(&mut self) {
        if std::mem::take(&mut self.media_open) {
            self.media_command(MediaCommand::Close);
        }
        self.lost_sources.clear();
        (self.repair, self.notice) = (None, None);
        self.meter = Meter::default();
    }
}

impl std::fmt::Debug for Booth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Booth").field("link", &self.link).field("stage", &self.stage).finish_non_exhaustive()
    }
}
