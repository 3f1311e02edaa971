//! Interviews that are over, for as long as their records are kept (R5).
//!
//! Each stands in the ledger as `record/<company>/<room>`, with what of it was taken along. After
//! [`Config::records`](crate::config::Config::records) they go, and log, files, schedule and notices with them.

use crate::notices::Notices;
use crate::rooms::Rooms;
use crate::schedule::Schedule;
use crate::store::{Expect, Store, StoreError};
use crate::uploads::Uploads;
use engawa_protocol::{CompanyId, Millis, Progress, RoomId};
use engawa_session::room::{Body, Room};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// What can be taken along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// participants.csv.
    Participants,
    /// chat.csv.
    Chat,
    /// The files of the chat.
    Files,
}

/// An interview that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ended {
    /// Its room.
    #[schema(value_type = String)]
    pub room: RoomId,
    /// The guest's shown name.
    pub guest: String,
    /// Since when it is over.
    #[schema(value_type = u64)]
    pub ended: Millis,
    /// Numbers of the posts whose files stand in the chat.
    pub files: Vec<u32>,
    /// What nobody has taken along yet.
    pub missing: BTreeSet<Part>,
    /// Until when it is kept.
    #[schema(value_type = u64)]
    pub until: Millis,
}

/// The records of the event.
#[derive(Debug)]
pub struct Records {
    store: Store,
    keep: Duration,
}

impl Records {
    /// The records in `store`, kept for `keep`.
    pub fn new(store: Store, keep: Duration) -> Arc<Self> {
        Arc::new(Self { store, keep })
    }

    /// Notes that a room is over; one that is known keeps what was taken along.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn ended(&self, id: &RoomId, room: &Room) -> Result<(), StoreError> {
        let Some(company) = room.company().filter(|_| room.is_over()) else { return Ok(()) };
        let files: Vec<_> = room.posts().iter().filter(|p| matches!(p.body, Body::File(_))).map(|p| p.seq).collect();
        let mut missing = BTreeSet::new();
        // Of an interview that never was, there is nothing to take along.
        if room.progress() == Progress::Ended {
            missing.extend([Part::Participants]);
            missing.extend((!room.posts().is_empty()).then_some(Part::Chat));
            missing.extend((!files.is_empty()).then_some(Part::Files));
        }
        let until = Millis(room.since().0 + self.keep.as_millis() as u64);
        let (key, guest) = (key(company, id), room.guest().to_owned());
        let fresh = Ended { room: id.clone(), guest, ended: room.since(), files, missing, until };
        let known = self.store.get::<Ended>(&key).await?;
        let (ended, expect) = match known {
            // A late post makes the chat worth another look.
            Some(kept) if kept.value.files == fresh.files => return Ok(()),
            Some(kept) => (fresh, Expect::Revision(kept.revision)),
            None => (fresh, Expect::New),
        };
        match self.store.put(&key, &ended, expect).await {
            Ok(_) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Interviews of `company` of which something was not taken along yet, the latest first.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn missing(&self, company: &CompanyId) -> Result<Vec<Ended>, StoreError> {
        let all =
            self.store.list::<Ended>(&format!("record/{company}/")).await?.into_iter().map(|(_, kept)| kept.value);
        let mut missing: Vec<_> = all.filter(|ended| !ended.missing.is_empty()).collect();
        missing.sort_by_key(|ended| std::cmp::Reverse(ended.ended));
        Ok(missing)
    }

    /// Notes that a part was taken along.
    ///
    /// # Errors
    /// A failing ledger.
    pub async fn taken(&self, company: &CompanyId, room: &RoomId, part: Part) -> Result<(), StoreError> {
        let key = key(company, room);
        let Some(mut kept) = self.store.get::<Ended>(&key).await? else { return Ok(()) };
        if !kept.value.missing.remove(&part) {
            return Ok(());
        }
        match self.store.put(&key, &kept.value, Expect::Revision(kept.revision)).await {
            // At worst it is offered once more.
            Ok(_) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes what was kept long enough, and everything that belongs to it, of `most` interviews at
    /// most; answers whether there are more.
    ///
    /// # Errors
    /// A ledger that cannot list them. One that cannot be removed keeps nobody else's; it is tried
    /// again next time.
    pub async fn forget_old(
        &self,
        now: Millis,
        most: usize,
        rooms: &Rooms,
        schedule: &Schedule,
        uploads: &Uploads,
    ) -> Result<bool, StoreError> {
        let mut old: Vec<_> = self.store.list::<Ended>("record/").await?;
        old.retain(|(_, kept)| kept.value.until <= now);
        old.sort_by_key(|(_, kept)| kept.value.until);
        let (count, mut removed) = (old.len(), 0);
        for (key, kept) in old.into_iter().take(most) {
            let room = &kept.value.room;
            match self.forget(&key, room, rooms, schedule, uploads).await {
                Ok(()) => removed += 1,
                Err(error) => {
                    tracing::error!(%room, error = &error as &dyn std::error::Error, "an old interview is not removed");
                }
            }
        }
        if removed > 0 {
            tracing::info!(removed, "old interviews are removed");
        }
        Ok(count > most && removed > 0)
    }

    /// The log goes first, since nothing can be added to what it names from then on, and the record
    /// last: what a crash or a failure leaves half-way is found by it and done again.
    async fn forget(
        &self,
        key: &str,
        room: &RoomId,
        rooms: &Rooms,
        schedule: &Schedule,
        uploads: &Uploads,
    ) -> Result<(), StoreError> {
        rooms.forget(room).await?;
        uploads.forget_room(room).await?;
        if let Some(company) = key.split('/').nth(1).and_then(|company| company.parse::<CompanyId>().ok()) {
            schedule.forget(&company, room).await?;
        }
        Notices::forget(&self.store, room).await?;
        self.store.delete(key, Expect::Any).await
    }
}

fn key(company: &CompanyId, room: &RoomId) -> String {
    format!("record/{company}/{room}")
}
