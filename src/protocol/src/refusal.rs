//! How the service says no: to a command, to a message, to a connection.

use serde::{Deserialize, Serialize};

/// Why a command was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The sender's role may not do this, or the room is not theirs.
    NotAllowed,
    /// There is no such room.
    NoSuchRoom,
    /// There is no such company in this event.
    NoSuchCompany,
    /// It does not fit what the room is doing, such as admitting without a knock.
    WrongMoment,
    /// The interview is over.
    Over,
    /// Every seat is taken.
    Full,
    /// A name or text is empty, too long or holds control characters.
    BadText,
    /// The service could not store it; it may be tried again.
    Unavailable,
    /// The interview is not open yet (E7).
    TooEarly,
    /// The interview's time is over (E7).
    TooLate,
    /// The same participant is connected elsewhere (E8).
    AlreadyHere,
    /// The next booked slot begins before that (X3).
    NextSlot,
    /// The file was not sent to this room by this sender, or not as a whole.
    NoSuchFile,
    /// There is no such post, or it is somebody else's.
    NoSuchPost,
    /// This company sees only people with a booking.
    Booked,
}

/// What was wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Not JSON, or a field is missing or out of range.
    Malformed,
    /// No message of that name.
    UnknownMessage,
    /// Something came before hello, or hello came twice.
    HelloExpected,
    /// A part is over its limit.
    TooLarge,
    /// Not for this role, or a room that is not the sender's.
    NotAllowed,
    /// The peer it is for is not there.
    NoSuchPeer,
}

/// Why the service closes a WebSocket: 40xx the program's fault, 41xx the user's, 42xx ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum CloseCode {
    /// Too many malformed messages.
    Faults = 4000,
    /// The first message was not hello.
    Hello = 4001,
    /// A version this service does not speak.
    Version = 4002,
    /// More messages than the rate allows.
    Rate = 4003,
    /// Nothing was heard for [`crate::limits::SILENCE_MS`].
    Silent = 4004,
    /// The client did not read fast enough.
    Slow = 4005,
    /// Signed out, or the device is no longer known.
    SignedOut = 4100,
    /// The same seat was taken elsewhere.
    Replaced = 4101,
    /// The service is stopping; come back in a moment.
    Restart = 4200,
    /// Something of ours failed.
    Internal = 4201,
}
