//! What a booth or a page sends.

use crate::{ClientId, CompanyId, Locale, Peer, RoomId, Seq};
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
        /// The client's own count, rising; a number that was already done is not done again.
        n: u32,
        /// What.
        command: Command,
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
    /// Host: ends the interview for all.
    End,
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
