//! What people at the booth see: the whole of it, as one value.
//!
//! Screen and panel are both drawn from a [`View`], so they cannot disagree.

mod chat;
mod page;
mod staff;
mod time;
mod touch;

pub use chat::{Chat, Document, DocumentState, Line, LineBody, LineKey, LineState, QuickAnswer};
pub use page::{Devices, End, Loss, Note, NumberRefused, Other, Screen, Tile};
pub use staff::{PartTile, PinRefused, StaffMenu, Uplink};
pub use time::{Countdown, Notice};
pub use touch::Touch;

use engawa_protocol::Locale;

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
    /// What the log has just told, shown for some seconds.
    pub notice: Option<Notice>,
    /// Time to or in the booked slot (W17, X1); none for a walk-up.
    pub countdown: Option<Countdown>,
    /// The chat; none while there is nobody to write to.
    pub chat: Option<Chat>,
    /// A file of the chat that is being shown, over the page.
    pub document: Option<Document>,
    /// Calling the staff of the fair (L15).
    pub staff: Staff,
    /// Lit bars of the microphone's level, 0 to [`LEVEL_BARS`].
    pub level: u8,
    /// The lamp on top of the booth.
    pub lamp: Lamp,
    /// The lamp in the button that calls the staff.
    pub button_lamp: bool,
    /// The ring light around the camera, in percent.
    pub ring: u8,
    /// The light beside the camera: others may see its picture.
    pub shutter_indicator: bool,
    /// The screen is lit; otherwise it is dark until somebody is seen or touches it.
    pub awake: bool,
}

impl View {
    /// The page of a booth that cannot start, and has nobody yet who decides what it shows.
    pub fn out_of_order(locale: Locale, fault: &'static str) -> Self {
        Self {
            locale,
            booth: String::new(),
            online: false,
            clip: false,
            screen: Screen::OutOfOrder { fault },
            dialog: None,
            alert: None,
            notice: None,
            countdown: None,
            chat: None,
            document: None,
            staff: Staff::Away,
            level: 0,
            lamp: Lamp::Help,
            button_lamp: false,
            ring: 0,
            shutter_indicator: false,
            awake: true,
        }
    }
}

/// Bars of the level meter.
pub const LEVEL_BARS: u8 = 24;
/// Company tiles on one page.
pub const TILES: usize = 6;

/// How a call for a person stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Staff {
    /// Nobody can be called: the service is away.
    Away,
    /// Nobody was called.
    Free,
    /// Called; nobody has answered yet.
    Called,
    /// Somebody is on the way.
    Coming {
        /// Their shown name.
        by: String,
    },
}

/// The disk is full and the booth could not start with it.
pub const DISK_FULL: &str = "E-DSK-01";
/// The disk cannot be used.
pub const DISK_BROKEN: &str = "E-DSK-02";
/// The settings are missing or wrong, so the program could not start.
pub const SETTINGS: &str = "E-CFG-01";

/// A question over the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialog {
    /// Leave the interview? Staying is the default.
    Leave {
        /// Coming back is possible (X6).
        may_return: bool,
    },
    /// The interview is open at another booth: take it over (E8)? Leaving it there is the default.
    TakeOver,
}

/// A notice that goes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alert {
    /// Speaking while the microphone is off.
    Muted,
    /// The camera or microphone does not answer at the moment; the call goes on.
    SourceLost,
    /// The camera is on, and its shutter is closed.
    ShutterClosed,
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
    /// Out: the other half of a blink, by which the staff find this booth among others.
    Dark,
}
