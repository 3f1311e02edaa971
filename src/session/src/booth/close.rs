//! What programs beside the booth ask of it; and being out of service while one of them works on it.

use super::{Asker, Booth, Effect};
use crate::control::{Answer, Ask};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The page's number while the booth is closed.
pub(super) const CLOSED: &str = "E-UPD-01";
/// A booth is closed for at most so long: whoever hangs must not keep it closed.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// Askers that keep it closed.
const ASKERS: usize = 8;

/// Who keeps the booth closed, and until when.
#[derive(Debug, Default)]
pub(super) struct Closed(BTreeMap<Asker, Instant>);

impl Booth {
    pub(super) fn asked(&mut self, by: Asker, ask: Ask) {
        match ask {
            Ask::Check => self.check_for(by),
            Ask::Report => self.answer(by, self.report_answer()),
            Ask::Close => self.close_for(by),
        }
    }

    pub(super) fn asker_gone(&mut self, asker: Asker) {
        self.closed.0.remove(&asker);
        self.forget_asker(asker);
    }

    pub(super) fn answer(&mut self, to: Asker, answer: Answer) {
        self.effects.push_back(Effect::Answer { to, answer });
    }

    fn close_for(&mut self, asker: Asker) {
        let is_full = self.closed.0.len() == ASKERS && !self.closed.0.contains_key(&asker);
        if !self.is_empty() || self.somebody_waits() || is_full {
            return self.answer(asker, Answer::Busy);
        }
        self.closed.0.insert(asker, self.now + LONGEST);
        self.answer(asker, Answer::Closed);
    }

    /// Nobody can come in.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.0.values().any(|until| *until > self.now)
    }

    pub(super) fn close_timeout(&self) -> Option<Instant> {
        self.closed.0.values().min().copied()
    }

    /// Opens when the time is over.
    pub(super) fn tend_close(&mut self) {
        let now = self.now;
        self.closed.0.retain(|_, until| *until > now);
    }
}
