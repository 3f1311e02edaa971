//! The fair as its staff see it: who calls from a booth, and which knocks nobody answered.

use crate::{BoothId, Localized, Millis, RoomId};
use serde::{Deserialize, Serialize};

/// A booth on the staff's floor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FloorBooth {
    /// The booth.
    pub booth: BoothId,
    /// Shown name.
    pub name: String,
    /// Connected at this moment.
    pub here: bool,
    /// An interview that is not over is in it.
    pub in_use: bool,
    /// Since when its guest asks for a person; none when nobody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub called_at: Option<Millis>,
    /// Shown name of whoever is on the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub attended_by: Option<String>,
}

/// A knock that was passed on to the staff (W14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FloorKnock {
    /// The room.
    pub room: RoomId,
    /// The company's name.
    pub company: Localized,
    /// The booth's shown name.
    pub booth: String,
    /// When the guest knocked.
    pub at: Millis,
    /// The knock still stands; otherwise nobody answered it.
    pub waiting: bool,
}
