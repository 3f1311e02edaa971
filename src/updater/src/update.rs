//! One run of an update: as many steps as can be done now, each decided by [`State::next`].
//!
//! [`State::next`]: engawa_session::update::State::next

use crate::bootenv;
use crate::booth::{self, Lease};
use crate::fetch::{self, FetchError, Pace};
use crate::place::{Place, PlaceError};
use crate::rauc::{Rauc, RaucError, Status};
use crate::service::{Service, ServiceError, is_version};
use crate::store::{Store, StoreError};
use engawa_session::update::{Next, Offer, Running, State, Why};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::sleep;

/// A booth that opened before the restart is asked again this often, until the timer does.
const ASKING: u32 = 60;

/// Where a bundle comes from.
#[derive(Debug)]
pub enum Source<'a> {
    /// The service, at most this many bytes a second.
    Service(&'a Service, u64),
    /// A file, such as one of a stick.
    File(&'a Path),
}

/// How a run ended well.
#[derive(Debug)]
pub enum Ended {
    /// There was nothing to do.
    Nothing(Why),
    /// Somebody is in the booth.
    Busy,
    /// The machine was told to start anew.
    Restarting,
}

/// How a run failed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// This machine has no updates.
    #[error("looking at this machine")]
    Place(#[from] PlaceError),
    /// The disk does not do it.
    #[error("keeping what is known of updates")]
    Store(#[from] StoreError),
    /// RAUC does not do it.
    #[error("asking RAUC")]
    Rauc(#[from] RaucError),
    /// RAUC knows one slot alone.
    #[error("RAUC knows no slot beside {0}")]
    OneSlot(String),
    /// The service does not do it.
    #[error("asking the service")]
    Service(#[from] ServiceError),
    /// The bundle is not here.
    #[error("bringing version {version} here")]
    Fetch {
        /// Which.
        version: String,
        /// Why not.
        #[source]
        source: FetchError,
    },
    /// The bundle is not what it should be.
    #[error("the bundle {0}")]
    Bundle(String),
    /// The slot is not written.
    #[error("writing version {version} to slot {slot}")]
    Install {
        /// Which version.
        version: String,
        /// Which slot.
        slot: String,
        /// Why not.
        #[source]
        source: RaucError,
    },
}

/// Goes as far as it can. An update that succeeds does not return: the machine starts anew.
///
/// # Errors
/// When a step fails; the next run begins with that step.
pub async fn update(place: &Place, source: Source<'_>, again: bool) -> Result<Ended, UpdateError> {
    let running = place.running()?;
    let store = Store::new(&place.data);
    let _taken = store.take()?;
    let rauc = Rauc { program: &place.rauc };
    // Before anybody is asked: a trial, or a slot that waits for its start.
    match store.state()?.next(&running, None, false, again) {
        Next::Restart => return restart(place, None).await,
        Next::Nothing(why @ Why::Trial) => return Ok(Ended::Nothing(why)),
        Next::Nothing(_) | Next::Fetch | Next::Install => {}
    }
    let status = rauc.status().await?;
    let mut run = Run { place, store: &store, rauc, running: &running, status: &status, again };
    let Some(offer) = run.offer(&source).await? else { return Ok(Ended::Nothing(Why::NoOffer)) };
    run.follow(&source, offer).await
}

struct Run<'a> {
    place: &'a Place,
    store: &'a Store,
    rauc: Rauc<'a>,
    running: &'a Running,
    status: &'a Status,
    again: bool,
}

impl Run<'_> {
    async fn offer(&mut self, source: &Source<'_>) -> Result<Option<Offer>, UpdateError> {
        match source {
            Source::Service(service, _) => Ok(service.offer(&self.status.compatible).await?),
            Source::File(file) => {
                // Read without belief: what is installed is verified again from our own copy.
                let info = self.rauc.info(file).await?;
                if info.compatible != self.status.compatible || !is_version(&info.version) {
                    return Err(UpdateError::Bundle(format!(
                        "is for {}, this is {}",
                        info.compatible, self.status.compatible
                    )));
                }
                Ok(Some(Offer { version: info.version, size: 0, sha256: String::new() }))
            }
        }
    }

    async fn follow(&mut self, source: &Source<'_>, mut offer: Offer) -> Result<Ended, UpdateError> {
        loop {
            let whole = self.whole(&offer);
            let next = self.state()?.next(self.running, Some(&offer), whole.is_some(), self.again);
            match (next, whole) {
                (Next::Nothing(why), _) => {
                    self.store.tidy(None);
                    return Ok(Ended::Nothing(why));
                }
                (Next::Install, Some(bundle)) => return self.install(&offer, &bundle).await,
                (Next::Fetch | Next::Install, _) => offer = self.fetch(source, offer).await?,
                (Next::Restart, _) => return restart(self.place, None).await,
            }
        }
    }

    async fn fetch(&mut self, source: &Source<'_>, offer: Offer) -> Result<Offer, UpdateError> {
        let kept = (!offer.sha256.is_empty()).then_some(&*offer.sha256);
        self.store.tidy(kept);
        tracing::info!(version = offer.version, size = offer.size, "bringing a bundle here");
        let fetched = match source {
            Source::Service(service, rate) => {
                let pace = Pace { rate: *rate, pause: self.place.pause };
                let compatible = &self.status.compatible;
                fetch::fetch(self.store, service, compatible, &offer, pace).await.map(|_| offer.clone())
            }
            Source::File(file) => fetch::copy(self.store, file, &offer.version),
        };
        if matches!(fetched, Err(FetchError::Sum)) {
            self.store.change(|state| state.spoil(&offer.sha256, "it arrives with another sum each time"))?;
        }
        fetched.map_err(|source| UpdateError::Fetch { version: offer.version, source })
    }

    async fn install(&mut self, offer: &Offer, bundle: &Path) -> Result<Ended, UpdateError> {
        self.verify(offer, bundle).await?;
        let slot = self.status.other(&self.running.image.slot);
        let slot = slot.ok_or_else(|| UpdateError::OneSlot(self.running.image.slot.clone()))?;
        let Some(lease) = booth::close(self.place).await else { return Ok(Ended::Busy) };
        tracing::info!(version = offer.version, slot, "writing");
        self.store.change(|state| {
            state.writing(offer, slot, self.running);
            bootenv::keep(self.place, &self.running.image.slot, false);
        })?;
        if let Err(source) = self.rauc.install(bundle).await {
            let reason = source.to_string();
            self.store.change(|state| match source {
                // RAUC's daemon goes on without whoever waited: what it finishes is still a trial.
                RaucError::Time { .. } => state.spoil(&offer.sha256, &reason),
                _ => state.unwritten(&reason),
            })?;
            return Err(UpdateError::Install { version: offer.version.clone(), slot: slot.to_owned(), source });
        }
        self.store.change(State::written)?;
        self.store.tidy(None);
        restart(self.place, Some(lease)).await
    }

    /// Lets RAUC verify the bundle before anybody is asked to leave the booth alone.
    async fn verify(&self, offer: &Offer, bundle: &Path) -> Result<(), UpdateError> {
        let wrong = match self.rauc.info(bundle).await {
            Ok(info) if info.compatible != self.status.compatible => format!("is for {}", info.compatible),
            Ok(info) if info.version != offer.version => format!("brings {}, not {}", info.version, offer.version),
            Ok(_) => return Ok(()),
            Err(error) if error.is_final() => error.to_string(),
            Err(error) => return Err(error.into()),
        };
        self.store.change(|state| state.refuse(&offer.sha256, wrong.clone()))?;
        self.store.tidy(None);
        Err(UpdateError::Bundle(wrong))
    }

    fn whole(&self, offer: &Offer) -> Option<PathBuf> {
        Some(self.store.whole(&offer.sha256)).filter(|path| !offer.sha256.is_empty() && path.is_file())
    }

    fn state(&self) -> Result<State, StoreError> {
        self.store.state()
    }
}

/// Starts the machine anew once the booth is closed: a lease may have ended with a crash of the booth.
async fn restart(place: &Place, lease: Option<Lease>) -> Result<Ended, UpdateError> {
    let mut lease = lease.filter(|lease| !lease.is_lost());
    for _ in 0..ASKING {
        if lease.is_some() {
            break;
        }
        lease = booth::close(place).await;
        if lease.is_none() {
            sleep(place.pause.max(Duration::from_millis(10))).await;
        }
    }
    let Some(_lease) = lease else { return Ok(Ended::Busy) };
    tracing::info!("starting anew into the other slot");
    place.restart().await?;
    Ok(Ended::Restarting)
}
