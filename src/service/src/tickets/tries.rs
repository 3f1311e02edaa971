//! Wrong tickets are counted, by booth and over all booths.

use crate::bucket::{Bucket, Buckets, Rate};
use engawa_protocol::BoothId;
use std::time::{Duration, Instant};

/// Five wrong ones in ten minutes at one booth.
const BY_BOOTH: Rate = Rate { burst: 5, every: Duration::from_secs(2 * 60) };
/// A hundred wrong ones in ten minutes at all of them: of the ten thousand numbers, one in a hundred.
const OVERALL: Rate = Rate { burst: 100, every: Duration::from_secs(6) };
/// Booths that are counted at a time.
const COUNTED: usize = 10_000;

/// What was tried lately.
#[derive(Debug)]
pub(super) struct Tries {
    by_booth: Buckets<BoothId>,
    overall: Bucket,
}

impl Default for Tries {
    fn default() -> Self {
        Self { by_booth: Buckets::new(BY_BOOTH, COUNTED), overall: Bucket::new(OVERALL, Instant::now()) }
    }
}

impl Tries {
    /// Counts a try; the error says how long to wait.
    pub fn take(&mut self, booth: &BoothId, now: Instant) -> Result<(), Duration> {
        self.by_booth.take(booth.clone(), now)?;
        self.overall.take(now).inspect_err(|_| self.by_booth.give_back(booth))
    }

    /// The try was a good one.
    pub fn give_back(&mut self, booth: &BoothId) {
        self.by_booth.give_back(booth);
        self.overall.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // E2
    #[test]
    fn a_booth_has_five_tries_and_all_booths_together_a_hundred() {
        let (mut tries, now) = (Tries::default(), Instant::now());
        let booth = |n: usize| format!("b-{n}").parse::<BoothId>().unwrap();
        assert!((0..5).all(|_| tries.take(&booth(0), now).is_ok()));
        assert!(tries.take(&booth(0), now).is_err());
        let more = (1..200).filter(|n| tries.take(&booth(*n), now).is_ok()).count();
        assert_eq!(more, 95);
        tries.give_back(&booth(1));
        assert!(tries.take(&booth(1), now).is_ok());
        assert!(tries.take(&booth(2), now).is_err());
    }
}
