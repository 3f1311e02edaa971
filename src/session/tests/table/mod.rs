//! The tests' table: one room and everybody who may speak to it, without a booth, on a pretend clock.

#![allow(dead_code, reason = "each file uses its part of it")]

use engawa_protocol::*;
use engawa_session::room::{Around, Policy, Room, Sender};

pub const MINUTE: u64 = 60_000;
pub const NOON: u64 = 1_795_230_000_000;

pub fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a valid id")
}

pub fn guest() -> Sender {
    Sender::Guest { booth: id("a-01") }
}

/// The same guest at another booth.
pub fn elsewhere() -> Sender {
    Sender::Guest { booth: id("b-02") }
}

pub fn host(n: u8) -> Sender {
    let (account, name) = (id(&format!("host-{n}")), format!("Host {n}"));
    Sender::Host { account, company: id("minato"), name, title: String::new() }
}

pub fn staff() -> Sender {
    Sender::Staff { account: id("desk"), name: "Desk".into() }
}

/// A client of everybody's own; the same number is the same client.
pub fn client(n: u8) -> ClientId {
    ClientId::from_random([n; 16])
}

pub fn card(byte: u8) -> FileCard {
    let file = id(&format!("{byte:02x}").repeat(32));
    FileCard { file, name: "cv.pdf".into(), size: 1_000, media_type: "application/pdf".into() }
}

/// A half-hour from [`NOON`] on.
pub fn booking() -> Booking {
    Booking {
        company: id("minato"),
        kind: InterviewKind::Interview,
        slot: Slot { starts: Millis(NOON), ends: Millis(NOON + 30 * MINUTE) },
        guest: "花子".into(),
        locale: Some(Locale::Ko),
        hosts: vec![],
        booth: None,
        reentry: Reentry::NetworkOnly,
        name: NameRule::Required,
    }
}

pub fn join() -> Command {
    Command::Join { receives: vec![Codec::H264], take_over: false }
}

pub fn say(text: &str) -> Command {
    Command::Say { text: text.into() }
}

pub fn knock() -> Command {
    Command::Knock { company: id("minato"), name: "佐藤花子".into(), locale: Locale::Ja }
}

pub struct Table {
    pub room: Room,
    pub log: Vec<Recorded>,
    pub around: Around,
    n: u32,
}

impl Table {
    pub fn new() -> Self {
        let around = Around::at(Millis(NOON));
        Self { room: Room::new(Policy::default()), log: Vec::new(), around, n: 0 }
    }

    /// A walk-up in the call with host 1, who sits at client 1; the guest at client 100.
    pub fn call() -> Self {
        let mut table = Self::new();
        table.begin();
        table
    }

    /// The same in a booked room.
    pub fn booked_call(booking: Booking) -> Self {
        let mut table = Self::new();
        table.says(&staff(), 90, Command::Book { booking }).expect("booked");
        table.begin();
        table
    }

    fn begin(&mut self) {
        self.says(&guest(), 100, knock()).expect("knocked");
        self.says(&guest(), 100, join()).expect("seated");
        self.says(&host(1), 1, join()).expect("seated");
        self.says(&host(1), 1, Command::Admit).expect("admitted");
    }

    pub fn now(&self) -> Millis {
        self.around.now
    }

    pub fn says(&mut self, from: &Sender, at: u8, command: Command) -> Result<Vec<Event>, Refusal> {
        self.n += 1;
        let command_id = CommandId { client: client(at), n: self.n };
        let events = self.room.decide(from, &command_id, &command, &self.around)?;
        self.append(from.actor(), Some(command_id), events.clone());
        Ok(events)
    }

    /// The guest redeems a ticket of the booking at this booth.
    pub fn moves(&mut self, to: &Sender, take_over: bool) -> Result<Vec<Event>, Refusal> {
        let Sender::Guest { booth } = to else { panic!("only a booth redeems") };
        let events = self.room.move_guest(booth, take_over, self.now())?;
        self.append(to.actor(), None, events.clone());
        Ok(events)
    }

    pub fn line(&mut self, of: &Sender, at: u8, up: bool) {
        let events = self.room.connection(&of.actor(), &client(at), up);
        self.append(Actor::Service, None, events);
    }

    /// Time passes, and the service keeps every deadline on the way.
    pub fn pass(&mut self, time: u64) -> Vec<Event> {
        let until = self.around.now.0 + time;
        let mut told = Vec::new();
        for _ in 0..1_000 {
            let Some(at) = self.room.poll_timeout().filter(|at| at.0 <= until) else {
                self.around.now = Millis(until);
                return told;
            };
            self.around.now = at.max(self.around.now);
            let events = self.room.decide_timeout(&self.around);
            assert!(!events.is_empty(), "a deadline without anything to do");
            self.append(Actor::Service, None, events.clone());
            told.extend(events);
        }
        panic!("deadlines never come to rest");
    }

    pub fn append(&mut self, by: Actor, command: Option<CommandId>, events: Vec<Event>) {
        for event in events {
            let seq = self.log.len() as Seq + 1;
            let recorded = Recorded { seq, at: self.now(), by: by.clone(), command: command.clone(), event };
            self.room.apply(&recorded);
            self.log.push(recorded);
        }
    }

    pub fn hears(&self) -> Vec<(u32, u32)> {
        let seats = self.room.people().map(|(seat, _)| seat);
        seats.flat_map(|a| self.room.links(a).into_iter().map(move |(b, _)| (a.0, b.seat.0))).collect()
    }
}
