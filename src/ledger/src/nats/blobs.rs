//! Blobs in a stream of the form that NATS's own object stores have: chunks, then what they are.
//!
//! A blob is there with its description, which is written last; chunks without one are removed by
//! whoever sent them, also when it gives up half-way. A node that dies in between leaves some, which
//! are found when the streams are tidied.

use super::server::{Refused, Server, random};
use crate::blob::Check;
use crate::{BlobError, BlobHash, BlobReader, CHUNK_BYTES, Chunks, Error};
use async_nats::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{StreamExt, unfold};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};

/// Chunks that are on their way at once.
const ON_THE_WAY: usize = 4;

#[derive(Debug, Clone)]
pub(super) struct Blobs {
    server: Server,
    bucket: String,
    pub(super) stream: String,
}

/// What NATS's object stores say of an object.
#[derive(Debug, Serialize, Deserialize)]
struct Description {
    name: String,
    bucket: String,
    nuid: String,
    size: u64,
    chunks: u64,
    digest: String,
}

/// Chunks without a description yet.
struct Sent {
    server: Server,
    stream: String,
    subject: String,
    whole: bool,
}

impl Drop for Sent {
    fn drop(&mut self) {
        if self.whole {
            return;
        }
        let (server, stream, subject) = (self.server.clone(), self.stream.clone(), self.subject.clone());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = server.purge(&stream, &subject, None).await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a blob's chunks are left over");
                }
            });
        }
    }
}

impl Blobs {
    pub(super) async fn open(server: Server, prefix: &str, replicas: usize) -> Result<Self, Error> {
        let bucket = format!("{prefix}_blobs");
        let stream = format!("OBJ_{bucket}");
        let subjects = [format!("$O.{bucket}.C.>"), format!("$O.{bucket}.M.>")];
        server.make_stream(&stream, &subjects, replicas, serde_json::json!({ "allow_rollup_hdrs": true })).await?;
        Ok(Self { server, bucket, stream })
    }

    pub(super) async fn put(&self, hash: BlobHash, size: u64, mut source: Chunks) -> Result<(), BlobError> {
        let nuid = random()?;
        let subject = self.chunks(&nuid);
        let (server, stream) = (self.server.clone(), self.stream.clone());
        let mut sent = Sent { server, stream, subject: subject.clone(), whole: false };
        let mut check = Check::new(hash, size);
        let mut gathered = BytesMut::new();
        let mut underway = VecDeque::new();
        let mut chunks = 0;
        let mut more = true;
        while more || !gathered.is_empty() || !underway.is_empty() {
            if more && gathered.len() < CHUNK_BYTES {
                match source.next().await {
                    Some(bytes) => {
                        let bytes = bytes.map_err(BlobError::Source)?;
                        check.pass(&bytes)?;
                        gathered.extend_from_slice(&bytes);
                    }
                    None => more = false,
                }
                continue;
            }
            if underway.len() == ON_THE_WAY || gathered.is_empty() {
                if let Some(acknowledged) = underway.pop_front() {
                    let acknowledged: async_nats::jetstream::context::PublishAckFuture = acknowledged;
                    acknowledged.await.map_err(|error| Error::failed("sending a blob's chunk", error))?;
                }
                continue;
            }
            let chunk = gathered.split_to(gathered.len().min(CHUNK_BYTES)).freeze();
            let publishing = self.server.context.publish(subject.clone(), chunk).await;
            underway.push_back(publishing.map_err(|error| Error::failed("sending a blob's chunk", error))?);
            chunks += 1;
        }
        check.finish()?;
        let digest = format!("SHA-256={}", URL_SAFE.encode(hash.bytes()));
        let name = hash.to_string();
        let described = Description { name, bucket: self.bucket.clone(), nuid, size, chunks, digest };
        let payload = serde_json::to_vec(&described).expect("a description becomes JSON");
        let subject = self.description(hash);
        let written = self.server.write(&self.stream, &subject, Some(0), HeaderMap::new(), payload.into());
        match written.await {
            Ok(_) => {
                sent.whole = true;
                Ok(())
            }
            // It was there before, or somebody else was quicker.
            Err(Refused::Moved) => Ok(()),
            Err(Refused::Store(error)) => {
                // It is open whether the description is there, so the chunks stay.
                sent.whole = true;
                Err(error.into())
            }
        }
    }

    pub(super) async fn read(&self, hash: BlobHash) -> Result<Option<BlobReader>, Error> {
        let Some((described, _)) = self.described(hash).await? else { return Ok(None) };
        let size = described.size;
        let reading = Reading {
            server: self.server.clone(),
            stream: self.stream.clone(),
            subject: self.chunks(&described.nuid),
            from: 1,
            left: described.chunks,
            check: Check::new(hash, size),
        };
        let chunks = unfold(Some(reading), |reading| async {
            let mut reading = reading?;
            match reading.next().await {
                Ok(Some(chunk)) => Some((Ok(chunk), Some(reading))),
                Ok(None) => reading.check.finish().err().map(|_| (Err(damaged()), None)),
                Err(error) => Some((Err(error), None)),
            }
        });
        Ok(Some(BlobReader { size, chunks: chunks.boxed() }))
    }

    pub(super) async fn has(&self, hash: BlobHash) -> Result<bool, Error> {
        Ok(self.described(hash).await?.is_some())
    }

    pub(super) async fn delete(&self, hash: BlobHash) -> Result<(), Error> {
        while let Some((described, message)) = self.described(hash).await? {
            self.server.remove(&self.stream, message).await?;
            self.server.purge(&self.stream, &self.chunks(&described.nuid), None).await?;
        }
        Ok(())
    }

    pub(super) fn all_chunks(&self) -> String {
        self.chunks("*")
    }

    pub(super) fn all_descriptions(&self) -> String {
        format!("$O.{}.M.*", self.bucket)
    }

    /// The subjects of the chunks that these descriptions name; none when one cannot be read.
    pub(super) fn described_chunks<'a>(
        &self,
        mut descriptions: impl Iterator<Item = &'a [u8]>,
    ) -> Option<BTreeSet<String>> {
        let chunks = |description: Description| self.chunks(&description.nuid);
        descriptions.try_fold(BTreeSet::new(), |mut described, description| {
            described.insert(chunks(serde_json::from_slice(description).ok()?));
            Some(described)
        })
    }

    async fn described(&self, hash: BlobHash) -> Result<Option<(Description, u64)>, Error> {
        let Some(last) = self.server.last(&self.stream, &self.description(hash)).await? else { return Ok(None) };
        let described = serde_json::from_slice(&last.payload)
            .map_err(|_| Error::Damaged { what: "a blob's description cannot be read".to_owned() })?;
        Ok(Some((described, last.sequence)))
    }

    fn description(&self, hash: BlobHash) -> String {
        format!("$O.{}.M.{}", self.bucket, URL_SAFE.encode(hash.to_string()))
    }

    fn chunks(&self, nuid: &str) -> String {
        format!("$O.{}.C.{nuid}", self.bucket)
    }
}

struct Reading {
    server: Server,
    stream: String,
    subject: String,
    from: u64,
    left: u64,
    check: Check,
}

impl Reading {
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        let next = self.server.next(&self.stream, &self.subject, self.from).await?;
        let message = next.ok_or_else(damaged)?;
        self.check.pass(&message.payload).map_err(|_| damaged())?;
        self.from = message.sequence + 1;
        self.left -= 1;
        Ok(Some(message.payload))
    }
}

fn damaged() -> Error {
    Error::Damaged { what: "a blob is not what its hash says".to_owned() }
}
