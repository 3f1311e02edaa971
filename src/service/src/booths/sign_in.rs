//! A booth that signs in with its key, and who a request's bearer is.
//!
//! A challenge is made out of nothing and kept by nobody; the first right answer writes that it was used,
//! so that it is good once on all nodes, and whoever holds no key writes nothing. The bearer stands as
//! `booth-session/<SHA-256>` with the key that it was given to: it is good while the booth has that key.

use super::enrol::is_signed;
use super::{Booths, Standing, State, gone};
use crate::accounts::random_token;
use crate::bucket::{Buckets, Rate};
use crate::store::{Expect, StoreError};
use crate::visitor::Identity;
use crate::{clock, config};
use engawa_protocol::{BoothId, Millis};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;

/// How long a bearer is good; a connection that was opened with it stays.
const SIGNED_IN: Duration = Duration::from_secs(60 * 60);
const CHALLENGE: Duration = Duration::from_secs(60);
/// Most that the clocks of two nodes differ.
const SKEW: Duration = Duration::from_secs(10 * 60);
const DOMAIN: &str = "engawa-booth-sign-in-1\n";
const SESSION: &str = "booth-session/";
const USED: &str = "booth-challenge/";

/// Requests from one address: a whole fair may be behind one, and comes back at once.
const BY_ADDRESS: Rate = Rate { burst: 400, every: Duration::from_millis(50) };
/// Sign-ins of one booth, each of which is a write.
const BY_BOOTH: Rate = Rate { burst: 30, every: Duration::from_secs(5) };
/// Names that are counted at a time.
const COUNTED: usize = 10_000;

pub(super) fn by_address() -> Mutex<Buckets<IpAddr>> {
    Mutex::new(Buckets::new(BY_ADDRESS, COUNTED))
}

pub(super) fn by_booth() -> Mutex<Buckets<BoothId>> {
    Mutex::new(Buckets::new(BY_BOOTH, COUNTED))
}

/// A booth that is signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// What its requests bear.
    pub token: String,
    /// It is worth nothing from then on.
    pub expires: Millis,
}

/// Why a booth is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// It does not stand, or another key has signed: which of them, nobody is told.
    #[error("the booth is not known by this key")]
    Unknown,
    /// The challenge is over, was used, or is another booth's.
    #[error("the challenge is not good any more; ask for another one")]
    Stale,
    /// It signs in too often.
    #[error("the booth signs in too often")]
    TooMany(Duration),
    /// The service has no key for enrolment.
    #[error("no booth signs in here: name an enrol_key_file in the configuration")]
    NoKey,
    /// The operating system.
    #[error("the operating system gives no random bytes")]
    Random,
    /// The ledger.
    #[error("the booths cannot be read or written")]
    Store(#[from] StoreError),
}

#[derive(Serialize, Deserialize)]
struct Session {
    booth: BoothId,
    key: String,
    expires: Millis,
}

#[derive(Serialize, Deserialize)]
struct UsedChallenge {
    expires: Millis,
}

impl Booths {
    /// Counts a request of whoever is not signed in; the error says how long to wait.
    pub fn count(&self, network: IpAddr) -> Result<(), Duration> {
        self.by_address.lock().unwrap_or_else(PoisonError::into_inner).take(network, Instant::now())
    }

    /// A text for the booth to sign. Whether there is such a booth is not told.
    ///
    /// # Errors
    /// [`SignInError::NoKey`] or [`SignInError::Random`].
    pub fn challenge(&self, booth: &BoothId) -> Result<String, SignInError> {
        let own = self.key.as_ref().ok_or(SignInError::NoKey)?;
        let expires = Millis(clock::now().0 + CHALLENGE.as_millis() as u64);
        own.challenge(booth, expires).map_err(|_| SignInError::Random)
    }

    /// Signs a booth in by its signature of the challenge.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn sign_in(&self, booth: &BoothId, challenge: &str, signature: &str) -> Result<SignedIn, SignInError> {
        let own = self.key.as_ref().ok_or(SignInError::NoKey)?;
        let (asked, until) = own.open_challenge(challenge).ok_or(SignInError::Stale)?;
        if asked != *booth || until <= clock::now() {
            return Err(SignInError::Stale);
        }
        // A booth that the configuration names has its device token, and no other way in.
        self.not_configured(booth).map_err(|_| SignInError::Unknown)?;
        let record = self.live(booth).await?.map(|kept| kept.value);
        let record = record.filter(|record| record.state == State::Enrolled);
        let key = record.and_then(|record| record.key).ok_or(SignInError::Unknown)?;
        let public = hex::decode(&key).map_err(|_| SignInError::Unknown)?;
        if !is_signed(&public, &format!("{DOMAIN}{booth}\n{challenge}"), signature) {
            return Err(SignInError::Unknown);
        }
        let counted = self.by_booth.lock().unwrap_or_else(PoisonError::into_inner).take(booth.clone(), Instant::now());
        counted.map_err(SignInError::TooMany)?;
        let used = UsedChallenge { expires: until };
        match self.store.put(&hashed(USED, challenge), &used, Expect::New).await {
            Ok(_) => {}
            Err(StoreError::Conflict) => return Err(SignInError::Stale),
            Err(error) => return Err(error.into()),
        }
        let token = random_token().map_err(|_| SignInError::Random)?;
        let expires = Millis(clock::now().0 + SIGNED_IN.as_millis() as u64);
        let session = Session { booth: booth.clone(), key, expires };
        self.store.put(&hashed(SESSION, &token), &session, Expect::New).await?;
        Ok(SignedIn { token, expires })
    }

    /// The booth whose bearer this is: one of the configuration by its device token, another one by the
    /// token of a sign-in. The ledger is asked, not what this node has heard.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn recognise(&self, bearer: &str) -> Result<Option<Identity>, StoreError> {
        if let Some(identity) = self.configured(bearer) {
            return Ok(Some(identity));
        }
        let Some(session) = self.store.get::<Session>(&hashed(SESSION, bearer)).await? else { return Ok(None) };
        let Session { booth, key, expires } = session.value;
        if self.not_configured(&booth).is_err() {
            return Ok(None);
        }
        let Some(record) = self.live(&booth).await?.map(|kept| kept.value) else { return Ok(None) };
        let name = record.session();
        if expires <= clock::now() || record.key != Some(key) || name.is_none() {
            return Ok(None);
        }
        // The hall must know it before it enters, or would close it with the next change.
        if self.booth(&booth).is_none_or(|known| known.session != name) {
            self.look_again().await?;
        }
        Ok(Some(Identity::Booth { booth, name: record.name, session: name }))
    }

    /// A booth that was recognised before still stands.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn stands(&self, booth: &BoothId, session: &str) -> Result<bool, StoreError> {
        let record = self.record(booth).await?;
        Ok(record.and_then(|kept| kept.value.session()).as_deref() == Some(session))
    }

    /// Every booth of the configuration is compared, in constant time each.
    fn configured(&self, token: &str) -> Option<Identity> {
        let hash = config::hash(token);
        let mut found = None;
        for booth in &self.configured {
            if hash.ct_eq(&booth.token).into() {
                found = Some(booth);
            }
        }
        found.map(|booth| Identity::Booth { booth: booth.id.clone(), name: booth.name.clone(), session: None })
    }

    pub(super) async fn forget_old_sign_ins(&self, now: Millis) -> Result<(), StoreError> {
        let known = self.now();
        let has_key = |session: &Session| {
            let name = format!("{}{}/{}", super::BOOTH, session.booth, session.key);
            known.iter().any(|booth| booth.standing == Standing::Enrolled && booth.session.as_ref() == Some(&name))
        };
        for (key, kept) in self.store.list::<Session>(SESSION).await? {
            if kept.value.expires <= now || !has_key(&kept.value) {
                self.store.delete(&key, Expect::Any).await.or_else(gone)?;
            }
        }
        for (key, kept) in self.store.list::<UsedChallenge>(USED).await? {
            // Another node's clock may be behind, and would take the challenge again.
            if kept.value.expires.0 + SKEW.as_millis() as u64 <= now.0 {
                self.store.delete(&key, Expect::Any).await.or_else(gone)?;
            }
        }
        Ok(())
    }
}

fn hashed(prefix: &str, text: &str) -> String {
    format!("{prefix}{}", hex::encode(config::hash(text)))
}
