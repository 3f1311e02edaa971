//! A booth's first word: it trades its one-time token for being known by its key.

use super::{BOOTHS, Booths, EnrolToken, Record, State, Used, record_key};
use crate::store::{Expect, StoreError};
use crate::{clock, config};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use engawa_protocol::{BoothId, Millis};
use ring::signature::{ED25519, UnparsedPublicKey};

/// Bytes of an Ed25519 public key.
const KEY: usize = 32;
const DOMAIN: &str = "engawa-enrol-1\n";
/// Used tokens that a record remembers; those that are over give way.
const USED: usize = 16;
/// Tries against others who write the same record.
const TRIES: usize = 8;

/// A booth that is known from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// Its id.
    pub booth: BoothId,
    /// Its name.
    pub name: String,
}

/// Why a token is not taken, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolRefusal {
    /// It is no token of this service.
    Unknown,
    /// Its time is over, or a later one was used, or the booth was revoked since.
    Expired,
    /// It was used, with another key.
    Used,
}

impl EnrolRefusal {
    /// The word that a booth is told.
    pub fn word(self) -> &'static str {
        match self {
            EnrolRefusal::Unknown => "unknown",
            EnrolRefusal::Expired => "expired",
            EnrolRefusal::Used => "used",
        }
    }
}

/// Why a booth is not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The token.
    #[error("the token is not taken")]
    Refused(EnrolRefusal),
    /// The key or the proof that it is held.
    #[error("public_key and proof must be base64url of an Ed25519 key and its signature of the token")]
    Proof,
    /// There are too many booths.
    #[error("there are {BOOTHS} booths")]
    Full,
    /// The service has no key for enrolment.
    #[error("nothing enrols here: name an enrol_key_file in the configuration")]
    NoKey,
    /// The ledger.
    #[error("the booths cannot be read or written")]
    Store(#[from] StoreError),
}

impl Booths {
    /// Takes a token for the booth that holds `public_key`. The same token with the same key is answered
    /// the same again, since an answer may be lost on its way; with another key it is refused: its card
    /// was copied, or is used a second time.
    ///
    /// # Errors
    /// [`EnrolError`].
    pub async fn enrol(&self, token: &str, public_key: &str, proof: &str) -> Result<Enrolled, EnrolError> {
        let own = self.key.as_ref().ok_or(EnrolError::NoKey)?;
        let said = own.open_token(token).ok_or(EnrolError::Refused(EnrolRefusal::Unknown))?;
        if self.not_configured(&said.booth).is_err() {
            return Err(EnrolError::Refused(EnrolRefusal::Unknown));
        }
        let key = key_of(public_key).ok_or(EnrolError::Proof)?;
        if !is_signed(&key, &format!("{DOMAIN}{token}"), proof) {
            return Err(EnrolError::Proof);
        }
        let (key, token) = (hex::encode(key), hex::encode(config::hash(token)));
        for _ in 0..TRIES {
            match self.try_enrol(&said, &key, &token).await {
                Err(EnrolError::Store(StoreError::Conflict)) => {}
                answer => return answer,
            }
        }
        Err(StoreError::Conflict.into())
    }

    async fn try_enrol(&self, said: &EnrolToken, key: &str, token: &str) -> Result<Enrolled, EnrolError> {
        let kept = self.record(&said.booth).await?;
        let (record, expect) = match kept {
            Some(kept) => (Some(kept.value), Expect::Revision(kept.revision)),
            None => (None, Expect::New),
        };
        let is_new = record.as_ref().is_none_or(|record| record.state == State::Removed);
        let record = match decide(record, said, key, token, clock::now())? {
            Decision::Again(enrolled) => return Ok(enrolled),
            Decision::Write(record) => record,
        };
        if is_new && self.now().len() >= BOOTHS {
            return Err(EnrolError::Full);
        }
        self.store.put(&record_key(&said.booth), &record, expect).await?;
        self.look_again().await?;
        tracing::info!(booth = %record.id, "a booth has enrolled");
        Ok(Enrolled { booth: record.id, name: record.name })
    }
}

#[derive(Debug)]
enum Decision {
    /// This was done before.
    Again(Enrolled),
    Write(Record),
}

fn decide(
    record: Option<Record>,
    said: &EnrolToken,
    key: &str,
    token: &str,
    now: Millis,
) -> Result<Decision, EnrolError> {
    let used = record.as_ref().map(|record| record.used.as_slice()).unwrap_or_default();
    if let Some(used) = used.iter().find(|used| used.token == token) {
        return match record {
            Some(Record { id, name, state: State::Enrolled, key: Some(own), .. }) if own == key && used.key == key => {
                Ok(Decision::Again(Enrolled { booth: id, name }))
            }
            _ => Err(EnrolError::Refused(EnrolRefusal::Used)),
        };
    }
    let not_before = record.as_ref().map_or(Millis(0), |record| record.not_before);
    if said.expires <= now || said.issued < not_before {
        return Err(EnrolError::Refused(EnrolRefusal::Expired));
    }
    // Of a booth that is there, name and company are what the staff made of them meanwhile.
    let mut record = match record {
        Some(record) if record.state != State::Removed => record,
        removed => Record {
            id: said.booth.clone(),
            name: said.name.clone(),
            company: said.company.clone(),
            state: State::Registered,
            key: None,
            enrolled_at: None,
            not_before,
            used: removed.map(|record| record.used).unwrap_or_default(),
        },
    };
    if record.used.len() >= USED {
        let oldest = (0..record.used.len()).min_by_key(|at| record.used[*at].expires).expect("there are some");
        // What has not expired by its own time is made before this one, and so refused by `not_before`.
        record.used.remove(oldest);
    }
    record.used.push(Used { token: token.to_owned(), key: key.to_owned(), expires: said.expires });
    (record.state, record.key, record.enrolled_at) = (State::Enrolled, Some(key.to_owned()), Some(now));
    // An older token that lies about somewhere does not put this booth out.
    record.not_before = said.issued;
    Ok(Decision::Write(record))
}

pub(super) fn key_of(text: &str) -> Option<[u8; KEY]> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

/// Says whether `signature`, in base64url, is the key's of `text`.
pub(super) fn is_signed(key: &[u8], text: &str, signature: &str) -> bool {
    let Ok(signature) = BASE64_URL_SAFE_NO_PAD.decode(signature) else { return false };
    UnparsedPublicKey::new(&ED25519, key).verify(text.as_bytes(), &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn token(issued: u64) -> EnrolToken {
        let life = Duration::from_millis(100);
        EnrolToken::new("a-03".parse().unwrap(), "A-03".into(), None, Millis(issued), life)
    }

    fn write(record: Option<Record>, issued: u64, key: &str, name: &str) -> Record {
        match decide(record, &token(issued), key, name, Millis(issued + 1)).unwrap() {
            Decision::Write(record) => record,
            again => panic!("{again:?}"),
        }
    }

    fn refusal(record: Record, issued: u64, key: &str, name: &str) -> EnrolRefusal {
        match decide(Some(record), &token(issued), key, name, Millis(issued + 1)) {
            Err(EnrolError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    }

    // P2
    #[test]
    fn a_token_is_used_once_by_one_key_and_again_by_it_alone() {
        let record = write(None, 10, "one", "first");
        let again = decide(Some(record.clone()), &token(10), "one", "first", Millis(9_999)).unwrap();
        assert!(matches!(again, Decision::Again(Enrolled { name, .. }) if name == "A-03"), "also when it is over");
        assert_eq!(refusal(record.clone(), 10, "two", "first"), EnrolRefusal::Used);
        let mut revoked = record;
        super::super::shut_out(&mut revoked, State::Revoked);
        assert_eq!(refusal(revoked, 10, "one", "first"), EnrolRefusal::Used, "a revoked booth needs a new one");
    }

    // P2
    #[test]
    fn a_later_token_makes_the_earlier_ones_worthless() {
        let record = write(None, 20, "one", "later");
        assert_eq!(refusal(record.clone(), 19, "two", "earlier"), EnrolRefusal::Expired);
        let record = write(Some(record), 21, "two", "third");
        assert_eq!((record.key.as_deref(), record.used.len()), (Some("two"), 2));
        assert_eq!(refusal(record, 20, "one", "later"), EnrolRefusal::Used);
    }

    #[test]
    fn what_a_record_remembers_is_bounded_and_forgets_no_token_that_could_still_be_used() {
        let mut record = write(None, 1, "0", "t0");
        for n in 1..=40u64 {
            record = write(Some(record), 1 + n, &n.to_string(), &format!("t{n}"));
            assert!(record.used.len() <= USED);
        }
        for n in 0..40 {
            refusal(record.clone(), 1 + n, "x", &format!("t{n}"));
        }
    }
}
