//! A ledger on NATS JetStream: many nodes of the service share it, and none keeps anything itself.
//!
//! Three streams, whose names begin with the installation's prefix, so that several share a server:
//! `<prefix>_log`, `KV_<prefix>_values` and `OBJ_<prefix>_blobs`; the relay is core NATS below
//! `<prefix>.relay.`. Reads are answered by a stream's leader.
//!
//! JetStream brings its files to the disk every two minutes unless told otherwise. With three
//! replicas an acknowledged event survives any one machine; to survive a cut of power of all of
//! them at once, set `jetstream { sync_interval: always }` in the server's configuration. Servers
//! before 2.10 do not know that setting; there a short `sync_interval` bounds what is lost.

mod blobs;
mod connect;
mod log;
mod names;
mod persist;
mod server;
mod tail;
mod tidy;
mod values;

use crate::relay::{self, Relayed, check_key, check_message};
use crate::value::{Entry, Expect, Revision};
use crate::{
    Answer, AppendError, BEHIND, BlobError, BlobHash, BlobReader, Chunks, Error, Follow, Ledger, PutError,
    Subscription, VALUE_BYTES, Watch, feed, numbered,
};
use async_nats::Client;
use async_nats::jetstream::context::ContextBuilder;
use blobs::Blobs;
use bytes::Bytes;
use engawa_protocol::{Recorded, RoomId, Seq};
use futures_util::StreamExt;
use log::Logs;
use persist::{ANSWER_WITHIN, PATIENCE};
use server::Server;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tail::Tailed;
use tokio::sync::broadcast;
use values::Values;

const PREFIX_BYTES: usize = 32;

/// Where the servers are, and how this installation names itself there.
#[derive(Debug, Clone)]
pub struct NatsConfig {
    /// Addresses as `nats://host:port` or `tls://host:port`; one that answers is enough.
    pub servers: Vec<String>,
    /// A file of credentials (`.creds`).
    pub credentials: Option<PathBuf>,
    /// A file whose first line is a token.
    pub token: Option<PathBuf>,
    /// Encryption, when the addresses or the servers ask for it.
    pub tls: Tls,
    /// Servers that keep each message: 1, 3 or 5.
    pub replicas: usize,
    /// Letters, digits, `-` and `_` that the names on the server begin with.
    pub prefix: String,
}

/// Encryption of the connection to the servers.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// Refuses to speak in the clear.
    pub required: bool,
    /// Certificates to trust instead of the system's.
    pub roots: Option<PathBuf>,
    /// This client's certificate and its key.
    pub identity: Option<(PathBuf, PathBuf)>,
}

/// The ledger on NATS. Cloning shares it.
#[derive(Debug, Clone)]
pub struct NatsLedger {
    shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    client: Client,
    server: Server,
    feed: Arc<feed::Feed>,
    logs: Logs,
    values: Values,
    blobs: Blobs,
    /// Before a subject's tokens.
    relay: String,
}

impl NatsLedger {
    /// Connects, and makes what is not there yet.
    ///
    /// # Errors
    /// [`Error::Open`] when no server can be reached, or the configuration or its files are not usable.
    pub async fn open(config: &NatsConfig) -> Result<Self, Error> {
        let at = config.servers.iter().map(|server| without_password(server)).collect::<Vec<_>>().join(", ");
        let opening = |source| Error::Open { at: at.clone(), source };
        let fits = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_');
        if !(1..=PREFIX_BYTES).contains(&config.prefix.len()) || !config.prefix.bytes().all(fits) {
            let limit = format!("a prefix has 1 to {PREFIX_BYTES} letters, digits, - and _");
            return Err(opening(limit.into()));
        }
        let feed = Arc::new(feed::Feed::new());
        let client = connect::connect(config, feed.clone()).await.map_err(opening)?;
        let context = ContextBuilder::new().timeout(ANSWER_WITHIN).ack_timeout(ANSWER_WITHIN).build(client.clone());
        let server = Server { context };
        let (prefix, replicas) = (config.prefix.as_str(), config.replicas);
        let logs = Logs::open(server.clone(), prefix, replicas).await?;
        let values = Values::open(server.clone(), prefix, replicas).await?;
        let blobs = Blobs::open(server.clone(), prefix, replicas).await?;
        let seen = [(Tailed::Logs, &logs.stream), (Tailed::Values, &values.stream)];
        let mut tails = Vec::new();
        for (tailed, stream) in seen {
            tails.push((tailed, server.subjects(stream, "none").await?.0));
        }
        let relay = format!("{prefix}.relay.");
        let shared = Arc::new(Shared { client, server, feed, logs, values, blobs, relay });
        for (tailed, seen) in tails {
            tokio::spawn(tail::run(Arc::downgrade(&shared), tailed, seen));
        }
        Ok(Self { shared })
    }
}

fn without_password(server: &str) -> &str {
    server.rsplit_once('@').map_or(server, |(_, host)| host)
}

impl feed::Source for NatsLedger {
    fn feed(&self) -> &feed::Feed {
        &self.shared.feed
    }

    async fn events(&self, room: &RoomId, after: Seq) -> Result<Vec<Recorded>, Error> {
        self.shared.logs.events(room, after).await
    }

    async fn state(&self, prefix: &str) -> Result<(Revision, Vec<(String, Entry)>), Error> {
        self.shared.values.state(prefix).await
    }
}

impl Ledger for NatsLedger {
    fn append(&self, room: &RoomId, expected: Seq, events: &[Recorded]) -> Answer<'_, Result<(), AppendError>> {
        let (room, events): (_, Arc<[Recorded]>) = (room.clone(), events.into());
        Box::pin(async move {
            numbered(expected, &events)?;
            let payload = serde_json::to_vec(&*events).expect("events become JSON");
            self.shared.logs.append(&room, expected, &events, payload).await?;
            // Followers on this node need not wait for it to come round.
            self.shared.feed.appended(&room, events);
            Ok(())
        })
    }

    fn read(&self, room: &RoomId, after: Seq) -> Answer<'_, Result<Vec<Recorded>, Error>> {
        let room = room.clone();
        Box::pin(async move { self.shared.logs.events(&room, after).await })
    }

    fn rooms(&self) -> Answer<'_, Result<Vec<RoomId>, Error>> {
        Box::pin(async move {
            let mut rooms = self.shared.logs.rooms().await?;
            // Asked for last: what was removed in between is known.
            let removed = self.shared.values.removed().await?;
            rooms.retain(|room| !removed.contains(room));
            Ok(rooms)
        })
    }

    fn follow(&self, room: &RoomId, after: Seq) -> Answer<'_, Result<Follow, Error>> {
        let follow = feed::follow(self.clone(), room, after);
        Box::pin(async move { Ok(follow) })
    }

    fn remove(&self, room: &RoomId) -> Answer<'_, Result<(), Error>> {
        let room = room.clone();
        Box::pin(async move {
            let Shared { logs, values, feed, .. } = &*self.shared;
            let Some(closed) = logs.close(&room).await? else { return Ok(()) };
            feed.removed(&room);
            values.note_removed(&room).await?;
            logs.empty(&room, closed).await
        })
    }

    fn value(&self, key: &str) -> Answer<'_, Result<Option<Entry>, Error>> {
        let key = key.to_owned();
        Box::pin(async move {
            check_key(&key)?;
            self.shared.values.value(&key).await
        })
    }

    fn put(&self, key: &str, value: &[u8], expect: Expect) -> Answer<'_, Result<Revision, PutError>> {
        let (key, value) = (key.to_owned(), value.to_vec());
        Box::pin(async move {
            check_key(&key)?;
            if value.len() > VALUE_BYTES {
                return Err(Error::Large { what: "a value", limit: VALUE_BYTES }.into());
            }
            self.shared.values.put(&key, value, expect).await
        })
    }

    fn delete(&self, key: &str, expect: Expect) -> Answer<'_, Result<(), PutError>> {
        let key = key.to_owned();
        Box::pin(async move {
            check_key(&key)?;
            self.shared.values.delete(&key, expect).await
        })
    }

    fn list(&self, prefix: &str) -> Answer<'_, Result<Vec<(String, Entry)>, Error>> {
        let prefix = prefix.to_owned();
        Box::pin(async move { Ok(self.shared.values.state(&prefix).await?.1) })
    }

    fn watch(&self, prefix: &str) -> Answer<'_, Result<Watch, Error>> {
        let watch = feed::watch(self.clone(), prefix);
        Box::pin(async move { Ok(watch) })
    }

    fn put_blob(&self, hash: &BlobHash, size: u64, chunks: Chunks) -> Answer<'_, Result<(), BlobError>> {
        Box::pin(self.shared.blobs.put(*hash, size, chunks))
    }

    fn blob(&self, hash: &BlobHash) -> Answer<'_, Result<Option<BlobReader>, Error>> {
        Box::pin(self.shared.blobs.read(*hash))
    }

    fn has_blob(&self, hash: &BlobHash) -> Answer<'_, Result<bool, Error>> {
        Box::pin(self.shared.blobs.has(*hash))
    }

    fn delete_blob(&self, hash: &BlobHash) -> Answer<'_, Result<(), Error>> {
        Box::pin(self.shared.blobs.delete(*hash))
    }

    fn tidy(&self, age: Duration) -> Answer<'_, Result<usize, Error>> {
        Box::pin(tidy::tidy(&self.shared, age))
    }

    fn publish(&self, subject: &str, message: Bytes) -> Answer<'_, Result<(), Error>> {
        let subject =
            check_message(subject, &message).map(|()| format!("{}{}", self.shared.relay, names::encode(subject)));
        Box::pin(async move {
            const PUBLISHING: &str = "publishing a message";
            let publishing = tokio::time::timeout(PATIENCE, self.shared.client.publish(subject?, message));
            let published = publishing.await.map_err(|_| Error::Late { doing: PUBLISHING })?;
            published.map_err(|error| Error::failed(PUBLISHING, error))
        })
    }

    fn subscribe(&self, subject: &str) -> Answer<'_, Result<Subscription, Error>> {
        let tokens = check_key(subject).map(|()| match subject.strip_suffix('/') {
            Some(_) => names::below(subject),
            None => names::encode(subject),
        });
        Box::pin(async move {
            let subject = format!("{}{}", self.shared.relay, tokens?);
            let subscribing = self.shared.client.subscribe(subject).await;
            let mut messages = subscribing.map_err(|error| Error::failed("subscribing to messages", error))?;
            // The server has to know of it before anybody relies on it.
            self.shared.client.flush().await.map_err(|error| Error::failed("subscribing to messages", error))?;
            let (sender, receiver) = broadcast::channel(BEHIND);
            let prefix = self.shared.relay.len();
            // Takes messages away quickly, so that the oldest give way and not the newest.
            tokio::spawn(async move {
                loop {
                    let message = tokio::select! {
                        message = messages.next() => message,
                        () = sender.closed() => return,
                    };
                    let Some(message) = message else { return };
                    if let Some(subject) = message.subject.get(prefix..).and_then(names::decode) {
                        // Nobody listening any more ends this at the next turn.
                        let _ = sender.send(Relayed::Message { subject, message: message.payload });
                    }
                }
            });
            Ok(relay::stream(receiver))
        })
    }
}
