//! Where pictures and sound come from: cameras, microphones, clips and test signals.
//!
//! Each is a pipeline that ends in callbacks, so that a device may come and go while everything
//! behind it runs on.

use crate::levels;
use crate::note::Trouble;
use crate::picture::PictureHub;
use crate::sound::{FLOAT_CAPS, Voice, canceller, is_alsa, plain, samples};
use crate::timeline::{Timeline, named};
use crate::{AudioSource, Error, VideoSource};
use gst::prelude::*;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where captured pictures and sound go.
#[derive(Clone)]
pub(crate) struct Sinks {
    pub timeline: Timeline,
    pub hub: Arc<PictureHub>,
    pub voice: Arc<Voice>,
}

/// A running source.
pub(crate) struct Capture {
    pub pipeline: gst::Pipeline,
    /// Buffers delivered so far, pictures and sound.
    pub delivered: Arc<AtomicU64>,
    /// A clip, driven by [`Capture::turn_over`].
    looped: bool,
    begun: bool,
}

/// What one source pipeline is to deliver.
#[derive(Debug, Clone)]
pub(crate) enum Wish {
    Picture(VideoSource),
    Sound {
        source: AudioSource,
        echo: bool,
    },
    /// Picture and sound of one clip, in step.
    Both(std::path::PathBuf),
}

/// Builds and starts a source. `attempt` counts retries, to try one kind of device after the other.
pub(crate) fn capture(
    wish: &Wish,
    attempt: u32,
    sinks: &Sinks,
    hear: impl Fn(Trouble) + Send + Sync + 'static,
) -> Result<Option<Capture>, Error> {
    let (front, looped) = match wish {
        Wish::Picture(VideoSource::None) | Wish::Sound { source: AudioSource::None, .. } => return Ok(None),
        Wish::Picture(VideoSource::Test) => {
            (format!("videotestsrc is-live=true pattern=smpte horizontal-speed=3 ! {}", sinks.hub.caps()), false)
        }
        Wish::Picture(VideoSource::Camera { device }) => (camera(device.as_deref(), attempt), false),
        Wish::Sound { source: AudioSource::Tone { hz }, .. } => {
            (format!("audiotestsrc is-live=true samplesperbuffer=480 volume=0.5 freq={hz}"), false)
        }
        Wish::Sound { source: AudioSource::Microphone { device }, echo } => {
            (microphone(device.as_deref(), attempt, *echo), false)
        }
        Wish::Picture(VideoSource::File(path))
        | Wish::Sound { source: AudioSource::File(path), .. }
        | Wish::Both(path) => {
            return clip(wish, path, sinks, hear).map(Some);
        }
    };
    let back = match wish {
        Wish::Sound { .. } => sound_end(false),
        _ => picture_end(&sinks.hub, false),
    };
    let pipeline = sinks.timeline.pipeline("source", &format!("{front} ! {back}"), hear)?;
    start(pipeline, looped, sinks, gst::State::Playing).map(Some)
}

fn picture_end(hub: &PictureHub, paced: bool) -> String {
    // Dropping is all that is done about the rate: a picture repeated costs bits and shows nothing new.
    format!(
        "videorate drop-only=true max-rate={} ! videoconvertscale n-threads=1 ! {} \
         ! appsink name=picture sync={paced} max-buffers=2 enable-last-sample=false",
        hub.rate(),
        as_it_comes(hub.caps())
    )
}

/// A camera in the dark gives fewer frames than asked for, which is no reason to refuse it; and the
/// full range of MJPEG is narrowed by [`levels`](crate::levels), at a tenth of the converter's price.
fn as_it_comes(caps: &gst::Caps) -> String {
    let mut caps = caps.copy();
    for structure in caps.make_mut().iter_mut() {
        structure.remove_fields(["framerate"]);
        structure.set("colorimetry", gst::List::new([levels::BT601, levels::JPEG]));
    }
    caps.to_string()
}

fn sound_end(paced: bool) -> String {
    format!(
        "audioconvert ! audioresample ! {FLOAT_CAPS} \
         ! appsink name=sound sync={paced} max-buffers=20 enable-last-sample=false"
    )
}

/// With no camera named, V4L2's first and libcamera's first take turns.
fn camera(device: Option<&str>, attempt: u32) -> String {
    // Cameras give 720p at full rate only as MJPEG over USB 2; raw is taken where it comes.
    let v4l2 = |path: String| format!("v4l2src {path} ! image/jpeg;video/x-raw ! decodebin");
    match device {
        Some(path) if path.starts_with('/') => v4l2(format!("device=\"{}\"", plain(path))),
        Some(name) => format!("libcamerasrc camera-name=\"{}\" ! video/x-raw", plain(name)),
        None if attempt % 2 == 1 && gst::ElementFactory::find("libcamerasrc").is_some() => {
            "libcamerasrc ! video/x-raw".to_owned()
        }
        None => v4l2(String::new()),
    }
}

const MICROPHONES: [&str; 3] = ["pulsesrc", "pipewiresrc", "alsasrc"];

fn microphone(device: Option<&str>, attempt: u32, echo: bool) -> String {
    let quick = "buffer-time=60000 latency-time=10000";
    let source = match device {
        Some(name) if is_alsa(name) => format!("alsasrc device=\"{}\" {quick}", plain(name)),
        Some(name) => format!("pulsesrc device=\"{}\" {quick}", plain(name)),
        None => {
            let here: Vec<_> = MICROPHONES.into_iter().filter(|n| gst::ElementFactory::find(n).is_some()).collect();
            match here.get(attempt as usize % here.len().max(1)) {
                Some(&"pipewiresrc") => "pipewiresrc".to_owned(),
                Some(name) => format!("{name} {quick}"),
                None => "alsasrc".to_owned(),
            }
        }
    };
    if echo { format!("{source} ! {}", canceller()) } else { source }
}

/// A clip's pipeline: paced by its sinks, in a loop of segments so that nothing is torn at the seam.
fn clip(
    wish: &Wish,
    path: &Path,
    sinks: &Sinks,
    hear: impl Fn(Trouble) + Send + Sync + 'static,
) -> Result<Capture, Error> {
    let picture = (!matches!(wish, Wish::Sound { .. }))
        .then(|| format!("queue name=video max-size-buffers=2 ! {}", picture_end(&sinks.hub, true)));
    let sound = (!matches!(wish, Wish::Picture(_)))
        .then(|| format!("queue name=audio max-size-buffers=50 ! {}", sound_end(true)));
    let description = format!(
        "filesrc name=file ! decodebin name=decoder {} {}",
        picture.unwrap_or_default(),
        sound.unwrap_or_default()
    );
    let pipeline = sinks.timeline.unsynchronised("clip", &description, hear)?;
    named::<gst::Element>(&pipeline, "file").set_property("location", path.to_string_lossy().as_ref());
    let weak = pipeline.downgrade();
    named::<gst::Element>(&pipeline, "decoder").connect_pad_added(move |_, pad| {
        let Some(pipeline) = weak.upgrade() else { return };
        let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
        let video = caps.structure(0).is_some_and(|s| s.name().starts_with("video/"));
        // A stream that was not asked for stays unlinked; the decoder leaves it out.
        let queue = pipeline.by_name(if video { "video" } else { "audio" });
        if let Some(sink) = queue.and_then(|q| q.static_pad("sink")).filter(|sink| !sink.is_linked())
            && pad.link(&sink).is_err()
        {
            tracing::warn!("a stream of the clip cannot be used");
        }
    });
    // The first segment is asked for before anything plays; see `turn_over`.
    start(pipeline, true, sinks, gst::State::Paused)
}

fn start(pipeline: gst::Pipeline, looped: bool, sinks: &Sinks, state: gst::State) -> Result<Capture, Error> {
    let delivered = Arc::new(AtomicU64::new(0));
    let weak = pipeline.downgrade();
    let clock = |sinks: &Sinks| {
        let (timeline, weak) = (sinks.timeline.clone(), weak.clone());
        move |sample: &gst::Sample| running_time(sample, &timeline, &weak.upgrade()?)
    };
    if let Some(appsink) = pipeline.by_name("picture").and_then(|e| e.downcast::<gst_app::AppSink>().ok()) {
        let (hub, count, time) = (sinks.hub.clone(), delivered.clone(), clock(sinks));
        on_sample(&appsink, move |sample| {
            count.fetch_add(1, Ordering::Relaxed);
            if let (Some(at), Some(mut buffer)) = (time(&sample), sample.buffer_owned()) {
                let full = levels::is_full(sample.caps());
                drop(sample);
                if full {
                    levels::narrow(buffer.make_mut(), hub.info());
                }
                hub.deliver(buffer, at);
            }
        });
    }
    if let Some(appsink) = pipeline.by_name("sound").and_then(|e| e.downcast::<gst_app::AppSink>().ok()) {
        let (voice, count, time) = (sinks.voice.clone(), delivered.clone(), clock(sinks));
        on_sample(&appsink, move |sample| {
            count.fetch_add(1, Ordering::Relaxed);
            if let (Some(at), Some(buffer)) = (time(&sample), sample.buffer()) {
                voice.deliver(&samples(buffer), at);
            }
        });
    }
    if pipeline.set_state(state).is_err() {
        let _down = pipeline.set_state(gst::State::Null);
        return Err(Error::Start { part: "source" });
    }
    Ok(Capture { pipeline, delivered, looped, begun: false })
}

fn on_sample(appsink: &gst_app::AppSink, mut take: impl FnMut(gst::Sample) + Send + 'static) {
    appsink.set_callbacks(
        gst_app::AppSinkCallbacks::builder()
            .new_sample(move |sink| {
                take(sink.pull_sample().map_err(|_| gst::FlowError::Flushing)?);
                Ok(gst::FlowSuccess::Ok)
            })
            .build(),
    );
}

/// A sample's time on the shared timeline.
fn running_time(sample: &gst::Sample, timeline: &Timeline, pipeline: &gst::Pipeline) -> Option<gst::ClockTime> {
    let segment = sample.segment()?.downcast_ref::<gst::ClockTime>()?;
    let running = segment.to_running_time(sample.buffer()?.pts()?)?;
    Some(running + timeline.shift(pipeline))
}

impl Capture {
    /// Begins a clip's first round once it is ready, and the next when one is over.
    ///
    /// False when the clip cannot go on.
    pub fn turn_over(&mut self, ready: bool) -> bool {
        if !self.looped || (ready && self.begun) {
            return true;
        }
        let flush = if self.begun { gst::SeekFlags::empty() } else { gst::SeekFlags::FLUSH };
        let sought = self.pipeline.seek(
            1.0,
            gst::SeekFlags::SEGMENT | flush,
            gst::SeekType::Set,
            gst::ClockTime::ZERO,
            gst::SeekType::None,
            gst::ClockTime::NONE,
        );
        let first = !std::mem::replace(&mut self.begun, true);
        sought.is_ok() && (!first || self.pipeline.set_state(gst::State::Playing).is_ok())
    }
}
