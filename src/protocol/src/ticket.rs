//! What a guest shows or types to enter a booked interview.

use serde::{Deserialize, Serialize};

/// A way into one booked interview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Ticket {
    /// The connection number (E2).
    Number {
        /// Four digits.
        number: String,
    },
    /// The booking's QR code (E1).
    Code {
        /// Its text, at most [`crate::limits::CODE_CHARS`] characters.
        code: String,
    },
}

/// Why a ticket opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TicketRefusal {
    /// No interview has it.
    Unknown,
    /// It was good once.
    Expired,
    /// It was used already.
    Used,
    /// The interview is booked for another booth.
    OtherBooth,
    /// The guest is connected at another booth (E8): redeemed again with `take_over`, it goes on here.
    AlreadyHere,
    /// Too many wrong ones came from here.
    TooManyTries {
        /// The next try is heard after this.
        retry_after_ms: u32,
    },
    /// The service could not look it up; it may be tried again.
    Unavailable,
}
