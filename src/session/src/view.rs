//! What people at the booth see: the whole of it, as one value.
//!
//! Screen and lamp are both drawn from a [`View`], so they cannot disagree.

use crate::keyboard;
use engawa_protocol::{CompanyId, Locale, Seat};

/// Everything a booth shows at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// The language of every word.
    pub locale: Locale,
    /// The booth's shown name, such as `A-03`; empty until the service has told it.
    pub booth: String,
    /// The service can be reached.
    pub online: bool,
    /// The picture and sound are a clip, not a camera and a microphone; the screen says so.
    pub clip: bool,
    /// The page.
    pub screen: Screen,
    /// The question that lies over the page.
    pub dialog: Option<Dialog>,
    /// The short notice at the lower left of a call.
    pub alert: Option<Alert>,
    /// Lit bars of the microphone's level, 0 to [`LEVEL_BARS`].
    pub level: u8,
    /// The lamp on top of the booth.
    pub lamp: Lamp,
}

/// Bars of the level meter.
pub const LEVEL_BARS: u8 = 24;
/// Company tiles on one page.
pub const TILES: usize = 6;

/// One page.
#[derive(Debug, Clone, PartialEq)]
pub enum Screen {
    /// Nobody is here yet.
    Welcome,
    /// Whom to talk to.
    Companies {
        /// The tiles of this page, at most [`TILES`].
        tiles: Vec<Tile>,
        /// This page, from 0.
        page: usize,
        /// All pages.
        pages: usize,
        /// All companies.
        total: usize,
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
    },
    /// In a call, but the line or the program was lost; it comes back by itself.
    Reconnecting {
        /// The candidate's name; empty when it is not known yet after a restart.
        name: String,
        /// Tries so far.
        tries: u32,
        /// Whole seconds since the line was lost.
        seconds: u32,
    },
    /// Over, and wiped.
    Ended {
        /// Why.
        end: End,
        /// Whole seconds until the first page.
        closes_in: u32,
    },
    /// The booth cannot be used at the moment.
    OutOfOrder {
        /// A short number for the staff, such as `E-NET-01`.
        fault: &'static str,
    },
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
}

/// A question over the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialog {
    /// Leave the interview? Staying is the default.
    Leave,
}

/// A notice that goes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alert {
    /// Speaking while the microphone is off.
    Muted,
    /// The camera or microphone does not answer at the moment; the call goes on.
    SourceLost,
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
}

/// The lamp on top of the booth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lamp {
    /// Free.
    Free,
    /// Taken.
    Taken,
    /// Needs help.
    Help,
}

/// What a finger did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touch {
    /// A language, on any page.
    Language(Locale),
    /// Start, on the first page.
    Start,
    /// One page back.
    Back,
    /// A company's tile.
    Company(CompanyId),
    /// The next six companies.
    NextTiles,
    /// The six before.
    PreviousTiles,
    /// A key of the keyboard.
    Key(keyboard::Key),
    /// The name is complete.
    NameDone,
    /// Microphone on or off.
    Microphone,
    /// Camera on or off.
    Camera,
    /// Noise suppression on or off.
    Noise,
    /// Plays the test sound.
    TestSound,
    /// All is set up; the request can be made (W16).
    Ready,
    /// Asks to join.
    Ask,
    /// Takes the request back.
    Cancel,
    /// After being turned away: other companies.
    OtherCompanies,
    /// Finished: back to the first page, wiped.
    Finish,
    /// Leave the call: asks first.
    Leave,
    /// Yes, leave.
    ConfirmLeave,
    /// No, stay.
    Stay,
    /// A recruiter's tile.
    Enlarge(Seat),
    /// All tiles alike.
    Tiles,
}
