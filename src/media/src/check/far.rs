//! The other end of a call with oneself: a webrtcbin that answers, and decodes as a call does.

use crate::Error;
use crate::link::{LinkNote, LinkShare, Receiver, stay_inside};
use crate::note::{Note, Post};
use crate::reaper::Reaper;
use crate::timeline::Timeline;
use engawa_protocol::{Codec, LinkId, Signal};
use gst::prelude::*;
use gst_webrtc::{WebRTCSDPType, WebRTCSessionDescription};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Notes of one connection: its first picture, or why it cannot be decoded.
const NOTES: usize = 16;
/// How long dropping waits for the pipeline.
const DOWN: Duration = Duration::from_secs(2);

/// The far end; dropping it takes it down.
pub(super) struct Far {
    webrtc: gst::Element,
    pipeline: gst::Pipeline,
    reaper: Reaper,
    notes: mpsc::Receiver<Note>,
    post: Arc<dyn Fn(Signal) + Send + Sync>,
    pub share: Arc<LinkShare>,
    pub sound: Arc<Sound>,
}

/// What was decoded of the sound.
#[derive(Debug, Default)]
pub(super) struct Sound {
    samples: AtomicU64,
    /// The loudest sample's bits: of positive numbers they are in the order of the numbers.
    peak: AtomicU32,
}

impl Sound {
    fn hear(&self, samples: &[f32]) {
        self.samples.fetch_add(samples.len() as u64, Ordering::Relaxed);
        let peak = samples.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        self.peak.fetch_max(peak.to_bits(), Ordering::Relaxed);
    }

    /// Samples decoded.
    pub fn samples(&self) -> u64 {
        self.samples.load(Ordering::Relaxed)
    }

    /// The loudest of them, 0 to 1.
    pub fn peak(&self) -> f32 {
        f32::from_bits(self.peak.load(Ordering::Relaxed))
    }
}

impl Far {
    /// Waits for an offer; `post` is called from several threads and must only post.
    pub fn start(link: LinkId, codec: Codec, post: impl Fn(Signal) + Send + Sync + 'static) -> Result<Self, Error> {
        let (sender, notes) = mpsc::sync_channel(NOTES);
        let (share, sound) = (Arc::new(LinkShare::new(codec)), Arc::<Sound>::default());
        let heard = sound.clone();
        let receiver = Receiver {
            link,
            post: Post::new(sender),
            timeline: Timeline::new(),
            share: share.clone(),
            hear: Arc::new(move |samples| heard.hear(samples)),
        };
        let build = |source| Error::Build { part: "far end", source };
        let webrtc = gst::parse::launch("webrtcbin bundle-policy=max-bundle latency=50").map_err(build)?;
        stay_inside(&webrtc);
        let pipeline = gst::Pipeline::new();
        // What it says is seen by what does not arrive.
        pipeline.bus().expect("a pipeline has a bus").set_sync_handler(|_, _| gst::BusSyncReply::Drop);
        pipeline.add(&webrtc).map_err(|_| Error::Start { part: "far end" })?;
        let post: Arc<dyn Fn(Signal) + Send + Sync> = Arc::new(post);
        let to = post.clone();
        webrtc.connect("on-ice-candidate", false, move |values| {
            let line = values.get(1).and_then(|v| v.get::<u32>().ok());
            let candidate = values.get(2).and_then(|v| v.get::<String>().ok());
            if let (Some(line), Some(candidate)) = (line, candidate) {
                to(Signal::Candidate { candidate, line });
            }
            None
        });
        let weak = pipeline.downgrade();
        webrtc.connect_pad_added(move |_, pad| {
            if let Some(pipeline) = weak.upgrade().filter(|_| pad.direction() == gst::PadDirection::Src) {
                receiver.accept(&pipeline, pad);
            }
        });
        let far = Self { webrtc, pipeline, reaper: Reaper::default(), notes, post, share, sound };
        match far.pipeline.set_state(gst::State::Playing) {
            Ok(_) => Ok(far),
            Err(_) => Err(Error::Start { part: "far end" }),
        }
    }

    /// Takes what the near end sent.
    pub fn take(&self, signal: &Signal) {
        match signal {
            Signal::Offer { sdp } => self.answer(sdp),
            Signal::Candidate { candidate, line } if !candidate.is_empty() => {
                self.webrtc.emit_by_name::<()>("add-ice-candidate", &[line, candidate]);
            }
            Signal::Candidate { .. } | Signal::Answer { .. } | Signal::Rebuild => {}
        }
    }

    /// What arrives cannot be decoded.
    pub fn failed(&self) -> bool {
        self.notes.try_iter().any(|note| matches!(note, Note::Link(_, LinkNote::Failed(_))))
    }

    /// Without an answer there is no call, which is found out by the time.
    fn answer(&self, sdp: &str) {
        let Ok(sdp) = gst_sdp::SDPMessage::parse_buffer(sdp.as_bytes()) else { return };
        let offer = WebRTCSessionDescription::new(WebRTCSDPType::Offer, sdp);
        let (weak, post) = (self.webrtc.downgrade(), self.post.clone());
        let taken = gst::Promise::with_change_func(move |_| {
            let Some(webrtc) = weak.upgrade() else { return };
            let weak = webrtc.downgrade();
            let made = gst::Promise::with_change_func(move |reply| {
                let answer = reply.ok().flatten().and_then(|r| r.get::<WebRTCSessionDescription>("answer").ok());
                let (Some(webrtc), Some(answer)) = (weak.upgrade(), answer) else { return };
                if let Ok(sdp) = answer.sdp().as_text() {
                    webrtc.emit_by_name::<()>("set-local-description", &[&answer, &None::<gst::Promise>]);
                    post(Signal::Answer { sdp });
                }
            });
            webrtc.emit_by_name::<()>("create-answer", &[&None::<gst::Structure>, &made]);
        });
        self.webrtc.emit_by_name::<()>("set-remote-description", &[&offer, &taken]);
    }
}

impl Drop for Far {
    fn drop(&mut self) {
        self.reaper.retire(self.pipeline.clone());
        if !self.reaper.finish(DOWN) {
            tracing::error!("the far end of a check hangs and is left behind");
        }
    }
}
