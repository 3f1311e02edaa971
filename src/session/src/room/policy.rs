//! How long things may last in a room.

use engawa_protocol::Reentry;
use std::time::Duration;

/// The deadlines of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// A knock that nobody answers is over after this.
    pub knock: Duration,
    /// A knock that nobody answers is passed on after this (W14).
    pub pass_on: Duration,
    /// A guest whose line is lost before being let in is waited for this long.
    pub waiting_grace: Duration,
    /// A guest whose line is lost in the call is waited for this long (X6).
    pub guest_grace: Duration,
    /// A host whose line is lost is waited for this long (X8).
    pub host_grace: Duration,
    /// After letting in, a host takes the seat within this.
    pub join: Duration,
    /// After a restart of the service, clients come back within this before they count as lost.
    pub returning: Duration,
    /// A booked room opens this long before its slot (E7).
    pub early: Duration,
    /// The end of a slot is announced this long before (X2).
    pub ends_soon: Duration,
    /// What the guest's queue still held is taken for this long after the end (T8).
    pub late: Duration,
    /// Whether a walk-up guest may come back after leaving; a booking says its own (X6).
    pub reentry: Reentry,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            knock: Duration::from_secs(15 * 60),
            pass_on: Duration::from_secs(60),
            waiting_grace: Duration::from_secs(60),
            guest_grace: Duration::from_secs(5 * 60),
            host_grace: Duration::from_secs(2 * 60),
            join: Duration::from_secs(60),
            returning: Duration::from_secs(10),
            early: Duration::from_secs(60 * 60),
            ends_soon: Duration::from_secs(5 * 60),
            late: Duration::from_secs(24 * 60 * 60),
            reentry: Reentry::NetworkOnly,
        }
    }
}
