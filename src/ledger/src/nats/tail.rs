//! One consumer a node and stream, whatever is followed: it wakes followers and watchers.
//!
//! It goes on behind the last message it saw, and after every break tells everybody to look again.

use super::Shared;
use super::server::Position;
use async_nats::HeaderMap;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::push::OrderedConfig;
use futures_util::StreamExt;
use std::sync::Weak;
use std::time::Duration;
use tokio::time::{sleep, timeout};

const AGAIN: Duration = Duration::from_millis(300);
/// After this, a stream is asked whether it has more than was heard of.
const SILENT: Duration = Duration::from_secs(2);

/// Which of a ledger's streams.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tailed {
    Logs,
    Values,
}

/// Runs until the ledger is gone.
pub(super) async fn run(ledger: Weak<Shared>, tailed: Tailed, mut seen: Position) {
    while let Some(shared) = ledger.upgrade() {
        let begun = begin(&shared, tailed, seen).await;
        // Whatever came before this consumer stood is read.
        shared.feed.look_again();
        drop(shared);
        match begun {
            Ok(mut messages) => loop {
                let message = timeout(SILENT, messages.next()).await;
                let Some(shared) = ledger.upgrade() else { return };
                match message {
                    Ok(Some(Ok(message))) => {
                        let Ok(info) = message.info() else { break };
                        seen = info.stream_sequence;
                        tell(&shared, tailed, seen, &message.subject, message.headers.as_ref(), &message.payload);
                    }
                    Ok(_) => break,
                    Err(_) => {
                        if let Some(last) = missed(&shared, tailed, seen).await {
                            seen = last;
                            break;
                        }
                    }
                }
            },
            Err(error) => tracing::warn!(error = &*error, ?tailed, "following a stream failed"),
        }
        sleep(AGAIN).await;
    }
}

/// The stream's last message, when a silent consumer should have brought it: its server died, and the
/// client library makes it anew later and later.
async fn missed(shared: &Shared, tailed: Tailed, seen: Position) -> Option<Position> {
    match shared.server.subjects(stream(shared, tailed), "none").await {
        Ok((last, _)) => (last > seen).then_some(last),
        // Nothing is known: a new consumer comes when the servers do.
        Err(_) => Some(seen),
    }
}

fn stream(shared: &Shared, tailed: Tailed) -> &str {
    match tailed {
        Tailed::Logs => &shared.logs.stream,
        Tailed::Values => &shared.values.stream,
    }
}

async fn begin(
    shared: &Shared,
    tailed: Tailed,
    seen: Position,
) -> Result<async_nats::jetstream::consumer::push::Ordered, async_nats::Error> {
    let config = OrderedConfig {
        deliver_subject: shared.client.new_inbox(),
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: seen + 1 },
        ..Default::default()
    };
    let stream = shared.server.stream(stream(shared, tailed)).await?;
    Ok(stream.create_consumer(config).await?.messages().await?)
}

fn tell(shared: &Shared, tailed: Tailed, seen: Position, subject: &str, headers: Option<&HeaderMap>, payload: &[u8]) {
    match tailed {
        Tailed::Logs => match shared.logs.received(subject, seen, headers, payload) {
            Some((room, Some(events))) => shared.feed.appended(&room, events.into()),
            Some((room, None)) => shared.feed.removed(&room),
            None => {}
        },
        Tailed::Values => {
            if let Some(change) = shared.values.received(subject, seen, headers, payload) {
                shared.feed.changed(change);
            }
        }
    }
}
