//! What a booth tells of itself as a machine (P3, S4).

use serde::{Deserialize, Serialize};

/// A booth as a machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Device {
    /// The running image's version (`IMAGE_VERSION` of os-release); empty when the booth is no appliance.
    pub version: String,
    /// The slot that it was started from, as RAUC's boot name: `A` or `B`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub slot: Option<String>,
    /// Parts that its last check found not to work, such as `camera`; none when it is healthy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub faults: Option<Vec<String>>,
    /// The last update that was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub fallback: Option<Fallback>,
}

/// An update that did not become a healthy booth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Fallback {
    /// The version that was given up.
    pub version: String,
    /// Why: the parts that failed its check, or that it did not come to one.
    pub reason: String,
}
