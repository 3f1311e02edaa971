//! The microphone's level bar, and noticing that somebody speaks while it is off (L4).

use crate::view::LEVEL_BARS;
use std::time::{Duration, Instant};

/// Probability from which a sound counts as voice.
const VOICE: f32 = 0.6;
/// Voice for this long, in 15ths of a second, raises the alert.
const FRAMES: u32 = 8;
/// The alert goes by itself after this.
const SHOWN: Duration = Duration::from_secs(6);
/// And does not come again before this.
const REST: Duration = Duration::from_secs(20);

#[derive(Debug, Default)]
pub struct Meter {
    bars: u8,
    voiced: u32,
    raised: Option<Instant>,
}

impl Meter {
    /// Takes one measurement; `muted` is whether an alert would be right.
    pub fn hear(&mut self, level: f32, voice: f32, muted: bool, now: Instant) {
        let bars = (level.clamp(0.0, 1.0) * f32::from(LEVEL_BARS)).round() as u8;
        // It falls more slowly than it rises, so that a word can be seen.
        self.bars = bars.max(self.bars.saturating_sub(1));
        self.voiced = if voice >= VOICE && muted { self.voiced + 1 } else { self.voiced.saturating_sub(1) };
        let rested = self.raised.is_none_or(|at| now >= at + REST);
        if self.voiced >= FRAMES && rested {
            self.raised = Some(now);
            self.voiced = 0;
        }
    }

    pub fn bars(&self) -> u8 {
        self.bars
    }

    /// The microphone was turned on: no alert is needed any more.
    pub fn unmuted(&mut self) {
        (self.voiced, self.raised) = (0, None);
    }

    pub fn alert(&self, now: Instant) -> bool {
        self.raised.is_some_and(|at| now < at + SHOWN)
    }

    pub fn timeout(&self, now: Instant) -> Option<Instant> {
        self.raised.map(|at| at + SHOWN).filter(|at| *at > now)
    }
}
