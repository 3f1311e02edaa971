//! The pages, each with all that it shows.

use super::{PinRefused, StaffMenu};
use crate::keyboard;
use engawa_protocol::{CompanyId, Millis, Refusal, Seat, Slot};

/// One page.
#[derive(Debug, Clone, PartialEq)]
pub enum Screen {
    /// Nobody is here yet.
    Welcome,
    /// Whom to talk to.
    Companies {
        /// The tiles of this page, at most [`TILES`](super::TILES).
        tiles: Vec<Tile>,
        /// This page, from 0.
        page: usize,
        /// All pages.
        pages: usize,
        /// All companies.
        total: usize,
    },
    /// The connection number of a booking (E2).
    Number {
        /// The company that was chosen and sees only people with a booking; empty otherwise.
        company: String,
        /// The digits so far, at most [`engawa_protocol::limits::NUMBER_DIGITS`].
        digits: String,
        /// The service is being asked; keys do nothing.
        asking: bool,
        /// Why the last number opened nothing.
        refused: Option<NumberRefused>,
    },
    /// The booked interview cannot be entered yet (E7).
    NotOpen {
        /// The company.
        company: String,
        /// When it is held.
        slot: Slot,
        /// From when on it can be entered.
        opens: Millis,
        /// Whole seconds until then.
        seconds: u32,
    },
    /// The candidate's name.
    Name {
        /// The keyboard with what was typed.
        keyboard: keyboard::View,
        /// There is a name to go on with.
        ready: bool,
    },
    /// Own picture and sound, before asking to join.
    Ready {
        /// The candidate's name.
        name: String,
        /// The company.
        company: String,
        /// The hosts of the company who are signed in, as name and title.
        hosts: Vec<(String, String)>,
        /// The candidate's switches.
        devices: Devices,
        /// The candidate has said to be ready; before that the request is not offered.
        ready: bool,
        /// The request can be sent now.
        can_ask: bool,
        /// Why the last request was not taken.
        refused: Option<Refusal>,
    },
    /// The request stands.
    Waiting {
        /// The company.
        company: String,
        /// Whole seconds since the request.
        seconds: u32,
        /// Place in the company's queue; none while unknown or hidden by the event.
        place: Option<u32>,
        /// A host's words, with the host's name.
        note: Option<Note>,
        /// The candidate's switches.
        devices: Devices,
    },
    /// Turned away, or nobody answered.
    Refused {
        /// The company.
        company: String,
        /// A host's words; none when nobody answered or nothing was said.
        note: Option<Note>,
        /// Nobody answered.
        unanswered: bool,
    },
    /// Talking.
    Call {
        /// The candidate's name, for the greeting.
        name: String,
        /// The company.
        company: String,
        /// The recruiters, by seat.
        others: Vec<Other>,
        /// Whose picture is large; none shows all as equal tiles.
        enlarged: Option<Seat>,
        /// The candidate's switches.
        devices: Devices,
        /// Whole seconds since being let in.
        seconds: u32,
        /// On hold: neither side sees or hears the other (L12).
        held: bool,
        /// The candidate's hand is raised.
        hand: bool,
        /// Names are shown on the pictures (W9).
        names: bool,
    },
    /// In a call, but the line or the program was lost; it comes back by itself.
    Reconnecting {
        /// The candidate's name; empty when it is not known yet after a restart.
        name: String,
        /// Tries so far.
        tries: u32,
        /// Whole seconds since the line was lost.
        seconds: u32,
        /// What was lost.
        reason: Loss,
    },
    /// Over, and wiped.
    Ended {
        /// Why.
        end: End,
        /// Whole seconds until the first page.
        closes_in: u32,
        /// The candidate may still go back in (X7).
        may_return: bool,
    },
    /// The booth cannot be used at the moment.
    OutOfOrder {
        /// A short number for the staff, such as `E-NET-01`.
        fault: &'static str,
    },
    /// The staff's PIN (P5); its digits never come here.
    StaffPin {
        /// Digits typed so far, at most [`PIN_DIGITS`](crate::booth::PIN_DIGITS).
        typed: usize,
        /// Why the last PIN opened nothing.
        refused: Option<PinRefused>,
    },
    /// What the staff see of the booth.
    StaffMenu(Box<StaffMenu>),
}

/// A company to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Which.
    pub company: CompanyId,
    /// Its name in the view's language.
    pub name: String,
    /// A host is signed in.
    pub here: bool,
    /// Knocks that stand.
    pub waiting: u32,
    /// It sees only people with a booking (policy `walk_up`).
    pub booked: bool,
}

/// The candidate's switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Devices {
    /// Microphone on.
    pub microphone: bool,
    /// Camera on.
    pub camera: bool,
    /// Noise suppression on.
    pub noise: bool,
}

/// Words of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The host's shown name.
    pub from: String,
    /// The words.
    pub text: String,
}

/// A recruiter in the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// The seat.
    pub seat: Seat,
    /// Shown name.
    pub name: String,
    /// Microphone on.
    pub microphone: bool,
    /// Camera on.
    pub camera: bool,
    /// Their picture is arriving.
    pub picture: bool,
    /// Their line is lost at the moment.
    pub lost: bool,
    /// Their hand is raised: the how many-th, from 1.
    pub hand: Option<u32>,
}

/// How the walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The interview was held and is over.
    Done,
    /// The candidate left.
    Left,
    /// The line did not come back in time.
    Lost,
    /// The slot is over (X4).
    SlotOver,
    /// The interview was cancelled.
    Cancelled,
    /// The candidate goes on with it at another booth (E8).
    TakenOver,
}

/// Why the candidate is out of a running interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The network, or the service is away.
    Line,
    /// The booth started anew.
    Booth,
    /// The candidate left and comes back.
    Left,
}

/// Why a connection number opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberRefused {
    /// No interview has it.
    Unknown,
    /// It was good once.
    Expired,
    /// It was used already.
    Used,
    /// The interview is booked for another booth.
    OtherBooth,
    /// Too many wrong ones; the next is heard in so many seconds.
    TooManyTries {
        /// Whole seconds.
        seconds: u32,
    },
    /// The service cannot be asked at the moment.
    Unavailable,
}
