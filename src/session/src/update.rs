//! Updates of a booth's image (P3): what a start means, when an image is good, and what comes next.
//!
//! A booth has two slots. An update is written to the one that does not run, and its first starts are a
//! trial: only an image whose booth was found healthy is called good. The boot loader counts starts and
//! takes the other slot after three in vain; what a start then means is told by the [`State`], which is
//! written durably before whatever it announces. Killing the power between any two steps leaves one of
//! the cases that [`State::woken`] tells apart.
//!
//! What was good once is never given up: a service that is away at the fair's opening is no reason to
//! go back.

mod next;
mod start;
mod version;

pub use next::{BoothAnswer, Next, Permission, Why, permission};
pub use start::{Look, Start, Verdict, judge};
pub use version::compare;

use engawa_protocol::Fallback;
use serde::{Deserialize, Serialize};

/// Versions and bundles that are remembered as not to be taken; the oldest is forgotten first.
pub const REMEMBERED: usize = 16;
/// Times that a bundle may arrive or be written in vain.
pub const SPOILED: u32 = 3;
/// Times that the power may be cut while a bundle is written. It says nothing about the bundle, unless it is the
/// writing that brings the machine down.
pub const CUT_OFF: u32 = 24;

/// An image in a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// `IMAGE_VERSION` of its os-release.
    pub version: String,
    /// RAUC's boot name: `A` or `B`.
    pub slot: String,
}

/// What runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Which image.
    pub image: Image,
    /// The kernel's name of this start (`boot_id`).
    pub boot: String,
}

/// A bundle that could be installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The version that it brings.
    pub version: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the whole file, in hexadecimal digits.
    pub sha256: String,
}

/// An image that is being tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Version and slot.
    #[serde(flatten)]
    pub image: Image,
    /// The bundle that it came with.
    pub sha256: String,
    /// The start in which it was written.
    pub boot: String,
    /// How far it came.
    pub stage: Stage,
}

/// How far a trial came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// RAUC writes the slot, or was killed over it.
    Writing,
    /// The boot loader takes it next.
    Written,
    /// It came so far as to look at its booth.
    Started,
    /// Its booth did not get healthy, and the boot loader is asked for the other slot.
    Failed {
        /// Why.
        reason: String,
        /// How often the other slot was asked for.
        times: u32,
    },
}

/// A bundle that is not taken, whatever its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Which.
    pub sha256: String,
    /// Why.
    pub reason: String,
}

/// A bundle that arrived or was written in vain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoiled {
    /// Which.
    pub sha256: String,
    /// How often.
    pub times: u32,
    /// How often the power was cut while it was written.
    #[serde(default)]
    pub cuts: u32,
}

/// Everything that outlives a start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The image that was good last.
    pub good: Option<Image>,
    /// The one that is being tried.
    pub trial: Option<Trial>,
    /// Versions that were tried in vain, and why.
    pub given_up: Vec<Fallback>,
    /// Bundles that are not taken.
    pub refused: Vec<Refused>,
    /// The bundle that was in vain last.
    pub spoiled: Option<Spoiled>,
    /// What staff and service are told of the last update that was given up.
    pub fallback: Option<Fallback>,
}

impl State {
    /// Why a version was given up.
    pub fn given_up(&self, version: &str) -> Option<&str> {
        self.given_up.iter().find(|gone| gone.version == version).map(|gone| gone.reason.as_str())
    }

    /// Why a bundle is refused.
    pub fn refused(&self, sha256: &str) -> Option<&str> {
        self.refused.iter().find(|gone| gone.sha256 == sha256).map(|gone| gone.reason.as_str())
    }

    /// Remembers a bundle that can never be installed: a stranger's, or for another machine.
    pub fn refuse(&mut self, sha256: &str, reason: impl Into<String>) {
        self.refused.retain(|gone| gone.sha256 != sha256);
        self.refused.push(Refused { sha256: sha256.to_owned(), reason: reason.into() });
        trim(&mut self.refused);
    }

    /// A bundle arrived broken or could not be written. After [`SPOILED`] times it is refused: each time
    /// costs the line a whole download, or the card a whole slot.
    pub fn spoil(&mut self, sha256: &str, reason: &str) {
        let Spoiled { times, cuts, .. } = self.in_vain(sha256);
        self.count(Spoiled { sha256: sha256.to_owned(), times: times + 1, cuts }, reason);
    }

    /// Its writing was cut off. After [`CUT_OFF`] times it is refused.
    pub fn cut_off(&mut self, sha256: &str) {
        let Spoiled { times, cuts, .. } = self.in_vain(sha256);
        self.count(Spoiled { sha256: sha256.to_owned(), times, cuts: cuts + 1 }, "its writing was cut off each time");
    }

    fn in_vain(&mut self, sha256: &str) -> Spoiled {
        let before = self.spoiled.take().filter(|spoiled| spoiled.sha256 == sha256);
        before.unwrap_or(Spoiled { sha256: String::new(), times: 0, cuts: 0 })
    }

    fn count(&mut self, spoiled: Spoiled, reason: &str) {
        match spoiled.times >= SPOILED || spoiled.cuts >= CUT_OFF {
            true => self.refuse(&spoiled.sha256, reason),
            false => self.spoiled = Some(spoiled),
        }
    }

    /// The slot is about to be written: from here on it must not be started as if it were good.
    pub fn writing(&mut self, offer: &Offer, slot: &str, running: &Running) {
        let image = Image { version: offer.version.clone(), slot: slot.to_owned() };
        let (sha256, boot) = (offer.sha256.clone(), running.boot.clone());
        self.trial = Some(Trial { image, sha256, boot, stage: Stage::Writing });
        self.given_up.retain(|gone| gone.version != offer.version);
    }

    /// RAUC has written the slot, and the boot loader takes it next.
    pub fn written(&mut self) {
        if let Some(trial) = &mut self.trial {
            trial.stage = Stage::Written;
            self.spoiled = None;
        }
    }

    /// RAUC could not write the slot.
    pub fn unwritten(&mut self, reason: &str) {
        if let Some(trial) = self.trial.take() {
            self.spoil(&trial.sha256, reason);
        }
    }

    fn give_up(&mut self, version: &str, reason: String) {
        let gone = Fallback { version: version.to_owned(), reason };
        self.given_up.retain(|other| other.version != gone.version);
        self.given_up.push(gone.clone());
        trim(&mut self.given_up);
        self.fallback = Some(gone);
    }
}

fn trim<T>(list: &mut Vec<T>) {
    list.drain(..list.len().saturating_sub(REMEMBERED));
}
