//! Who is signed in: by a password, until the cookie's token is over.

use super::password::check_password;
use super::{Account, AccountError, Accounts, random_token};
use crate::store::Expect;
use crate::{clock, config};
use engawa_protocol::{AccountId, Millis};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a sign-in lasts.
pub const SIGNED_IN: Duration = Duration::from_secs(12 * 60 * 60);
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
struct SessionRecord {
    account: AccountId,
    expires: Millis,
}

impl Accounts {
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

    pub(super) async fn begin_session(&self, account: Account) -> Result<(SignedIn, String), AccountError> {
        let token = random_token()?;
        let expires = Millis(clock::now().0 + SIGNED_IN.as_millis() as u64);
        let session = session_key(&token);
        self.store.put(&session, &SessionRecord { account: account.id.clone(), expires }, Expect::Any).await?;
        Ok((SignedIn { account, session, expires }, token))
    }

    /// Ends every sign-in of an account; a damaged one signs nobody in and keeps nobody else's from ending.
    pub(super) async fn end_sessions(&self, id: &AccountId) -> Result<Vec<String>, AccountError> {
        let mut ended = Vec::new();
        for (key, session) in self.store.list::<SessionRecord>("session/").await? {
            if session.value.account == *id {
                self.store.delete(&key, Expect::Any).await?;
                ended.push(key);
            }
        }
        Ok(ended)
    }
}

fn session_key(token: &str) -> String {
    format!("session/{}", hex::encode(config::hash(token)))
}
