//! Sound: from the microphone to the peers, and from the peers to the speaker.

mod chime;
mod mixer;
mod speaker;
mod voice;

pub(crate) use chime::chime;
pub(crate) use mixer::{Channel, Mixer};
pub(crate) use speaker::{canceller, is_alsa, plain, speaker};
pub(crate) use voice::{OPUS_LINE_RATE, Opus, Voice};

/// Everything inside runs at this rate, one channel.
pub(crate) const RATE: u32 = 48_000;
/// Samples in 10 ms, the step of the noise filter and of the mixer.
pub(crate) const STEP: usize = 480;
/// What sources deliver and peers are turned into.
pub(crate) const FLOAT_CAPS: &str = "audio/x-raw,format=F32LE,rate=48000,channels=1,layout=interleaved";

/// Reads the samples of a buffer in [`FLOAT_CAPS`].
pub(crate) fn samples(buffer: &gst::BufferRef) -> Vec<f32> {
    let Ok(map) = buffer.map_readable() else { return Vec::new() };
    map.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}
