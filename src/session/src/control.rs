//! What programs beside the booth may ask of it: one JSON object a line, over a Unix socket.
//!
//! The socket is `/run/engawa/booth.sock`, mode 0660 of group `engawa`. Each line is an [`Ask`], each
//! is answered by one [`Answer`] in the same order.

use crate::health::Report;
use serde::{Deserialize, Serialize};

/// Longest line in bytes, either way.
pub const LINE_BYTES: usize = 16 * 1024;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// Looks at everything now, which takes the camera for some seconds. Never while somebody is in the booth.
    Check,
    /// What was found last, without looking.
    Report,
    /// Takes the booth out of service, with a page that says so, until this connection ends: for an
    /// update. Never while somebody is in the booth.
    Close,
}

/// What the booth says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// What was found.
    Report {
        /// None before the first check.
        report: Option<Report>,
        /// All that an interview needs works.
        healthy: bool,
    },
    /// Nobody can come in until this connection ends.
    Closed,
    /// Somebody is in the booth; ask again later.
    Busy,
    /// The question was not understood.
    Unknown {
        /// What is wrong with it.
        what: String,
    },
}
