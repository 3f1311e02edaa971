//! Accounts and who is signed in.
//!
//! Both stand in the ledger: `account/<id>`, and `session/<SHA-256 of the cookie's token>`, so
//! that a restarted service still knows its hosts and a copy of the ledger signs nobody in.

mod links;
mod password;
mod sessions;

pub use links::LINK;
pub use password::{PASSWORD_BYTES, PASSWORD_CHARS, random_token};
pub use sessions::{SIGNED_IN, SignedIn};

use crate::store::{Expect, Kept, Store, StoreError};
use engawa_ledger::Ledger;
use engawa_protocol::{AccountId, CompanyId};
use engawa_session::room::Sender;
use password::{check_length, hash_password};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use utoipa::ToSchema;

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
