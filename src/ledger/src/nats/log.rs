//! Rooms' logs in a stream: a subject a room, a batch of events a message.
//!
//! A log that is removed ends with a message that says so and stays; all before it goes. So an append
//! behind nothing is refused as one behind an event that is gone: both find something else there.

use super::persist::PATIENCE;
use super::server::{Position, Refused, Server};
use crate::{AppendError, Error};
use async_nats::HeaderMap;
use engawa_protocol::{Recorded, RoomId, Seq};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

const REMOVED: &str = "Engawa-Removed";
/// Rooms whose end is remembered; beyond that it is asked for.
const ENDS: usize = 16 * 1024;

/// Where a log ends: its last event, and the message that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct End {
    event: Seq,
    message: Position,
}

#[derive(Debug)]
pub(super) struct Logs {
    server: Server,
    pub(super) stream: String,
    /// Before the room's digits.
    subject: String,
    /// A hint: the server refuses what builds on an old one.
    ends: Mutex<HashMap<RoomId, End>>,
}

impl Logs {
    pub(super) async fn open(server: Server, prefix: &str, replicas: usize) -> Result<Self, Error> {
        let (stream, subject) = (format!("{prefix}_log"), format!("{prefix}.log."));
        let own = serde_json::json!({ "deny_delete": true });
        server.make_stream(&stream, &[format!("{subject}*")], replicas, own).await?;
        Ok(Self { server, stream, subject, ends: Mutex::default() })
    }

    pub(super) async fn append(
        &self,
        room: &RoomId,
        expected: Seq,
        events: &[Recorded],
        payload: Vec<u8>,
    ) -> Result<(), AppendError> {
        let mut end = self.remembered(room).filter(|end| end.event == expected && !events.is_empty());
        loop {
            let asked = end.is_none();
            let End { event: last, message } = match end.take() {
                Some(end) => end,
                None => self.end(room).await?,
            };
            if last != expected {
                return Err(AppendError::Conflict { expected, last });
            }
            let Some(newest) = events.last() else { return Ok(()) };
            let subject = self.subject(room);
            let written =
                self.server.write(&self.stream, &subject, Some(message), HeaderMap::new(), payload.clone().into());
            match written.await {
                Ok(message) => {
                    self.remember(room, End { event: newest.seq, message });
                    return Ok(());
                }
                // What was remembered was old, or somebody else was quicker: the leader knows.
                Err(Refused::Moved) if !asked => {}
                Err(Refused::Moved) => {
                    let End { event: last, .. } = self.end(room).await?;
                    return Err(AppendError::Conflict { expected, last });
                }
                Err(Refused::Store(error)) => return Err(error.into()),
            }
        }
    }

    pub(super) async fn events(&self, room: &RoomId, after: Seq) -> Result<Vec<Recorded>, Error> {
        let Some(first) = after.checked_add(1) else { return Ok(Vec::new()) };
        let subject = self.subject(room);
        let Some(last) = self.server.last(&self.stream, &subject).await? else { return Ok(Vec::new()) };
        self.check_removed(room, Some(&last.headers))?;
        let newest = parse(&last.payload)?;
        self.remember(room, End { event: newest.last().map_or(0, |event| event.seq), message: last.sequence });
        let mut events: Vec<Recorded> = Vec::new();
        if newest.first().is_some_and(|oldest| oldest.seq > first) {
            let mut from = 1;
            while let Some(message) = self.server.next(&self.stream, &subject, from).await? {
                if message.sequence >= last.sequence {
                    break;
                }
                from = message.sequence + 1;
                events.extend(parse(&message.payload)?);
            }
        }
        events.extend(newest);
        events.retain(|event| event.seq > after);
        for (number, event) in (first..).zip(&events) {
            if event.seq != number {
                // It may have been removed while it was read.
                self.end(room).await?;
                return Err(Error::Damaged { what: format!("event {number} of room {room} is missing") });
            }
        }
        Ok(events)
    }

    pub(super) async fn rooms(&self) -> Result<Vec<RoomId>, Error> {
        let (_, subjects) = self.server.subjects(&self.stream, &format!("{}*", self.subject)).await?;
        let mut rooms: Vec<_> = subjects.iter().filter_map(|subject| self.room(subject)).collect();
        rooms.sort();
        Ok(rooms)
    }

    /// Ends a log for good; answers the message that says so, behind which nothing comes, none when
    /// there is no log.
    pub(super) async fn close(&self, room: &RoomId) -> Result<Option<Position>, Error> {
        let subject = self.subject(room);
        let mut headers = HeaderMap::new();
        headers.insert(REMOVED, "1");
        // Writers may be quicker for a while.
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let Some(last) = self.server.last(&self.stream, &subject).await? else { return Ok(None) };
            if last.headers.get(REMOVED).is_some() {
                return Ok(Some(last.sequence));
            }
            let expected = Some(last.sequence);
            match self.server.write(&self.stream, &subject, expected, headers.clone(), "[]".into()).await {
                Ok(position) => return Ok(Some(position)),
                Err(Refused::Moved) => {}
                Err(Refused::Store(error)) => return Err(error),
            }
        }
        Err(Error::failed("removing a log", "it is being written to"))
    }

    /// Removes all of a log that was closed, but for the message that says so.
    pub(super) async fn empty(&self, room: &RoomId, closed: Position) -> Result<(), Error> {
        self.forget(room);
        self.server.purge(&self.stream, &self.subject(room), Some(closed)).await
    }

    /// The room and the events of a message that came; none when its log was removed.
    pub(super) fn received(
        &self,
        subject: &str,
        message: Position,
        headers: Option<&HeaderMap>,
        payload: &[u8],
    ) -> Option<(RoomId, Option<Vec<Recorded>>)> {
        let room = self.room(subject)?;
        if self.check_removed(&room, headers).is_err() {
            return Some((room, None));
        }
        let events = parse(payload).ok()?;
        self.remember(&room, End { event: events.last()?.seq, message });
        Some((room, Some(events)))
    }

    async fn end(&self, room: &RoomId) -> Result<End, Error> {
        let Some(last) = self.server.last(&self.stream, &self.subject(room)).await? else {
            return Ok(End { event: 0, message: 0 });
        };
        self.check_removed(room, Some(&last.headers))?;
        let event = parse(&last.payload)?.last().map_or(0, |event| event.seq);
        let end = End { event, message: last.sequence };
        self.remember(room, end);
        Ok(end)
    }

    fn check_removed(&self, room: &RoomId, headers: Option<&HeaderMap>) -> Result<(), Error> {
        if headers.is_some_and(|headers| headers.get(REMOVED).is_some()) {
            self.forget(room);
            return Err(Error::Removed);
        }
        Ok(())
    }

    fn forget(&self, room: &RoomId) {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner).remove(room);
    }

    fn remembered(&self, room: &RoomId) -> Option<End> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner).get(room).copied()
    }

    fn remember(&self, room: &RoomId, end: End) {
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        if ends.len() >= ENDS && !ends.contains_key(room) {
            ends.clear();
        }
        let known = ends.entry(room.clone()).or_insert(end);
        if known.message < end.message {
            *known = end;
        }
    }

    fn subject(&self, room: &RoomId) -> String {
        format!("{}{room}", self.subject)
    }

    fn room(&self, subject: &str) -> Option<RoomId> {
        subject.strip_prefix(&self.subject)?.parse().ok()
    }
}

fn parse(payload: &[u8]) -> Result<Vec<Recorded>, Error> {
    // The cause would quote what people wrote.
    serde_json::from_slice(payload).map_err(|_| Error::Damaged { what: "events cannot be read".to_owned() })
}
