//! The bodies of requests and answers about interviews.

use engawa_protocol::{
    AccountId, Booking, BoothId, CompanyId, InterviewKind, Locale, Millis, NameRule, Progress, Reentry, RoomId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// A booked interview.
#[derive(Serialize, ToSchema)]
pub struct InterviewView {
    #[schema(value_type = String)]
    pub(super) room: RoomId,
    #[schema(value_type = Object)]
    pub(super) booking: Booking,
    /// The end of the slot, as extended.
    #[schema(value_type = u64)]
    pub(super) ends: Millis,
    pub(super) contact: String,
    #[schema(value_type = String)]
    pub(super) state: Progress,
}

/// Interviews of a day or a month.
#[derive(Serialize, ToSchema)]
pub struct Interviews {
    /// In the order of their slots.
    pub(super) interviews: Vec<InterviewView>,
    /// How many of the company's are held today, by whatever filter.
    pub(super) today: u32,
    /// How many each day of the answer has.
    pub(super) days: BTreeMap<String, u32>,
}

/// Which interviews.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// A day as `2026-11-21`, in the event's time zone; today when neither is given.
    pub(super) day: Option<String>,
    /// A month as `2026-11`.
    pub(super) month: Option<String>,
    /// Of this kind only.
    #[param(value_type = Option<String>)]
    pub(super) kind: Option<InterviewKind>,
    /// In this state only.
    #[param(value_type = Option<String>)]
    pub(super) state: Option<Progress>,
    /// Of this company; staff may leave it out for all.
    #[param(value_type = Option<String>)]
    pub(super) company: Option<CompanyId>,
}

/// A new interview.
#[derive(Deserialize, ToSchema)]
pub struct NewInterview {
    /// The caller's own when it is left out.
    #[schema(value_type = Option<String>)]
    pub(super) company: Option<CompanyId>,
    #[schema(value_type = String)]
    pub(super) kind: InterviewKind,
    #[schema(value_type = u64)]
    pub(super) starts: Millis,
    /// 30 when it is left out.
    pub(super) minutes: Option<u32>,
    #[serde(default)]
    pub(super) guest: String,
    #[schema(value_type = Option<String>)]
    pub(super) locale: Option<Locale>,
    /// In the order in which they are rung.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub(super) hosts: Vec<AccountId>,
    #[schema(value_type = Option<String>)]
    pub(super) booth: Option<BoothId>,
    /// The event's policy when it is left out.
    #[schema(value_type = Option<String>)]
    pub(super) reentry: Option<Reentry>,
    #[schema(value_type = Option<String>)]
    pub(super) name: Option<NameRule>,
    /// For the webhook's receiver, to reach the candidate.
    #[serde(default)]
    pub(super) contact: String,
}

/// What changes; what is left out stays.
#[derive(Deserialize, ToSchema)]
pub struct InterviewChange {
    #[schema(value_type = Option<String>)]
    pub(super) kind: Option<InterviewKind>,
    #[schema(value_type = Option<u64>)]
    pub(super) starts: Option<Millis>,
    pub(super) minutes: Option<u32>,
    pub(super) guest: Option<String>,
    #[schema(value_type = Option<String>)]
    pub(super) locale: Option<Locale>,
    #[schema(value_type = Option<Vec<String>>)]
    pub(super) hosts: Option<Vec<AccountId>>,
    /// An empty text takes the booth away.
    pub(super) booth: Option<String>,
    #[schema(value_type = Option<String>)]
    pub(super) reentry: Option<Reentry>,
    #[schema(value_type = Option<String>)]
    pub(super) name: Option<NameRule>,
    pub(super) contact: Option<String>,
}
