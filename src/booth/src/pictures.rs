//! Carries the newest frame of each picture from the media to the screen, and the size at which
//! the screen shows it back to the media.

use engawa_media::{Frame, Mailbox};
use engawa_protocol::Seat;
use engawa_screen::{Poster, Screen};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

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
    /// Counts the visits: a frame of an earlier one is never shown (X9).
    visit: Arc<AtomicU64>,
}

/// Tries to reach a busy screen, and the wait between them.
const TRIES: u32 = 100;
const BETWEEN: Duration = Duration::from_millis(20);

impl Pictures {
    /// A way to `screen`.
    pub fn new(screen: Poster) -> Self {
        Self { screen, visit: Arc::default() }
    }

    /// Takes every picture off the screen; what still comes from before is not shown.
    ///
    /// Waits for a busy screen, for two seconds at most: a face must not stay.
    pub fn clear(&self) {
        self.visit.fetch_add(1, Ordering::SeqCst);
        for _ in 0..TRIES {
            match self.screen.post(Screen::clear_pictures) {
                Err(engawa_screen::Error::Busy) => std::thread::sleep(BETWEEN),
                Ok(()) | Err(_) => return,
            }
        }
        tracing::error!("the screen does not take the pictures off");
    }

    /// From here on shows what comes into `mailbox`; at most one frame waits.
    pub fn show(&self, whose: Whose, mailbox: &Mailbox) {
        let (screen, source) = (self.screen.clone(), mailbox.clone());
        let (visits, visit) = (self.visit.clone(), self.visit.load(Ordering::SeqCst));
        mailbox.on_filled(move || {
            let (drawn, visits) = (source.clone(), visits.clone());
            let job = move |screen: &Screen| {
                if visits.load(Ordering::SeqCst) == visit {
                    draw(screen, whose, &drawn);
                }
            };
            if screen.post(job).is_err() {
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
