//! What an interview is booked as: kind, slot, who is rung, and the rules that hold in it.

use crate::{AccountId, BoothId, CompanyId, Locale, Millis};
use serde::{Deserialize, Serialize};

/// When an interview is held (E4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Slot {
    /// Its first moment.
    pub starts: Millis,
    /// Its end, as booked; extensions are events of the room.
    pub ends: Millis,
}

/// What an interview is for (E4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum InterviewKind {
    /// The first talk.
    Interview,
    /// A later round.
    FurtherInterview,
    /// Advice, without a decision.
    Consulting,
}

/// Whether a guest who left by the button may come back (X6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Reentry {
    /// Yes, while the slot lasts.
    Always,
    /// No; only a lost line or a restarted booth may return.
    #[default]
    NetworkOnly,
}

/// Whether the guest must give a name (policy `name`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum NameRule {
    /// A name is typed or comes from the booking.
    #[default]
    Required,
    /// Without one, the ticket's number stands as the name.
    Optional,
}

/// A booked interview, as a whole: booking again replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Booking {
    /// With whom.
    pub company: CompanyId,
    /// What for.
    pub kind: InterviewKind,
    /// When.
    pub slot: Slot,
    /// The guest's name; may be empty until the guest types it.
    pub guest: String,
    /// The language the guest reads, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub locale: Option<Locale>,
    /// The hosts in the order in which they are rung; empty means all of the company.
    pub hosts: Vec<AccountId>,
    /// At this booth only; any booth when none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub booth: Option<BoothId>,
    /// Whether the guest may come back after leaving.
    pub reentry: Reentry,
    /// Whether the guest must give a name.
    pub name: NameRule,
}

/// Who is told of a standing knock at the moment (W14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Ring {
    /// Every host of the company.
    All,
    /// One host.
    Host {
        /// Which.
        account: AccountId,
    },
    /// The staff of the fair.
    Staff,
    /// Nobody: no knock stands.
    None,
}
