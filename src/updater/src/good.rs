//! Watches a start until its image is good, or given up.

use crate::booth;
use crate::place::{Place, PlaceError};
use crate::rauc::{Mark, Rauc};
use crate::store::{Store, StoreError};
use crate::{bootenv, device};
use engawa_session::update::{Look, Running, Start, Verdict, judge};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Why a start cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum GoodError {
    /// This machine has no slots.
    #[error("looking at this machine")]
    Place(#[from] PlaceError),
    /// The disk does not do it.
    #[error("keeping what is known of updates")]
    Store(#[from] StoreError),
}

/// How long to wait.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a trial's booth to be healthy.
    pub limit: Duration,
    /// For a known image's booth to answer; then the start counts without it.
    pub settle: Duration,
}

/// Takes notice of this start, and returns when the boot loader was told that it is good.
///
/// # Errors
/// When machine or disk cannot be used: the boot loader goes on counting then.
pub async fn mark_good(place: &Place, patience: Patience) -> Result<(), GoodError> {
    let (started, running) = (Instant::now(), place.running()?);
    let store = Store::new(&place.data);
    let watch = Watch { place, store: &store, running: &running, rauc: Rauc { program: &place.rauc } };
    match bootenv::mend(place, &running.image.slot) {
        Ok(false) => {}
        Ok(true) => {
            tracing::warn!("the boot loader's memory was broken and is made anew");
            store.change(|state| state.forgotten(&running))?;
        }
        Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "the boot loader's memory is broken"),
    }
    let start = store.change(|state| state.woken(&running))?;
    watch.tell()?;
    tracing::info!(version = running.image.version, slot = running.image.slot, ?start, "started");
    match start {
        Start::Known => watch.settle(started + patience.settle).await,
        Start::Trial => watch.prove(started, patience.limit).await?,
    }
    watch.mark().await;
    Ok(())
}

struct Watch<'a> {
    place: &'a Place,
    store: &'a Store,
    running: &'a Running,
    rauc: Rauc<'a>,
}

impl Watch<'_> {
    /// A kernel that stands still with the booth's start must not look like a good one.
    async fn settle(&self, until: Instant) {
        while Instant::now() < until && !booth::answers(&self.place.socket).await {
            sleep(self.place.pause).await;
        }
    }

    /// Looks until the booth is healthy; asks for the other slot when it does not get so.
    async fn prove(&self, started: Instant, limit: Duration) -> Result<(), GoodError> {
        loop {
            let Some(trial) = self.store.state()?.trial else { return Ok(()) };
            let (look, way_back) = self.look().await;
            match judge(&trial, &look, started.elapsed(), limit, way_back) {
                Verdict::Good => {
                    // First the state: what was good once is never given up.
                    self.store.change(|state| state.proven(self.running))?;
                    self.tell()?;
                    tracing::info!(version = self.running.image.version, "healthy: this version stays");
                    return Ok(());
                }
                Verdict::GiveUp { reason } => self.give_up(reason).await?,
                Verdict::Wait | Verdict::Stay => {}
            }
            sleep(self.place.pause).await;
        }
    }

    /// An image whose RAUC does not work could never be updated again.
    async fn look(&self) -> (Look, bool) {
        let status = self.rauc.status().await;
        let look = booth::look(&self.place.socket).await;
        match (status, look) {
            (Ok(status), look) => (look, status.way_back(&self.running.image.slot)),
            (Err(_), Look::Busy) => (Look::Busy, true),
            (Err(error), Look::Seen { mut faults, .. }) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "RAUC does not work");
                faults.push("rauc".into());
                (Look::Seen { healthy: false, faults }, true)
            }
            (Err(_), Look::Silent) => (Look::Silent, true),
        }
    }

    async fn give_up(&self, reason: String) -> Result<(), GoodError> {
        // Somebody may have come in since.
        let Some(_lease) = booth::close(self.place).await else { return Ok(()) };
        tracing::error!(version = self.running.image.version, reason, "not healthy in time: back to the other slot");
        self.store.change(|state| state.failed(reason))?;
        if let Err(error) = self.rauc.mark(Mark::Bad).await {
            // Then the boot loader's own count does it, some starts later.
            tracing::warn!(error = &error as &dyn std::error::Error, "the boot loader was not told");
        }
        if let Err(error) = self.place.restart().await {
            tracing::error!(error = &error as &dyn std::error::Error, "the machine does not start anew");
        }
        Ok(())
    }

    /// Tells the boot loader, for as long as it takes; the running slot is the first one again, too,
    /// unless another one waits for its start.
    async fn mark(&self) {
        loop {
            match self.try_mark().await {
                Ok(()) => return,
                Err(error) => tracing::warn!(error = &*error, "the boot loader was not told"),
            }
            sleep(self.place.pause).await;
        }
    }

    async fn try_mark(&self) -> Result<(), Box<dyn std::error::Error>> {
        let (status, slot) = (self.rauc.status().await?, &self.running.image.slot);
        // Before RAUC writes: a cut meanwhile must not cost what is proven. Never while another slot is written.
        let is_trial = self.store.change(|state| {
            if state.trial.is_none() {
                bootenv::keep(self.place, slot, status.way_back(slot));
            }
            state.trial.is_some()
        })?;
        self.rauc.mark(Mark::Good).await?;
        if !is_trial && !status.is_first(slot) {
            self.rauc.mark(Mark::Active).await?;
        }
        Ok(())
    }

    fn tell(&self) -> Result<(), StoreError> {
        device::tell(self.place, self.running, &self.store.state()?)
    }
}
