//! Accounts and who is signed in.
//!
//! Both stand in the ledger: `account/<id>`, and `session/<SHA-256 of the cookie's token>`, so
//! that a restarted service still knows its hosts and a copy of the ledger signs nobody in.

mod links;
mod password;

pub use links::LINK;
pub use password::{PASSWORD_BYTES, PASSWORD_CHARS, random_token};

use crate::store::{Expect, Kept, Store, StoreError};
use crate::{clock, config};
use engawa_ledger::Ledger;
use engawa_protocol::{AccountId, CompanyId, Millis};
use engawa_session::room::Sender;
use password::{check_length, check_password, hash_password};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use utoipa::ToSchema;

/// How long a sign-in lasts.
pub const SIGNED_IN: Duration = Duration::from_secs(12 * 60 * 60);
/// Password checks at a time: each takes 19 MiB and a core for a while.
const CHECKS: usize = 2;
const CHECK_WAIT: Duration = Duration::from_secs(5);

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Speaks for one company.
    #[default]
    Host,
    /// As a host, and looks after the company's accounts.
    Admin,
    /// Staff of the fair: of no company, and over all of them; never sits in a room.
    Staff,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Shown name.
    pub name: String,
    /// Title; may be empty.
    pub title: String,
    /// What it may do.
    #[serde(default)]
    pub role: Role,
    /// The company it speaks for; none for staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<CompanyId>,
}

impl Account {
    /// The account as the rules of a room know it.
    pub fn sender(&self) -> Sender {
        let (account, name) = (self.id.clone(), self.name.clone());
        match &self.company {
            Some(company) => Sender::Host { account, company: company.clone(), name, title: self.title.clone() },
            None => Sender::Staff { account, name },
        }
    }
}

/// What went wrong with an account or a sign-in.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// They cannot be read or written.
    #[error("the accounts cannot be read or written")]
    Store(#[from] StoreError),
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
    /// None before the first sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    /// How often a password was set.
    #[serde(default)]
    generation: u32,
}

#[derive(Serialize, Deserialize)]
struct SessionRecord {
    account: AccountId,
    expires: Millis,
}

/// The accounts in a ledger.
pub struct Accounts {
    store: Store,
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
        Self::in_store(Store::new(ledger))
    }

    /// The accounts among the records of `store`.
    ///
    /// # Errors
    /// [`AccountError::Crypto`].
    pub fn in_store(store: Store) -> Result<Self, AccountError> {
        let decoy = hash_password(&random_token()?)?;
        Ok(Self { store, checks: Semaphore::new(CHECKS), decoy })
    }

    /// Makes an account, or with `replace` sets a new password for it and signs it out everywhere.
    ///
    /// # Errors
    /// [`AccountError::Exists`], [`AccountError::Password`] or a failing ledger.
    pub async fn add(&self, account: Account, password: String, replace: bool) -> Result<(), AccountError> {
        check_length(&password)?;
        let key = account_key(&account.id);
        let earlier = self.record(&account.id).await?;
        let (expect, generation) = match &earlier {
            Some(_) if !replace => return Err(AccountError::Exists),
            Some(kept) => (Expect::Revision(kept.revision), kept.value.generation + 1),
            None => (Expect::New, 1),
        };
        self.end_sessions(&account.id).await?;
        let password = Some(self.blocking(move || hash_password(&password)).await?);
        self.store.put(&key, &AccountRecord { account, password, generation }, expect).await.map_err(exists)?;
        Ok(())
    }

    /// Makes an account that sets its own password, by a link.
    ///
    /// # Errors
    /// [`AccountError::Exists`] or a failing ledger.
    pub async fn invite(&self, account: Account) -> Result<(), AccountError> {
        let record = AccountRecord { account, password: None, generation: 0 };
        self.store.put(&account_key(&record.account.id), &record, Expect::New).await.map_err(exists)?;
        Ok(())
    }

    /// The account of that id.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn account(&self, id: &AccountId) -> Result<Option<Account>, AccountError> {
        Ok(self.record(id).await?.map(|kept| kept.value.account))
    }

    /// Every account, and whether it has set its password.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn all(&self) -> Result<Vec<(Account, bool)>, AccountError> {
        let records = self.store.list::<AccountRecord>("account/").await?;
        Ok(records.into_iter().map(|(_, kept)| (kept.value.account, kept.value.password.is_some())).collect())
    }

    /// Changes an account, and signs it out, since its connections bear what it was. None when
    /// there is none of that id.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn change(
        &self,
        id: &AccountId,
        change: impl FnOnce(&mut Account),
    ) -> Result<Option<(Account, Vec<String>)>, AccountError> {
        let Some(mut kept) = self.record(id).await? else { return Ok(None) };
        change(&mut kept.value.account);
        self.store.put(&account_key(id), &kept.value, Expect::Revision(kept.revision)).await?;
        let ended = self.end_sessions(id).await?;
        Ok(Some((kept.value.account, ended)))
    }

    /// Removes an account and its sign-ins; answers which those were.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn remove(&self, id: &AccountId) -> Result<Vec<String>, AccountError> {
        self.store.delete(&account_key(id), Expect::Any).await?;
        self.end_sessions(id).await
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
            Some(id) => self.record(id).await?.map(|kept| kept.value),
            None => None,
        };
        let record = record.filter(|record| record.password.is_some());
        let hash = record.as_ref().and_then(|record| record.password.as_ref()).unwrap_or(&self.decoy).clone();
        let right = self.blocking(move || check_password(&password, &hash)).await?;
        let Some(record) = record.filter(|_| right) else { return Ok(None) };
        self.begin_session(record.account).await.map(Some)
    }

    /// Who the cookie's token belongs to.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn signed_in(&self, token: &str) -> Result<Option<SignedIn>, AccountError> {
        let session = session_key(token);
        let Some(kept) = self.store.get::<SessionRecord>(&session).await? else { return Ok(None) };
        let SessionRecord { account, expires } = kept.value;
        if expires <= clock::now() {
            return Ok(None);
        }
        let record = self.record(&account).await?;
        Ok(record.map(|kept| SignedIn { account: kept.value.account, session, expires }))
    }

    /// A sign-in that was found before is still there.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn stands(&self, session: &str) -> Result<bool, AccountError> {
        Ok(self.store.get::<SessionRecord>(session).await?.is_some())
    }

    /// Signs out; answers which sign-in that was.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn sign_out(&self, token: &str) -> Result<String, AccountError> {
        let session = session_key(token);
        self.store.delete(&session, Expect::Any).await?;
        Ok(session)
    }

    /// Forgets sign-ins and links that are over.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn forget_expired(&self) -> Result<(), AccountError> {
        let now = clock::now();
        for (key, session) in self.store.list::<SessionRecord>("session/").await? {
            if session.value.expires <= now {
                self.store.delete(&key, Expect::Any).await?;
            }
        }
        self.forget_old_links().await
    }

    async fn begin_session(&self, account: Account) -> Result<(SignedIn, String), AccountError> {
        let token = random_token()?;
        let expires = Millis(clock::now().0 + SIGNED_IN.as_millis() as u64);
        let session = session_key(&token);
        self.store.put(&session, &SessionRecord { account: account.id.clone(), expires }, Expect::Any).await?;
        Ok((SignedIn { account, session, expires }, token))
    }

    /// Ends every sign-in of an account; a damaged one signs nobody in and keeps nobody else's from ending.
    async fn end_sessions(&self, id: &AccountId) -> Result<Vec<String>, AccountError> {
        let mut ended = Vec::new();
        for (key, session) in self.store.list::<SessionRecord>("session/").await? {
            if session.value.account == *id {
                self.store.delete(&key, Expect::Any).await?;
                ended.push(key);
            }
        }
        Ok(ended)
    }

    async fn record(&self, id: &AccountId) -> Result<Option<Kept<AccountRecord>>, AccountError> {
        Ok(self.store.get(&account_key(id)).await?)
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

fn exists(error: StoreError) -> AccountError {
    match error {
        StoreError::Conflict => AccountError::Exists,
        error => error.into(),
    }
}

fn account_key(id: &AccountId) -> String {
    format!("account/{id}")
}

fn session_key(token: &str) -> String {
    format!("session/{}", hex::encode(config::hash(token)))
}
