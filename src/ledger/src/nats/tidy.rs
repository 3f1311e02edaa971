//! What removals and killed writers leave in the streams: found by looking at the last message of each
//! subject, and purged.

use super::Shared;
use super::values::OPERATION;
use crate::{Error, TIDIED};
use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::push::OrderedConfig;
use futures_util::StreamExt;
use std::time::{Duration, SystemTime};
use tokio::time::timeout;

const LOOKING: &str = "looking for what is left over";
/// A server that looks through its subjects says something within this.
const SILENT: Duration = Duration::from_secs(10);

/// The last message of a subject.
struct Last {
    subject: String,
    sequence: u64,
    payload: Vec<u8>,
}

/// Removes markers of removed values, and chunks of blobs that nothing describes.
///
/// A marker is for those who write and watch at the same time; a blob's description is written
/// minutes after its chunks at most.
pub(super) async fn tidy(shared: &Shared, age: Duration) -> Result<usize, Error> {
    let Shared { server, values, blobs, .. } = shared;
    let before = SystemTime::now().checked_sub(age);
    let mut removed = 0;
    let is_old = |message: &Message| {
        let published = message.info().map(|info| SystemTime::from(info.published));
        before.zip(published.ok()).is_some_and(|(before, published)| published <= before)
    };
    let is_marker = |message: &Message| {
        message.headers.as_ref().is_some_and(|headers| headers.get(OPERATION).is_some()) && is_old(message)
    };
    let markers = last_of_each(shared, &values.stream, &format!("{}>", values.subject), true, is_marker).await?;
    for marker in markers.into_iter().take(TIDIED) {
        // A value that was written meanwhile is behind it.
        server.purge(&values.stream, &marker.subject, Some(marker.sequence + 1)).await?;
        removed += 1;
    }
    // Chunks first: a description that is written meanwhile is seen.
    let chunks = last_of_each(shared, &blobs.stream, &blobs.all_chunks(), true, is_old).await?;
    let descriptions = match chunks.is_empty() {
        true => Vec::new(),
        false => last_of_each(shared, &blobs.stream, &blobs.all_descriptions(), false, |_| true).await?,
    };
    // Of a description that cannot be read, the chunks are not known.
    let described = blobs.described_chunks(descriptions.iter().map(|last| last.payload.as_slice()));
    let described =
        described.ok_or_else(|| Error::Damaged { what: "a blob's description cannot be read".to_owned() })?;
    for chunks in chunks.into_iter().filter(|chunks| !described.contains(&chunks.subject)).take(TIDIED) {
        server.purge(&blobs.stream, &chunks.subject, None).await?;
        removed += 1;
    }
    Ok(removed)
}

/// The last message of each subject, of those that `is_wanted` takes.
async fn last_of_each(
    shared: &Shared,
    stream: &str,
    filter: &str,
    headers_only: bool,
    is_wanted: impl Fn(&Message) -> bool,
) -> Result<Vec<Last>, Error> {
    let failed = |error: async_nats::Error| Error::failed(LOOKING, error);
    let config = OrderedConfig {
        deliver_subject: shared.client.new_inbox(),
        deliver_policy: DeliverPolicy::LastPerSubject,
        filter_subject: filter.to_owned(),
        headers_only,
        ..Default::default()
    };
    let consumer = shared.server.stream(stream).await?.create_consumer(config).await;
    let consumer = consumer.map_err(|error| failed(error.into()))?;
    let mut found = Vec::new();
    if consumer.cached_info().num_pending == 0 {
        return Ok(found);
    }
    let mut messages = consumer.messages().await.map_err(|error| failed(error.into()))?;
    loop {
        let message = timeout(SILENT, messages.next()).await.map_err(|_| Error::Late { doing: LOOKING })?;
        let Some(message) = message else { return Ok(found) };
        let message = message.map_err(|error| failed(error.into()))?;
        let (sequence, pending) = message.info().map(|info| (info.stream_sequence, info.pending)).map_err(failed)?;
        if is_wanted(&message) {
            let (subject, payload) = (message.subject.to_string(), message.payload.to_vec());
            found.push(Last { subject, sequence, payload });
        }
        if pending == 0 {
            return Ok(found);
        }
    }
}
