use super::{FLOAT_CAPS, Mixer, STEP};
use crate::note::Trouble;
use crate::timeline::{Timeline, named};
use crate::{Error, Speaker};
use gst::prelude::*;
use std::sync::Arc;

/// The name under which the echo canceller finds what is being played.
const ECHO_PROBE: &str = "engawa-echo";

/// Sinks for a speaker that is not named, in the order they are tried.
const SINKS: [&str; 3] = ["pulsesink", "pipewiresink", "alsasink"];

/// Builds the pipeline that plays the mix. `attempt` counts retries, to try one kind of sink after the other.
pub(crate) fn speaker(
    timeline: &Timeline,
    choice: &Speaker,
    attempt: u32,
    mixer: Arc<Mixer>,
    hear: impl Fn(Trouble) + Send + Sync + 'static,
) -> Result<gst::Pipeline, Error> {
    let sink = match choice {
        Speaker::Silent => "fakesink sync=true".to_owned(),
        Speaker::Device { device } => probed(&sink(device.as_deref(), attempt)),
    };
    play_into(&sink, timeline, mixer, hear)
}

/// A sink with the echo canceller's ear directly before it; further away it would hear too early.
fn probed(sink: &str) -> String {
    format!(
        "audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate=48000,layout=interleaved \
         ! webrtcechoprobe name={ECHO_PROBE} ! {sink}"
    )
}

fn play_into(
    sink: &str,
    timeline: &Timeline,
    mixer: Arc<Mixer>,
    hear: impl Fn(Trouble) + Send + Sync + 'static,
) -> Result<gst::Pipeline, Error> {
    // A steady silence clocks the mix: peers come and go without the sink ever pausing.
    let description = format!(
        "audiotestsrc name=silence wave=silence is-live=true samplesperbuffer={STEP} \
         ! capsfilter name=mix caps=\"{FLOAT_CAPS}\" ! {sink}"
    );
    let pipeline = timeline.pipeline("speaker", &description, hear)?;
    let pad = named::<gst::Element>(&pipeline, "mix").static_pad("src").expect("a filter has a source pad");
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        if let Some(buffer) = info.buffer_mut() {
            play(&mixer, buffer.make_mut());
        }
        gst::PadProbeReturn::Ok
    });
    Ok(pipeline)
}

/// The echo canceller; it does not start before its probe at the speaker does.
pub(crate) fn canceller() -> String {
    format!(
        "audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate=48000,channels=1 \
         ! webrtcdsp probe={ECHO_PROBE} echo-cancel=true delay-agnostic=true extended-filter=true \
         noise-suppression=false gain-control=true high-pass-filter=true"
    )
}

fn sink(device: Option<&str>, attempt: u32) -> String {
    let quick = "buffer-time=60000 latency-time=10000";
    match device {
        Some(name) if is_alsa(name) => format!("alsasink device=\"{}\" {quick}", plain(name)),
        Some(name) => format!("pulsesink device=\"{}\" {quick}", plain(name)),
        None => {
            let here: Vec<_> = SINKS.into_iter().filter(|name| gst::ElementFactory::find(name).is_some()).collect();
            match here.get(attempt as usize % here.len().max(1)) {
                Some(&"pipewiresink") => "pipewiresink".to_owned(),
                Some(name) => format!("{name} {quick}"),
                None => "alsasink".to_owned(),
            }
        }
    }
}

/// Whether a device name is one of ALSA's.
pub(crate) fn is_alsa(name: &str) -> bool {
    name == "default" || ["hw:", "plughw:", "sysdefault", "dmix", "dsnoop"].iter().any(|p| name.starts_with(p))
}

/// A device name as it may stand between quotes in a description.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '"' | '\\') && !c.is_control()).collect()
}

fn play(mixer: &Mixer, buffer: &mut gst::BufferRef) {
    // A silence is marked as a gap, which sinks would skip whatever is in it.
    buffer.unset_flags(gst::BufferFlags::GAP);
    let Ok(mut map) = buffer.map_writable() else { return };
    let mut mix = vec![0.0; map.len() / 4];
    mixer.mix(&mut mix);
    for (bytes, sample) in map.as_chunks_mut::<4>().0.iter_mut().zip(mix) {
        *bytes = sample.to_le_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::canceller;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
    use std::time::{Duration, Instant};

    /// Power of the canceller's output, step by step, for a microphone that hears nothing but the speaker.
    fn loudness() -> Vec<f64> {
        let timeline = Timeline::new();
        let mixer = Arc::new(Mixer::default());
        let mut seed = 7u32;
        let noise: Vec<f32> = (0..48_000 * 4)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 8) as f32 / (1 << 24) as f32 * 0.4 - 0.2
            })
            .collect();
        let failed = Arc::new(AtomicBool::new(false));
        let heard = |failed: &Arc<AtomicBool>| {
            let failed = failed.clone();
            move |trouble| {
                failed.fetch_or(trouble == Trouble::Error, Ordering::Relaxed);
            }
        };
        let speaker =
            play_into(&probed("fakesink sync=true"), &timeline, mixer.clone(), heard(&failed)).expect("speaker");
        speaker.set_state(gst::State::Playing).expect("it plays");
        let description = format!(
            "audiotestsrc name=room is-live=true wave=silence samplesperbuffer=480 \
             ! {FLOAT_CAPS} ! identity name=microphone ! {} ! fakesink name=out sync=false",
            canceller()
        );
        let microphone = timeline.pipeline("microphone", &description, heard(&failed)).expect("microphone");
        // The room: 40 ms after the speaker, at half the loudness.
        let room = noise.clone();
        let at = AtomicU32::new(0);
        let pad = named::<gst::Element>(&microphone, "microphone").static_pad("src").expect("pad");
        pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
            let step = at.fetch_add(1, Ordering::Relaxed) as usize;
            let mut buffer = gst::Buffer::from_mut_slice(vec![0u8; STEP * 4]);
            if let Some(original) = info.buffer() {
                let begin = (step.saturating_sub(4) * STEP) % (room.len() - STEP);
                let sound: Vec<u8> = room[begin..begin + STEP]
                    .iter()
                    .flat_map(|s| (if step >= 4 { s * 0.5 } else { 0.0 }).to_le_bytes())
                    .collect();
                let fresh = buffer.get_mut().expect("new");
                fresh.copy_from_slice(0, &sound).expect("same size");
                fresh.set_pts(original.pts());
                fresh.set_duration(original.duration());
            }
            info.data = Some(gst::PadProbeData::Buffer(buffer));
            gst::PadProbeReturn::Ok
        });
        let levels = Arc::new(std::sync::Mutex::new(Vec::new()));
        let seen = levels.clone();
        let out = named::<gst::Element>(&microphone, "out").static_pad("sink").expect("pad");
        out.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
            let map = info.buffer().expect("buffer").map_readable().expect("readable");
            let samples = map.as_chunks::<2>().0.iter().map(|b| f64::from(i16::from_le_bytes(*b)));
            crate::mailbox::lock(&seen).push(samples.map(|s| s * s).sum::<f64>() / (map.len() / 2) as f64);
            gst::PadProbeReturn::Ok
        });
        mixer.play(noise);
        microphone.set_state(gst::State::Playing).expect("it hears");
        let end = Instant::now() + Duration::from_secs(15);
        while crate::mailbox::lock(&levels).len() < 380 && Instant::now() < end {
            assert!(!failed.load(Ordering::Relaxed), "a pipeline failed");
            std::thread::park_timeout(Duration::from_millis(20));
        }
        for pipeline in [microphone, speaker] {
            pipeline.set_state(gst::State::Null).expect("down");
        }
        let levels = crate::mailbox::lock(&levels);
        levels.clone()
    }

    #[test]
    fn the_canceller_runs_beside_its_probe_and_takes_the_echo_away() {
        gst::init().expect("GStreamer");
        let levels = loudness();
        let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
        let begin = mean(&levels[10..40]);
        let best = levels[40..].windows(100).map(mean).fold(f64::MAX, f64::min);
        assert!(begin > 1e5, "the echo is there before the canceller knows it: {begin}");
        assert!(best < begin / 20.0, "{best} of {begin}");
    }
}
