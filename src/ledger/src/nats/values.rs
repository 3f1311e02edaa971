//! Key-values in a stream of the form that NATS's own key-value buckets have.

use super::names::{below, decode, encode};
use super::server::{Refused, Server};
use crate::{Change, Entry, Error, Expect, PutError, Revision};
use async_nats::HeaderMap;
use async_nats::jetstream::message::StreamMessage;
use bytes::Bytes;
use engawa_protocol::RoomId;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use std::collections::BTreeSet;

pub(super) const OPERATION: &str = "KV-Operation";
/// Before the digits of a room whose log was removed: no key becomes this token (`names`).
const REMOVED: &str = "=removed.";
/// Other writers that a first value may meet with removals.
const QUICKER: usize = 8;
/// Values that are read at once.
const AT_ONCE: usize = 32;

#[derive(Debug)]
pub(super) struct Values {
    server: Server,
    pub(super) stream: String,
    /// Before a key's tokens.
    pub(super) subject: String,
}

impl Values {
    pub(super) async fn open(server: Server, prefix: &str, replicas: usize) -> Result<Self, Error> {
        let (stream, subject) = (format!("KV_{prefix}_values"), format!("$KV.{prefix}_values."));
        let own = serde_json::json!({ "max_msgs_per_subject": 1, "allow_rollup_hdrs": true });
        server.make_stream(&stream, &[format!("{subject}>")], replicas, own).await?;
        Ok(Self { server, stream, subject })
    }

    pub(super) async fn value(&self, key: &str) -> Result<Option<Entry>, Error> {
        let last = self.server.last(&self.stream, &self.subject(key)).await?;
        Ok(last.and_then(entry))
    }

    pub(super) async fn put(&self, key: &str, value: Vec<u8>, expect: Expect) -> Result<Revision, PutError> {
        self.write(key, value, HeaderMap::new(), expect).await
    }

    pub(super) async fn delete(&self, key: &str, expect: Expect) -> Result<(), PutError> {
        let mut headers = HeaderMap::new();
        headers.insert(OPERATION, "DEL");
        loop {
            let standing = self.value(key).await?.map(|entry| entry.revision);
            if !expect.meets(standing) {
                return Err(PutError::Conflict { standing });
            }
            let Some(revision) = standing else { return Ok(()) };
            match self.write(key, Vec::new(), headers.clone(), Expect::Revision(revision)).await {
                Err(PutError::Conflict { .. }) if expect == Expect::Any => {}
                written => return written.map(drop),
            }
        }
    }

    async fn write(&self, key: &str, value: Vec<u8>, headers: HeaderMap, expect: Expect) -> Result<Revision, PutError> {
        let value = Bytes::from(value);
        for _ in 1..QUICKER {
            match self.try_to_write(key, value.clone(), headers.clone(), expect).await {
                // What told of a removal was removed meanwhile: there still is no value.
                Err(PutError::Conflict { standing: None }) if expect == Expect::New => {}
                written => return written,
            }
        }
        self.try_to_write(key, value, headers, expect).await
    }

    async fn try_to_write(
        &self,
        key: &str,
        value: Bytes,
        headers: HeaderMap,
        expect: Expect,
    ) -> Result<Revision, PutError> {
        let subject = self.subject(key);
        let expected = match expect {
            Expect::Any => None,
            Expect::Revision(revision) => Some(revision.0),
            // Behind a removal, too.
            Expect::New => match self.server.last(&self.stream, &subject).await? {
                None => Some(0),
                Some(last) => match (last.sequence, entry(last)) {
                    (sequence, None) => Some(sequence),
                    (_, Some(entry)) => return Err(PutError::Conflict { standing: Some(entry.revision) }),
                },
            },
        };
        match self.server.write(&self.stream, &subject, expected, headers, value).await {
            Ok(sequence) => Ok(Revision(sequence)),
            Err(Refused::Moved) => {
                Err(PutError::Conflict { standing: self.value(key).await?.map(|entry| entry.revision) })
            }
            Err(Refused::Store(error)) => Err(error.into()),
        }
    }

    /// Notes that a room's log was removed, for [`Values::removed`].
    pub(super) async fn note_removed(&self, room: &RoomId) -> Result<(), Error> {
        let subject = format!("{}{REMOVED}{room}", self.subject);
        match self.server.write(&self.stream, &subject, None, HeaderMap::new(), Bytes::new()).await {
            Ok(_) | Err(Refused::Moved) => Ok(()),
            Err(Refused::Store(error)) => Err(error),
        }
    }

    /// Rooms whose logs were removed.
    pub(super) async fn removed(&self) -> Result<BTreeSet<RoomId>, Error> {
        let before = format!("{}{REMOVED}", self.subject);
        let (_, subjects) = self.server.subjects(&self.stream, &format!("{before}*")).await?;
        Ok(subjects.iter().filter_map(|subject| subject.strip_prefix(&before)?.parse().ok()).collect())
    }

    /// What stands below a prefix, in the order of the keys, and the write up to which all is in it.
    pub(super) async fn state(&self, prefix: &str) -> Result<(Revision, Vec<(String, Entry)>), Error> {
        let filter = format!("{}{}", self.subject, below(prefix));
        let (last, subjects) = self.server.subjects(&self.stream, &filter).await?;
        let mut keys: Vec<_> = subjects.iter().filter_map(|subject| self.key(subject)).collect();
        keys.retain(|key| key.starts_with(prefix));
        let mut reading = Vec::with_capacity(keys.len());
        for key in keys {
            reading.push(async move { Ok((self.value(&key).await?, key)) });
        }
        let found: Vec<_> = stream::iter(reading).buffer_unordered(AT_ONCE).try_collect().await?;
        let mut state: Vec<_> = found.into_iter().filter_map(|(entry, key)| Some((key, entry?))).collect();
        state.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok((Revision(last), state))
    }

    /// The change of a message that came.
    pub(super) fn received(
        &self,
        subject: &str,
        sequence: u64,
        headers: Option<&HeaderMap>,
        value: &[u8],
    ) -> Option<Change> {
        let (key, revision) = (self.key(subject)?, Revision(sequence));
        Some(if headers.is_some_and(|headers| headers.get(OPERATION).is_some()) {
            Change::Deleted { key, revision }
        } else {
            Change::Put { key, entry: Entry { value: value.to_vec(), revision } }
        })
    }

    fn subject(&self, key: &str) -> String {
        format!("{}{}", self.subject, encode(key))
    }

    fn key(&self, subject: &str) -> Option<String> {
        decode(subject.strip_prefix(&self.subject)?)
    }
}

/// What a message says stands: nothing, when it tells of a removal.
fn entry(message: StreamMessage) -> Option<Entry> {
    let removed = message.headers.get(OPERATION).is_some();
    (!removed).then(|| Entry { value: message.payload.to_vec(), revision: Revision(message.sequence) })
}
