//! How long things may last in a room.

use std::time::Duration;

/// The deadlines of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// A knock that nobody answers is over after this.
    pub knock: Duration,
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
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            knock: Duration::from_secs(15 * 60),
            waiting_grace: Duration::from_secs(60),
            guest_grace: Duration::from_secs(5 * 60),
            host_grace: Duration::from_secs(2 * 60),
            join: Duration::from_secs(60),
            returning: Duration::from_secs(10),
        }
    }
}
