//! What a booth or a page sends.

use crate::{Booking, BoothId, ClientId, CompanyId, Device, FileId, Locale, Peer, RoomId, Seq, Ticket};
use serde::{Deserialize, Serialize};

/// A message to the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// The first message of every connection.
    Hello {
        /// [`crate::PROTOCOL`].
        protocol: u32,
        /// The running client; the same after a lost connection, new after a restart or reload.
        client: ClientId,
    },
    /// Asks for a room's events after `after`, and for those to come.
    Follow {
        /// The room.
        room: RoomId,
        /// The last event already known; 0 for all.
        after: Seq,
    },
    /// Asks for no more events of a room.
    Unfollow {
        /// The room.
        room: RoomId,
    },
    /// Something the participant wants to happen; answered by `done` or `refused`.
    Command {
        /// The room.
        room: RoomId,
        /// The client's or the queue's own count, rising; a number that was already done is not done again.
        n: u32,
        /// What.
        command: Command,
        /// The queue on disk whose count `n` is; without one it is the running client's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        queue: Option<ClientId>,
    },
    /// Relayed to one peer of the room and not kept.
    Signal {
        /// The room.
        room: RoomId,
        /// Whom it is for.
        to: Peer,
        /// Which of the connections between the two, counted by the lower seat from 1.
        attempt: u32,
        /// What.
        signal: Signal,
    },
    /// A still picture of the knocker, kept in memory while the knock stands.
    Still {
        /// The room.
        room: RoomId,
        /// JPEG in base64, at most [`crate::limits::STILL_BYTES`] before encoding.
        jpeg: String,
    },
    /// Booth: trades a connection number or a QR code for its interview; answered by `invited` or
    /// `not_invited`.
    Redeem {
        /// Comes back in the answer.
        n: u32,
        /// What was typed or held to the camera.
        ticket: Ticket,
        /// Goes on here though the guest is connected at another booth (E8); without it that is told.
        #[serde(default)]
        take_over: bool,
    },
    /// Booth: the guest asks for a person, or takes it back; answered by `staff_call`.
    CallStaff {
        /// Asks.
        on: bool,
    },
    /// Staff: answers a booth's call.
    Attend {
        /// Whose.
        booth: BoothId,
        /// On the way; otherwise done, and the call is over.
        on: bool,
    },
    /// Booth: how it is as a machine, after each welcome and whenever that changes.
    Device {
        /// All of it.
        device: Device,
    },
    /// A sign of life, answered by `pong`.
    Ping {
        /// Comes back in the answer.
        n: u32,
    },
}

/// A wish that the room decides on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// Guest: asks a company to talk; opens the room when it is new.
    Knock {
        /// Whom.
        company: CompanyId,
        /// The candidate's name as shown to the others.
        name: String,
        /// The language the candidate reads.
        locale: Locale,
    },
    /// Guest: takes the knock back.
    CancelKnock,
    /// Host: lets the guest in.
    Admit,
    /// Host: asks the guest to go on waiting.
    Wait {
        /// Shown to the guest.
        message: String,
    },
    /// Host: turns the guest away, which ends the room.
    Refuse {
        /// Shown to the guest; may be empty.
        message: String,
    },
    /// Takes the seat, with media ready. Joining again replaces one's earlier presence.
    Join {
        /// Video codecs this client can receive.
        receives: Vec<Codec>,
        /// Ends one's own presence elsewhere (E8); without it a host is told `already_here`.
        #[serde(default)]
        take_over: bool,
    },
    /// Tells the others which of one's devices are on.
    Switch {
        /// Microphone on.
        microphone: bool,
        /// Camera on.
        camera: bool,
    },
    /// Leaves by the button.
    Leave,
    /// Host or staff: ends the interview for all.
    End,
    /// Says something in the chat (T1).
    Say {
        /// At most [`crate::limits::TEXT_CHARS`] scalar values after NFC.
        text: String,
    },
    /// Posts a file whose bytes the service has (T2).
    SendFile {
        /// Which.
        file: FileId,
    },
    /// Takes one's own post back (T6).
    DeletePost {
        /// Number of the event that posted it.
        post: Seq,
    },
    /// Host: takes every post back (T6).
    ClearChat,
    /// Raises or lowers one's hand (L5).
    RaiseHand {
        /// Raised.
        up: bool,
    },
    /// Host: nobody sees or hears anybody until it is ended (L12).
    Hold {
        /// Begins it.
        on: bool,
    },
    /// Host: turns everybody else's microphone off (L13).
    MuteAll,
    /// Host: turns everybody else's camera off (L13).
    CamerasOff,
    /// Host: what everybody comes in with (W9).
    Preset {
        /// Microphones on.
        microphone: bool,
        /// Cameras on.
        camera: bool,
        /// Names shown.
        names: bool,
    },
    /// Host: moves the end of the slot (X3).
    Extend {
        /// By how much, 1 to [`crate::limits::EXTEND_MINUTES`].
        minutes: u32,
    },
    /// Host or staff: books the room, or changes its booking; the first event of a booked room.
    Book {
        /// The whole booking.
        booking: Booking,
    },
    /// Host or staff: the booked interview is not held.
    CancelBooking,
}

/// A video codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Codec {
    /// H.264 constrained baseline, packetization mode 1 (RFC 6184).
    H264,
    /// VP8 (RFC 7741).
    Vp8,
}

/// One step of setting up a peer connection (RFC 8829, perfect negotiation: the higher seat is polite).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Signal {
    /// A session description that offers.
    Offer {
        /// SDP.
        sdp: String,
    },
    /// A session description that answers.
    Answer {
        /// SDP.
        sdp: String,
    },
    /// A trickled ICE candidate; an empty text ends them.
    Candidate {
        /// The `candidate:` line.
        candidate: String,
        /// Index of its media section.
        line: u32,
    },
    /// Asks the lower seat to build the connection anew, under the next attempt.
    Rebuild,
}
