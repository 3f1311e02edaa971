//! How often something may happen: token buckets, one or one a name.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// How many at once, and how fast they come back.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// At once.
    pub burst: u32,
    /// One comes back after this.
    pub every: Duration,
}

/// A bucket of a rate's tokens.
#[derive(Debug, Clone)]
pub struct Bucket {
    rate: Rate,
    /// When the bucket is full again; each token taken moves it by `every`.
    full_at: Instant,
}

impl Bucket {
    /// A bucket that is full at that time.
    pub fn new(rate: Rate, full_at: Instant) -> Self {
        Self { rate, full_at }
    }

    /// Takes one.
    ///
    /// # Errors
    /// When none is there: how long until there is.
    pub fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let full_at = self.full_at.max(now) + self.rate.every;
        let latest = now + self.rate.every * self.rate.burst;
        if full_at > latest {
            return Err(full_at - latest);
        }
        self.full_at = full_at;
        Ok(())
    }

    /// Puts one back that was taken for nothing.
    pub fn give_back(&mut self) {
        self.full_at = self.full_at.checked_sub(self.rate.every).unwrap_or(self.full_at);
    }

    /// How long until it is full again, for whoever keeps it elsewhere: [`Bucket::new`] with that time makes it anew.
    pub fn full_in(&self, now: Instant) -> Duration {
        self.full_at.saturating_duration_since(now)
    }

    fn is_full(&self, now: Instant) -> bool {
        self.full_at <= now
    }
}

/// One bucket a name, for at most `most` names at a time.
#[derive(Debug)]
pub struct Buckets<K> {
    rate: Rate,
    most: usize,
    buckets: HashMap<K, Bucket>,
}

impl<K: Hash + Eq> Buckets<K> {
    /// No names yet.
    pub fn new(rate: Rate, most: usize) -> Self {
        Self { rate, most, buckets: HashMap::new() }
    }

    /// Takes one from the bucket of `name`.
    ///
    /// # Errors
    /// When none is there, or too many other names are being held back: how long to wait.
    pub fn take(&mut self, name: K, now: Instant) -> Result<(), Duration> {
        if self.buckets.len() >= self.most && !self.buckets.contains_key(&name) {
            self.buckets.retain(|_, bucket| !bucket.is_full(now));
            if self.buckets.len() >= self.most {
                return Err(self.rate.every);
            }
        }
        self.buckets.entry(name).or_insert_with(|| Bucket::new(self.rate, now)).take(now)
    }

    /// Forgets what was taken from the bucket of `name`.
    pub fn refill(&mut self, name: &K) {
        self.buckets.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3, every: Duration::from_secs(2) };

    #[test]
    fn a_bucket_gives_its_burst_and_then_one_at_a_time() {
        let start = Instant::now();
        let mut bucket = Bucket::new(RATE, start);
        assert!((0..3).all(|_| bucket.take(start).is_ok()));
        assert_eq!(bucket.take(start), Err(Duration::from_secs(2)));
        assert_eq!(bucket.take(start + Duration::from_secs(1)), Err(Duration::from_secs(1)));
        assert_eq!(bucket.take(start + Duration::from_secs(2)), Ok(()));
        assert!(bucket.take(start + Duration::from_secs(2)).is_err());
        assert!((0..3).all(|_| bucket.take(start + Duration::from_secs(60)).is_ok()));
    }

    #[test]
    fn names_are_counted_apart_and_their_number_is_bounded() {
        let start = Instant::now();
        let mut buckets = Buckets::new(RATE, 2);
        assert!((0..3).all(|_| buckets.take("a", start).is_ok()));
        assert!(buckets.take("a", start).is_err());
        assert!(buckets.take("b", start).is_ok());
        assert!(buckets.take("c", start).is_err());
        assert!(buckets.take("c", start + Duration::from_secs(2)).is_ok());
        buckets.refill(&"a");
        assert!(buckets.take("a", start).is_ok());
    }
}
