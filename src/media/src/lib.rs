//! The booth's media: captures, encodes once, sends to every recruiter, receives and plays.
//!
//! Owns: every GStreamer pipeline, the choice of encoder, peer connections, the mix that is heard
//! and the pictures that are shown.
//! Never does: signaling, deciding who may hear whom, drawing on a screen, keeping anything.
//!
//! Each part is a pipeline of its own on one shared clock: the sources, each encoder, each peer
//! connection, the speaker. Buffers cross between them by reference. So a device that is pulled
//! out, an encoder that dies or a peer that breaks is taken down alone and replaced, and nothing
//! is ever relinked while it runs.
//!
//! ```text
//! camera ─▶ PictureHub ─┬▶ preview Mailbox          ┌▶ link (payloader, webrtcbin) ⇄ recruiter
//!                       └▶ one encoder ─▶ Fanout ───┼▶ link
//! microphone ─▶ Voice ─────▶ Opus once ─▶ Fanout ───┘   └▶ decoders ─▶ Mailbox, Mixer ─▶ speaker
//! ```

mod capture;
mod check;
mod config;
mod encode;
mod error;
mod fanout;
mod figures;
mod happening;
mod levels;
mod link;
mod mailbox;
mod media;
mod note;
mod picture;
mod reaper;
mod sound;
mod source;
mod stamp;
mod timeline;
mod tone;
mod worker;

pub use check::{Findings, Found, check};
pub use config::{AudioSource, Config, LinkOptions, Speaker, VideoSource};
pub use error::Error;
pub use figures::Figures;
pub use happening::{Device, Happening};
pub use link::{LinkFigures, LinkState};
pub use mailbox::{Frame, Mailbox, Pixels};
pub use media::Media;
pub use stamp::{Stamp, read_stamp};

pub use engawa_protocol::{Codec, IceServer, LinkId, Signal};
