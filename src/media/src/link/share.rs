use crate::mailbox::{Mailbox, lock};
use crate::stamp::Stamp;
use engawa_protocol::Codec;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Stamp ages that are kept for the percentiles.
const AGES: usize = 300;
/// A stamp older than this is chance: an unstamped picture passes the check byte now and then.
const OLDEST_MS: i32 = 10_000;

/// What is known of a link outside the media thread.
pub(crate) struct LinkShare {
    pub codec: Codec,
    pub mailbox: Mailbox,
    begun: Instant,
    video_sent: AtomicU64,
    audio_sent: AtomicU64,
    packets: AtomicU64,
    /// Milliseconds after `begun` at which the last packet came.
    heard_at: AtomicU64,
    pub estimate: AtomicU32,
    state: Mutex<LinkState>,
    decoded: Mutex<Decoded>,
}

/// How far a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Being set up.
    Connecting,
    /// Media flows.
    Connected,
    /// Nothing has come for a while.
    Interrupted,
    /// Over.
    Failed,
}

#[derive(Default)]
struct Decoded {
    frames: u64,
    size: (u32, u32),
    window: Option<(Instant, u32)>,
    last: Option<Instant>,
    fps: f32,
    ages: VecDeque<i32>,
}

/// One link's [`crate::Figures`].
#[derive(Debug, Clone, serde::Serialize)]
pub struct LinkFigures {
    /// The peer's seat.
    pub seat: u32,
    /// The peer's presence.
    pub since: u32,
    /// Which of the connections with it.
    pub attempt: u32,
    /// The video codec.
    pub codec: Codec,
    /// How far it is.
    pub state: LinkState,
    /// Congestion estimate in bit/s, at first a guess.
    pub estimate: u32,
    /// Encoded pictures handed to it.
    pub video_sent: u64,
    /// Opus frames handed to it.
    pub audio_sent: u64,
    /// RTP and RTCP packets received.
    pub packets: u64,
    /// Pictures decoded.
    pub video_decoded: u64,
    /// Pictures decoded in the last whole second.
    pub fps: f32,
    /// Width of the last decoded picture.
    pub width: u32,
    /// Height of the last decoded picture.
    pub height: u32,
    /// Age in ms of the stamps in the last decoded pictures, middle one; none without stamps.
    pub latency_p50_ms: Option<i32>,
    /// The same, 95th percentile.
    pub latency_p95_ms: Option<i32>,
    /// Age of the last one.
    pub latency_ms: Option<i32>,
}

impl LinkShare {
    pub fn new(codec: Codec) -> Self {
        Self {
            codec,
            mailbox: Mailbox::default(),
            begun: Instant::now(),
            video_sent: AtomicU64::new(0),
            audio_sent: AtomicU64::new(0),
            packets: AtomicU64::new(0),
            heard_at: AtomicU64::new(0),
            estimate: AtomicU32::new(0),
            state: LinkState::Connecting.into(),
            decoded: Mutex::default(),
        }
    }

    pub fn sent(&self, video: bool) {
        if video { &self.video_sent } else { &self.audio_sent }.fetch_add(1, Ordering::Relaxed);
    }

    /// Something came from the peer.
    pub fn heard(&self, packets: usize) {
        self.packets.fetch_add(packets as u64, Ordering::Relaxed);
        self.heard_at.store(self.begun.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    /// Since when nothing has come.
    pub fn silent_for(&self) -> Duration {
        let heard = Duration::from_millis(self.heard_at.load(Ordering::Relaxed));
        self.begun.elapsed().saturating_sub(heard)
    }

    pub fn age(&self) -> Duration {
        self.begun.elapsed()
    }

    pub fn state(&self) -> LinkState {
        *lock(&self.state)
    }

    pub fn set_state(&self, state: LinkState) {
        *lock(&self.state) = state;
    }

    /// Since when no picture was decoded.
    pub fn without_picture_for(&self) -> Duration {
        lock(&self.decoded).last.unwrap_or(self.begun).elapsed()
    }

    /// Counts a decoded picture; true for the first.
    pub fn decoded(&self, width: u32, height: u32, stamp: Option<Stamp>) -> bool {
        let mut decoded = lock(&self.decoded);
        decoded.frames += 1;
        decoded.size = (width, height);
        let now = Instant::now();
        decoded.last = Some(now);
        let (since, count) = decoded.window.get_or_insert((now, 0));
        *count += 1;
        let (passed, counted) = (now.duration_since(*since).as_secs_f32(), *count);
        if passed >= 1.0 {
            decoded.fps = (counted - 1) as f32 / passed;
            decoded.window = Some((now, 1));
        }
        let age = stamp.map(|stamp| stamp.until(Stamp::now())).filter(|age| age.abs() < OLDEST_MS);
        if let Some(age) = age {
            if decoded.ages.len() == AGES {
                decoded.ages.pop_front();
            }
            decoded.ages.push_back(age);
        }
        decoded.frames == 1
    }

    pub fn figures(&self, link: crate::LinkId) -> LinkFigures {
        let decoded = lock(&self.decoded);
        let mut ages: Vec<_> = decoded.ages.iter().copied().collect();
        ages.sort_unstable();
        let at = |share: usize| ages.get(ages.len().saturating_sub(1) * share / 100).copied();
        let stale = decoded.window.is_none_or(|(since, _)| since.elapsed().as_secs_f32() > 2.0);
        LinkFigures {
            seat: link.peer.seat.0,
            since: link.peer.since,
            attempt: link.attempt,
            codec: self.codec,
            state: self.state(),
            estimate: self.estimate.load(Ordering::Relaxed),
            video_sent: self.video_sent.load(Ordering::Relaxed),
            audio_sent: self.audio_sent.load(Ordering::Relaxed),
            packets: self.packets.load(Ordering::Relaxed),
            video_decoded: decoded.frames,
            fps: if stale { 0.0 } else { decoded.fps },
            width: decoded.size.0,
            height: decoded.size.1,
            latency_p50_ms: at(50),
            latency_p95_ms: at(95),
            latency_ms: decoded.ages.back().copied(),
        }
    }
}
