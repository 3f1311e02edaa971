//! A disk, a line and a service that fail whenever the test wants, around a real queue.

use engawa_protocol::{Command, CommandId, FileCard, FileId, Millis, Refusal, RoomId};
use engawa_session::outbox::{
    Config, Contents, Draft, Effect, Entry, Input, Item, KeepFault, Kept, Outbox, OutboxError, Session, UploadFault,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

/// What survives a crash of the booth.
#[derive(Default)]
pub struct Disk {
    pub sessions: BTreeMap<String, Session>,
    pub entries: BTreeMap<(String, u32), Entry>,
    pub full: bool,
    pub wipes: u32,
}

/// The service: a log a room, each command once.
#[derive(Default)]
pub struct Service {
    pub log: HashMap<RoomId, Vec<Command>>,
    pub taken: HashSet<CommandId>,
    pub files: HashMap<(RoomId, FileId), u32>,
    /// How many commands it answers with "unavailable".
    pub unavailable: u32,
    pub over: bool,
    /// Commands that came in, repeated ones too.
    pub heard: Vec<(Instant, CommandId)>,
}

pub struct World {
    pub outbox: Outbox,
    pub config: Config,
    pub disk: Disk,
    pub service: Service,
    pub now: Instant,
    pub clock: Millis,
    pub online: bool,
    pub room: Option<RoomId>,
    /// Every line and file that was ever shown as waiting.
    pub seen: BTreeSet<String>,
    effects: VecDeque<Effect>,
    to_service: VecDeque<(RoomId, CommandId, Command)>,
    to_booth: VecDeque<Input>,
    /// What the disk answers; a cut of the line does not take it.
    kept: VecDeque<Input>,
    upload: Option<(CommandId, RoomId, FileCard)>,
    queues: u8,
}

impl World {
    pub fn new(config: Config) -> Self {
        let now = Instant::now();
        let outbox = Outbox::new(config.clone(), Vec::new(), None, || [1; 16], now);
        let mut world = Self {
            outbox,
            config,
            disk: Disk::default(),
            service: Service::default(),
            now,
            clock: Millis(1_800_000_000_000),
            online: false,
            room: None,
            seen: BTreeSet::new(),
            effects: VecDeque::new(),
            to_service: VecDeque::new(),
            to_booth: VecDeque::new(),
            kept: VecDeque::new(),
            upload: None,
            queues: 0,
        };
        world.crash();
        world
    }

    pub fn room(number: u8) -> RoomId {
        RoomId::from_random([number; 16])
    }

    pub fn write(&mut self, draft: Draft) -> Result<CommandId, OutboxError> {
        let room = self.room.clone().expect("somebody is there");
        self.outbox.write(&room, draft, self.now)
    }

    pub fn line(&mut self, text: &str) -> CommandId {
        self.write(Draft::Line(text.to_owned())).expect("the line is taken")
    }

    pub fn handle(&mut self, input: Input) {
        self.outbox.handle(input, self.now);
        self.look();
    }

    pub fn up(&mut self) {
        self.online = true;
        self.handle(Input::LinkUp { now: self.clock });
    }

    /// The line is cut; what was on its way, either way, is gone.
    pub fn cut(&mut self) {
        self.online = false;
        self.to_service.clear();
        self.to_booth.clear();
        self.handle(Input::LinkDown);
        self.break_upload();
    }

    /// The booth dies and starts again with its disk; what it had yet to do is gone.
    pub fn crash(&mut self) {
        self.online = false;
        (self.upload, self.queues) = (None, self.queues + 1);
        self.effects.clear();
        self.to_service.clear();
        self.to_booth.clear();
        self.kept.clear();
        let entries = |queue: &str| {
            let of_queue = |((of, _), entry): (&(String, u32), &Entry)| (of == queue).then(|| entry.clone());
            self.disk.entries.iter().filter_map(of_queue).collect()
        };
        let kept = self
            .disk
            .sessions
            .iter()
            .map(|(queue, session)| Kept { session: session.clone(), entries: entries(queue) });
        let (generation, mut count) = (self.queues, 0);
        let random = move || {
            count += 1;
            [generation, count, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        };
        self.outbox = Outbox::new(self.config.clone(), kept.collect(), self.room.as_ref(), random, self.now);
        self.look();
    }

    pub fn tick(&mut self, by: Duration) {
        self.now += by;
        self.clock.0 += by.as_millis() as u64;
        self.outbox.handle_timeout(self.now);
        self.look();
    }

    /// Carries out one effect, if there is one.
    pub fn act(&mut self) -> bool {
        while let Some(effect) = self.outbox.poll_effect() {
            self.effects.push_back(effect);
        }
        let Some(effect) = self.effects.pop_front() else { return false };
        match effect {
            Effect::Keep { entry, .. } if self.disk.full => self.handle(Input::KeepFailed(entry.id, KeepFault::Full)),
            Effect::Keep { session, entry, contents } => {
                assert_eq!(contents.is_some(), matches!(entry.item, Item::File(_)));
                let queue = session.queue.to_string();
                self.disk.sessions.insert(queue.clone(), session);
                let id = entry.id.clone();
                self.disk.entries.insert((queue, id.n), entry);
                self.kept.push_back(Input::Kept(id));
            }
            Effect::KeepSession(session) => {
                self.disk.sessions.insert(session.queue.to_string(), session);
            }
            Effect::Forget(id) => {
                self.disk.entries.remove(&(id.client.to_string(), id.n));
            }
            Effect::ForgetSession(queue) => {
                self.disk.sessions.remove(queue.as_str());
                assert!(!self.disk.entries.keys().any(|(of, _)| of == queue.as_str()), "entries without a session");
            }
            Effect::Wipe => {
                assert!(self.disk.entries.is_empty(), "wiped with something waiting");
                self.disk.wipes += 1;
            }
            Effect::Upload { id, room, card } => {
                assert!(self.upload.is_none(), "two uploads at a time");
                assert!(self.disk.entries.contains_key(&(id.client.to_string(), id.n)), "not on the disk");
                self.upload = Some((id, room, card));
            }
            Effect::Send { room, id, command } => {
                assert!(self.disk.entries.contains_key(&(id.client.to_string(), id.n)), "not on the disk");
                if self.online {
                    self.to_service.push_back((room, id, command));
                }
            }
        }
        true
    }

    /// The service takes one command, if there is one.
    pub fn serve(&mut self) -> bool {
        let Some((room, id, command)) = self.to_service.pop_front() else { return false };
        self.service.heard.push((self.now, id.clone()));
        let answer = if self.service.taken.contains(&id) {
            Input::Done(id)
        } else if self.service.unavailable > 0 {
            self.service.unavailable -= 1;
            Input::Refused(id, Refusal::Unavailable)
        } else if let Some(reason) = self.refusal(&room, &command) {
            Input::Refused(id, reason)
        } else {
            self.service.taken.insert(id.clone());
            self.service.log.entry(room).or_default().push(command);
            Input::Done(id)
        };
        self.to_booth.push_back(answer);
        true
    }

    fn refusal(&self, room: &RoomId, command: &Command) -> Option<Refusal> {
        match command {
            _ if self.service.over => Some(Refusal::Over),
            Command::Say { text } if text.starts_with("bad") => Some(Refusal::BadText),
            Command::SendFile { file } => {
                let there = self.service.files.get(&(room.clone(), file.clone()));
                there.is_none_or(|sent| *sent < SIZE).then_some(Refusal::NoSuchFile)
            }
            _ => None,
        }
    }

    /// The booth hears one thing, if there is one.
    pub fn hear(&mut self) -> bool {
        let Some(input) = self.kept.pop_front().or_else(|| self.to_booth.pop_front()) else { return false };
        self.handle(input);
        true
    }

    /// A part of the file on its way goes through, if there is one.
    pub fn upload(&mut self) -> bool {
        let Some((id, room, card)) = self.upload.clone().filter(|_| self.online) else { return false };
        let sent = self.service.files.entry((room, card.file)).or_default();
        *sent = (*sent + SIZE / 4).min(SIZE);
        let sent = *sent;
        if sent == SIZE {
            self.upload = None;
            self.handle(Input::Uploaded(id));
        } else {
            self.handle(Input::Uploading { id, sent });
        }
        true
    }

    pub fn break_upload(&mut self) {
        if let Some((id, room, card)) = self.upload.take() {
            let sent = self.service.files.get(&(room, card.file)).copied().unwrap_or_default();
            self.handle(Input::UploadFailed { id, sent, fault: UploadFault::Away });
        }
    }

    /// Everything works from here on, until nothing is left to do.
    pub fn heal(&mut self) {
        (self.disk.full, self.service.unavailable) = (false, 0);
        if !self.online {
            self.up();
        }
        for _ in 0..100_000 {
            if self.act() || self.serve() || self.hear() || self.upload() {
                continue;
            }
            match self.outbox.poll_timeout() {
                Some(at) if at < self.now + Duration::from_secs(3600) => {
                    self.tick(at.saturating_duration_since(self.now).max(Duration::from_millis(1)));
                }
                _ => return,
            }
        }
        panic!("it never comes to rest");
    }

    /// Brings what was written to the disk, and no further.
    pub fn keep(&mut self) {
        while self.act() || self.hear() {}
    }

    /// The lines and files in the room's log.
    pub fn delivered(&self, room: &RoomId) -> Vec<String> {
        let name = |command: &Command| match command {
            Command::Say { text } => text.clone(),
            Command::SendFile { file } => file.to_string(),
            other => panic!("{other:?} was not written"),
        };
        self.service.log.get(room).into_iter().flatten().map(name).collect()
    }

    pub fn shown(&self) -> Vec<String> {
        let Some(room) = &self.room else { return Vec::new() };
        self.outbox.waiting(room).iter().map(|waiting| name(&waiting.item)).collect()
    }

    fn look(&mut self) {
        for shown in self.shown() {
            self.seen.insert(shown);
        }
        for waiting in self.room.iter().flat_map(|room| self.outbox.waiting(room)) {
            let key = (waiting.id.client.to_string(), waiting.id.n);
            assert!(self.disk.entries.contains_key(&key), "shown as waiting and not on the disk");
        }
        assert!(self.disk.entries.values().map(Entry::cost).sum::<u64>() <= self.config.bytes, "over the bound");
    }
}

pub fn name(item: &Item) -> String {
    match item {
        Item::Line { text } => text.clone(),
        Item::File(card) => card.file.to_string(),
    }
}

pub const SIZE: u32 = 1000;

pub fn file(number: u32) -> Draft {
    let card = FileCard {
        file: format!("{number:064}").parse().expect("a hash"),
        name: "memo.txt".to_owned(),
        size: SIZE,
        media_type: "text/plain".to_owned(),
    };
    Draft::File { card, contents: Contents::from(vec![7; SIZE as usize]) }
}
