//! A candidate's walk through the booth: from the first page to the wiped end.
//!
//! [`Booth::handle`] takes what happened, [`Booth::poll_effect`] answers what to do about it, and
//! [`Booth::view`] what people see. The call's state is the fold of the room's log
//! ([`crate::room::Room`]); the walk only adds what the service never hears of: pages, typed
//! text, the candidate's wish, the peer connections and whether they flow.

mod chat;
mod close;
mod commands;
mod config;
mod flow;
mod follow;
mod health;
mod invite;
mod line;
mod links;
mod menu;
mod meter;
mod notice;
mod order;
mod panel;
mod pin;
mod port;
mod show;
mod staff;
mod visit;
mod walk;

pub use chat::Queued;
pub use config::Config;
pub use pin::{NoPin, PIN_DIGITS, Pin};
pub use port::{Asker, Effect, Input, LinkFault, MediaCommand, MediaInput, Saved, Source};

use crate::keyboard::Keyboard;
use crate::view::{Devices, Dialog, End, Loss, Note, Notice};
use commands::Commands;
use engawa_protocol::{
    Actor, BoothId, ClientId, ClientMessage, CompanyId, CompanyState, IceServer, Locale, Millis, PROTOCOL,
};
use flow::Repair;
use line::Link;
use meter::Meter;
use std::collections::{BTreeSet, VecDeque};
use std::time::Instant;
use visit::Visit;

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
    StaffPin(pin::Typing),
    StaffMenu(menu::Menu),
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
    call: staff::Call,
    door: menu::Door,
    panel: panel::Panel,
    /// Why the disk does not open; none while it does.
    disk: Option<&'static str>,
    health: health::Health,
    closed: close::Closed,
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
            shown_name: config.name.clone(),
            companies: Vec::new(),
            ice_servers: Vec::new(),
            locale: config.locale,
            devices: DEVICES,
            stage: Stage::Welcome,
            touched: now,
            dialog: None,
            notice: None,
            call: staff::Call::default(),
            door: menu::Door::default(),
            panel: panel::Panel::default(),
            disk: None,
            health: health::Health::new(config.check_every, now),
            closed: close::Closed::default(),
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
            Input::Panel(panel) => self.panel(panel),
            Input::Scanned(code) => self.scanned(code),
            Input::Queued { room, queued } => self.queued(&room, queued),
            Input::QueueFull => self.queue_full(),
            Input::DiskFailed(fault) => self.disk_failed(fault),
            Input::DiskBack(saved) => self.disk_back(saved),
            Input::Fetched { room, post, here } => self.fetched(&room, post, here),
            Input::Checked { n, checks } => self.checked(n, checks),
            Input::Asked { by, ask } => self.asked(by, ask),
            Input::AskerGone(asker) => self.asker_gone(asker),
            Input::Device(device) => self.device(device),
            Input::OpenStaffPin => self.open_staff_pin(),
            Input::Uplink(uplink) => self.uplink_told(uplink),
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
        if !std::mem::take(&mut self.lost_sources).is_empty() {
            self.health.suspect(self.now);
        }
        (self.repair, self.notice) = (None, None);
        self.meter = Meter::default();
    }
}

impl std::fmt::Debug for Booth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Booth").field("link", &self.link).field("stage", &self.stage).finish_non_exhaustive()
    }
}
