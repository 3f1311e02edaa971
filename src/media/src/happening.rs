use crate::LinkId;
use engawa_protocol::Signal;

/// What the media tells about.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// To be relayed to the link's peer.
    Signal {
        /// The link.
        link: LinkId,
        /// What.
        signal: Signal,
    },
    /// Media can flow: the first time, or again after an interruption.
    LinkConnected {
        /// The link.
        link: LinkId,
    },
    /// Nothing has come from the peer for a while; the link may come back by itself.
    LinkInterrupted {
        /// The link.
        link: LinkId,
    },
    /// The link is over and sends nothing more; the others are not affected.
    LinkFailed {
        /// The link.
        link: LinkId,
        /// Why, without anything personal.
        reason: &'static str,
    },
    /// The peer's first picture is decoded.
    FirstPicture {
        /// The link.
        link: LinkId,
    },
    /// What the microphone hears, about 15 times a second, muted or not.
    Heard {
        /// Loudness as felt, 0 to 1.
        level: f32,
        /// Probability that it is speech, 0 to 1.
        voice: f32,
    },
    /// H.264 is encoded by another element from now on; told once at the start, too.
    EncoderChanged {
        /// Its factory name.
        name: String,
    },
    /// A device is gone, or did not start. It is tried again every few seconds.
    SourceLost {
        /// Which.
        what: Device,
    },
    /// A device works, after it was lost.
    SourceBack {
        /// Which.
        what: Device,
    },
    /// The media itself has stopped and has to be started anew.
    Broken {
        /// Why, without anything personal.
        reason: &'static str,
    },
}

/// What the media depends on and may lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Device {
    /// The camera, or what stands for it.
    Camera,
    /// The microphone, or what stands for it.
    Microphone,
    /// The speaker.
    Speaker,
    /// Every H.264 encoder of the ladder.
    Encoder,
}
