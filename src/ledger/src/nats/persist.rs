//! Asking on while a leader is elected.
//!
//! A question that falls into an election is lost without a word. Whoever waited for its time to run
//! out before asking again would lose as much again behind the new leader; so it is asked anew at
//! every [`PACE`], beside what is under way, and the first answer counts.

use futures_util::stream::{FuturesUnordered, StreamExt};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How long a leader may be away before a caller hears of it: an election takes 4 to 9 s, and again as
/// much when votes are split.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// A question is given up after this.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(2);
const PACE: Duration = Duration::from_millis(200);

/// How many of the same question are under way at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtOnce {
    /// For what must not be begun twice.
    One,
    /// As many as there is time for: [`ANSWER_WITHIN`] by [`PACE`].
    Several,
}

/// Asks until `is_answer` takes what comes; after [`PATIENCE`] the last failure is the answer.
///
/// A question must end by itself within [`ANSWER_WITHIN`] or a little more.
pub(super) async fn persist<T, F>(at_once: AtOnce, ask: impl Fn() -> F, is_answer: impl Fn(&T) -> bool) -> T
where
    F: Future<Output = T>,
{
    let until = Instant::now() + PATIENCE;
    let mut under_way = FuturesUnordered::new();
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failed = None;
    loop {
        let is_late = Instant::now() >= until;
        if is_late
            && under_way.is_empty()
            && let Some(failed) = failed
        {
            return failed;
        }
        let may_ask = (!is_late || failed.is_none()) && (at_once == AtOnce::Several || under_way.is_empty());
        tokio::select! {
            biased;
            Some(came) = under_way.next() => {
                if is_answer(&came) {
                    return came;
                }
                failed = Some(came);
            }
            _ = pace.tick(), if may_ask => under_way.push(ask()),
            else => unreachable!("either something is under way or something may be asked"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::time::sleep;

    #[tokio::test(start_paused = true)]
    async fn whoever_is_back_answers_the_next_question_and_not_the_next_timeout() {
        let begun = Instant::now();
        let back = begun + Duration::from_millis(4100);
        let ask = || async {
            // A question to nobody is lost; one to a leader is answered.
            let is_there = Instant::now() >= back;
            sleep(if is_there { Duration::from_millis(5) } else { ANSWER_WITHIN }).await;
            is_there
        };
        assert!(persist(AtOnce::Several, ask, |is_there| *is_there).await);
        assert!(back.elapsed() <= PACE + Duration::from_millis(10), "{:?}", back.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_answer_to_the_first_question_is_an_answer() {
        let count = AtomicUsize::new(0);
        let ask = || {
            let number = count.fetch_add(1, Ordering::SeqCst);
            async move {
                sleep(Duration::from_millis(if number == 0 { 1500 } else { 5000 })).await;
                number
            }
        };
        assert_eq!(persist(AtOnce::Several, ask, |_| true).await, 0);
        assert_eq!(count.load(Ordering::SeqCst), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn one_at_a_time_is_one_at_a_time_and_patience_ends() {
        let (begun, under_way, most) = (Instant::now(), AtomicUsize::new(0), AtomicUsize::new(0));
        let ask = || async {
            most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            sleep(ANSWER_WITHIN).await;
            under_way.fetch_sub(1, Ordering::SeqCst);
        };
        persist(AtOnce::One, ask, |()| false).await;
        assert_eq!(most.load(Ordering::SeqCst), 1);
        assert!(begun.elapsed() >= PATIENCE && begun.elapsed() <= PATIENCE + ANSWER_WITHIN, "{:?}", begun.elapsed());
    }
}
