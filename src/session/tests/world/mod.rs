//! The tests' world: a booth, a room and two recruiters in memory, with a pretend clock and lines that fail.

#![allow(dead_code, reason = "each file of stories uses its part of it")]

use engawa_protocol::*;
use engawa_session::booth::{Asker, Booth, Config, Effect, Input, LinkFault, MediaCommand, Queued, Saved};
use engawa_session::control::Answer;
use engawa_session::health::{Check, Finding, Part};
use engawa_session::keyboard::Key;
use engawa_session::room::{Around, Policy, Room, Sender};
use engawa_session::view::{LineBody, LineState, Screen, Touch};
use std::collections::{BTreeSet, HashSet, VecDeque};
use std::time::{Duration, Instant};

pub fn company() -> CompanyId {
    "minato".parse().expect("a valid id")
}

pub fn booth() -> BoothId {
    "a-01".parse().expect("a valid id")
}

/// What opens the staff's menu.
pub const PIN: &str = "135790";

pub fn config() -> Config {
    let staff_pin = Some(PIN.parse().expect("a valid PIN"));
    Config { receives: vec![Codec::H264], staff_pin, ..Config::default() }
}

/// A check at which everything works.
pub fn all_good() -> Vec<Check> {
    let parts = [Part::Screen, Part::Camera, Part::Microphone, Part::Speaker, Part::Call];
    parts.map(|part| Check { part, finding: Finding::Good { figure: String::new() } }).into()
}

/// A check at which one part does not.
pub fn all_but(part: Part) -> Vec<Check> {
    let mut checks = all_good();
    checks.retain(|check| check.part != part);
    checks.push(Check { part, finding: Finding::Failed { reason: "no frame came".to_owned() } });
    checks
}

/// A recruiter as the page is: a client id, a count, a seat.
pub struct Recruiter {
    pub sender: Sender,
    pub client: ClientId,
    pub n: u32,
    pub up: bool,
}

/// Everything at one table: the service's part is the room and its log.
pub struct World {
    pub start: Instant,
    pub now: Instant,
    pub booth: Booth,
    pub saved: Option<Saved>,
    pub booth_up: bool,
    pub ids: u8,
    pub room_id: Option<RoomId>,
    pub room: Room,
    pub log: Vec<Recorded>,
    pub following: bool,
    pub wire: VecDeque<ClientMessage>,
    pub recruiters: Vec<Recruiter>,
    pub links: BTreeSet<LinkId>,
    pub media_open: bool,
    pub loads: u8,
    /// The media was opened while it was open: it knows none of the earlier connections.
    pub reopened: bool,
    /// What the candidate wrote, kept by the queue on disk until it is delivered (T8).
    pub queue: VecDeque<(CommandId, String)>,
    pub queued: u32,
    /// What the service knows beside the log.
    pub around: Around,
    /// What a number opens.
    pub invited: Option<(RoomId, Booking)>,
    /// What the booth sends gets lost, though its line seems up.
    pub mute_service: bool,
    /// What a check finds; none while it takes its time.
    pub checks: Option<Vec<Check>>,
    /// The newest check's number, and whether it runs.
    pub check: (u32, bool),
    /// What programs beside the booth were told, in order.
    pub answers: Vec<(Asker, Answer)>,
    /// What the service was told of the machine, in order.
    pub devices: Vec<Device>,
    /// What the booth said to the staff, in order.
    pub called: Vec<bool>,
    /// Restarts that the staff asked for.
    pub restarts: u32,
    /// The test sound was played so many times.
    pub sounds: u32,
}

pub fn ids(seed: u8) -> impl FnMut() -> [u8; 16] + Send {
    let mut next = u16::from(seed) << 8;
    move || {
        next += 1;
        let mut id = [0; 16];
        id[..2].copy_from_slice(&next.to_be_bytes());
        id
    }
}

impl World {
    pub fn new() -> Self {
        let now = Instant::now();
        let recruiter = |n: u8| Recruiter {
            sender: Sender::Host {
                account: format!("host-{n}").parse().expect("a valid id"),
                company: company(),
                name: format!("Host {n}"),
                title: String::new(),
            },
            client: ClientId::from_random([0xf0 + n; 16]),
            n: 0,
            up: true,
        };
        let mut world = Self {
            start: now,
            now,
            booth: Booth::new(config(), None, ids(1), now),
            saved: None,
            booth_up: false,
            ids: 1,
            room_id: None,
            room: Room::new(Policy::default()),
            log: Vec::new(),
            following: false,
            wire: VecDeque::new(),
            recruiters: vec![recruiter(1), recruiter(2)],
            links: BTreeSet::new(),
            media_open: false,
            loads: 100,
            reopened: false,
            queue: VecDeque::new(),
            queued: 0,
            around: Around::at(Millis(0)),
            invited: None,
            mute_service: false,
            checks: Some(all_good()),
            check: (0, false),
            answers: Vec::new(),
            devices: Vec::new(),
            called: Vec::new(),
            restarts: 0,
            sounds: 0,
        };
        world.connect();
        world
    }

    pub fn millis(&self) -> Millis {
        Millis(1_000_000 + self.now.duration_since(self.start).as_millis() as u64)
    }

    pub fn guest(&self) -> Sender {
        Sender::Guest { booth: booth() }
    }

    /// The booking's ticket is redeemed at a booth; true when the interview goes on there.
    pub fn guest_comes(&mut self, to: &BoothId, take_over: bool) -> Result<bool, Refusal> {
        let events = self.room.move_guest(to, take_over, self.millis())?;
        self.append(Actor::Guest { booth: to.clone() }, None, events);
        Ok(self.room.goes_on_at(to))
    }

    pub fn handle(&mut self, input: Input) {
        self.booth.handle(input, self.now);
        self.effects();
    }

    /// Carries out what the booth wants, and delivers what it sent, until all is quiet.
    pub fn effects(&mut self) {
        for _ in 0..1_000 {
            match self.booth.poll_effect() {
                Some(Effect::Send(message)) => self.wire.push_back(message),
                Some(Effect::Store(saved)) => self.saved = Some(saved),
                Some(Effect::Forget) => self.saved = None,
                Some(Effect::Media(command)) => self.media(command),
                Some(Effect::Write { text, .. }) => {
                    self.queued += 1;
                    let id = CommandId { client: ClientId::from_random([0x77; 16]), n: self.queued };
                    self.queue.push_back((id, text));
                    self.tell_queue();
                    self.deliver();
                }
                Some(Effect::Check(n)) => self.begin_check(n),
                Some(Effect::StopCheck) => self.check.1 = false,
                Some(Effect::Answer { to, answer }) => self.answers.push((to, answer)),
                Some(Effect::Dismiss(_) | Effect::EndSession(_) | Effect::Fetch { .. } | Effect::CloseFile) => {}
                Some(Effect::Restart) => self.restarts += 1,
                None => match self.wire.pop_front() {
                    Some(message) if self.booth_up && !self.mute_service => self.serve(message),
                    Some(_) => {}
                    None => return,
                },
            }
        }
        panic!("the booth and the service never come to rest");
    }

    /// A check takes the camera: never while somebody is there.
    fn begin_check(&mut self, n: u32) {
        assert!(!self.media_open && !self.check.1, "a check beside an interview or another check");
        let empty = matches!(self.screen(), Screen::Welcome | Screen::OutOfOrder { .. } | Screen::StaffMenu(_));
        assert!(empty, "a check on {:?}", self.screen());
        self.check = (n, true);
        if let Some(checks) = self.checks.clone() {
            self.checked(checks);
        }
    }

    /// The running check ends.
    pub fn checked(&mut self, checks: Vec<Check>) {
        self.check.1 = false;
        self.handle(Input::Checked { n: self.check.0, checks });
    }

    pub fn media(&mut self, command: MediaCommand) {
        match command {
            // Opening anew drops what there was.
            MediaCommand::Open(_) => {
                self.check.1 = false;
                self.reopened = std::mem::replace(&mut self.media_open, true);
                self.links.clear();
            }
            MediaCommand::Close => {
                self.media_open = false;
                self.links.clear();
            }
            MediaCommand::AddLink { link, .. } => {
                assert!(self.media_open, "a connection without media");
                // Invariant 3, at the one place where media could begin to flow.
                assert_eq!(self.room.progress(), Progress::InCall, "a connection outside the call");
                assert!(!self.room.held(), "a connection on hold");
                assert!(self.links.insert(link), "the same connection twice");
            }
            MediaCommand::RemoveLink(link) => {
                let known = self.links.remove(&link);
                assert!(known || self.reopened, "a connection that never was");
            }
            MediaCommand::Signal { link, .. } => assert!(self.links.contains(&link)),
            MediaCommand::TestSound => {
                assert!(self.media_open, "a sound without media");
                self.sounds += 1;
            }
            MediaCommand::Devices(_) | MediaCommand::Still(_) => {}
        }
    }

    pub fn connect(&mut self) {
        if self.booth_up {
            return;
        }
        self.booth_up = true;
        self.handle(Input::LinkUp);
        self.deliver();
    }

    pub fn disconnect(&mut self) {
        if !self.booth_up {
            return;
        }
        self.booth_up = false;
        self.following = false;
        self.wire.clear();
        self.connection_of_booth(false);
        self.handle(Input::LinkDown(LinkFault::Network));
    }

    pub fn connection_of_booth(&mut self, up: bool) {
        let guest = self.room.person(Seat::GUEST).map(|p| p.client.clone());
        if let Some(client) = guest {
            let events = self.room.connection(&self.guest().actor(), &client, up);
            self.append(Actor::Service, None, events);
        }
    }

    pub fn reply(&mut self, message: ServiceMessage) {
        self.booth.handle(Input::Received(message), self.now);
    }

    pub fn serve(&mut self, message: ClientMessage) {
        match message {
            ClientMessage::Hello { .. } => {
                let you = You::Booth { booth: "a-01".parse().expect("a valid id"), name: "A-01".into() };
                let event = Localized { ja: String::new(), ko: String::new(), en: String::new() };
                let now = self.millis();
                self.reply(ServiceMessage::Welcome { protocol: PROTOCOL, you, event, ice_servers: vec![], now });
                let name = Localized { ja: "みなと".into(), ko: "미나토".into(), en: "Minato".into() };
                let state =
                    CompanyState { company: company(), name, hosts: vec![], waiting: 0, walk_up: self.around.walk_up };
                self.reply(ServiceMessage::Directory { companies: vec![state] });
            }
            ClientMessage::Follow { room, after } if self.room_id.as_ref() == Some(&room) => {
                self.following = true;
                let events = self.log.iter().filter(|r| r.seq > after).cloned().collect();
                let last = self.room.last();
                self.reply(ServiceMessage::Events { room, events, last });
                self.connection_of_booth(true);
            }
            ClientMessage::Command { room, n, command, queue } => {
                if self.room_id.as_ref() != Some(&room) && matches!(command, Command::Knock { .. }) {
                    self.room = Room::new(Policy::default());
                    self.room_id = Some(room.clone());
                    self.log.clear();
                    self.following = false;
                }
                if self.room_id.as_ref() != Some(&room) {
                    return self.reply(ServiceMessage::Refused { room, n, reason: Refusal::NoSuchRoom, queue });
                }
                let id = CommandId { client: self.booth_client(), n };
                let answer = match self.room.decide(&self.guest(), &id, &command, &self.around()) {
                    Ok(events) => {
                        self.append(self.guest().actor(), Some(id), events);
                        ServiceMessage::Done { room, n, queue }
                    }
                    Err(reason) => ServiceMessage::Refused { room, n, reason, queue },
                };
                self.reply(answer);
            }
            ClientMessage::Redeem { n, ticket, take_over } => {
                let good = matches!(&ticket, Ticket::Number { number } if number == "0427");
                let answer = match self.invited.clone().filter(|_| good) {
                    Some((room, booking)) => match self.guest_comes(&booth(), take_over) {
                        Ok(goes_on) => ServiceMessage::Invited { n, room, booking, goes_on, now: self.millis() },
                        Err(Refusal::AlreadyHere) => {
                            ServiceMessage::NotInvited { n, reason: TicketRefusal::AlreadyHere }
                        }
                        Err(_) => ServiceMessage::NotInvited { n, reason: TicketRefusal::Expired },
                    },
                    None => ServiceMessage::NotInvited { n, reason: TicketRefusal::Unknown },
                };
                self.reply(answer);
            }
            ClientMessage::CallStaff { on } => {
                self.called.push(on);
                self.reply(ServiceMessage::StaffCall { called: on, attended_by: None });
            }
            ClientMessage::Device { device } => self.devices.push(device),
            _ => {}
        }
    }

    /// What the rules are told beside the log.
    pub fn around(&self) -> Around {
        Around { now: self.millis(), ..self.around.clone() }
    }

    pub fn tell_queue(&mut self) {
        let queued = |(id, text): &(CommandId, String)| Queued {
            id: id.clone(),
            body: LineBody::Text(text.clone()),
            state: LineState::Waiting,
        };
        let queued = self.queue.iter().map(queued).collect();
        let Some(room) = self.room_id.clone() else { return };
        self.booth.handle(Input::Queued { room, queued }, self.now);
    }

    /// The queue's line: in order, each until it is answered.
    pub fn deliver(&mut self) {
        while self.booth_up && !self.mute_service {
            let Some((id, text)) = self.queue.front().cloned() else { break };
            let from = self.guest();
            if let Ok(events) = self.room.decide(&from, &id, &Command::Say { text }, &self.around()) {
                self.append(from.actor(), Some(id), events);
            }
            self.queue.pop_front();
            self.tell_queue();
        }
    }

    /// Staff book a room; the candidate gets its number.
    pub fn book(&mut self, booking: Booking) {
        let room = RoomId::from_random([0xb0; 16]);
        self.room_id = Some(room.clone());
        let staff = Sender::Staff { account: "desk".parse().expect("a valid id"), name: "Desk".into() };
        self.staff(&staff, Command::Book { booking: booking.clone() }).expect("it can be booked");
        self.invited = Some((room, booking));
    }

    pub fn staff(&mut self, staff: &Sender, command: Command) -> Result<(), Refusal> {
        let id = CommandId { client: ClientId::from_random([0x55; 16]), n: self.log.len() as u32 + 1 };
        let events = self.room.decide(staff, &id, &command, &self.around())?;
        self.append(staff.actor(), Some(id), events);
        self.effects();
        Ok(())
    }

    /// A booking of half an hour that begins in `minutes`.
    pub fn booking(&self, minutes: u64) -> Booking {
        let starts = Millis(self.millis().0 + minutes * 60_000);
        Booking {
            company: company(),
            kind: InterviewKind::Interview,
            slot: Slot { starts, ends: Millis(starts.0 + 30 * 60_000) },
            guest: "花".into(),
            locale: Some(Locale::Ja),
            hosts: vec![],
            booth: None,
            reentry: Reentry::NetworkOnly,
            name: NameRule::Required,
        }
    }

    pub fn enter_number(&mut self) {
        self.touch(Touch::Number);
        [0, 4, 2, 7].into_iter().for_each(|digit| self.touch(Touch::Digit(digit)));
    }

    pub fn open_staff_menu(&mut self) {
        self.handle(Input::OpenStaffPin);
        PIN.bytes().for_each(|digit| self.touch(Touch::Digit(digit - b'0')));
    }

    /// A booked call, `minutes` after the slot has begun.
    pub fn booked_call(&mut self, booking: Booking) {
        self.book(booking);
        self.enter_number();
        self.touch(Touch::Ready);
        self.touch(Touch::Ask);
        self.host(0, Command::Join { receives: vec![Codec::H264], take_over: false }).expect("a seat is free");
        self.host(0, Command::Admit).expect("a knock stands");
    }

    /// The service knows the client from hello; here it is told by the seed of the running booth.
    pub fn booth_client(&self) -> ClientId {
        ClientId::from_random(ids(self.ids)())
    }

    pub fn append(&mut self, by: Actor, command: Option<CommandId>, events: Vec<Event>) {
        for event in events {
            let seq = self.log.len() as Seq + 1;
            let recorded = Recorded { seq, at: self.millis(), by: by.clone(), command: command.clone(), event };
            self.room.apply(&recorded);
            self.log.push(recorded.clone());
            if self.following && self.booth_up {
                let room = self.room_id.clone().expect("a log has a room");
                let message = ServiceMessage::Events { room, events: vec![recorded], last: seq };
                self.booth.handle(Input::Received(message), self.now);
            }
        }
    }

    pub fn host(&mut self, who: usize, command: Command) -> Result<(), Refusal> {
        let recruiter = &mut self.recruiters[who];
        if !recruiter.up {
            return Err(Refusal::Unavailable);
        }
        recruiter.n += 1;
        let (id, sender) = (CommandId { client: recruiter.client.clone(), n: recruiter.n }, recruiter.sender.clone());
        let decided = self.room.decide(&sender, &id, &command, &self.around());
        if let Ok(events) = &decided
            && !events.is_empty()
        {
            self.append(sender.actor(), Some(id.clone()), events.clone());
            // The same command again is no second event.
            let again = self.room.decide(&sender, &id, &command, &self.around());
            assert!(matches!(again, Ok(events) if events.is_empty()) || self.room.is_over());
        }
        self.effects();
        decided.map(|_| ())
    }

    pub fn host_line(&mut self, who: usize, up: bool) {
        self.recruiters[who].up = up;
        let client = self.recruiters[who].client.clone();
        let actor = self.recruiters[who].sender.actor();
        let events = self.room.connection(&actor, &client, up);
        self.append(Actor::Service, None, events);
        self.effects();
    }

    pub fn reload(&mut self, who: usize) {
        self.host_line(who, false);
        self.loads += 1;
        self.recruiters[who].client = ClientId::from_random([self.loads; 16]);
        self.recruiters[who].n = 0;
        self.host_line(who, true);
        self.host(who, Command::Join { receives: vec![Codec::H264], take_over: false }).ok();
    }

    pub fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        for _ in 0..20_000 {
            let service = self.room.poll_timeout().map(|at| self.start + Duration::from_millis(at.0 - 1_000_000));
            let next = [self.booth.poll_timeout(), service].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= until) else { break };
            self.now = next.max(self.now);
            self.booth.handle_timeout(self.now);
            self.effects();
            let events = self.room.decide_timeout(&self.around());
            self.append(Actor::Service, None, events);
            self.effects();
        }
        self.now = until;
        self.booth.handle_timeout(self.now);
        self.effects();
    }

    pub fn crash_booth(&mut self) {
        self.restart_booth();
        self.connect();
    }

    pub fn restart_booth(&mut self) {
        self.disconnect();
        self.links.clear();
        (self.media_open, self.check.1) = (false, false);
        self.ids += 1;
        self.booth = Booth::new(config(), self.saved.clone(), ids(self.ids), self.now);
        self.effects();
    }

    pub fn restart_service(&mut self) {
        let was_up = self.booth_up;
        self.booth_up = false;
        self.following = false;
        self.wire.clear();
        self.room = Room::restore(Policy::default(), &self.log, self.millis());
        self.booth.handle(Input::LinkDown(LinkFault::Network), self.now);
        self.effects();
        for who in 0..2 {
            if self.recruiters[who].up {
                self.host_line(who, true);
            }
        }
        if was_up {
            self.connect();
        }
    }

    pub fn touch(&mut self, touch: Touch) {
        self.handle(Input::Touched(touch));
    }

    pub fn walk_to_ready(&mut self) {
        self.touch(Touch::Start);
        self.touch(Touch::Company(company()));
        self.touch(Touch::Key(Key::Letter('花')));
        self.touch(Touch::NameDone);
        self.touch(Touch::Ready);
    }

    pub fn call(&mut self) {
        self.walk_to_ready();
        self.touch(Touch::Ask);
        self.host(0, Command::Join { receives: vec![Codec::H264], take_over: false }).expect("a seat is free");
        self.host(0, Command::Admit).expect("a knock stands");
    }

    pub fn screen(&self) -> Screen {
        self.booth.view().screen
    }

    pub fn check(&self) {
        let (mut seen, mut last) = (HashSet::new(), None);
        for (recorded, seq) in self.log.iter().zip(1..) {
            assert_eq!(recorded.seq, seq, "the log has no gaps");
            if let Some(id) = &recorded.command {
                // One command may bring several events, one after the other.
                let follows = last.as_ref() == Some(id);
                let first = follows || seen.insert(id.clone());
                assert!(first, "a command was carried out twice: {recorded:?}");
            }
            last = recorded.command.clone();
        }
        let refolded = Room::restore(Policy::default(), &self.log, self.millis());
        assert_eq!(refolded.progress(), self.room.progress(), "two folds of one log disagree");
        assert!(refolded.people().eq(self.room.people()), "two folds of one log disagree");
        if (self.room.progress() != Progress::InCall || self.room.held()) && self.booth_up && self.following {
            assert!(self.links.is_empty(), "media outside the call: {:?}", self.links);
        }
        let screen = self.screen();
        let seen = self.booth.view().shutter_indicator;
        match &screen {
            Screen::Call { devices, held, .. } => {
                assert_eq!(seen, devices.camera && !held && self.media_open, "the light beside the camera lies");
            }
            Screen::Waiting { .. } | Screen::Reconnecting { .. } => {}
            _ => assert!(!seen, "the light beside the camera is on: {screen:?}"),
        }
        let nobody = matches!(screen, Screen::Welcome | Screen::Ended { .. } | Screen::Refused { .. });
        let staff = matches!(screen, Screen::StaffPin { .. } | Screen::StaffMenu(_));
        assert!(!staff || self.saved.is_none() && self.links.is_empty(), "the staff's pages lie over an interview");
        if nobody {
            assert!(!self.media_open, "the camera is on with nobody there: {screen:?}");
            assert!(self.saved.is_none(), "a finished interview is kept: {screen:?}");
        }
        if self.room.is_over() && self.following {
            assert!(!matches!(screen, Screen::Call { .. }), "a call in a room that is over");
        }
    }
}
