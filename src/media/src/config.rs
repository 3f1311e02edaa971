use engawa_protocol::{Codec, IceServer};
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// What the booth captures, plays and sends.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the picture comes from.
    pub video: VideoSource,
    /// Where the sound comes from.
    pub audio: AudioSource,
    /// Where the recruiters are heard.
    pub speaker: Speaker,
    /// Width of the sent picture in pixels.
    pub width: u32,
    /// Height of the sent picture in pixels.
    pub height: u32,
    /// Frames a second.
    pub fps: u32,
    /// Bounds of the sent video in bit/s; within them it follows the peers' congestion estimates.
    pub bitrate: RangeInclusive<u32>,
    /// H.264 encoders by element factory name, best first. A name without a factory is skipped.
    pub encoders: Vec<String>,
    /// Whether noise is filtered at first.
    pub noise_suppression: bool,
    /// Whether the microphone is on at first.
    pub microphone: bool,
    /// Whether the camera is on at first.
    pub camera: bool,
    /// Frequency in Hz to listen for in what the recruiters send; reported by `figures`. For tests.
    pub listen: Option<f64>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            video: VideoSource::Camera { device: None },
            audio: AudioSource::Microphone { device: None },
            speaker: Speaker::Device { device: None },
            width: 1280,
            height: 720,
            fps: 30,
            bitrate: 250_000..=2_000_000,
            encoders: Self::ladder(),
            noise_suppression: true,
            microphone: true,
            camera: true,
            listen: None,
        }
    }
}

impl Config {
    /// The H.264 encoders known to be good, hardware first.
    pub fn ladder() -> Vec<String> {
        ["vah264enc", "vah264lpenc", "v4l2h264enc", "x264enc", "openh264enc"].map(str::to_owned).into()
    }
}

/// Where the picture comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VideoSource {
    /// A camera: a `/dev/video…` path (V4L2), another name (libcamera), or whichever is found first.
    Camera {
        /// Which; the first found when none is named.
        device: Option<String>,
    },
    /// A clip, played in a loop (WebM, Matroska, MP4).
    File(PathBuf),
    /// A moving test picture that carries its time (see [`crate::Stamp`]).
    Test,
    /// No picture: peers and preview get a dark one.
    None,
}

/// Where the sound comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum AudioSource {
    /// A microphone: an ALSA name (`hw:…`, `plughw:…`, `default`) or a PulseAudio/PipeWire one.
    Microphone {
        /// Which; the system's default when none is named.
        device: Option<String>,
    },
    /// A clip's sound, in a loop. With the same path as the picture, both run together.
    File(PathBuf),
    /// A sine tone; never filtered, since it is not speech.
    Tone {
        /// Frequency.
        hz: f64,
    },
    /// Silence.
    None,
}

/// Where the recruiters are heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// A sound card; also gives the echo canceller its reference.
    Device {
        /// Which; the system's default when none is named.
        device: Option<String>,
    },
    /// Nowhere. Everything is decoded and mixed all the same.
    Silent,
}

/// What a new link needs to know.
#[derive(Debug, Clone)]
pub struct LinkOptions {
    /// The video codec that is offered.
    pub codec: Codec,
    /// STUN and TURN servers; no others are asked.
    pub ice_servers: Vec<IceServer>,
}
