//! What is asked of the server: streams by its JSON API, conditional writes, reads from the leader.
//!
//! The JSON API is spoken directly where the client library's types know newer servers only.
//! Every question is asked again while a leader is elected or the connection is made anew (`persist`).

use super::persist::{ANSWER_WITHIN, AtOnce, persist};
use crate::Error;
use async_nats::HeaderMap;
use async_nats::jetstream::context::{Context, PublishErrorKind};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{LastRawMessageErrorKind, RawMessageError};
use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::time::timeout;

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

/// What one try of a write has come to.
enum Tried {
    Stored(Position),
    Moved,
    /// It will not be taken, however often it is tried.
    Failed(Error),
    /// It may yet be stored, or not.
    Open(Error),
}

/// A message to be written.
struct Writing<'a> {
    stream: &'a str,
    subject: &'a str,
    expected: Option<Position>,
    headers: HeaderMap,
    payload: Bytes,
    mark: String,
    tries: AtomicUsize,
}

#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) context: Context,
}

impl Server {
    /// Makes a stream of ours unless it is there; one that an operator has changed is taken as it is.
    ///
    /// Reads go to the leader (`allow_direct`), as a replica may not have what was acknowledged.
    pub(super) async fn make_stream(
        &self,
        name: &str,
        subjects: &[String],
        replicas: usize,
        own: Value,
    ) -> Result<(), Error> {
        const MAKING: &str = "making a stream";
        let mut config = json!({
            "name": name,
            "subjects": subjects,
            "retention": "limits",
            "max_consumers": -1, "max_msgs": -1, "max_bytes": -1, "max_age": 0, "max_msgs_per_subject": -1,
            "max_msg_size": -1,
            "storage": "file",
            "discard": "new",
            "num_replicas": replicas,
            "allow_direct": false,
        });
        if let (Value::Object(config), Value::Object(own)) = (&mut config, own) {
            config.extend(own);
        }
        match self.ask(MAKING, AtOnce::One, &format!("STREAM.CREATE.{name}"), &config).await {
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
            let asked = self.ask(LISTING, AtOnce::Several, &format!("STREAM.INFO.{stream}"), &request).await;
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
        const READING: &str = "reading from a stream";
        let ask = || async {
            match timeout(ANSWER_WITHIN, get()).await {
                Ok(Ok(message)) => Ok(Some(message)),
                Ok(Err(error)) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
                Ok(Err(error)) => Err(Error::failed(READING, error)),
                Err(_) => Err(Error::Late { doing: READING }),
            }
        };
        persist(AtOnce::Several, ask, Result::is_ok).await
    }

    pub(super) async fn stream(&self, stream: &str) -> Result<async_nats::jetstream::stream::Stream<()>, Error> {
        self.context.get_stream_no_info(stream).await.map_err(|error| Error::failed("naming a stream", error))
    }

    /// Writes a message if the subject's last is still `expected`; answers its number.
    ///
    /// A cluster before 2.10 compares `expected` when a message arrives and not again when it is
    /// stored, so that of two at once both would be accepted. What it does compare then is the
    /// message's id: two writes behind the same message have the same one. (Behind none, 0, it
    /// compares both times.) A write that is not acknowledged is tried again beside itself: of all
    /// tries only one can be accepted, by its id or by `expected`, and its mark tells that it was
    /// this writer's.
    pub(super) async fn write(
        &self,
        stream: &str,
        subject: &str,
        expected: Option<Position>,
        mut headers: HeaderMap,
        payload: Bytes,
    ) -> Result<Position, Refused> {
        let mark = random().map_err(Refused::Store)?;
        headers.insert(MARK, mark.as_str());
        if let Some(expected) = expected {
            headers.insert("Nats-Expected-Last-Subject-Sequence", expected.to_string().as_str());
        }
        match expected {
            Some(0) => {}
            Some(expected) => headers.insert("Nats-Msg-Id", format!("{subject} {expected}").as_str()),
            None => headers.insert("Nats-Msg-Id", mark.as_str()),
        }
        let writing = Writing { stream, subject, expected, headers, payload, mark, tries: AtomicUsize::new(0) };
        let written =
            persist(AtOnce::Several, || self.try_to_write(&writing), |tried| !matches!(tried, Tried::Open(_)));
        match written.await {
            Tried::Stored(position) => Ok(position),
            Tried::Moved => Err(Refused::Moved),
            Tried::Failed(error) | Tried::Open(error) => Err(Refused::Store(error)),
        }
    }

    async fn try_to_write(&self, writing: &Writing<'_>) -> Tried {
        const WRITING: &str = "writing to a stream";
        writing.tries.fetch_add(1, Ordering::Relaxed);
        let Writing { subject, expected, headers, payload, .. } = writing;
        let sending = async {
            let sent = self.context.publish_with_headers((*subject).to_owned(), headers.clone(), payload.clone());
            sent.await?.await
        };
        let error = match timeout(ANSWER_WITHIN, sending).await {
            Ok(Ok(ack)) if !ack.duplicate => return Tried::Stored(ack.sequence),
            // The id is this writer's alone; before the first try is stored it has no number yet.
            Ok(Ok(ack)) if expected.is_none() => match ack.sequence {
                0 => return Tried::Open(Error::Late { doing: WRITING }),
                sequence => return Tried::Stored(sequence),
            },
            Ok(Ok(_)) => return self.own(writing).await,
            Ok(Err(error)) => error,
            Err(_) => return Tried::Open(Error::Late { doing: WRITING }),
        };
        match error.kind() {
            PublishErrorKind::WrongLastSequence if writing.tries.load(Ordering::Relaxed) == 1 => Tried::Moved,
            PublishErrorKind::WrongLastSequence => self.own(writing).await,
            PublishErrorKind::MaxPayloadExceeded => Tried::Failed(Error::failed(WRITING, error)),
            _ => Tried::Open(Error::failed(WRITING, error)),
        }
    }

    /// Whose the message behind the expected one is, when this write was tried before.
    async fn own(&self, writing: &Writing<'_>) -> Tried {
        let from = writing.expected.unwrap_or(0) + 1;
        match self.next(writing.stream, writing.subject, from).await {
            Ok(Some(next)) => match next.headers.get(MARK) {
                Some(mark) if mark.as_str() == writing.mark => Tried::Stored(next.sequence),
                _ => Tried::Moved,
            },
            Ok(None) => Tried::Open(Error::Late { doing: "storing a message" }),
            Err(error) => Tried::Open(error),
        }
    }

    /// Removes one message; one that is gone is no error.
    pub(super) async fn remove(&self, stream: &str, message: Position) -> Result<(), Error> {
        const REMOVING: &str = "removing from a stream";
        let request = json!({ "seq": message });
        match self.ask(REMOVING, AtOnce::Several, &format!("STREAM.MSG.DELETE.{stream}"), &request).await {
            Ok(_) | Err(Asked::Refused { for_now: false, .. }) => Ok(()),
            Err(asked) => Err(asked.error(REMOVING)),
        }
    }

    /// Removes all messages of a subject, or those before `before`.
    pub(super) async fn purge(&self, stream: &str, subject: &str, before: Option<Position>) -> Result<(), Error> {
        const PURGING: &str = "emptying a subject";
        let mut request = json!({ "filter": subject });
        if let Some(before) = before {
            request["seq"] = before.into();
        }
        let asked = self.ask(PURGING, AtOnce::Several, &format!("STREAM.PURGE.{stream}"), &request).await;
        asked.map(drop).map_err(|asked| asked.error(PURGING))
    }

    async fn ask(&self, doing: &'static str, at_once: AtOnce, subject: &str, request: &Value) -> Result<Value, Asked> {
        let ask = || async {
            let answer = timeout(ANSWER_WITHIN, self.context.request::<_, _, Value>(subject.to_owned(), request)).await;
            let answer = answer.map_err(|_| Asked::Failed(Error::Late { doing }))?;
            let answer = answer.map_err(|error| Asked::Failed(Error::failed(doing, error)))?;
            let Some(code) = answer["error"]["err_code"].as_u64() else { return Ok(answer) };
            let said = answer["error"]["description"].as_str().unwrap_or_default().to_owned();
            // 5xx: no leader, no quorum, no peers yet.
            let for_now = answer["error"]["code"].as_u64().is_none_or(|code| code >= 500);
            Err(Asked::Refused { code, said, for_now })
        };
        let is_answer =
            |asked: &Result<Value, Asked>| matches!(asked, Ok(_) | Err(Asked::Refused { for_now: false, .. }));
        persist(at_once, ask, is_answer).await
    }
}

/// Why the JSON API gave no answer.
enum Asked {
    Refused { code: u64, said: String, for_now: bool },
    Failed(Error),
}

impl Asked {
    fn error(self, doing: &'static str) -> Error {
        match self {
            Self::Refused { code, said, .. } => Error::failed(doing, format!("the server says: {said} ({code})")),
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
