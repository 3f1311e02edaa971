//! Wrong tickets are counted, by booth and over all booths, for all nodes together.
//!
//! A count is a bucket whose state stands in the ledger, as the time when it is full again:
//! `tries/booth/<booth>` and `tries/all`. Booths are those of the configuration, so they are few.

use crate::bucket::{Bucket, Rate};
use crate::clock;
use crate::store::{Expect, Store, StoreError};
use engawa_protocol::{BoothId, Millis};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Five wrong ones in ten minutes at one booth.
const BY_BOOTH: Rate = Rate { burst: 5, every: Duration::from_secs(2 * 60) };
/// A hundred wrong ones in ten minutes at all of them: of the ten thousand numbers, one in a hundred.
const OVERALL: Rate = Rate { burst: 100, every: Duration::from_secs(6) };
const ALL: &str = "tries/all";
/// Other nodes that may count at the same time.
const QUICKER: usize = 16;

/// Why a ticket is not looked at.
#[derive(Debug, thiserror::Error)]
pub(super) enum Held {
    /// There were too many wrong ones.
    #[error("too many wrong tickets; the next one is looked at in {0:?}")]
    Back(Duration),
    /// It could not be counted.
    #[error("a try is not counted")]
    Store(#[from] StoreError),
}

#[derive(Serialize, Deserialize)]
struct Count {
    full_at: Millis,
}

/// What was tried lately.
#[derive(Debug)]
pub(super) struct Tries {
    store: Store,
    /// The booths of one node do not get in each other's way.
    turn: Mutex<()>,
}

impl Tries {
    /// The counts among the records of `store`.
    pub fn new(store: Store) -> Self {
        Self { store, turn: Mutex::default() }
    }

    /// Counts a try.
    pub async fn take(&self, booth: &BoothId) -> Result<(), Held> {
        let _turn = self.turn.lock().await;
        self.change(&by_booth(booth), BY_BOOTH, Bucket::take).await?;
        let taken = self.change(ALL, OVERALL, Bucket::take).await;
        if let Err(Held::Back(_)) = taken {
            self.change(&by_booth(booth), BY_BOOTH, give_back).await?;
        }
        taken
    }

    /// The try was a good one.
    pub async fn give_back(&self, booth: &BoothId) -> Result<(), Held> {
        let _turn = self.turn.lock().await;
        self.change(&by_booth(booth), BY_BOOTH, give_back).await?;
        self.change(ALL, OVERALL, give_back).await
    }

    async fn change(
        &self,
        key: &str,
        rate: Rate,
        change: impl Fn(&mut Bucket, Instant) -> Result<(), Duration>,
    ) -> Result<(), Held> {
        for _ in 0..QUICKER {
            let kept = self.store.get::<Count>(key).await?;
            let (now, at) = (clock::now(), Instant::now());
            let full_in = kept.as_ref().map_or(0, |kept| kept.value.full_at.0.saturating_sub(now.0));
            // A clock that was set back does not hold anybody back for longer than an empty bucket.
            let full_in = Duration::from_millis(full_in).min(rate.every * rate.burst);
            let mut bucket = Bucket::new(rate, at + full_in);
            change(&mut bucket, at).map_err(Held::Back)?;
            let full_at = Millis(now.0 + bucket.full_in(at).as_millis() as u64);
            let expect = kept.map_or(Expect::New, |kept| Expect::Revision(kept.revision));
            match self.store.put(key, &Count { full_at }, expect).await {
                Ok(_) => return Ok(()),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Conflict.into())
    }
}

fn give_back(bucket: &mut Bucket, _: Instant) -> Result<(), Duration> {
    bucket.give_back();
    Ok(())
}

fn by_booth(booth: &BoothId) -> String {
    format!("tries/booth/{booth}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use engawa_ledger::sled::SledLedger;
    use std::sync::Arc;

    // E2
    #[tokio::test]
    async fn a_booth_has_five_tries_and_all_booths_together_a_hundred_on_all_nodes() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Arc::new(SledLedger::open(folder.path()).unwrap());
        let nodes = [Tries::new(Store::new(ledger.clone())), Tries::new(Store::new(ledger))];
        let booth = |n: usize| format!("b-{n}").parse::<BoothId>().unwrap();
        let take = async |n: usize, at: usize| nodes[at % 2].take(&booth(n)).await;
        for at in 0..5 {
            take(0, at).await.unwrap();
        }
        for at in 0..2 {
            let held = take(0, at).await;
            assert!(matches!(held, Err(Held::Back(wait)) if wait <= BY_BOOTH.every), "{held:?}");
        }
        let mut more = 0;
        for n in 1..110 {
            more += usize::from(take(n, n).await.is_ok());
        }
        // One comes back every six seconds.
        assert!((95..=97).contains(&more), "{more}");
        nodes[0].give_back(&booth(1)).await.unwrap();
        take(1, 1).await.unwrap();
        assert!(matches!(take(2, 0).await, Err(Held::Back(_))));
    }

    // E2
    #[tokio::test]
    async fn of_booths_that_try_at_once_on_two_nodes_each_try_counts() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Arc::new(SledLedger::open(folder.path()).unwrap());
        let nodes = [0, 1].map(|_| Arc::new(Tries::new(Store::new(ledger.clone()))));
        let mut tries = tokio::task::JoinSet::new();
        for n in 0..12 {
            let (node, booth) = (nodes[n % 2].clone(), "b-1".parse::<BoothId>().unwrap());
            tries.spawn(async move { node.take(&booth).await.is_ok() });
        }
        assert_eq!(tries.join_all().await.into_iter().filter(|taken| *taken).count(), 5);
    }
}
