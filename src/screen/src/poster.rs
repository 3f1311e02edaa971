//! The way to the screen from other threads.

use crate::{Error, Screen, View};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Jobs that may wait for the screen at one time.
const WAITING: usize = 256;

/// Hands work to the screen's thread; any thread may hold one.
#[derive(Clone, Default)]
pub struct Poster {
    view: Arc<Mutex<Option<View>>>,
    waiting: Arc<AtomicUsize>,
}

impl Poster {
    /// Runs `job` on the screen's thread, in order. Work that finds the screen closed is dropped.
    ///
    /// # Errors
    /// [`Error::Busy`] when 256 jobs wait already, [`Error::Gone`] when the event loop does not run.
    pub fn post(&self, job: impl FnOnce(&Screen) + Send + 'static) -> Result<(), Error> {
        let place = Place::take(&self.waiting).ok_or(Error::Busy)?;
        slint::invoke_from_event_loop(move || {
            drop(place);
            if let Some(screen) = Screen::current() {
                job(&screen);
            }
        })
        .map_err(|_| Error::Gone)
    }

    /// Shows `view` as soon as the screen can; of several that wait only the newest is drawn.
    ///
    /// # Errors
    /// As [`Self::post`].
    pub fn show(&self, view: View) -> Result<(), Error> {
        if self.slot().replace(view).is_some() {
            return Ok(());
        }
        let slot = self.view.clone();
        let posted = self.post(move |screen| {
            let newest = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(view) = newest {
                screen.show(&view);
            }
        });
        if posted.is_err() {
            // An empty slot is what makes the next view knock again.
            self.slot().take();
        }
        posted
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<View>> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the places in the queue, given back when the job runs or is dropped with the event loop.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>) -> Option<Self> {
        let before = waiting.fetch_add(1, Ordering::Relaxed);
        let place = Self(waiting.clone());
        (before < WAITING).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_has_an_end_and_places_come_back() {
        let waiting = Arc::new(AtomicUsize::new(0));
        let mut places: Vec<Place> = (0..WAITING).filter_map(|_| Place::take(&waiting)).collect();
        assert_eq!(places.len(), WAITING);
        assert!(Place::take(&waiting).is_none());
        places.pop();
        assert!(Place::take(&waiting).is_some());
    }
}
