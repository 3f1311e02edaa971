//! One encoder for everybody, replaced when it dies.

mod ladder;
mod recipe;

pub(crate) use ladder::{Change, Ladder};

use crate::fanout::Fanout;
use crate::mailbox::lock;
use crate::note::Trouble;
use crate::picture;
use crate::reaper::Reaper;
use crate::timeline::{Timeline, named};
use engawa_protocol::Codec;
use gst::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// Frames of a trial, and how long an encoder may take for them.
const TRIAL_FRAMES: u64 = 5;
const TRIAL_WAIT: Duration = Duration::from_secs(2);
/// A running encoder that takes frames and gives none for this long is dead.
const STALL: Duration = Duration::from_secs(2);
/// Key frames are at least this far apart, however many peers ask. On a line that has just become
/// narrow a second one would drown the first, which is still on its way.
const KEY_GAP: Duration = Duration::from_secs(1);
/// The same for a peer that joins and has nothing to look at yet.
const JOIN_GAP: Duration = Duration::from_millis(150);

/// Where raw pictures go into an encoder.
#[derive(Clone)]
pub(crate) struct Inlet {
    appsrc: gst_app::AppSrc,
    keys: Arc<KeyAsk>,
    taken: Arc<AtomicU64>,
}

impl Inlet {
    /// Hands in a picture; an encoder that is behind loses the older one.
    pub fn push(&self, sample: &gst::Sample) {
        if self.keys.is_due() {
            force_key(&self.appsrc);
        }
        if self.appsrc.push_sample(sample).is_ok() {
            self.taken.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn force_key(appsrc: &gst_app::AppSrc) {
    // Downstream in order with the pictures: the next one becomes a key frame.
    let event = gst_video::DownstreamForceKeyUnitEvent::builder().all_headers(true).build();
    let _not_running = appsrc.send_event(event);
}

/// Collects wishes for a key frame from any thread.
#[derive(Default)]
pub(crate) struct KeyAsk {
    asked: AtomicBool,
    joining: AtomicBool,
    last: Mutex<Option<Instant>>,
}

impl KeyAsk {
    /// A peer has lost a picture.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// A peer waits for its first picture, or the encoder is a new one.
    pub fn ask_soon(&self) {
        self.joining.store(true, Ordering::Relaxed);
        self.ask();
    }

    fn is_due(&self) -> bool {
        if !self.asked.load(Ordering::Relaxed) {
            return false;
        }
        let mut last = lock(&self.last);
        let gap = if self.joining.load(Ordering::Relaxed) { JOIN_GAP } else { KEY_GAP };
        if last.is_some_and(|at| at.elapsed() < gap) {
            return false;
        }
        self.joining.store(false, Ordering::Relaxed);
        *last = Some(Instant::now());
        self.asked.store(false, Ordering::Relaxed);
        true
    }
}

/// A running encoder.
pub(crate) struct Stage {
    factory: String,
    pipeline: gst::Pipeline,
    encoder: gst::Element,
    inlet: Inlet,
    progress: Arc<Progress>,
    bitrate: u32,
    watched: Watched,
    reaper: Reaper,
}

#[derive(Default)]
struct Progress {
    state: Mutex<(u64, bool)>,
    changed: Condvar,
    live: AtomicBool,
}

#[derive(Clone, Copy)]
struct Watched {
    taken: u64,
    given: u64,
    since: Instant,
}

impl Stage {
    /// Starts `factory` and lets it encode a few frames; none when it cannot.
    fn start(
        factory: &str,
        codec: Codec,
        bitrate: u32,
        caps: &gst::Caps,
        plan: &Plan,
        died: impl Fn(Trouble) + Send + Sync + 'static,
    ) -> Option<Self> {
        gst::ElementFactory::find(factory)?;
        let description = format!(
            "appsrc name=raw is-live=true format=time leaky-type=downstream max-buffers=2 max-bytes=0 \
             ! {} ! appsink name=encoded sync=false async=false enable-last-sample=false wait-on-eos=false",
            recipe::describe(factory, codec, bitrate)
        );
        let progress = Arc::new(Progress::default());
        let failed = progress.clone();
        let pipeline = plan
            .timeline
            .pipeline("encoder", &description, move |trouble| {
                lock(&failed.state).1 = true;
                failed.changed.notify_all();
                if failed.live.load(Ordering::Relaxed) {
                    died(trouble);
                }
            })
            .inspect_err(|error| tracing::warn!(factory, %error, "encoder does not build"))
            .ok()?;
        let appsrc: gst_app::AppSrc = named(&pipeline, "raw");
        appsrc.set_caps(Some(caps));
        let inlet = Inlet { appsrc, keys: plan.fanout.keys(), taken: Arc::default() };
        let appsink: gst_app::AppSink = named(&pipeline, "encoded");
        let (fanout, given) = (plan.fanout.clone(), progress.clone());
        appsink.set_callbacks(
            gst_app::AppSinkCallbacks::builder()
                .new_sample(move |sink| {
                    let sample = sink.pull_sample().map_err(|_| gst::FlowError::Flushing)?;
                    if given.live.load(Ordering::Relaxed) {
                        fanout.push(&sample);
                    } else {
                        fanout.set_caps(sample.caps_owned());
                    }
                    lock(&given.state).0 += 1;
                    given.changed.notify_all();
                    Ok(gst::FlowSuccess::Ok)
                })
                .build(),
        );
        let watched = Watched { taken: 0, given: 0, since: Instant::now() };
        let encoder = named(&pipeline, "encoder");
        let reaper = plan.reaper.clone();
        let stage = Self { factory: factory.to_owned(), pipeline, encoder, inlet, progress, bitrate, watched, reaper };
        stage.trial(caps, &plan.timeline).then_some(stage)
    }

    fn trial(&self, caps: &gst::Caps, timeline: &Timeline) -> bool {
        let Some(frame) = gst_video::VideoInfo::from_caps(caps).ok().and_then(|info| picture::dark(&info)) else {
            return false;
        };
        if self.pipeline.set_state(gst::State::Playing).is_err() {
            return false;
        }
        let end = Instant::now() + TRIAL_WAIT;
        let first = timeline.now().saturating_sub(gst::ClockTime::from_mseconds(TRIAL_FRAMES * 33));
        let mut given = 0;
        for n in 0..TRIAL_FRAMES {
            let mut frame = frame.copy();
            frame.make_mut().set_pts(first + gst::ClockTime::from_mseconds(n * 33));
            if self.inlet.appsrc.push_buffer(frame).is_err() {
                return false;
            }
            // An encoder may hold one frame back; more than that is no use in a conversation.
            given = self.wait(n, end);
            if given < n {
                break;
            }
        }
        tracing::debug!(factory = self.factory, given, "encoder trial");
        given + 1 >= TRIAL_FRAMES
    }

    /// Waits until `frames` were given, the encoder failed or time is up.
    fn wait(&self, frames: u64, end: Instant) -> u64 {
        let wait = end.saturating_duration_since(Instant::now());
        let (state, _) = self
            .progress
            .changed
            .wait_timeout_while(lock(&self.progress.state), wait, |(given, failed)| *given < frames && !*failed)
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if state.1 { 0 } else { state.0 }
    }

    fn go_live(&mut self) {
        self.progress.live.store(true, Ordering::Relaxed);
        self.watched = Watched { taken: 0, given: self.given(), since: Instant::now() };
        self.inlet.taken.store(0, Ordering::Relaxed);
    }

    fn given(&self) -> u64 {
        lock(&self.progress.state).0
    }

    fn has_failed(&self) -> bool {
        lock(&self.progress.state).1
    }

    /// Frames have gone in for [`STALL`] and none has come out.
    fn has_stalled(&mut self, now: Instant) -> bool {
        let (taken, given) = (self.inlet.taken.load(Ordering::Relaxed), self.given());
        if given != self.watched.given || taken == self.watched.taken {
            self.watched = Watched { taken, given, since: now };
        }
        taken - self.watched.taken >= 4 && now.duration_since(self.watched.since) >= STALL
    }

    fn set_bitrate(&mut self, bitrate: u32) {
        if self.bitrate != bitrate {
            self.bitrate = bitrate;
            recipe::set_bitrate(&self.encoder, &self.factory, bitrate);
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.progress.live.store(false, Ordering::Relaxed);
        self.reaper.retire(self.pipeline.clone());
    }
}

/// What every stage of one codec shares.
pub(crate) struct Plan {
    pub timeline: Timeline,
    pub fanout: Arc<Fanout>,
    pub reaper: Reaper,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::Post;

    #[test]
    fn losses_get_a_key_frame_a_second_and_who_joins_gets_one_soon() {
        let keys = KeyAsk::default();
        assert!(!keys.is_due(), "nobody asked");
        keys.ask();
        assert!(keys.is_due());
        assert!(!keys.is_due(), "once asked, once given");
        keys.ask();
        assert!(!keys.is_due(), "the last one is on its way");
        *lock(&keys.last) = Instant::now().checked_sub(2 * JOIN_GAP);
        assert!(!keys.is_due(), "a loss waits longer than that");
        keys.ask_soon();
        assert!(keys.is_due());
        *lock(&keys.last) = Instant::now().checked_sub(KEY_GAP);
        keys.ask();
        assert!(keys.is_due());
    }

    #[test]
    fn a_deep_fall_of_the_rate_brings_a_key_frame_by_itself() {
        gst::init().expect("GStreamer");
        let fanout = Fanout::video();
        let plan = Plan { timeline: Timeline::new(), fanout: fanout.clone(), reaper: Reaper::default() };
        let (sender, _inbox) = std::sync::mpsc::sync_channel(1);
        let caps = gst::Caps::new_empty_simple("video/x-raw");
        let mut ladder = Ladder::new(Codec::H264, Vec::new(), plan, caps, 2_000_000, Post::new(sender));
        let now = Instant::now();
        ladder.set_bitrate(1_500_000, now);
        ladder.watch(now + Duration::from_secs(9));
        assert!(!fanout.keys().is_due(), "a quarter less is nothing to speak of");
        ladder.set_bitrate(700_000, now);
        ladder.watch(now);
        assert!(!fanout.keys().is_due(), "not before the line's queue has run empty");
        ladder.watch(now + Duration::from_secs(1));
        assert!(fanout.keys().is_due());
    }
}
