//! The booth's touch screen.
//!
//! Owns: the pages of `ui/booth`, the pictures shown on them, and the event loop that draws them. Shows a [`View`] and
//! tells every [`Touch`]; never decides what comes next, never waits for anything but the event loop, never logs what
//! it shows.

mod error;
mod globals;
mod headless;
mod pictures;
mod poster;
mod screen;
mod stage;
mod words;

pub use engawa_session::view::{Touch, View};
pub use error::Error;
pub use pictures::Picture;
pub use poster::Poster;
pub use screen::{Kind, Screen};

/// What the Slint compiler made of `ui/booth`.
#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated, and not ours to mend")]
mod ui {
    slint::include_modules!();
}
