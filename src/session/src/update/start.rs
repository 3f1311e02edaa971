//! What a start means, and how a trial ends.

use super::{Image, Running, Stage, State, Trial};
use engawa_protocol::Fallback;
use std::time::Duration;

/// How often a trial asks for the other slot: as often as the boot loader would start it, should asking not
/// work. More would be a loop: the other one does not start either,
/// and a booth that half works is better than none.
const GIVING_UP: u32 = 3;

/// What this start is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// This image was good before, or is the first one: it stays, healthy or not.
    Known,
    /// The first starts of an update: only a healthy booth makes it good.
    Trial,
}

/// What was seen of the booth last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// It does not answer.
    Silent,
    /// Somebody is in it.
    Busy,
    /// It was looked at.
    Seen {
        /// Everything that an interview needs works.
        healthy: bool,
        /// What does not.
        faults: Vec<String>,
    },
}

/// What follows for a trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Look again.
    Wait,
    /// The image is good.
    Good,
    /// The other slot shall start.
    GiveUp {
        /// Why.
        reason: String,
    },
    /// It is not healthy, and there is nothing to go back to: look again, for as long as it takes.
    Stay,
}

impl State {
    /// Takes notice of a start, once at its beginning; twice in one start changes nothing more.
    pub fn woken(&mut self, running: &Running) -> Start {
        let Some(mut trial) = self.trial.take() else {
            if let Some(trial) = self.once_more(running) {
                self.trial = Some(trial);
                return Start::Trial;
            }
            self.notice_lost(&running.image);
            return self.settled(running);
        };
        if trial.image.slot == running.image.slot {
            if matches!(trial.stage, Stage::Writing | Stage::Written) {
                trial.stage = Stage::Started;
            }
            self.trial = Some(trial);
            return Start::Trial;
        }
        if trial.boot == running.boot {
            // Written, and not started anew yet.
            self.trial = Some(trial);
            return self.settled(running);
        }
        let reason = match trial.stage {
            // The power was cut: that says nothing about the version.
            Stage::Writing => {
                self.cut_off(&trial.sha256);
                return self.settled(running);
            }
            Stage::Written => "it did not start".into(),
            Stage::Started => "it did not come to a healthy booth before it stopped".into(),
            Stage::Failed { reason, .. } => reason,
        };
        self.give_up(&trial.image.version, reason);
        self.settled(running)
    }

    /// The boot loader has lost what it knew, and with it whose turn it was: a trial that does not run was
    /// perhaps never started, unless it failed.
    pub fn forgotten(&mut self, running: &Running) {
        let slot = &running.image.slot;
        self.trial.take_if(|trial| trial.image.slot != *slot && !matches!(trial.stage, Stage::Failed { .. }));
    }

    /// The trial's booth is healthy.
    pub fn proven(&mut self, running: &Running) {
        if let Some(trial) = self.trial.take() {
            self.given_up.retain(|gone| gone.version != running.image.version);
            self.fallback = None;
            self.spoiled = None;
            if trial.image.version != running.image.version {
                // It would be taken for new again and again.
                self.give_up(&trial.image.version, format!("its image calls itself {}", running.image.version));
            }
        }
        self.good = Some(running.image.clone());
    }

    /// The trial asks for the other slot.
    pub fn failed(&mut self, why: String) {
        if let Some(Trial { stage, .. }) = &mut self.trial {
            let times = if let Stage::Failed { times, .. } = stage { *times + 1 } else { 1 };
            *stage = Stage::Failed { reason: why, times };
        }
    }

    fn settled(&mut self, running: &Running) -> Start {
        self.good = Some(running.image.clone());
        Start::Known
    }

    /// The boot loader, when neither slot came up three times, begins anew with any of them: with an image
    /// that was given up, too. It has to prove itself as at first.
    fn once_more(&self, running: &Running) -> Option<Trial> {
        let image = &running.image;
        self.good.as_ref().filter(|good| good.slot != image.slot)?;
        let reason = self.given_up(&image.version)?.to_owned();
        let stage = Stage::Failed { reason, times: 0 };
        Some(Trial { image: image.clone(), sha256: String::new(), boot: running.boot.clone(), stage })
    }

    /// A good image that the boot loader could not start three times. Its version is not given up: writing
    /// it anew may mend the slot.
    fn notice_lost(&mut self, image: &Image) {
        if let Some(good) = self.good.as_ref().filter(|good| good.slot != image.slot) {
            let reason = format!("slot {} did not start any more", good.slot);
            self.fallback = Some(Fallback { version: good.version.clone(), reason });
        }
    }
}

/// What follows from the last look at a trial's booth, `waited` after the start and at most `limit`;
/// `way_back` when the other slot may be started.
pub fn judge(trial: &Trial, look: &Look, waited: Duration, limit: Duration, way_back: bool) -> Verdict {
    let reason = match look {
        Look::Seen { healthy: true, .. } => return Verdict::Good,
        // Nobody is thrown out.
        Look::Busy => return Verdict::Wait,
        Look::Seen { faults, .. } if faults.is_empty() => "its check did not end".into(),
        Look::Seen { faults, .. } => faults.join(", "),
        Look::Silent => "its booth does not answer".into(),
    };
    if waited < limit {
        return Verdict::Wait;
    }
    let tried = if let Stage::Failed { times, .. } = trial.stage { times } else { 0 };
    if way_back && tried < GIVING_UP { Verdict::GiveUp { reason } } else { Verdict::Stay }
}
