//! What has happened in a room: the log that everybody folds.

use crate::{AccountId, Booking, BoothId, ClientId, Codec, CompanyId, FileCard, Locale, Millis, Seat, Seq};
use serde::{Deserialize, Serialize};

/// One entry of a room's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Recorded {
    /// Its number, without gaps.
    pub seq: Seq,
    /// When the service appended it.
    pub at: Millis,
    /// Whose doing it was.
    pub by: Actor,
    /// The command it came from; none when the service decided by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub command: Option<CommandId>,
    /// What happened.
    pub event: Event,
}

/// A command's name for telling a repeated one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CommandId {
    /// Which client, or which queue on a client's disk.
    pub client: ClientId,
    /// Its count.
    pub n: u32,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// The booth's guest.
    Guest {
        /// At which booth.
        booth: BoothId,
    },
    /// A host.
    Host {
        /// Which.
        account: AccountId,
    },
    /// Staff of the fair: they book, cancel and end, and never sit in a room.
    Staff {
        /// Which.
        account: AccountId,
    },
    /// The service, by a deadline or a lost connection.
    Service,
}

/// What someone is in the interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The candidate.
    Guest,
    /// A recruiter.
    Host,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The interview is booked, or its booking changed.
    Booked {
        /// The whole booking.
        booking: Booking,
    },
    /// The booked interview is not held; the room is over.
    BookingCancelled,
    /// The guest asks to be let in.
    Knocked {
        /// Whom.
        company: CompanyId,
        /// The guest's shown name.
        name: String,
        /// The language the guest reads.
        locale: Locale,
    },
    /// The guest took the knock back.
    KnockCancelled,
    /// The standing knock was passed on (W14).
    Rang {
        /// To this host; to the staff when none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        account: Option<AccountId>,
    },
    /// A host asked the guest to go on waiting.
    AskedToWait {
        /// The host's words.
        message: String,
        /// The host's shown name.
        from: String,
    },
    /// A host turned the guest away; the room is over.
    Refused {
        /// The host's words; may be empty.
        message: String,
        /// The host's shown name.
        from: String,
    },
    /// The guest may come in: from here on media flows between those present.
    Admitted,
    /// Someone took a seat; this event's number begins the presence.
    Joined {
        /// The seat.
        seat: Seat,
        /// Guest or host.
        role: Role,
        /// Shown name.
        name: String,
        /// Title; empty for a guest.
        title: String,
        /// Video codecs they can receive.
        receives: Vec<Codec>,
        /// Why the seat had been empty, or whose presence this one replaces; none the first time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        returns: Option<LeaveCause>,
    },
    /// A device was turned on or off.
    Switched {
        /// Whose.
        seat: Seat,
        /// Microphone on.
        microphone: bool,
        /// Camera on.
        camera: bool,
    },
    /// The signaling connection of a seat is gone; its presence stands for the grace period.
    Lost {
        /// Whose.
        seat: Seat,
    },
    /// The same client is back.
    Back {
        /// Whose.
        seat: Seat,
    },
    /// A presence is over.
    Left {
        /// Whose.
        seat: Seat,
        /// Why.
        cause: LeaveCause,
    },
    /// The guest goes on at the booth whose doing this was, with a ticket of the booking (E8). The
    /// presence at the earlier booth is over, and what was asked and let in stands.
    GuestMoved,
    /// Nobody sees or hears anybody from here on; the chat goes on (L12).
    Held,
    /// The hold is over.
    Resumed,
    /// Everybody but one was turned off; each may turn on again (L13).
    Silenced {
        /// The microphones.
        microphones: bool,
        /// The cameras.
        cameras: bool,
        /// Who is left out: the host whose doing it was.
        except: Seat,
    },
    /// What everybody who joins from here on comes in with (W9).
    Preset {
        /// Microphones on.
        microphone: bool,
        /// Cameras on.
        camera: bool,
        /// Names shown.
        names: bool,
    },
    /// The slot ends at another time (X3).
    Extended {
        /// Its new end.
        ends: Millis,
    },
    /// Five minutes are left (X2).
    EndsSoon {
        /// When it ends.
        ends: Millis,
    },
    /// A line of the chat; its number names the post.
    Said {
        /// The words; empty in what is read after a deletion.
        text: String,
        /// It was written before the end, or before the guest moved, and came after it.
        #[serde(default, skip_serializing_if = "is_false")]
        #[cfg_attr(feature = "ts", ts(as = "Option<bool>", optional))]
        late: bool,
    },
    /// A file in the chat; its number names the post.
    FileSent {
        /// Which.
        file: FileCard,
        /// It was sent before the end, or before the guest moved, and came after it.
        #[serde(default, skip_serializing_if = "is_false")]
        #[cfg_attr(feature = "ts", ts(as = "Option<bool>", optional))]
        late: bool,
    },
    /// A post was taken back.
    PostDeleted {
        /// Number of the event that posted it.
        post: Seq,
    },
    /// Every post so far was taken back.
    ChatCleared,
    /// Someone asks to speak (L5).
    HandRaised {
        /// Who.
        seat: Seat,
    },
    /// No more.
    HandLowered {
        /// Who.
        seat: Seat,
    },
    /// The interview is over, for good.
    Ended {
        /// Why.
        cause: EndCause,
    },
}

fn is_false(value: &bool) -> bool {
    !value
}

/// Why someone is no longer there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LeaveCause {
    /// By the button.
    Button,
    /// The line was lost for longer than the grace period.
    Line,
    /// A new client of the same participant joined while the old presence stood.
    Restart,
    /// The same participant joined elsewhere, after confirming (E8).
    TakenOver,
}

/// Why an interview is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum EndCause {
    /// A host ended it for all.
    Host,
    /// The last host left.
    HostLeft,
    /// The guest left.
    Guest,
    /// The guest's line did not come back.
    GuestLost,
    /// The hosts' lines did not come back.
    HostLost,
    /// Nobody answered the knock.
    Unanswered,
    /// The slot is over (X4).
    SlotOver,
    /// The booking was cancelled.
    Cancelled,
}
