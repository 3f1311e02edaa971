//! A booth, a room and two recruiters in memory, with a pretend clock and lines that fail.

use engawa_protocol::*;
use engawa_session::booth::{Booth, Config, Effect, Input, LinkFault, MediaCommand, MediaInput, Saved};
use engawa_session::keyboard::Key;
use engawa_session::room::{Policy, Room, Sender};
use engawa_session::view::{Screen, Touch};
use proptest::prelude::*;
use std::collections::{BTreeSet, HashSet, VecDeque};
use std::time::{Duration, Instant};

fn company() -> CompanyId {
    "minato".parse().expect("a valid id")
}

fn config() -> Config {
    Config { receives: vec![Codec::H264], ..Config::default() }
}

/// A recruiter as the page is: a client id, a count, a seat.
struct Recruiter {
    sender: Sender,
    client: ClientId,
    n: u32,
    up: bool,
}

/// Everything at one table: the service's part is the room and its log.
struct World {
    start: Instant,
    now: Instant,
    booth: Booth,
    saved: Option<Saved>,
    booth_up: bool,
    ids: u8,
    room_id: Option<RoomId>,
    room: Room,
    log: Vec<Recorded>,
    following: bool,
    wire: VecDeque<ClientMessage>,
    recruiters: Vec<Recruiter>,
    links: BTreeSet<LinkId>,
    media_open: bool,
    loads: u8,
    /// The media was opened while it was open: it knows none of the earlier connections.
    reopened: bool,
    /// What the booth sends gets lost, though its line seems up.
    mute_service: bool,
}

fn ids(seed: u8) -> impl FnMut() -> [u8; 16] + Send {
    let mut next = u16::from(seed) << 8;
    move || {
        next += 1;
        let mut id = [0; 16];
        id[..2].copy_from_slice(&next.to_be_bytes());
        id
    }
}

impl World {
    fn new() -> Self {
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
            mute_service: false,
        };
        world.connect();
        world
    }

    fn millis(&self) -> Millis {
        Millis(1_000_000 + self.now.duration_since(self.start).as_millis() as u64)
    }

    fn guest(&self) -> Sender {
        Sender::Guest { booth: "a-01".parse().expect("a valid id") }
    }

    fn handle(&mut self, input: Input) {
        self.booth.handle(input, self.now);
        self.effects();
    }

    /// Carries out what the booth wants, and delivers what it sent, until all is quiet.
    fn effects(&mut self) {
        for _ in 0..1_000 {
            match self.booth.poll_effect() {
                Some(Effect::Send(message)) => self.wire.push_back(message),
                Some(Effect::Store(saved)) => self.saved = Some(saved),
                Some(Effect::Forget) => self.saved = None,
                Some(Effect::Media(command)) => self.media(command),
                None => match self.wire.pop_front() {
                    Some(message) if self.booth_up && !self.mute_service => self.serve(message),
                    Some(_) => {}
                    None => return,
                },
            }
        }
        panic!("the booth and the service never come to rest");
    }

    fn media(&mut self, command: MediaCommand) {
        match command {
            // Opening anew drops what there was.
            MediaCommand::Open(_) => {
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
                assert!(self.links.insert(link), "the same connection twice");
            }
            MediaCommand::RemoveLink(link) => {
                let known = self.links.remove(&link);
                assert!(known || self.reopened, "a connection that never was");
            }
            MediaCommand::Signal { link, .. } => assert!(self.links.contains(&link)),
            MediaCommand::Devices(_) | MediaCommand::TestSound | MediaCommand::Still(_) => {}
        }
    }

    fn connect(&mut self) {
        if self.booth_up {
            return;
        }
        self.booth_up = true;
        self.handle(Input::LinkUp);
    }

    fn disconnect(&mut self) {
        if !self.booth_up {
            return;
        }
        self.booth_up = false;
        self.following = false;
        self.wire.clear();
        self.connection_of_booth(false);
        self.handle(Input::LinkDown(LinkFault::Network));
    }

    fn connection_of_booth(&mut self, up: bool) {
        let guest = self.room.person(Seat::GUEST).map(|p| p.client.clone());
        if let Some(client) = guest {
            let events = self.room.connection(&client, up);
            self.append(Actor::Service, None, events);
        }
    }

    fn reply(&mut self, message: ServiceMessage) {
        self.booth.handle(Input::Received(message), self.now);
    }

    fn serve(&mut self, message: ClientMessage) {
        match message {
            ClientMessage::Hello { .. } => {
                let you = You::Booth { booth: "a-01".parse().expect("a valid id"), name: "A-01".into() };
                let event = Localized { ja: String::new(), ko: String::new(), en: String::new() };
                let now = self.millis();
                self.reply(ServiceMessage::Welcome { protocol: PROTOCOL, you, event, ice_servers: vec![], now });
                let name = Localized { ja: "みなと".into(), ko: "미나토".into(), en: "Minato".into() };
                let state = CompanyState { company: company(), name, hosts: vec![], waiting: 0 };
                self.reply(ServiceMessage::Directory { companies: vec![state] });
            }
            ClientMessage::Follow { room, after } if self.room_id.as_ref() == Some(&room) => {
                self.following = true;
                let events = self.log.iter().filter(|r| r.seq > after).cloned().collect();
                let last = self.room.last();
                self.reply(ServiceMessage::Events { room, events, last });
                self.connection_of_booth(true);
            }
            ClientMessage::Command { room, n, command } => {
                if self.room_id.as_ref() != Some(&room) && matches!(command, Command::Knock { .. }) {
                    self.room = Room::new(Policy::default());
                    self.room_id = Some(room.clone());
                    self.log.clear();
                    self.following = false;
                }
                if self.room_id.as_ref() != Some(&room) {
                    return self.reply(ServiceMessage::Refused { room, n, reason: Refusal::NoSuchRoom });
                }
                let id = CommandId { client: self.booth_client(), n };
                let answer = match self.room.decide(&self.guest(), &id, &command) {
                    Ok(events) => {
                        self.append(self.guest().actor(), Some(id), events);
                        ServiceMessage::Done { room, n }
                    }
                    Err(reason) => ServiceMessage::Refused { room, n, reason },
                };
                self.reply(answer);
            }
            _ => {}
        }
    }

    /// The service knows the client from hello; here it is told by the seed of the running booth.
    fn booth_client(&self) -> ClientId {
        ClientId::from_random(ids(self.ids)())
    }

    fn append(&mut self, by: Actor, command: Option<CommandId>, events: Vec<Event>) {
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

    fn host(&mut self, who: usize, command: Command) {
        let recruiter = &mut self.recruiters[who];
        if !recruiter.up {
            return;
        }
        recruiter.n += 1;
        let (id, sender) = (CommandId { client: recruiter.client.clone(), n: recruiter.n }, recruiter.sender.clone());
        if let Ok(events) = self.room.decide(&sender, &id, &command) {
            self.append(sender.actor(), Some(id.clone()), events);
            // The same command again is no second event.
            let again = self.room.decide(&sender, &id, &command);
            assert!(matches!(again, Ok(events) if events.is_empty()) || self.room.is_over());
        }
        self.effects();
    }

    fn host_line(&mut self, who: usize, up: bool) {
        self.recruiters[who].up = up;
        let client = self.recruiters[who].client.clone();
        let events = self.room.connection(&client, up);
        self.append(Actor::Service, None, events);
        self.effects();
    }

    fn reload(&mut self, who: usize) {
        self.host_line(who, false);
        self.loads += 1;
        self.recruiters[who].client = ClientId::from_random([self.loads; 16]);
        self.recruiters[who].n = 0;
        self.host_line(who, true);
        self.host(who, Command::Join { receives: vec![Codec::H264] });
    }

    fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        for _ in 0..20_000 {
            let service = self.room.poll_timeout().map(|at| self.start + Duration::from_millis(at.0 - 1_000_000));
            let next = [self.booth.poll_timeout(), service].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= until) else { break };
            self.now = next.max(self.now);
            self.booth.handle_timeout(self.now);
            self.effects();
            let events = self.room.decide_timeout(self.millis());
            self.append(Actor::Service, None, events);
            self.effects();
        }
        self.now = until;
        self.booth.handle_timeout(self.now);
        self.effects();
    }

    fn crash_booth(&mut self) {
        self.restart_booth();
        self.connect();
    }

    fn restart_booth(&mut self) {
        self.disconnect();
        self.links.clear();
        self.media_open = false;
        self.ids += 1;
        self.booth = Booth::new(config(), self.saved.clone(), ids(self.ids), self.now);
        self.effects();
    }

    fn restart_service(&mut self) {
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

    fn touch(&mut self, touch: Touch) {
        self.handle(Input::Touched(touch));
    }

    fn walk_to_ready(&mut self) {
        self.touch(Touch::Start);
        self.touch(Touch::Company(company()));
        self.touch(Touch::Key(Key::Letter('花')));
        self.touch(Touch::NameDone);
        self.touch(Touch::Ready);
    }

    fn call(&mut self) {
        self.walk_to_ready();
        self.touch(Touch::Ask);
        self.host(0, Command::Join { receives: vec![Codec::H264] });
        self.host(0, Command::Admit);
    }

    fn screen(&self) -> Screen {
        self.booth.view().screen
    }

    fn check(&self) {
        let mut seen = HashSet::new();
        for (recorded, seq) in self.log.iter().zip(1..) {
            assert_eq!(recorded.seq, seq, "the log has no gaps");
            if let Some(id) = &recorded.command {
                let first = matches!(recorded.event, Event::Ended { .. }) || seen.insert(id.clone());
                assert!(first, "a command was carried out twice: {recorded:?}");
            }
        }
        let refolded = Room::restore(Policy::default(), &self.log, self.millis());
        assert_eq!(refolded.progress(), self.room.progress(), "two folds of one log disagree");
        assert!(refolded.people().eq(self.room.people()), "two folds of one log disagree");
        if self.room.progress() != Progress::InCall && self.booth_up && self.following {
            assert!(self.links.is_empty(), "media outside the call: {:?}", self.links);
        }
        let screen = self.screen();
        let nobody = matches!(screen, Screen::Welcome | Screen::Ended { .. } | Screen::Refused { .. });
        if nobody {
            assert!(!self.media_open, "the camera is on with nobody there: {screen:?}");
            assert!(self.saved.is_none(), "a finished interview is kept: {screen:?}");
        }
        if self.room.is_over() && self.following {
            assert!(!matches!(screen, Screen::Call { .. }), "a call in a room that is over");
        }
    }
}

// W11, X8
#[test]
fn a_recruiter_lets_in_and_ends() {
    let mut world = World::new();
    world.call();
    assert!(matches!(world.screen(), Screen::Call { others, .. } if others.len() == 1));
    assert_eq!(world.links.len(), 1);
    world.host(0, Command::End);
    assert!(matches!(world.screen(), Screen::Ended { .. }));
    assert!(world.links.is_empty() && world.saved.is_none());
    world.pass(Duration::from_secs(61));
    assert_eq!(world.screen(), Screen::Welcome);
}

// W11
#[test]
fn a_request_is_taken_back_and_made_again() {
    let mut world = World::new();
    world.walk_to_ready();
    world.touch(Touch::Ask);
    assert!(matches!(world.screen(), Screen::Waiting { .. }));
    world.touch(Touch::Ask);
    assert!(matches!(world.screen(), Screen::Waiting { .. }), "a second tap changes nothing");
    world.touch(Touch::Cancel);
    assert!(matches!(world.screen(), Screen::Ready { .. }));
    world.touch(Touch::Ask);
    assert_eq!(world.room.progress(), Progress::Knocking);
}

// W13
#[test]
fn a_refusal_shows_the_hosts_words() {
    let mut world = World::new();
    world.walk_to_ready();
    world.touch(Touch::Ask);
    world.host(0, Command::Refuse { message: "Later, please.".into() });
    let Screen::Refused { note: Some(note), unanswered: false, .. } = world.screen() else {
        panic!("not refused: {:?}", world.screen());
    };
    assert_eq!((note.from.as_str(), note.text.as_str()), ("Host 1", "Later, please."));
}

// X6, P7
#[test]
fn a_booth_that_crashed_is_back_in_the_call() {
    let mut world = World::new();
    world.call();
    world.touch(Touch::Microphone);
    world.crash_booth();
    assert!(matches!(world.screen(), Screen::Call { devices, .. } if !devices.microphone), "{:?}", world.screen());
    assert_eq!(world.links.len(), 1);
    assert!(world.room.person(Seat::GUEST).is_some_and(|p| !p.microphone));
    world.check();
}

// X6, P7
#[test]
fn a_booth_that_finds_the_service_late_still_returns() {
    let mut world = World::new();
    world.call();
    world.disconnect();
    world.restart_booth();
    world.pass(Duration::from_secs(25));
    assert!(matches!(world.screen(), Screen::Reconnecting { .. }), "{:?}", world.screen());
    world.connect();
    assert!(matches!(world.screen(), Screen::Call { .. }), "{:?}", world.screen());
}

// X9
#[test]
fn a_candidate_who_left_while_offline_does_not_knock_later() {
    let mut world = World::new();
    world.walk_to_ready();
    world.mute_service = true;
    world.touch(Touch::Ask);
    world.mute_service = false;
    world.disconnect();
    world.touch(Touch::Cancel);
    world.touch(Touch::Back);
    world.connect();
    assert!(world.log.iter().all(|r| !matches!(r.event, Event::Knocked { .. })), "{:?}", world.log);
}

// W11
#[test]
fn a_request_taken_back_stays_so_through_a_crash() {
    let mut world = World::new();
    world.walk_to_ready();
    world.touch(Touch::Ask);
    world.disconnect();
    world.touch(Touch::Cancel);
    world.restart_booth();
    world.host(0, Command::Admit);
    world.connect();
    assert!(!matches!(world.screen(), Screen::Call { .. }), "{:?}", world.screen());
    assert!(world.links.is_empty());
}

// N2
#[test]
fn media_that_broke_begins_again_under_the_next_attempt() {
    let mut world = World::new();
    world.call();
    let link = *world.links.first().expect("one connection");
    world.handle(Input::Media(MediaInput::Broken));
    world.pass(Duration::from_secs(2));
    assert_eq!(world.links, BTreeSet::from([LinkId { attempt: 2, ..link }]));
}

// N2
#[test]
fn a_late_candidate_does_not_tear_down_what_flows() {
    let mut world = World::new();
    world.call();
    let link = *world.links.first().expect("one connection");
    world.handle(Input::Media(MediaInput::Connected(link)));
    world.disconnect();
    let signal = Signal::Candidate { candidate: String::new(), line: 0 };
    world.handle(Input::Media(MediaInput::Signal { link, signal }));
    world.connect();
    world.pass(Duration::from_secs(5));
    assert_eq!(world.links, BTreeSet::from([link]));
}

// N2
#[test]
fn a_restarted_service_disturbs_nobody() {
    let mut world = World::new();
    world.call();
    let (events, links) = (world.log.len(), world.links.clone());
    links.iter().for_each(|link| world.handle(Input::Media(MediaInput::Connected(*link))));
    world.restart_service();
    world.pass(Duration::from_secs(30));
    assert_eq!((world.log.len(), &world.links), (events, &links));
    assert!(matches!(world.screen(), Screen::Call { .. }));
}

// X6, X8
#[test]
fn an_outage_of_the_service_ends_nothing_before_people_had_time_to_return() {
    let mut world = World::new();
    world.call();
    world.host_line(0, false);
    world.disconnect();
    world.now += Duration::from_secs(200);
    world.restart_service();
    world.pass(Duration::from_secs(5));
    assert_eq!(world.room.progress(), Progress::InCall);
    world.host_line(0, true);
    world.connect();
    world.pass(Duration::from_secs(60));
    assert!(matches!(world.screen(), Screen::Call { .. }), "{:?}", world.screen());
}

// X8
#[test]
fn a_co_host_keeps_the_call() {
    let mut world = World::new();
    world.call();
    world.host(1, Command::Join { receives: vec![Codec::Vp8] });
    assert_eq!(world.links.len(), 2);
    world.host(0, Command::Leave);
    assert!(matches!(world.screen(), Screen::Call { others, .. } if others.len() == 1));
    world.host(1, Command::Leave);
    assert!(matches!(world.screen(), Screen::Ended { .. }));
}

// N2
#[test]
fn a_reloaded_page_gets_a_new_connection() {
    let mut world = World::new();
    world.call();
    let before = world.links.clone();
    world.reload(0);
    assert_eq!(world.links.len(), 1);
    assert!(world.links.is_disjoint(&before));
}

// N2
#[test]
fn a_failed_connection_is_built_anew_under_the_next_attempt() {
    let mut world = World::new();
    world.call();
    let link = *world.links.first().expect("one connection");
    world.handle(Input::Media(MediaInput::Failed(link)));
    world.pass(Duration::from_secs(1));
    assert_eq!(world.links.first().map(|link| link.attempt), Some(2));
}

// X5
#[test]
fn leaving_asks_first_and_silence_means_staying() {
    let mut world = World::new();
    world.call();
    world.touch(Touch::Leave);
    assert!(world.booth.view().dialog.is_some());
    world.pass(Duration::from_secs(21));
    assert!(world.booth.view().dialog.is_none());
    assert!(matches!(world.screen(), Screen::Call { .. }));
    world.touch(Touch::Leave);
    world.touch(Touch::ConfirmLeave);
    assert!(matches!(world.screen(), Screen::Ended { .. }));
    assert!(world.room.is_over());
}

// L4
#[test]
fn speaking_while_muted_is_noticed_once() {
    let mut world = World::new();
    world.call();
    world.touch(Touch::Microphone);
    for _ in 0..15 {
        world.handle(Input::Media(MediaInput::Heard { level: 0.5, voice: 0.9 }));
    }
    assert!(world.booth.view().alert.is_some());
    world.pass(Duration::from_secs(7));
    assert!(world.booth.view().alert.is_none());
}

// E9
#[test]
fn an_abandoned_walk_goes_back_and_forgets_the_language() {
    let mut world = World::new();
    world.touch(Touch::Language(Locale::Ko));
    world.walk_to_ready();
    world.pass(Duration::from_secs(91));
    assert_eq!(world.screen(), Screen::Welcome);
    assert_eq!(world.booth.view().locale, Locale::Ja);
}

#[test]
fn an_empty_booth_without_the_service_says_so_and_comes_back() {
    let mut world = World::new();
    world.disconnect();
    world.pass(Duration::from_secs(11));
    assert!(matches!(world.screen(), Screen::OutOfOrder { fault: "E-NET-01" }));
    world.connect();
    assert_eq!(world.screen(), Screen::Welcome);
}

#[derive(Debug, Clone)]
enum Step {
    Touch(u8),
    Host(usize, u8),
    HostLine(usize, bool),
    Reload(usize),
    Line(bool),
    Pass(u16),
    CrashBooth,
    RestartService,
    Media(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0u8..20).prop_map(Step::Touch),
        5 => (0usize..2, 0u8..7).prop_map(|(who, what)| Step::Host(who, what)),
        2 => (0usize..2, any::<bool>()).prop_map(|(who, up)| Step::HostLine(who, up)),
        1 => (0usize..2).prop_map(Step::Reload),
        2 => any::<bool>().prop_map(Step::Line),
        3 => (0u16..200).prop_map(Step::Pass),
        1 => Just(Step::CrashBooth),
        1 => Just(Step::RestartService),
        2 => (0u8..5).prop_map(Step::Media),
    ]
}

fn take(world: &mut World, step: &Step) {
    match *step {
        Step::Touch(what) => world.touch(match what {
            0 | 1 => Touch::Start,
            2 | 3 => Touch::Company(company()),
            4 => Touch::Key(Key::Letter('a')),
            5 | 6 => Touch::NameDone,
            7 | 8 => Touch::Ask,
            9 => Touch::Cancel,
            10 => Touch::Ready,
            11 => Touch::Back,
            12 => Touch::Microphone,
            13 => Touch::Leave,
            14 => Touch::ConfirmLeave,
            15 => Touch::Stay,
            16 => Touch::Finish,
            17 => Touch::OtherCompanies,
            18 => Touch::Camera,
            _ => Touch::Language(Locale::En),
        }),
        Step::Host(who, what) => {
            let join = Command::Join { receives: vec![Codec::H264] };
            world.host(
                who,
                match what {
                    0 | 1 => Command::Admit,
                    2 | 3 => join,
                    4 => Command::Leave,
                    5 => Command::Refuse { message: String::new() },
                    _ => Command::End,
                },
            );
        }
        Step::HostLine(who, up) => world.host_line(who, up),
        Step::Reload(who) => world.reload(who),
        Step::Line(true) => world.connect(),
        Step::Line(false) => world.disconnect(),
        Step::Pass(seconds) => world.pass(Duration::from_secs(u64::from(seconds))),
        Step::CrashBooth => world.crash_booth(),
        Step::RestartService => world.restart_service(),
        Step::Media(what) => {
            let Some(&link) = world.links.first() else { return };
            world.handle(Input::Media(match what {
                0 => MediaInput::Connected(link),
                1 => MediaInput::Interrupted(link),
                2 => MediaInput::Failed(link),
                3 => MediaInput::Picture(link),
                _ => MediaInput::Broken,
            }));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_invariants_hold(begin in 0u8..4, steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        match begin {
            0 => {}
            1 => world.walk_to_ready(),
            _ => world.call(),
        }
        for step in &steps {
            take(&mut world, step);
            world.check();
        }
        // The booth always finds back to a usable screen by itself (invariant 4).
        world.connect();
        world.host_line(0, false);
        world.host_line(1, false);
        world.pass(Duration::from_secs(3600));
        world.check();
        prop_assert_eq!(world.screen(), Screen::Welcome);
        prop_assert!(world.links.is_empty() && !world.media_open && world.saved.is_none());
    }
}
