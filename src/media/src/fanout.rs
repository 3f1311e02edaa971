use crate::LinkId;
use crate::encode::KeyAsk;
use crate::link::LinkShare;
use crate::mailbox::lock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Encoded frames that may wait for one peer before its stream is cut and begun again at a key frame.
const BACKLOG: u64 = 90;

/// Hands every encoded frame to every peer of one codec. A peer that does not take them loses its
/// own, nobody else's.
///
/// The frames cross from pipeline to pipeline by reference, so that a peer's pipeline can come, go
/// or fail while the encoder's runs on.
pub(crate) struct Fanout {
    video: bool,
    keys: Arc<KeyAsk>,
    caps: Mutex<Option<gst::Caps>>,
    outlets: Mutex<Vec<Outlet>>,
    frames: AtomicU64,
}

struct Outlet {
    link: LinkId,
    appsrc: gst_app::AppSrc,
    share: Arc<LinkShare>,
    waits_for_key: bool,
}

impl Fanout {
    pub fn video() -> Arc<Self> {
        Self::new(true)
    }

    pub fn audio() -> Arc<Self> {
        Self::new(false)
    }

    fn new(video: bool) -> Arc<Self> {
        Arc::new(Self {
            video,
            keys: Arc::default(),
            caps: Mutex::default(),
            outlets: Mutex::default(),
            frames: AtomicU64::new(0),
        })
    }

    /// Where a key frame is asked for.
    pub fn keys(&self) -> Arc<KeyAsk> {
        self.keys.clone()
    }

    /// What the frames are, known from the encoder's trial on: a peer's offer need not wait for a frame.
    pub fn caps(&self) -> Option<gst::Caps> {
        lock(&self.caps).clone()
    }

    pub fn set_caps(&self, caps: Option<gst::Caps>) {
        *lock(&self.caps) = caps;
    }

    pub fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }

    /// Adds a peer, which gets its first frame at the next key frame; that one is asked for.
    pub fn attach(&self, link: LinkId, appsrc: gst_app::AppSrc, share: Arc<LinkShare>) {
        lock(&self.outlets).push(Outlet { link, appsrc, share, waits_for_key: self.video });
        self.keys.ask_soon();
    }

    pub fn detach(&self, link: LinkId) {
        lock(&self.outlets).retain(|outlet| outlet.link != link);
    }

    /// Hands on one frame, its times turned into running times.
    pub fn push(&self, sample: &gst::Sample) {
        let Some(buffer) = sample.buffer() else { return };
        let time = sample.segment().and_then(|s| s.downcast_ref::<gst::ClockTime>());
        let running = buffer.pts().and_then(|pts| time.map_or(Some(pts), |s| s.to_running_time(pts)));
        let mut frame = buffer.copy();
        {
            let frame = frame.make_mut();
            frame.set_pts(running);
            frame.set_dts(gst::ClockTime::NONE);
        }
        let is_key = !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT);
        let caps = sample.caps_owned();
        let sample = gst::Sample::builder().buffer(&frame).caps_if_some(caps.as_ref()).build();
        self.frames.fetch_add(1, Ordering::Relaxed);
        for outlet in lock(&self.outlets).iter_mut() {
            outlet.push(&sample, is_key, self);
        }
    }
}

impl Outlet {
    fn push(&mut self, sample: &gst::Sample, is_key: bool, fanout: &Fanout) {
        if fanout.video {
            if self.appsrc.current_level_buffers() >= BACKLOG {
                self.waits_for_key = true;
                return;
            }
            if self.waits_for_key && !is_key {
                fanout.keys.ask();
                return;
            }
            self.waits_for_key = false;
        }
        if self.appsrc.push_sample(sample).is_ok() {
            self.share.sent(fanout.video);
        }
    }
}
