//! The relay on one node: who listens to what, each with a bounded queue of its own.

use crate::{BEHIND, Error, KEY_BYTES, RELAY_BYTES};
use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt, unfold};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::broadcast::{self, error::RecvError};

/// What a subscriber hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relayed {
    /// A message.
    Message {
        /// Where it was published.
        subject: String,
        /// What was published.
        message: Bytes,
    },
    /// So many of the oldest messages were dropped, or an unknown number (0) while the store was away.
    Missed(u64),
}

/// Messages as they come.
pub type Subscription = BoxStream<'static, Relayed>;

/// The subscribers of this process.
#[derive(Debug, Default)]
pub(crate) struct Relay {
    listeners: Mutex<HashMap<String, broadcast::Sender<Relayed>>>,
}

impl Relay {
    pub(crate) fn subscribe(&self, subject: &str) -> Subscription {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        // Now and then, so that neither those who left nor looking for them add up.
        if listeners.len().is_power_of_two() {
            listeners.retain(|_, sender| sender.receiver_count() > 0);
        }
        let sender = listeners.entry(subject.to_owned()).or_insert_with(|| broadcast::channel(BEHIND).0);
        stream(sender.subscribe())
    }

    pub(crate) fn publish(&self, subject: &str, message: &Bytes) {
        let listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        let prefixes = subject.char_indices().filter(|(_, letter)| *letter == '/').map(|(at, _)| &subject[..=at]);
        for listened in prefixes.chain([subject]) {
            if let Some(sender) = listeners.get(listened) {
                // Nobody listening any more is no error.
                let _ = sender.send(Relayed::Message { subject: subject.to_owned(), message: message.clone() });
            }
        }
    }
}

/// Hands on what comes, and tells what did not.
pub(crate) fn stream(receiver: broadcast::Receiver<Relayed>) -> Subscription {
    unfold(receiver, |mut receiver| async move {
        match receiver.recv().await {
            Ok(relayed) => Some((relayed, receiver)),
            Err(RecvError::Lagged(missed)) => Some((Relayed::Missed(missed), receiver)),
            Err(RecvError::Closed) => None,
        }
    })
    .boxed()
}

pub(crate) fn check_message(subject: &str, message: &[u8]) -> Result<(), Error> {
    if subject.ends_with('/') {
        return Err(Error::Key);
    }
    check_key(subject)?;
    if message.len() > RELAY_BYTES {
        return Err(Error::Large { what: "a message", limit: RELAY_BYTES });
    }
    Ok(())
}

pub(crate) fn check_key(key: &str) -> Result<(), Error> {
    if (1..=KEY_BYTES).contains(&key.len()) { Ok(()) } else { Err(Error::Key) }
}
