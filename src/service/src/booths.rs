//! The event's booths: who they are, how they enrol, and which of them stand (P2).
//!
//! A booth is one record in the ledger, `booth/<id>`, written only over the state that was read: its
//! name, its key, and the enrolment tokens that were used for it stand in one value, so that no crash
//! and no second node leaves half an enrolment. Booths of the configuration, known by a token of
//! their own, are beside them, for development and the demo.
//!
//! A booth that is revoked, removed or enrolled anew with another key is out with that write:
//! requests read the record, and the hall of every node follows the records and closes the connections
//! of whoever no longer stands.

mod devices;
mod enrol;
mod key;
mod sign_in;

pub use devices::Told;
pub use enrol::{EnrolError, EnrolRefusal, Enrolled};
pub use key::{EnrolKey, EnrolKeyError, EnrolToken, LONGEST_LIFE, TokenError};
pub use sign_in::{SignInError, SignedIn};

use crate::bucket::Buckets;
use crate::clock;
use crate::config;
use crate::store::{Expect, Kept, Store, StoreError};
use devices::Devices;
use engawa_protocol::{BoothId, CompanyId, Millis};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::{Arc, Mutex as StdMutex};
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

/// Booths of one event.
pub const BOOTHS: usize = 2_000;
/// Longest name in Unicode scalar values, as `flash.sh` takes it.
pub const NAME_CHARS: usize = 64;

const BOOTH: &str = "booth/";

/// How a booth stands with the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The configuration names it and its token.
    Configured,
    /// It was made, and has not enrolled yet.
    Registered,
    /// It has a key and signs in with it.
    Enrolled,
    /// It is shut out until it enrols with a new token.
    Revoked,
}

/// A booth as everybody works with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booth {
    /// Its id.
    pub id: BoothId,
    /// Its shown name, such as `A-03`.
    pub name: String,
    /// The company it belongs to; none when it is of the pool.
    pub company: Option<CompanyId>,
    /// How it stands.
    pub standing: Standing,
    /// When its present key came.
    pub enrolled_at: Option<Millis>,
    /// What its connections come by: names booth and key, and signs nobody in.
    pub session: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Registered,
    Enrolled,
    Revoked,
    /// Kept for as long as a token may live that was made before.
    Removed,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    id: BoothId,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<CompanyId>,
    state: State,
    /// Ed25519 (RFC 8032), in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    enrolled_at: Option<Millis>,
    /// Tokens that were made before are worth nothing.
    not_before: Millis,
    /// Tokens that were used for this booth.
    #[serde(default)]
    used: Vec<Used>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Used {
    /// SHA-256 of the token.
    token: String,
    key: String,
    expires: Millis,
}

impl Record {
    /// What its connections come by; none while it does not stand.
    fn session(&self) -> Option<String> {
        let key = self.key.as_ref().filter(|_| self.state == State::Enrolled)?;
        Some(format!("{BOOTH}{}/{key}", self.id))
    }

    fn booth(self) -> Option<Booth> {
        let standing = match self.state {
            State::Registered => Standing::Registered,
            State::Enrolled => Standing::Enrolled,
            State::Revoked => Standing::Revoked,
            State::Removed => return None,
        };
        let session = self.session();
        let Self { id, name, company, enrolled_at, .. } = self;
        Some(Booth { id, name, company, standing, enrolled_at, session })
    }
}

/// What went wrong with a change.
#[derive(Debug, thiserror::Error)]
pub enum BoothError {
    /// There is one already.
    #[error("there is a booth of that id")]
    Exists,
    /// It stands in the configuration.
    #[error("the booth stands in the configuration and is changed there")]
    Configured,
    /// There are too many.
    #[error("there are {BOOTHS} booths")]
    Full,
    /// The service has no key for enrolment.
    #[error("nothing enrols here: name an enrol_key_file in the configuration, the same for every node")]
    NoKey,
    /// A token cannot be made.
    #[error("making an enrolment token failed")]
    Token(#[from] TokenError),
    /// The ledger.
    #[error("the booths cannot be read or written")]
    Store(#[from] StoreError),
}

/// The booths of the ledger and of the configuration.
pub struct Booths {
    store: Store,
    configured: Vec<config::Booth>,
    key: Option<EnrolKey>,
    now: watch::Sender<Arc<[Booth]>>,
    looking: Mutex<()>,
    devices: Devices,
    by_address: StdMutex<Buckets<IpAddr>>,
    by_booth: StdMutex<Buckets<BoothId>>,
}

impl Booths {
    /// Reads the booths. Without a `key`, none enrols or signs in.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn open(
        store: Store,
        configured: Vec<config::Booth>,
        key: Option<EnrolKey>,
    ) -> Result<Arc<Self>, StoreError> {
        let booths = Self {
            devices: Devices::new(store.clone()),
            store,
            configured,
            key,
            now: watch::Sender::new(Arc::from([])),
            looking: Mutex::new(()),
            by_address: sign_in::by_address(),
            by_booth: sign_in::by_booth(),
        };
        booths.look_again().await?;
        Ok(Arc::new(booths))
    }

    /// As they are now: those of the configuration first, in its order.
    pub fn now(&self) -> Arc<[Booth]> {
        self.now.borrow().clone()
    }

    /// Tells of every change, also by other nodes.
    pub fn changes(&self) -> watch::Receiver<Arc<[Booth]>> {
        self.now.subscribe()
    }

    /// A guest may be sent there.
    pub fn is_open(&self, id: &BoothId) -> bool {
        self.now.borrow().iter().any(|booth| booth.id == *id && booth.standing != Standing::Revoked)
    }

    /// The booth of that id.
    pub fn booth(&self, id: &BoothId) -> Option<Booth> {
        self.now.borrow().iter().find(|booth| booth.id == *id).cloned()
    }

    /// Makes a booth that is to enrol.
    ///
    /// # Errors
    /// [`BoothError::Exists`], [`BoothError::Full`] or a failing ledger.
    pub async fn add(&self, id: BoothId, name: String, company: Option<CompanyId>) -> Result<(), BoothError> {
        self.not_configured(&id)?;
        let kept = self.record(&id).await?;
        let (used, not_before, expect) = match kept {
            None => (Vec::new(), Millis(0), Expect::New),
            // What was known of the earlier one's tokens stays known.
            Some(kept) if kept.value.state == State::Removed => {
                (kept.value.used, kept.value.not_before, Expect::Revision(kept.revision))
            }
            Some(_) => return Err(BoothError::Exists),
        };
        if self.now().len() >= BOOTHS {
            return Err(BoothError::Full);
        }
        let key = record_key(&id);
        let state = State::Registered;
        let record = Record { id, name, company, state, key: None, enrolled_at: None, not_before, used };
        self.store.put(&key, &record, expect).await.map_err(|error| match error {
            StoreError::Conflict => BoothError::Exists,
            error => error.into(),
        })?;
        Ok(self.look_again().await?)
    }

    /// Changes name or company; false when there is none of that id.
    ///
    /// # Errors
    /// A failing ledger, or somebody else who changed it at the same time.
    pub async fn change(
        &self,
        id: &BoothId,
        name: Option<String>,
        company: Option<Option<CompanyId>>,
    ) -> Result<bool, BoothError> {
        self.write(id, |record| {
            record.name = name.unwrap_or_else(|| record.name.clone());
            record.company = company.unwrap_or_else(|| record.company.clone());
        })
        .await
    }

    /// Shuts a booth out, with every token that was made for it; false when there is none of that id.
    ///
    /// # Errors
    /// As [`Booths::change`].
    pub async fn revoke(&self, id: &BoothId) -> Result<bool, BoothError> {
        self.write(id, |record| shut_out(record, State::Revoked)).await
    }

    /// Removes a booth; false when there is none of that id.
    ///
    /// # Errors
    /// As [`Booths::change`].
    pub async fn remove(&self, id: &BoothId) -> Result<bool, BoothError> {
        let removed = self.write(id, |record| shut_out(record, State::Removed)).await?;
        if removed {
            self.devices.forget(id).await?;
        }
        Ok(removed)
    }

    /// Makes an enrolment token for a booth; none when there is none of that id.
    ///
    /// # Errors
    /// [`BoothError::NoKey`], [`BoothError::Token`] or a failing ledger.
    pub async fn enrol_token(
        &self,
        id: &BoothId,
        life: std::time::Duration,
    ) -> Result<Option<(String, Millis)>, BoothError> {
        self.not_configured(id)?;
        let key = self.key.as_ref().ok_or(BoothError::NoKey)?;
        let Some(Record { id, name, company, not_before, .. }) = self.live(id).await?.map(|kept| kept.value) else {
            return Ok(None);
        };
        // In the millisecond of a revocation, too, the new token is the later one.
        let issued = clock::now().max(not_before);
        let token = EnrolToken::new(id, name, company, issued, life);
        Ok(Some((key.token(&token)?, token.expires)))
    }

    /// What each booth last told of itself as a machine.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn devices(&self) -> Result<Vec<(BoothId, Told)>, StoreError> {
        self.devices.all().await
    }

    /// A booth tells of itself as a machine. It is written a little later, the latest word alone.
    pub fn told(&self, id: &BoothId, device: engawa_protocol::Device) {
        self.devices.told(id, device);
    }

    /// Takes over what other nodes change, and writes what booths tell, until the service stops.
    pub async fn keep_up(self: Arc<Self>, stop: CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.devices.keep() => {}
            // Whoever is shut out at another node stays in until it is read here.
            () = self.store.follow(&[BOOTH], || self.look_again()) => {}
        }
    }

    /// Forgets sign-ins and challenges that are over, and booths that were removed long ago.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn forget_old(&self) -> Result<(), StoreError> {
        let now = clock::now();
        for (key, kept) in self.store.list::<Record>(BOOTH).await? {
            let Record { state, not_before, .. } = kept.value;
            if state == State::Removed && not_before.0 + LONGEST_LIFE.as_millis() as u64 <= now.0 {
                self.store.delete(&key, Expect::Revision(kept.revision)).await.or_else(gone)?;
            }
        }
        self.forget_old_sign_ins(now).await
    }

    async fn write(&self, id: &BoothId, change: impl FnOnce(&mut Record)) -> Result<bool, BoothError> {
        self.not_configured(id)?;
        let Some(mut kept) = self.live(id).await? else { return Ok(false) };
        change(&mut kept.value);
        self.store.put(&record_key(id), &kept.value, Expect::Revision(kept.revision)).await?;
        self.look_again().await?;
        Ok(true)
    }

    fn not_configured(&self, id: &BoothId) -> Result<(), BoothError> {
        match self.configured.iter().any(|booth| booth.id == *id) {
            true => Err(BoothError::Configured),
            false => Ok(()),
        }
    }

    async fn record(&self, id: &BoothId) -> Result<Option<Kept<Record>>, StoreError> {
        self.store.get(&record_key(id)).await
    }

    async fn live(&self, id: &BoothId) -> Result<Option<Kept<Record>>, StoreError> {
        Ok(self.record(id).await?.filter(|kept| kept.value.state != State::Removed))
    }

    /// One look at a time, so that what is told never goes back.
    async fn look_again(&self) -> Result<(), StoreError> {
        let _looking = self.looking.lock().await;
        let configured = self.configured.iter().map(|booth| Booth {
            id: booth.id.clone(),
            name: booth.name.clone(),
            company: None,
            standing: Standing::Configured,
            enrolled_at: None,
            session: None,
        });
        let records = self.store.list::<Record>(BOOTH).await?;
        let kept = records.into_iter().filter_map(|(_, kept)| kept.value.booth());
        let kept = kept.filter(|booth| self.not_configured(&booth.id).is_ok());
        let now: Arc<[Booth]> = configured.chain(kept).collect();
        self.now.send_if_modified(|known| {
            let is_new = *known != now;
            *known = now;
            is_new
        });
        Ok(())
    }
}

impl std::fmt::Debug for Booths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Booths").finish_non_exhaustive()
    }
}

fn shut_out(record: &mut Record, state: State) {
    (record.state, record.key, record.enrolled_at) = (state, None, None);
    record.not_before = record.not_before.max(Millis(clock::now().0 + 1));
}

fn record_key(id: &BoothId) -> String {
    format!("{BOOTH}{id}")
}

/// Somebody else was faster.
fn gone(error: StoreError) -> Result<(), StoreError> {
    match error {
        StoreError::Conflict => Ok(()),
        error => Err(error),
    }
}
