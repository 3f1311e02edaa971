//! Hosts' accounts and who is signed in.
//!
//! Both stand in the ledger: `account/<id>`, and `session/<SHA-256 of the cookie's token>`, so
//! that a restarted service still knows its hosts and a copy of the ledger signs nobody in.

use crate::{clock, config};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use engawa_ledger::{Entry, Expect, Ledger, PutError};
use engawa_protocol::{AccountId, CompanyId, Millis};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How long a sign-in lasts.
pub const SIGNED_IN: Duration = Duration::from_secs(12 * 60 * 60);
/// Longest password in bytes.
pub const PASSWORD_BYTES: usize = 1024;
/// Shortest password in Unicode scalar values.
pub const PASSWORD_CHARS: usize = 8;

/// Password checks at a time: each takes 19 MiB and a core for a while.
const CHECKS: usize = 2;
const CHECK_WAIT: Duration = Duration::from_secs(5);

/// A host's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Shown name.
    pub name: String,
    /// Title; may be empty.
    pub title: String,
    /// The company it speaks for.
    pub company: CompanyId,
}

/// What went wrong with an account or a sign-in.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The ledger failed.
    #[error("the accounts cannot be read or written")]
    Ledger(#[from] engawa_ledger::Error),
    /// The ledger did not take in a change.
    #[error("changing an account failed")]
    Change(#[from] PutError),
    /// A record is not what was written.
    #[error("the record {key} is damaged")]
    Damaged {
        /// Its key.
        key: String,
    },
    /// Too many passwords are being checked.
    #[error("too many sign-ins at this moment")]
    Busy,
    /// The operating system gives no random bytes, or the hash cannot be made.
    #[error("a password or token could not be made")]
    Crypto,
    /// There is such an account already.
    #[error("there is an account of that name already; --replace sets a new password and signs it out")]
    Exists,
    /// The password is too short or too long.
    #[error("a password must have at least {PASSWORD_CHARS} characters and at most {PASSWORD_BYTES} bytes")]
    Password,
}

/// Who is signed in, and until when.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The account.
    pub account: Account,
    /// Names the sign-in without being able to use it: the hash of its token.
    pub session: String,
    /// It is over then.
    pub expires: Millis,
}

#[derive(Serialize, Deserialize)]
struct AccountRecord {
    #[serde(flatten)]
    account: Account,
    password: String,
}

#[derive(Serialize, Deserialize)]
struct SessionRecord {
    account: AccountId,
    expires: Millis,
}

/// The accounts in a ledger.
pub struct Accounts {
    ledger: Arc<dyn Ledger>,
    checks: Semaphore,
    /// Checked in place of an unknown account's, so that both take the same time.
    decoy: String,
}

impl Accounts {
    /// The accounts in `ledger`.
    ///
    /// # Errors
    /// [`AccountError::Crypto`].
    pub fn new(ledger: Arc<dyn Ledger>) -> Result<Self, AccountError> {
        let decoy = hash_password(&random_token()?)?;
        Ok(Self { ledger, checks: Semaphore::new(CHECKS), decoy })
    }

    /// Makes an account, or with `replace` sets a new password for it and signs it out everywhere.
    ///
    /// # Errors
    /// [`AccountError::Exists`], [`AccountError::Password`] or a failing ledger.
    pub async fn add(&self, account: Account, password: String, replace: bool) -> Result<(), AccountError> {
        if password.len() > PASSWORD_BYTES || password.chars().count() < PASSWORD_CHARS {
            return Err(AccountError::Password);
        }
        let key = account_key(&account.id);
        if !replace && self.ledger.value(&key).await?.is_some() {
            return Err(AccountError::Exists);
        }
        for (key, session) in self.sessions().await? {
            if session.account == account.id {
                self.ledger.delete(&key, Expect::Any).await?;
            }
        }
        let password = self.blocking(move || hash_password(&password)).await?;
        // Of two who make it at once, one is told that it is there.
        let expect = if replace { Expect::Any } else { Expect::New };
        match self.ledger.put(&key, &json(&AccountRecord { account, password }), expect).await {
            Err(PutError::Conflict { .. }) => Err(AccountError::Exists),
            put => Ok(put.map(drop)?),
        }
    }

    /// Checks a password and signs in; answers the token for the cookie. None when the account
    /// or the password is wrong: which of them, nobody is told, not by the time it takes either.
    ///
    /// # Errors
    /// [`AccountError::Busy`] or a failing ledger.
    pub async fn sign_in(
        &self,
        id: Option<&AccountId>,
        password: String,
    ) -> Result<Option<(SignedIn, String)>, AccountError> {
        let record = match id {
            Some(id) => self.record(id).await?,
            None => None,
        };
        let hash = record.as_ref().map_or(&self.decoy, |record| &record.password).clone();
        let right = self.blocking(move || check_password(&password, &hash)).await?;
        let Some(record) = record.filter(|_| right) else { return Ok(None) };
        let (token, account) = (random_token()?, record.account);
        let expires = Millis(clock::now().0 + SIGNED_IN.as_millis() as u64);
        let session = session_key(&token);
        let record = json(&SessionRecord { account: account.id.clone(), expires });
        self.ledger.put(&session, &record, Expect::Any).await?;
        Ok(Some((SignedIn { account, session, expires }, token)))
    }

    /// Who the cookie's token belongs to.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn signed_in(&self, token: &str) -> Result<Option<SignedIn>, AccountError> {
        let session = session_key(token);
        let Some(entry) = self.ledger.value(&session).await? else { return Ok(None) };
        let SessionRecord { account, expires } = parse(&session, &entry.value)?;
        if expires <= clock::now() {
            return Ok(None);
        }
        let record = self.record(&account).await?;
        Ok(record.map(|record| SignedIn { account: record.account, session, expires }))
    }

    /// A sign-in that was found before is still there.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn stands(&self, session: &str) -> Result<bool, AccountError> {
        Ok(self.ledger.value(session).await?.is_some())
    }

    /// Signs out; answers which sign-in that was.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn sign_out(&self, token: &str) -> Result<String, AccountError> {
        let session = session_key(token);
        self.ledger.delete(&session, Expect::Any).await?;
        Ok(session)
    }

    /// Forgets sign-ins that are over.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn forget_expired(&self) -> Result<(), AccountError> {
        let now = clock::now();
        for (key, session) in self.sessions().await? {
            if session.expires <= now {
                self.ledger.delete(&key, Expect::Any).await?;
            }
        }
        Ok(())
    }

    /// Every sign-in that can be read; a damaged one signs nobody in and keeps nobody else's from ending.
    async fn sessions(&self) -> Result<Vec<(String, SessionRecord)>, AccountError> {
        let read = |(key, entry): (String, Entry)| match parse(&key, &entry.value) {
            Ok(session) => Some((key, session)),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a sign-in is passed over");
                None
            }
        };
        Ok(self.ledger.list("session/").await?.into_iter().filter_map(read).collect())
    }

    async fn record(&self, id: &AccountId) -> Result<Option<AccountRecord>, AccountError> {
        let key = account_key(id);
        let found = self.ledger.value(&key).await?;
        found.map(|entry| parse(&key, &entry.value)).transpose()
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AccountError> + Send + 'static,
    ) -> Result<T, AccountError> {
        let turn = timeout(CHECK_WAIT, self.checks.acquire()).await.map_err(|_| AccountError::Busy)?;
        let _turn = turn.map_err(|_| AccountError::Busy)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| AccountError::Crypto)?
    }
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accounts").finish_non_exhaustive()
    }
}

/// A token nobody can guess: 32 random bytes in hexadecimal digits.
///
/// # Errors
/// [`AccountError::Crypto`] when the operating system gives no random bytes.
pub fn random_token() -> Result<String, AccountError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| AccountError::Crypto)?;
    Ok(hex::encode(bytes))
}

fn account_key(id: &AccountId) -> String {
    format!("account/{id}")
}

fn session_key(token: &str) -> String {
    format!("session/{}", hex::encode(config::hash(token)))
}

fn hash_password(password: &str) -> Result<String, AccountError> {
    // Argon2id, 19 MiB, 2 passes: the first choice of OWASP's password storage cheat sheet.
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|_| AccountError::Crypto)?;
    Ok(hash.to_string())
}

fn check_password(password: &str, hash: &str) -> Result<bool, AccountError> {
    let hash = PasswordHash::new(hash).map_err(|_| AccountError::Crypto)?;
    Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

fn json(record: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(record).expect("a record of ours becomes JSON")
}

fn parse<T: for<'a> Deserialize<'a>>(key: &str, bytes: &[u8]) -> Result<T, AccountError> {
    // A session's key is no secret: the token cannot be found from its hash.
    serde_json::from_slice(bytes).map_err(|_| AccountError::Damaged { key: key.to_owned() })
}
