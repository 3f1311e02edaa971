//! Carries the newest frame of each picture from the media to the screen, and the size at which
//! the screen shows it back to the media.

use engawa_media::{Frame, Mailbox};
use engawa_protocol::Seat;
use engawa_screen::{Poster, Screen};

/// Whose picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The candidate's own.
    Own,
    /// A recruiter's.
    Theirs(Seat),
}

/// The way from the media to the screen.
#[derive(Clone)]
pub struct Pictures {
    screen: Poster,
}

impl Pictures {
    /// A way to `screen`.
    pub fn new(screen: Poster) -> Self {
        Self { screen }
    }

    /// From here on shows what comes into `mailbox`; at most one frame waits.
    pub fn show(&self, whose: Whose, mailbox: &Mailbox) {
        let (screen, source) = (self.screen.clone(), mailbox.clone());
        mailbox.on_filled(move || {
            let drawn = source.clone();
            if screen.post(move |screen| draw(screen, whose, &drawn)).is_err() {
                // The screen has no time for this one; an emptied slot knocks again at the next.
                source.take();
            }
        });
    }
}

fn draw(screen: &Screen, whose: Whose, source: &Mailbox) {
    let Some(Frame { width, height, pixels, .. }) = source.take() else { return };
    let (shown, size) = match whose {
        Whose::Own => (screen.set_own_picture(width, height, &pixels), Some(screen.own_picture_size())),
        Whose::Theirs(seat) => (screen.set_picture(seat, width, height, &pixels), screen.picture_size(seat)),
    };
    if let Err(error) = shown {
        tracing::warn!(%error, "a picture could not be shown");
    }
    if let Some((width, height)) = size {
        source.resize(width, height);
    }
}
