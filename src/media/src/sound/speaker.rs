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
    use crate::mailbox::lock;
    use std::sync::{Condvar, Mutex};
    use std::time::Duration;

    /// Steps of sound that came through, and whether a pipeline failed.
    type Seen = Arc<(Mutex<(u32, bool)>, Condvar)>;

    fn hear(seen: &Seen) -> impl Fn(Trouble) + Send + Sync + use<> {
        let seen = seen.clone();
        move |trouble| {
            lock(&seen.0).1 |= trouble == Trouble::Error;
            seen.1.notify_all();
        }
    }

    fn microphone(timeline: &Timeline, seen: &Seen) -> gst::Pipeline {
        let room = "audiotestsrc is-live=true wave=pink-noise samplesperbuffer=480";
        let description = format!("{room} ! {} ! fakesink name=out sync=false", canceller());
        let microphone = timeline.pipeline("microphone", &description, hear(seen)).expect("a microphone");
        let out = named::<gst::Element>(&microphone, "out").static_pad("sink").expect("a sink has a pad");
        let counted = seen.clone();
        out.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
            lock(&counted.0).0 += 1;
            counted.1.notify_all();
            gst::PadProbeReturn::Ok
        });
        microphone
    }

    #[test]
    fn the_canceller_runs_beside_the_speaker_of_another_pipeline() {
        gst::init().expect("GStreamer");
        let (timeline, seen) = (Timeline::new(), Seen::default());
        let mixer = Arc::new(Mixer::default());
        let speaker = play_into(&probed("fakesink sync=true"), &timeline, mixer, hear(&seen)).expect("a speaker");
        speaker.set_state(gst::State::Playing).expect("it plays");
        let microphone = microphone(&timeline, &seen);
        microphone.set_state(gst::State::Playing).expect("it hears");
        let limit = Duration::from_secs(20);
        let waits = |seen: &mut (u32, bool)| seen.0 < 100 && !seen.1;
        let (seen, _) = seen.1.wait_timeout_while(lock(&seen.0), limit, waits).expect("whole");
        let seen = *seen;
        for pipeline in [microphone, speaker] {
            pipeline.set_state(gst::State::Null).expect("down");
        }
        assert!(seen.0 >= 100 && !seen.1, "{seen:?}");
    }
}
