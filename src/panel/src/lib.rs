//! The booth's panel (P6): presence sensor, call-staff button and its lamp, status lamp, the shutter's switch and
//! indicator, ring light.
//!
//! Owns: the pins, by one of two adapters, and a thread that opens them anew whenever they fail. Never does:
//! decisions. What a press means and what is lit is `engawa-session`'s; a panel that is missing or broken is a
//! fault to be told, and never the end of anything.

mod board;
mod cdev;
mod config;
mod error;
mod panel;
mod pwm;
#[cfg(feature = "rppal")]
mod rppal;

pub use config::{Adapter, Config, Input, Output, Part, Pull, Ring};
pub use error::Error;
pub use panel::Panel;
