//! What is asked of the server: streams by its JSON API, conditional writes, reads from the leader.
//!
//! The JSON API is spoken directly where the client library's types know newer servers only.
//! Every question is asked again while a leader is elected or the connection is made anew, and
//! given up after [`PATIENCE`].

use crate::Error;
use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{LastRawMessageErrorKind, RawMessageError};
use bytes::Bytes;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long a leader may be away before a caller hears of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
const ASK_AGAIN: Duration = Duration::from_millis(150);

/// Tells a writer's own message from another's when an acknowledgement was lost.
const MARK: &str = "Engawa-Write";
/// JetStream's error for a stream of that name that is otherwise configured.
const STREAM_EXISTS: u64 = 10058;

/// The message last seen on a subject, by its number in the stream; 0 for none.
pub(super) type Position = u64;

/// Why a conditional write was not done.
pub(super) enum Refused {
    /// Another message is the subject's last.
    Moved,
    Store(Error),
}

#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) context: Context,
}

impl Server {
    /// Makes a stream unless it is there; one that an operator has changed is taken as it is.
    pub(super) async fn make_stream(&self, config: Value) -> Result<(), Error> {
        const MAKING: &str = "making a stream";
        let name = config["name"].as_str().unwrap_or_default().to_owned();
        match self.ask(MAKING, &format!("STREAM.CREATE.{name}"), &config).await {
            Err(Asked::Refused { code: STREAM_EXISTS, .. }) => Ok(()),
            made => made.map(drop).map_err(|asked| asked.error(MAKING)),
        }
    }

    /// The number of a stream's last message, and how many messages each subject below `filter` has.
    pub(super) async fn subjects(&self, stream: &str, filter: &str) -> Result<(Position, Vec<String>), Error> {
        const LISTING: &str = "listing what a stream holds";
        let mut subjects = Vec::new();
        let mut last = None;
        loop {
            let request = json!({ "subjects_filter": filter, "offset": subjects.len() });
            let asked = self.ask(LISTING, &format!("STREAM.INFO.{stream}"), &request).await;
            let info = asked.map_err(|asked| asked.error(LISTING))?;
            // All that comes after the first answer is news.
            let last = *last.get_or_insert(info["state"]["last_seq"].as_u64().unwrap_or(0));
            let before = subjects.len();
            subjects.extend(info["state"]["subjects"].as_object().into_iter().flat_map(|found| found.keys().cloned()));
            let total = info["total"].as_u64().unwrap_or(0);
            if subjects.len() == before || subjects.len() as u64 >= total {
                return Ok((last, subjects));
            }
        }
    }

    /// The last message of a subject, from the stream's leader.
    pub(super) async fn last(&self, stream: &str, subject: &str) -> Result<Option<StreamMessage>, Error> {
        let handle = self.stream(stream).await?;
        self.message(|| handle.raw_message_builder().last_by_subject(subject).send()).await
    }

    /// The first message of a subject at `from` or later, from the stream's leader.
    pub(super) async fn next(&self, stream: &str, subject: &str, from: u64) -> Result<Option<StreamMessage>, Error> {
        let handle = self.stream(stream).await?;
        self.message(|| handle.raw_message_builder().sequence(from).next_by_subject(subject).send()).await
    }

    async fn message<F>(&self, get: impl Fn() -> F) -> Result<Option<StreamMessage>, Error>
    where
        F: Future<Output = Result<StreamMessage, RawMessageError>>,
    {
        let until = Instant::now() + PATIENCE;
        loop {
            match get().await {
                Ok(message) => return Ok(Some(message)),
                Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => return Ok(None),
                Err(error) if Instant::now() >= until => return Err(Error::failed("reading from a stream", error)),
                Err(_) => sleep(ASK_AGAIN).await,
            }
        }
    }

    pub(super) async fn stream(&self, stream: &str) -> Result<async_nats::jetstream::stream::Stream<()>, Error> {
        self.context.get_stream_no_info(stream).await.map_err(|error| Error::failed("naming a stream", error))
    }

    /// Writes a message if the subject's last is still `expected`; answers its number.
    ///
    /// A cluster before 2.10 compares `expected` when a message arrives and not again when it is
    /// stored, so that of two at once both would be accepted. What it does compare then is the
    /// message's id: two writes behind the same message have the same one. (Behind none, 0, it
    /// compares both times.) With a lost acknowledgement the write is tried again: only one of the
    /// two can be accepted, and its mark tells that it was this writer's.
    pub(super) async fn write(
        &self,
        stream: &str,
        subject: &str,
        expected: Option<Position>,
        mut headers: HeaderMap,
        payload: Bytes,
    ) -> Result<Position, Refused> {
        const WRITING: &str = "writing to a stream";
        let mark = random().map_err(Refused::Store)?;
        headers.insert(MARK, mark.as_str());
        if let Some(expected) = expected {
            headers.insert("Nats-Expected-Last-Subject-Sequence", expected.to_string().as_str());
            if expected > 0 {
                headers.insert("Nats-Msg-Id", format!("{subject} {expected}").as_str());
            }
        }
        let until = Instant::now() + PATIENCE;
        let mut in_doubt = false;
        loop {
            let sent = self.context.publish_with_headers(subject.to_owned(), headers.clone(), payload.clone()).await;
            let error = match sent {
                Ok(acknowledged) => match acknowledged.await {
                    Ok(ack) if ack.duplicate => return self.own(stream, subject, expected, &mark).await,
                    Ok(ack) => return Ok(ack.sequence),
                    Err(error) => error,
                },
                Err(error) => error,
            };
            match error.kind() {
                PublishErrorKind::WrongLastSequence if in_doubt => {
                    return self.own(stream, subject, expected, &mark).await;
                }
                PublishErrorKind::WrongLastSequence => return Err(Refused::Moved),
                PublishErrorKind::MaxPayloadExceeded => return Err(Refused::Store(Error::failed(WRITING, error))),
                _ if Instant::now() >= until => return Err(Refused::Store(Error::failed(WRITING, error))),
                _ => {
                    in_doubt = true;
                    sleep(ASK_AGAIN).await;
                }
            }
        }
    }

    /// The message behind `expected`, when it is this writer's after all.
    async fn own(
        &self,
        stream: &str,
        subject: &str,
        expected: Option<Position>,
        mark: &str,
    ) -> Result<Position, Refused> {
        let next = self.next(stream, subject, expected.unwrap_or(0) + 1).await.map_err(Refused::Store)?;
        let own = next.filter(|next| next.headers.get(MARK).is_some_and(|found| found.as_str() == mark));
        own.map(|own| own.sequence).ok_or(Refused::Moved)
    }

    /// Removes one message; one that is gone is no error.
    pub(super) async fn remove(&self, stream: &str, message: Position) -> Result<(), Error> {
        const REMOVING: &str = "removing from a stream";
        let request = json!({ "seq": message });
        match self.ask(REMOVING, &format!("STREAM.MSG.DELETE.{stream}"), &request).await {
            Ok(_) | Err(Asked::Refused { .. }) => Ok(()),
            Err(asked) => Err(asked.error(REMOVING)),
        }
    }

    /// Removes all messages of a subject.
    pub(super) async fn purge(&self, stream: &str, subject: &str) -> Result<(), Error> {
        const PURGING: &str = "emptying a subject";
        let request = json!({ "filter": subject });
        let asked = self.ask(PURGING, &format!("STREAM.PURGE.{stream}"), &request).await;
        asked.map(drop).map_err(|asked| asked.error(PURGING))
    }

    async fn ask(&self, doing: &'static str, subject: &str, request: &Value) -> Result<Value, Asked> {
        let until = Instant::now() + PATIENCE;
        loop {
            let asked = match self.context.request::<_, _, Value>(subject.to_owned(), request).await {
                Ok(answer) => match answer["error"]["err_code"].as_u64() {
                    None => return Ok(answer),
                    Some(code) => {
                        let said = answer["error"]["description"].as_str().unwrap_or_default().to_owned();
                        let asked = Asked::Refused { code, said };
                        // 5xx: no leader, no quorum, no peers yet.
                        if answer["error"]["code"].as_u64().is_none_or(|code| code < 500) {
                            return Err(asked);
                        }
                        asked
                    }
                },
                Err(error) => Asked::Failed(Error::failed(doing, error)),
            };
            if Instant::now() >= until {
                return Err(asked);
            }
            sleep(ASK_AGAIN).await;
        }
    }
}

/// Why the JSON API gave no answer.
enum Asked {
    Refused { code: u64, said: String },
    Failed(Error),
}

impl Asked {
    fn error(self, doing: &'static str) -> Error {
        match self {
            Self::Refused { code, said } => Error::failed(doing, format!("the server says: {said} ({code})")),
            Self::Failed(error) => error,
        }
    }
}

/// A name that nobody else has.
pub(super) fn random() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Error::failed("taking random bytes", error))?;
    Ok(hex::encode(bytes))
}
