//! What the staff see behind the PIN: what was found of each part, and the booth as a machine.

use crate::health::{Finding, Part};
use engawa_protocol::Device;

/// The staff's page.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffMenu {
    /// Every part, in the order of [`Part::ALL`].
    pub tiles: Vec<PartTile>,
    /// All that an interview needs was looked at and works.
    pub healthy: bool,
    /// Everything is being looked at now.
    pub checking: bool,
    /// The test sound is being played.
    pub sounding: bool,
    /// The lamp is blinking.
    pub identifying: bool,
    /// What carries the way to the service.
    pub uplink: Option<Uplink>,
    /// Version, slot and last fallback; the version is empty when the booth is no appliance.
    pub device: Device,
}

/// One part of the booth.
#[derive(Debug, Clone, PartialEq)]
pub struct PartTile {
    /// Which.
    pub part: Part,
    /// What was found; none when it was not looked at.
    pub finding: Option<Finding>,
}

/// What carries the default route (N5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uplink {
    /// There is no way out.
    Away,
    /// A cable.
    Ethernet,
    /// Wireless.
    Wifi,
    /// A mobile network, such as LTE.
    Mobile,
    /// Something else, such as a tunnel.
    Other,
}

/// Why the PIN opened nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinRefused {
    /// It is another.
    Wrong,
    /// Too many wrong ones; the next is heard in so many seconds.
    Wait {
        /// Whole seconds.
        seconds: u32,
    },
}
