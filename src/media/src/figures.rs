use crate::LinkFigures;

/// What the media has done so far, for the bench, tests and a status page. Nothing personal is in it.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Figures {
    /// Factory name of the running H.264 encoder.
    pub encoder: Option<String>,
    /// What it is set to, in bit/s.
    pub bitrate: u32,
    /// The same of VP8, while a peer needs it.
    pub bitrate_vp8: Option<u32>,
    /// Pictures captured.
    pub captured: u64,
    /// H.264 pictures encoded.
    pub encoded: u64,
    /// VP8 pictures encoded.
    pub encoded_vp8: u64,
    /// Opus frames encoded, of 20 ms each.
    pub sound_encoded: u64,
    /// Share of what the recruiters send that is the frequency of [`crate::Config::listen`], 0 to 1.
    pub tone: Option<f32>,
    /// Notes that were lost because the media thread did not keep up.
    pub notes_lost: u64,
    /// Every link that was added and not removed.
    pub links: Vec<LinkFigures>,
}
