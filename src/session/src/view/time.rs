//! Time on the screen, and what the log has just told.

use engawa_protocol::Millis;

/// The booked slot against the service's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Countdown {
    /// Whole seconds until it begins.
    Starts(u32),
    /// Whole seconds until it ends, as extended.
    Ends {
        /// Seconds.
        seconds: u32,
        /// It is close: the end was announced (X2).
        soon: bool,
    },
}

/// A notice that the log brought; it goes by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Five minutes are left; all leave at the end, and an ended interview cannot be resumed (X2).
    EndsSoon,
    /// The slot ends later now (X3).
    Extended {
        /// Its new end.
        ends: Millis,
    },
    /// A host turned one's microphone or camera off (L13).
    Silenced {
        /// The microphone.
        microphone: bool,
        /// The camera.
        camera: bool,
    },
    /// The hold is over (L12).
    Resumed,
    /// A host raised a hand (L5).
    HandRaised {
        /// Shown name.
        name: String,
    },
    /// A line or file is not kept: as much waits as may wait, or the disk is full.
    QueueFull,
}
