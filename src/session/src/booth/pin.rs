//! The staff's PIN (P5), and what wrong ones cost.
//!
//! It keeps a candidate's fingers out of the menu and nothing else: six digits are no secret to
//! whoever reads the booth's disk, hashed or not, and the menu shows and does nothing that needs one.

use super::Config;
use crate::view::PinRefused;
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

/// Digits of a PIN.
pub const PIN_DIGITS: usize = 6;
/// Wrong ones before the first wait.
const TRIES: u32 = 3;
/// The first wait; each further wrong PIN doubles it.
const WAIT: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Six digits; never shown, not even to a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

/// What was given is no PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a staff PIN is {PIN_DIGITS} digits in quotes")]
pub struct NoPin;

impl FromStr for Pin {
    type Err = NoPin;

    fn from_str(text: &str) -> Result<Self, NoPin> {
        let good = text.len() == PIN_DIGITS && text.bytes().all(|digit| digit.is_ascii_digit());
        good.then(|| Self(text.to_owned())).ok_or(NoPin)
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin")
    }
}

/// Counts wrong PINs, over every page that asked for one.
#[derive(Debug, Default)]
pub(super) struct Guard {
    wrong: u32,
    until: Option<Instant>,
}

/// A PIN being typed.
#[derive(Default)]
pub(super) struct Typing {
    digits: String,
    wrong: bool,
}

impl fmt::Debug for Typing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Typing").field("digits", &self.digits.len()).finish_non_exhaustive()
    }
}

impl Typing {
    /// Takes a digit; true when this made it the right PIN.
    pub fn digit(&mut self, digit: u8, guard: &mut Guard, config: &Config, now: Instant) -> bool {
        if digit > 9 || guard.waits(now) {
            return false;
        }
        self.wrong = false;
        self.digits.push(char::from(b'0' + digit));
        if self.digits.len() < PIN_DIGITS {
            return false;
        }
        let right = config.staff_pin.as_ref().is_some_and(|pin| pin.0 == self.digits);
        self.digits.clear();
        if right {
            *guard = Guard::default();
        } else {
            self.wrong = true;
            guard.count_wrong(now);
        }
        right
    }

    /// Takes the last digit back.
    pub fn erase(&mut self) {
        self.digits.pop();
        self.wrong = false;
    }

    /// How many digits there are.
    pub fn typed(&self) -> usize {
        self.digits.len()
    }

    pub fn refused(&self, guard: &Guard, now: Instant) -> Option<PinRefused> {
        let left = guard.until.map(|until| until.saturating_duration_since(now)).filter(|left| !left.is_zero());
        let wait = left.map(|left| PinRefused::Wait { seconds: left.as_secs_f32().ceil() as u32 });
        wait.or(self.wrong.then_some(PinRefused::Wrong))
    }
}

impl Guard {
    fn waits(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    fn count_wrong(&mut self, now: Instant) {
        self.wrong = self.wrong.saturating_add(1);
        if let Some(over) = self.wrong.checked_sub(TRIES) {
            // Two to the fifth is past the longest already.
            self.until = Some(now + (WAIT * 2u32.pow(over.min(5))).min(LONGEST));
        }
    }

    /// The next moment at which the shown wait changes.
    pub fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        let left = self.until?.checked_duration_since(now).filter(|left| !left.is_zero())?;
        let part = Duration::from_nanos(u64::from(left.subsec_nanos()));
        Some(now + if part.is_zero() { Duration::from_secs(1) } else { part })
    }
}
