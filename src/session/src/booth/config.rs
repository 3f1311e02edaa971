//! What a booth is set to.

use super::Pin;
use crate::room::Policy;
use engawa_protocol::{Codec, Locale};
use std::time::Duration;

/// What a booth is set to, and how long its pages last.
#[derive(Debug, Clone)]
pub struct Config {
    /// The booth's name until the service tells it; may be empty.
    pub name: String,
    /// The language of the first page.
    pub locale: Locale,
    /// Picture and sound come from a clip.
    pub clip: bool,
    /// Video codecs the booth can receive.
    pub receives: Vec<Codec>,
    /// A page that nobody touches goes back to the first one and wipes.
    pub idle: Duration,
    /// The same, when the panel's sensor sees nobody for as long.
    pub away: Duration,
    /// The first page goes dark when the sensor sees nobody for this long; without a sensor, never.
    pub sleep: Duration,
    /// The last page stays this long.
    pub closing: Duration,
    /// A question that nobody answers is taken as staying.
    pub question: Duration,
    /// Without the service for this long, an empty booth says so; at once when the service shuts it out.
    pub offline: Duration,
    /// Without the service for this long, a walk is given up.
    pub give_up: Duration,
    /// What opens the staff's menu; none: it cannot be opened.
    pub staff_pin: Option<Pin>,
    /// The staff's pages that nobody touches close after this.
    pub staff_idle: Duration,
    /// An empty booth looks at itself so often; none: only when it is asked to.
    pub check_every: Option<Duration>,
    /// And so often while something is wrong, or after somebody came in between.
    pub check_again: Duration,
    /// The room's deadlines; a booth only folds, but shares the type.
    pub policy: Policy,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            name: String::new(),
            locale: Locale::Ja,
            clip: false,
            receives: vec![Codec::H264, Codec::Vp8],
            idle: Duration::from_secs(90),
            away: Duration::from_secs(45),
            sleep: Duration::from_secs(2 * 60),
            closing: Duration::from_secs(60),
            question: Duration::from_secs(20),
            offline: Duration::from_secs(10),
            give_up: Duration::from_secs(5 * 60),
            staff_pin: None,
            staff_idle: Duration::from_secs(60),
            check_every: Some(Duration::from_secs(15 * 60)),
            check_again: Duration::from_secs(60),
            policy: Policy::default(),
        }
    }
}
