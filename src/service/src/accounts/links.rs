//! One-time links: a host's first sign-in sets the password and opens the interview (E10).
//!
//! A link stands in the ledger as `link/<SHA-256 of its token>`. Setting a password makes every
//! other link of the account worthless, since each names the generation of the password it replaces.

use super::password::{check_length, hash_password};
use super::{AccountError, Accounts, SignedIn, account_key, random_token};
use crate::store::{Expect, StoreError};
use crate::{clock, config};
use engawa_protocol::{AccountId, Millis, RoomId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a link is good.
pub const LINK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

#[derive(Serialize, Deserialize)]
struct LinkRecord {
    account: AccountId,
    /// Opened after the sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    room: Option<RoomId>,
    generation: u32,
    expires: Millis,
}

impl Accounts {
    /// Makes a link for `account`; answers its token and until when it is good. None when there is
    /// no such account.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn make_link(
        &self,
        account: &AccountId,
        room: Option<RoomId>,
    ) -> Result<Option<(String, Millis)>, AccountError> {
        let Some(record) = self.record(account).await? else { return Ok(None) };
        let token = random_token()?;
        let expires = Millis(clock::now().0 + LINK.as_millis() as u64);
        let link = LinkRecord { account: account.clone(), room, generation: record.value.generation, expires };
        self.store.put(&link_key(&token), &link, Expect::New).await?;
        Ok(Some((token, expires)))
    }

    /// Uses a link: sets the password and signs in; answers the cookie's token and the room to open.
    /// None when the link is unknown, used or over: which of them, nobody is told.
    ///
    /// # Errors
    /// [`AccountError::Password`], [`AccountError::Busy`] or a failing ledger.
    pub async fn use_link(
        &self,
        token: &str,
        password: String,
    ) -> Result<Option<(SignedIn, String, Option<RoomId>)>, AccountError> {
        check_length(&password)?;
        let key = link_key(token);
        let Some(link) = self.store.get::<LinkRecord>(&key).await? else { return Ok(None) };
        let LinkRecord { account, room, generation, expires } = link.value;
        let record = self.record(&account).await?;
        let Some(mut record) = record.filter(|record| record.value.generation == generation) else { return Ok(None) };
        if expires <= clock::now() {
            return Ok(None);
        }
        let hash = self.blocking(move || hash_password(&password)).await?;
        // Whoever takes the link away is the one who uses it.
        match self.store.delete(&key, Expect::Revision(link.revision)).await {
            Ok(()) => {}
            Err(StoreError::Conflict) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        self.end_sessions(&account).await?;
        record.value.password = Some(hash);
        record.value.generation += 1;
        self.store.put(&account_key(&account), &record.value, Expect::Revision(record.revision)).await?;
        let (signed_in, token) = self.begin_session(record.value.account).await?;
        Ok(Some((signed_in, token, room)))
    }

    /// Forgets links that are over.
    pub(super) async fn forget_old_links(&self) -> Result<(), AccountError> {
        let now = clock::now();
        for (key, link) in self.store.list::<LinkRecord>("link/").await? {
            if link.value.expires <= now {
                self.store.delete(&key, Expect::Any).await?;
            }
        }
        Ok(())
    }
}

fn link_key(token: &str) -> String {
    format!("link/{}", hex::encode(config::hash(token)))
}
