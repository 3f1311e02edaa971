//! What an update does next.

use super::{Offer, Running, Stage, State, compare};
use std::time::Duration;

/// A booth that crashed is back within this (systemd's longest wait, and its own start): only after it a
/// silent booth is one in which nobody can be.
const SILENCE: Duration = Duration::from_secs(90);

/// The next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nothing, until the timer comes again.
    Nothing(Why),
    /// Bring the bundle here, or what is missing of it.
    Fetch,
    /// Verify the bundle, ask the booth, write the other slot.
    Install,
    /// The other slot is written: ask the booth, and start the machine anew.
    Restart,
}

/// Why nothing is done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The other slot is what is left if this image fails its trial.
    #[error("the running image is not found good yet")]
    Trial,
    /// There is no bundle.
    #[error("no bundle is offered")]
    NoOffer,
    /// It runs already.
    #[error("version {0} runs already")]
    Current(String),
    /// Going back by an old bundle would bring old faults back.
    #[error("version {offered} is older than {running}")]
    Older {
        /// The bundle's.
        offered: String,
        /// The image's.
        running: String,
    },
    /// It was tried.
    #[error("version {version} was given up: {reason}; a newer one is taken, or this one with --again")]
    GivenUp {
        /// Which.
        version: String,
        /// Why.
        reason: String,
    },
    /// The bundle itself cannot be installed.
    #[error("this bundle of version {version} is refused: {reason}")]
    Refused {
        /// Which.
        version: String,
        /// Why.
        reason: String,
    },
}

impl State {
    /// What to do with an offer; `whole` when the bundle is here, `again` when a person insists.
    pub fn next(&self, running: &Running, offer: Option<&Offer>, whole: bool, again: bool) -> Next {
        match &self.trial {
            Some(trial) if trial.image.slot == running.image.slot || trial.boot != running.boot => {
                return Next::Nothing(Why::Trial);
            }
            Some(trial) if trial.stage == Stage::Written => return Next::Restart,
            // RAUC was left alone over it in this very start: it is written anew.
            Some(_) | None => {}
        }
        if self.good.as_ref() != Some(&running.image) {
            return Next::Nothing(Why::Trial);
        }
        let Some(offer) = offer else { return Next::Nothing(Why::NoOffer) };
        match self.objection(running, offer).filter(|_| !again) {
            Some(why) => Next::Nothing(why),
            None if whole => Next::Install,
            None => Next::Fetch,
        }
    }

    fn objection(&self, running: &Running, offer: &Offer) -> Option<Why> {
        let (version, now) = (offer.version.clone(), running.image.version.clone());
        if version == now {
            return Some(Why::Current(version));
        }
        if compare(&version, &now).is_le() {
            return Some(Why::Older { offered: version, running: now });
        }
        if let Some(reason) = self.given_up(&version) {
            return Some(Why::GivenUp { version, reason: reason.to_owned() });
        }
        let reason = self.refused(&offer.sha256)?.to_owned();
        Some(Why::Refused { version, reason })
    }
}

/// What the booth says when it is asked to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoothAnswer {
    /// Nobody can come in.
    Closed,
    /// Somebody is in it.
    Busy,
    /// It does not answer, for that long now.
    Silent(Duration),
}

/// Whether the machine may be taken from the booth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Go on.
    Go,
    /// Not now.
    Later,
    /// Ask again in a moment.
    AskAgain,
}

/// Whether an update may go on. A booth that crashed in a call is back in it in seconds: silence alone
/// does not mean that nobody is there.
pub fn permission(answer: BoothAnswer) -> Permission {
    match answer {
        BoothAnswer::Closed => Permission::Go,
        BoothAnswer::Busy => Permission::Later,
        BoothAnswer::Silent(lasting) if lasting >= SILENCE => Permission::Go,
        BoothAnswer::Silent(_) => Permission::AskAgain,
    }
}
