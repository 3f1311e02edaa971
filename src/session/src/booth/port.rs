//! What goes into a booth's session, and what comes out of it.

use super::chat::Queued;
use crate::control::{Answer, Ask};
use crate::health::Check;
use crate::outbox::KeepFault;
use crate::panel::PanelInput;
use crate::view::{Devices, Touch, Uplink};
use engawa_protocol::{
    ClientMessage, Codec, CommandId, Device, FileCard, IceServer, LinkId, Locale, RoomId, Seq, ServiceMessage, Signal,
};
use serde::{Deserialize, Serialize};

/// What is kept on disk while somebody is in an interview, to return after a crash. It holds no
/// name: the room's log does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The room to return to.
    pub room: RoomId,
    /// The candidate's language.
    pub locale: Locale,
    /// Microphone on.
    pub microphone: bool,
    /// Camera on.
    pub camera: bool,
    /// Noise suppression on.
    pub noise: bool,
    /// The candidate wants to be let in.
    pub asked: bool,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// A finger on the screen.
    Touched(Touch),
    /// The WebSocket to the service is open.
    LinkUp,
    /// It is gone, or could not be opened.
    LinkDown(LinkFault),
    /// A message from the service.
    Received(ServiceMessage),
    /// Something of the media.
    Media(MediaInput),
    /// Something of the panel.
    Panel(PanelInput),
    /// A QR code was held to the camera.
    Scanned(String),
    /// What the queue on disk holds for a room now, in order: waiting, on its way, not delivered.
    Queued {
        /// The room.
        room: RoomId,
        /// All of it.
        queued: Vec<Queued>,
    },
    /// The queue did not take what was written: it is full, or the disk is.
    QueueFull,
    /// The disk did not open at the start: nothing can be kept.
    DiskFailed(KeepFault),
    /// It is open now, with the interview of the last run if one was running.
    DiskBack(Option<Saved>),
    /// The file that was to be shown is here, or cannot be had.
    Fetched {
        /// The room.
        room: RoomId,
        /// Its post.
        post: Seq,
        /// It is here.
        here: bool,
    },
    /// What check `n` found of screen, media, disk and panel, see [`Effect::Check`].
    Checked {
        /// Which check.
        n: u32,
        /// What was found.
        checks: Vec<Check>,
    },
    /// A program beside the booth asks; answered by one [`Effect::Answer`].
    Asked {
        /// Who.
        by: Asker,
        /// What.
        ask: Ask,
    },
    /// That program's connection ended.
    AskerGone(Asker),
    /// The machine's version, slot and last fallback; its faults are the booth's own to tell.
    Device(Device),
    /// The staff want the page that asks for their PIN, by another way than the screen.
    OpenStaffPin,
    /// What carries the default route now.
    Uplink(Uplink),
}

/// A connection of a program beside the booth; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asker(pub u64);

/// Why there is no connection to the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkFault {
    /// Network, or the service is away; tried again.
    Network,
    /// The service does not know this booth, or no more.
    Unauthorized,
    /// The booth has not enrolled yet.
    NotEnrolled,
    /// The service refused the booth's enrolment token.
    EnrolRefused,
    /// The service speaks another version.
    Version,
    /// Another process runs with this booth's token.
    Replaced,
    /// The service closed the connection over what this booth sent.
    Misbehaved,
}

/// What the media tells.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaInput {
    /// For the peer of `link`.
    Signal {
        /// Which connection.
        link: LinkId,
        /// What.
        signal: Signal,
    },
    /// Media flows.
    Connected(LinkId),
    /// Nothing comes at the moment; it may heal.
    Interrupted(LinkId),
    /// It will not heal; build it anew.
    Failed(LinkId),
    /// The first decoded picture.
    Picture(LinkId),
    /// The microphone: perceptual level and probability of voice, each 0 to 1, about 15 a second.
    Heard {
        /// Level.
        level: f32,
        /// Voice.
        voice: f32,
    },
    /// The still picture that was asked for, as JPEG in base64.
    Still {
        /// For which room it was asked.
        room: RoomId,
        /// JPEG in base64.
        jpeg: String,
    },
    /// A source stopped; the media looks for it.
    SourceLost(Source),
    /// It is back.
    SourceBack(Source),
    /// The media could not be started, or is gone as a whole.
    Broken,
}

/// What the booth takes from the candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The camera.
    Camera,
    /// The microphone.
    Microphone,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// To the service; only while the link is up.
    Send(ClientMessage),
    /// Keep this on disk.
    Store(Saved),
    /// Take it off the disk.
    Forget,
    /// Put this line of the candidate's into the queue on disk, which delivers it (T8).
    Write {
        /// To which room.
        room: RoomId,
        /// The words.
        text: String,
    },
    /// The candidate has read that this was not delivered.
    Dismiss(CommandId),
    /// The candidate is done with the room: what the queue still holds of it is delivered unseen.
    EndSession(RoomId),
    /// Bring this file of the chat here and show it; answered by [`Input::Fetched`].
    Fetch {
        /// The room.
        room: RoomId,
        /// Its post.
        post: Seq,
        /// What it is.
        file: FileCard,
    },
    /// The file is not shown any more: nothing of it is kept.
    CloseFile,
    /// To the media.
    Media(MediaCommand),
    /// Look at screen, media, disk and panel now; answered by [`Input::Checked`] with this number.
    Check(u32),
    /// Give the running check up: its devices are free again before anything else is opened.
    StopCheck,
    /// To a program beside the booth.
    Answer {
        /// Who asked.
        to: Asker,
        /// What is said.
        answer: Answer,
    },
    /// End the program; it is started again by whoever keeps it running.
    Restart,
}

/// Something for the media to do.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaCommand {
    /// Camera, microphone and speaker on.
    Open(Devices),
    /// Everything off, nothing kept.
    Close,
    /// Build a connection and offer it.
    AddLink {
        /// Which.
        link: LinkId,
        /// The codec to send.
        codec: Codec,
        /// For gathering candidates.
        ice_servers: Vec<IceServer>,
    },
    /// Take a connection down.
    RemoveLink(LinkId),
    /// From the peer.
    Signal {
        /// Which connection.
        link: LinkId,
        /// What.
        signal: Signal,
    },
    /// The candidate's switches.
    Devices(Devices),
    /// Play the test sound.
    TestSound,
    /// Take a still picture for this room.
    Still(RoomId),
}
