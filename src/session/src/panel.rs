//! The booth's panel (P6): what its sensors and button say, and what its lamps show.

use crate::view::{Lamp, View};
use std::time::{Duration, Instant};

/// A button held for this long is a long press, from that moment on and not only when it is let go.
pub const LONG_PRESS: Duration = Duration::from_secs(3);

/// Something that the panel tells. Sensors tell their state when the panel is opened, then every change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PanelInput {
    /// Somebody is in front of the booth or sits in it.
    Presence(bool),
    /// The call-staff button went down or up.
    Button {
        /// It is down.
        pressed: bool,
        /// When, by the kernel: a loop that was busy makes no short press long.
        at: Instant,
    },
    /// The camera's shutter is closed.
    Shutter(bool),
    /// The panel cannot be heard any more; it is opened again.
    Failed,
}

/// What the panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outputs {
    /// The status lamp on top of the booth.
    pub lamp: Lamp,
    /// The lamp in the call-staff button.
    pub button_lamp: bool,
    /// The ring light around the camera, in percent.
    pub ring: u8,
    /// The light beside the camera that says that others may see its picture.
    pub shutter_indicator: bool,
}

impl View {
    /// The panel's part of the view.
    pub fn outputs(&self) -> Outputs {
        Outputs {
            lamp: self.lamp,
            button_lamp: self.button_lamp,
            ring: self.ring,
            shutter_indicator: self.shutter_indicator,
        }
    }
}
