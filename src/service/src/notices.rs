//! Three notices a booking: on confirmation, the day before, one hour before (E6).
//!
//! What was sent stands in the ledger as `notice/<room>`, so that a restart sends the ones still
//! due and no other. A node that is about to send takes a short lease on the record first; a node
//! that dies with it delays the notice by that much. Between the webhook's answer and the record
//! lies one instant in which a crash sends a notice twice: the receiver tells by its `id`.

mod plan;
mod post;

use crate::clock;
use crate::config::NoticesConfig;
use crate::schedule::{Interview, Schedule};
use crate::store::{Expect, Kept, Store, StoreError};
use crate::tickets::Tickets;
use engawa_protocol::{Millis, RoomId};
use futures_util::StreamExt;
use plan::{Kind, Plan};
use post::{Notice, Webhook};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Longest time until the schedule is looked through again.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// A clock that runs a moment behind sends nothing early.
const LEAST: Duration = Duration::from_millis(50);
/// Nobody else sends a notice for this long after a node has begun to: more than a request takes.
const LEASE: Duration = Duration::from_secs(60);
/// Requests to the webhook at a time.
const AT_ONCE: usize = 8;
/// For what is on its way when the service stops.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The notices of the event.
pub struct Notices {
    store: Store,
    schedule: Arc<Schedule>,
    config: NoticesConfig,
    webhook: Webhook,
    base: String,
}

impl Notices {
    /// Notices for what `schedule` holds, with links that begin with `base`.
    pub fn new(store: Store, schedule: Arc<Schedule>, config: NoticesConfig, base: String) -> Self {
        let webhook = Webhook::new(&config);
        Self { store, schedule, config, webhook, base }
    }

    /// Sends what is due until the service stops.
    pub async fn run(self, tickets: Arc<Tickets>, stop: CancellationToken) {
        let changes = self.schedule.changes();
        loop {
            let next = match self.send_due(&tickets, &stop).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "notices cannot be looked through");
                    None
                }
            };
            let until = next.map(|at| Duration::from_millis(at.0.saturating_sub(clock::now().0)));
            let wait = until.unwrap_or(LOOK_AGAIN).clamp(LEAST, LOOK_AGAIN);
            tokio::select! {
                () = stop.cancelled() => return,
                () = changes.notified() => {}
                () = sleep(wait) => {}
            }
        }
    }

    /// Sends what is due; answers when the next one is.
    async fn send_due(&self, tickets: &Tickets, stop: &CancellationToken) -> Result<Option<Millis>, StoreError> {
        let mut due = Vec::new();
        let mut next: Option<Millis> = None;
        let mut earliest = |at: Millis| next = Some(next.map_or(at, |next| next.min(at)));
        for interview in self.schedule.all(None).await? {
            let now = clock::now();
            if interview.booking.slot.ends <= now && !interview.cancelled {
                continue;
            }
            let kept = self.store.get::<Plan>(&key(&interview.room)).await?;
            let mut plan = kept.as_ref().map_or_else(|| Plan::new(&interview.booking, now), |kept| kept.value.clone());
            let planned = plan.follow(&interview.booking, interview.cancelled, now);
            let revision = kept.as_ref().map(|kept| kept.revision);
            if planned || revision.is_none() {
                let expect = revision.map_or(Expect::New, Expect::Revision);
                match self.store.put(&key(&interview.room), &plan, expect).await {
                    Ok(revision) => {
                        if let Some(at) = plan.next() {
                            if at <= now { due.push((interview, Kept { value: plan, revision })) } else { earliest(at) }
                        }
                    }
                    // Another node looks after it.
                    Err(StoreError::Conflict) => earliest(Millis(now.0 + 1000)),
                    Err(error) => return Err(error),
                }
            } else if let (Some(at), Some(revision)) = (plan.next(), revision) {
                if at <= now { due.push((interview, Kept { value: plan, revision })) } else { earliest(at) }
            }
        }
        let sends = due.into_iter().map(|(interview, kept)| self.send(tickets, interview, kept, stop));
        let mut sends = futures_util::stream::iter(sends).buffer_unordered(AT_ONCE);
        let stopping = async {
            stop.cancelled().await;
            sleep(LAST_WORDS).await;
        };
        let mut stopping = pin!(stopping);
        loop {
            // What is on its way when the service stops may still be noted as sent.
            let sent = tokio::select! {
                () = &mut stopping => return Ok(None),
                sent = sends.next() => sent,
            };
            match sent {
                Some(Ok(Some(at))) => earliest(at),
                Some(Ok(None)) => {}
                Some(Err(error)) => tracing::error!(error = &error as &dyn std::error::Error, "a notice is not kept"),
                None => break,
            }
        }
        drop(sends);
        Ok(next)
    }

    /// Sends one notice under a lease; answers when the booking's next one is due.
    async fn send(
        &self,
        tickets: &Tickets,
        interview: Interview,
        kept: Kept<Plan>,
        stop: &CancellationToken,
    ) -> Result<Option<Millis>, StoreError> {
        if stop.is_cancelled() {
            return Ok(None);
        }
        let (key, mut plan) = (key(&interview.room), kept.value);
        let now = clock::now();
        let Some(kind) = plan.due(now) else { return Ok(plan.next()) };
        plan.leased = Some(Millis(now.0 + LEASE.as_millis() as u64));
        let revision = match self.store.put(&key, &plan, Expect::Revision(kept.revision)).await {
            Ok(revision) => revision,
            Err(StoreError::Conflict) => return Ok(Some(Millis(now.0 + 1000))),
            Err(error) => return Err(error),
        };
        let sent = self.webhook.post(&self.notice(tickets, &interview, kind)).await;
        plan.leased = None;
        match sent {
            Ok(()) => plan.sent(kind, clock::now()),
            Err(error) => {
                tracing::warn!(room = %interview.room, ?kind, error = &error as &dyn std::error::Error, "a notice is not delivered");
                plan.failed(kind, clock::now(), self.config.retry, interview.booking.slot.starts);
            }
        }
        match self.store.put(&key, &plan, Expect::Revision(revision)).await {
            Ok(_) | Err(StoreError::Conflict) => Ok(plan.next()),
            Err(error) => Err(error),
        }
    }

    fn notice(&self, tickets: &Tickets, interview: &Interview, kind: Kind) -> Notice {
        let Interview { room, booking, contact, .. } = interview;
        let code = tickets.code(room, booking);
        Notice {
            id: format!("{room}-{}-{}", kind.word(), booking.slot.starts.0),
            kind: kind.word(),
            room: room.clone(),
            booking: booking.clone(),
            contact: contact.clone(),
            // Behind `#`, the code stands in no server's log.
            link: format!("{}/#/interview/{code}", self.base),
            code,
        }
    }

    /// Forgets the notices of an interview that is no longer kept.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn forget(store: &Store, room: &RoomId) -> Result<(), StoreError> {
        store.delete(&key(room), Expect::Any).await
    }
}

fn key(room: &RoomId) -> String {
    format!("notice/{room}")
}
