//! Tells systemd that the booth works: ready with the first frame, and again and again while frames are
//! drawn and the loop turns (P7). Whichever of the two stands still, the unit is started anew.

use engawa_screen::{Poster, Screen};
use engawa_session::health::Finding;
use sd_notify::NotifyState;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

/// A frame is asked for this often.
const ASK: Duration = Duration::from_secs(1);
/// A frame is as good as the present one for so long.
const FRESH: Duration = Duration::from_secs(5);

/// What systemd is told. Does nothing where no systemd listens.
pub struct Watchdog {
    pulse: Pulse,
    drawn: Arc<AtomicI32>,
    screen: Poster,
    /// A screen without a display draws nothing by itself: the loop alone is watched.
    draws: bool,
}

impl Watchdog {
    /// The watchdog of a screen; `draws` when it has a display.
    pub fn new(screen: &Screen, draws: bool) -> Self {
        let drawn = Arc::new(AtomicI32::new(0));
        let seen = drawn.clone();
        screen.on_frame(move |number| seen.store(number, Ordering::Relaxed));
        let patience = sd_notify::watchdog_enabled().map(|interval| interval / 2);
        Self { pulse: Pulse::new(patience), drawn, screen: screen.poster(), draws }
    }

    /// Whether the screen draws (S4): the same frames that systemd is told of.
    pub fn screen(&self, now: Instant) -> Finding {
        let age = self.pulse.last.map(|(_, at)| now.duration_since(at));
        match age {
            Some(age) if self.draws && age >= FRESH => Finding::Failed {
                reason: format!("no frame was drawn for {} s: see whether the display is on", age.as_secs()),
            },
            None if self.draws => {
                Finding::Failed { reason: "no frame was drawn yet: see whether the display is on".to_owned() }
            }
            _ => Finding::Good { figure: String::new() },
        }
    }

    /// The loop has turned once more.
    pub fn turn(&mut self, now: Instant) {
        let drawn = if self.draws { self.drawn.load(Ordering::Relaxed) } else { self.pulse.asked };
        let Turn { ask, ready, alive } = self.pulse.turn(drawn, now);
        if let Some(number) = ask
            && self.draws
        {
            // One that takes nothing draws nothing, and is found out so.
            self.screen.post(move |screen| screen.ask_for_frame(number)).ok();
        }
        if ready {
            tell(NotifyState::Ready);
        }
        if alive {
            tell(NotifyState::Watchdog);
        }
    }
}

fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd could not be told");
    }
}

/// When to ask, and what the answers mean.
#[derive(Debug)]
struct Pulse {
    patience: Option<Duration>,
    asked: i32,
    /// The next frame is asked for then.
    next: Option<Instant>,
    /// The newest frame that was drawn, and when that was seen.
    last: Option<(i32, Instant)>,
}

/// What one turn of the loop comes to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Turn {
    ask: Option<i32>,
    ready: bool,
    alive: bool,
}

impl Pulse {
    fn new(patience: Option<Duration>) -> Self {
        Self { patience, asked: 0, next: None, last: None }
    }

    fn turn(&mut self, drawn: i32, now: Instant) -> Turn {
        let mut turn = Turn::default();
        if drawn != 0 && self.last.is_none_or(|(number, _)| number != drawn) {
            turn.ready = self.last.is_none();
            self.last = Some((drawn, now));
        }
        // One frame at a time: a screen that stands still is not given a heap of them.
        let is_due = self.next.is_none_or(|next| now >= next);
        if is_due && (self.asked == 0 || drawn == self.asked) {
            self.asked = self.asked.wrapping_add(1).max(1);
            turn.ask = Some(self.asked);
        }
        if is_due {
            self.next = Some(now + ASK);
            let draws = |patience| self.last.is_some_and(|(_, at)| now.duration_since(at) < patience);
            turn.alive = self.patience.is_some_and(draws);
        }
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(5);

    /// Turns once a second for `seconds`, each frame drawn a second after it was asked for unless `frozen`.
    fn turns(pulse: &mut Pulse, from: Instant, seconds: u64, frozen: bool) -> Vec<Turn> {
        let mut drawn = pulse.last.map_or(0, |(number, _)| number);
        let once = |second| {
            let turn = pulse.turn(drawn, from + Duration::from_secs(second));
            if !frozen {
                drawn = pulse.asked;
            }
            turn
        };
        (0..seconds).map(once).collect()
    }

    #[test]
    fn it_is_ready_once_and_only_with_a_frame() {
        let mut pulse = Pulse::new(Some(PATIENCE));
        let start = Instant::now();
        assert!(turns(&mut pulse, start, 10, true).iter().all(|turn| !turn.ready && !turn.alive));
        let later = turns(&mut pulse, start + Duration::from_secs(10), 10, false);
        assert_eq!(later.iter().filter(|turn| turn.ready).count(), 1);
        assert!(later.last().is_some_and(|turn| turn.alive));
    }

    // P7
    #[test]
    fn a_screen_that_stands_still_is_not_called_alive() {
        let mut pulse = Pulse::new(Some(PATIENCE));
        let start = Instant::now();
        assert!(turns(&mut pulse, start, 10, false).iter().skip(2).all(|turn| turn.alive));
        let frozen = turns(&mut pulse, start + Duration::from_secs(10), 30, true);
        assert!(frozen.iter().skip(6).all(|turn| !turn.alive), "{frozen:?}");
        assert!(frozen.iter().filter(|turn| turn.ask.is_some()).count() <= 1, "a heap of frames waits");
    }

    #[test]
    fn without_systemd_nothing_is_told_but_frames_are_asked_for() {
        let mut pulse = Pulse::new(None);
        assert!(turns(&mut pulse, Instant::now(), 10, false).iter().all(|turn| !turn.alive));
        assert!(pulse.asked > 5);
    }
}
