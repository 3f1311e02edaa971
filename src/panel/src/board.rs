//! What an adapter does: lines that are read, lines that are set.

use crate::{Adapter, Config, Error, Part};
use rustix::time::{ClockId, clock_gettime};
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

/// A change of a line that is read, debounced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    pub part: Part,
    pub active: bool,
    /// When the kernel saw it.
    pub at: Instant,
}

/// The lines of a panel, taken for this program alone.
pub(crate) trait Board: Send {
    /// Whether each line that is read is active now.
    fn levels(&mut self) -> Result<Vec<(Part, bool)>, Error>;

    /// The next edge, if one has come already.
    fn edge(&mut self) -> Result<Option<Edge>, Error>;

    /// Waits until there may be an edge, until `wake` can be read, or for `longest`.
    fn wait(&mut self, wake: BorrowedFd<'_>, longest: Duration) -> Result<(), Error>;

    /// Lights one part or puts it out.
    fn light(&mut self, part: Part, on: bool) -> Result<(), Error>;
}

/// Takes the lines, all lights out.
pub(crate) fn open(config: &Config) -> Result<Box<dyn Board>, Error> {
    config.check()?;
    match config.adapter {
        Adapter::None => Err(Error::Config("there is no panel".into())),
        Adapter::Cdev => Ok(Box::new(crate::cdev::Lines::open(config)?)),
        #[cfg(feature = "rppal")]
        Adapter::Rppal => Ok(Box::new(crate::rppal::Pins::open(config)?)),
        #[cfg(not(feature = "rppal"))]
        Adapter::Rppal => Err(Error::NotBuilt),
    }
}

/// The moment that the kernel's monotonic clock showed this.
pub(crate) fn instant(monotonic: Duration) -> Instant {
    let (now, clock) = (Instant::now(), clock_gettime(ClockId::Monotonic));
    let clock = Duration::new(clock.tv_sec.unsigned_abs(), clock.tv_nsec.unsigned_abs() as u32);
    now.checked_sub(clock.saturating_sub(monotonic)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    // P6
    #[test]
    fn a_moment_of_the_kernel_is_one_of_ours() {
        let clock = clock_gettime(ClockId::Monotonic);
        let clock = Duration::new(clock.tv_sec.unsigned_abs(), clock.tv_nsec.unsigned_abs() as u32);
        let ago = Duration::from_secs(2);
        let passed = instant(clock.saturating_sub(ago)).elapsed();
        assert!(passed >= ago && passed < ago + Duration::from_secs(5), "{passed:?}");
        assert!(instant(clock + Duration::from_secs(9)) <= Instant::now(), "what lies ahead is taken as now");
    }
}
