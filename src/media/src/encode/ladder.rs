use super::{Inlet, Plan, Stage};
use crate::note::{Note, Origin, Post};
use engawa_protocol::Codec;
use std::time::{Duration, Instant};

/// When every rung has failed, the whole ladder is tried again after this long.
const AGAIN: Duration = Duration::from_secs(5);

/// From a deep fall of the rate to the fresh start: the line's own queue has to run empty first.
const FRESH: Duration = Duration::from_millis(500);

/// The encoders of one codec, best first, and the one that runs.
pub(crate) struct Ladder {
    codec: Codec,
    rungs: Vec<String>,
    next: usize,
    plan: Plan,
    caps: gst::Caps,
    bitrate: u32,
    /// The rate before it fell, and when a fresh start is due after a deep fall.
    high: u32,
    fresh_at: Option<Instant>,
    post: Post,
    stage: Option<Stage>,
    generation: u32,
    again_at: Option<Instant>,
}

/// What climbing did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Nothing,
    To(String),
    Lost,
}

impl Ladder {
    pub fn new(codec: Codec, rungs: Vec<String>, plan: Plan, caps: gst::Caps, bitrate: u32, post: Post) -> Self {
        Self {
            codec,
            rungs,
            next: 0,
            plan,
            caps,
            bitrate,
            high: bitrate,
            fresh_at: None,
            post,
            stage: None,
            generation: 0,
            again_at: None,
        }
    }

    /// The running encoder's factory name.
    pub fn name(&self) -> Option<&str> {
        self.stage.as_ref().map(|stage| stage.factory.as_str())
    }

    pub fn inlet(&self) -> Option<Inlet> {
        self.stage.as_ref().map(|stage| stage.inlet.clone())
    }

    pub fn bitrate(&self) -> u32 {
        self.bitrate
    }

    /// Sets the rate. After a deep fall a key frame follows on its own: what was sent before is lost
    /// for the most part, and a browser waits three seconds for it before it asks.
    pub fn set_bitrate(&mut self, bitrate: u32, now: Instant) {
        self.bitrate = bitrate;
        self.high = self.high.max(bitrate);
        if bitrate < self.high / 10 * 6 {
            self.high = bitrate;
            self.fresh_at = Some(now + FRESH);
        }
        if let Some(stage) = &mut self.stage {
            stage.set_bitrate(bitrate);
        }
    }

    /// Starts the best encoder that works, if none runs.
    pub fn start(&mut self, now: Instant) -> Change {
        if self.stage.is_some() || self.again_at.is_some_and(|at| now < at) {
            return Change::Nothing;
        }
        self.again_at = None;
        while let Some(factory) = self.rungs.get(self.next) {
            self.generation += 1;
            let (post, origin) = (self.post.clone(), Origin::Encoder(self.codec, self.generation));
            let died = move |trouble| post.send(Note::Trouble(origin, trouble));
            match Stage::start(factory, self.codec, self.bitrate, &self.caps, &self.plan, died) {
                Some(mut stage) => {
                    stage.go_live();
                    // The trial used up the first key frame.
                    self.plan.fanout.keys().ask_soon();
                    self.stage = Some(stage);
                    return Change::To(factory.clone());
                }
                None => self.next += 1,
            }
        }
        self.next = 0;
        self.again_at = Some(now + AGAIN);
        tracing::error!(codec = ?self.codec, "no encoder works");
        Change::Lost
    }

    /// Stops the encoder, keeping what was learnt about the rungs.
    pub fn stop(&mut self) {
        self.stage = None;
    }

    /// Handles what an encoder's pipeline said; one of an earlier generation is past.
    pub fn trouble(&mut self, generation: u32, now: Instant) -> Change {
        if generation == self.generation { self.fall(now) } else { Change::Nothing }
    }

    /// Looks whether the encoder still works.
    pub fn watch(&mut self, now: Instant) -> Change {
        if self.fresh_at.is_some_and(|at| now >= at) {
            self.fresh_at = None;
            self.plan.fanout.keys().ask_soon();
        }
        match &mut self.stage {
            // A failed one's note may be lost or on its way.
            Some(stage) => {
                let dead = stage.has_failed() || stage.has_stalled(now);
                if dead { self.fall(now) } else { Change::Nothing }
            }
            None if self.again_at.is_some_and(|at| now >= at) => self.start(now),
            None => Change::Nothing,
        }
    }

    fn fall(&mut self, now: Instant) -> Change {
        let Some(stage) = self.stage.take() else { return Change::Nothing };
        tracing::warn!(encoder = stage.factory, "encoder died");
        self.next += 1;
        self.start(now)
    }
}
