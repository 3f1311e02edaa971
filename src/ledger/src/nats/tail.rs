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
use tokio::time::sleep;

const AGAIN: Duration = Duration::from_millis(300);

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
            Ok(mut messages) => {
                while let Some(Ok(message)) = messages.next().await {
                    let Some(shared) = ledger.upgrade() else { return };
                    let Ok(info) = message.info() else { break };
                    seen = info.stream_sequence;
                    tell(&shared, tailed, seen, &message.subject, message.headers.as_ref(), &message.payload);
                }
            }
            Err(error) => tracing::warn!(error = &*error, ?tailed, "following a stream failed"),
        }
        sleep(AGAIN).await;
    }
}

async fn begin(
    shared: &Shared,
    tailed: Tailed,
    seen: Position,
) -> Result<async_nats::jetstream::consumer::push::Ordered, async_nats::Error> {
    let stream = match tailed {
        Tailed::Logs => &shared.logs.stream,
        Tailed::Values => &shared.values.stream,
    };
    let config = OrderedConfig {
        deliver_subject: shared.client.new_inbox(),
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: seen + 1 },
        ..Default::default()
    };
    let stream = shared.server.stream(stream).await?;
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
