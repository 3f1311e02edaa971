//! A ledger in a folder of this machine; nothing to install.
//!
//! Logs and key-values are in sled (`store`), blobs are files beside it (`files`):
//! a recording of some hundred megabytes is copied once, and deleting it frees its space at once.
//! The relay is the process's own.

mod files;
mod group;
mod store;

use crate::relay::{Relay, check_key, check_message};
use crate::value::{Change, Entry, Expect, Revision};
use crate::{
    Answer, AppendError, BlobError, BlobHash, BlobReader, Chunks, Error, Follow, Ledger, PutError, Subscription,
    VALUE_BYTES, Watch, feed, numbered,
};
use bytes::Bytes;
use engawa_protocol::{Recorded, RoomId, Seq};
use files::Files;
use group::{Group, Told};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The ledger in a folder. Cloning shares it; the folder is free again when the last clone is gone.
#[derive(Debug, Clone)]
pub struct SledLedger {
    group: Arc<Group>,
    files: Files,
    relay: Arc<Relay>,
}

impl SledLedger {
    /// Opens the ledger in `folder`, which is made when it is not there.
    ///
    /// # Errors
    /// [`Error::InUse`] when another process keeps it open, [`Error::Damaged`], [`Error::Full`] and [`Error::Open`].
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let group = Arc::new(Group::open(folder)?);
        Ok(Self { group, files: Files::open(folder)?, relay: Arc::default() })
    }
}

impl feed::Source for SledLedger {
    fn feed(&self) -> &feed::Feed {
        self.group.feed()
    }

    async fn events(&self, room: &RoomId, after: Seq) -> Result<Vec<Recorded>, Error> {
        let room = room.clone();
        self.group.read(move |store| store.events(&room, after)).await
    }

    async fn state(&self, prefix: &str) -> Result<(Revision, Vec<(String, Entry)>), Error> {
        let prefix = prefix.to_owned();
        self.group.read(move |store| Ok((store.revision()?, store.list(&prefix)?))).await
    }
}

impl Ledger for SledLedger {
    fn append(&self, room: &RoomId, expected: Seq, events: &[Recorded]) -> Answer<'_, Result<(), AppendError>> {
        let (room, events): (_, Arc<[Recorded]>) = (room.clone(), events.into());
        Box::pin(async move {
            let written = numbered(expected, &events)?;
            self.group
                .write(move |store| {
                    if store.is_removed(&room)? {
                        return Ok(Err(Error::Removed.into()));
                    }
                    let last = store.last(&room)?;
                    if last != expected {
                        return Ok(Err(AppendError::Conflict { expected, last }));
                    }
                    store.append(&room, expected, written)?;
                    Ok(Ok(((), (!events.is_empty()).then_some(Told::Appended(room, events)))))
                })
                .await
        })
    }

    fn read(&self, room: &RoomId, after: Seq) -> Answer<'_, Result<Vec<Recorded>, Error>> {
        let room = room.clone();
        Box::pin(self.group.read(move |store| store.events(&room, after)))
    }

    fn rooms(&self) -> Answer<'_, Result<Vec<RoomId>, Error>> {
        Box::pin(self.group.read(|store| store.rooms()))
    }

    fn follow(&self, room: &RoomId, after: Seq) -> Answer<'_, Result<Follow, Error>> {
        let follow = feed::follow(self.clone(), room, after);
        Box::pin(async move { Ok(follow) })
    }

    fn remove(&self, room: &RoomId) -> Answer<'_, Result<(), Error>> {
        let room = room.clone();
        Box::pin(async move {
            loop {
                let part = room.clone();
                let removed = self.group.write(move |store| {
                    let more = store.remove(&part)?;
                    Ok(Ok::<_, Error>((more, Some(Told::Removed(part)))))
                });
                if !removed.await? {
                    return Ok(());
                }
            }
        })
    }

    fn value(&self, key: &str) -> Answer<'_, Result<Option<Entry>, Error>> {
        let key = key.to_owned();
        Box::pin(async move {
            check_key(&key)?;
            self.group.read(move |store| store.value(&key)).await
        })
    }

    fn put(&self, key: &str, value: &[u8], expect: Expect) -> Answer<'_, Result<Revision, PutError>> {
        let (key, value) = (key.to_owned(), value.to_vec());
        Box::pin(async move {
            check_key(&key)?;
            if value.len() > VALUE_BYTES {
                return Err(Error::Large { what: "a value", limit: VALUE_BYTES }.into());
            }
            self.group
                .write(move |store| {
                    let standing = store.value(&key)?.map(|entry| entry.revision);
                    if !expect.meets(standing) {
                        return Ok(Err(PutError::Conflict { standing }));
                    }
                    let entry = store.put(&key, value)?;
                    Ok(Ok((entry.revision, Some(Told::Changed(Change::Put { key, entry })))))
                })
                .await
        })
    }

    fn delete(&self, key: &str, expect: Expect) -> Answer<'_, Result<(), PutError>> {
        let key = key.to_owned();
        Box::pin(async move {
            check_key(&key)?;
            self.group
                .write(move |store| {
                    let standing = store.value(&key)?.map(|entry| entry.revision);
                    if !expect.meets(standing) {
                        return Ok(Err(PutError::Conflict { standing }));
                    }
                    if standing.is_none() {
                        return Ok(Ok(((), None)));
                    }
                    let revision = store.delete(&key)?;
                    Ok(Ok(((), Some(Told::Changed(Change::Deleted { key, revision })))))
                })
                .await
        })
    }

    fn list(&self, prefix: &str) -> Answer<'_, Result<Vec<(String, Entry)>, Error>> {
        let prefix = prefix.to_owned();
        Box::pin(self.group.read(move |store| store.list(&prefix)))
    }

    fn watch(&self, prefix: &str) -> Answer<'_, Result<Watch, Error>> {
        let watch = feed::watch(self.clone(), prefix);
        Box::pin(async move { Ok(watch) })
    }

    fn put_blob(&self, hash: &BlobHash, size: u64, chunks: Chunks) -> Answer<'_, Result<(), BlobError>> {
        Box::pin(self.files.put(*hash, size, chunks))
    }

    fn blob(&self, hash: &BlobHash) -> Answer<'_, Result<Option<BlobReader>, Error>> {
        Box::pin(self.files.read(*hash))
    }

    fn has_blob(&self, hash: &BlobHash) -> Answer<'_, Result<bool, Error>> {
        Box::pin(self.files.has(*hash))
    }

    fn delete_blob(&self, hash: &BlobHash) -> Answer<'_, Result<(), Error>> {
        Box::pin(self.files.delete(*hash))
    }

    fn tidy(&self, _: Duration) -> Answer<'_, Result<usize, Error>> {
        // What was written aside goes when the folder is opened, and a removal leaves nothing else.
        Box::pin(async { Ok(0) })
    }

    fn publish(&self, subject: &str, message: Bytes) -> Answer<'_, Result<(), Error>> {
        let published = check_message(subject, &message).map(|()| self.relay.publish(subject, &message));
        Box::pin(async move { published })
    }

    fn subscribe(&self, subject: &str) -> Answer<'_, Result<Subscription, Error>> {
        let subscribed = check_key(subject).map(|()| self.relay.subscribe(subject));
        Box::pin(async move { subscribed })
    }
}
