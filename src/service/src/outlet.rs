//! The way to one client: a bounded queue of frames, and the reason for which it ends.

use axum::extract::ws::Utf8Bytes;
use engawa_protocol::{CloseCode, ServiceMessage, limits};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{mpsc, watch};

/// Bytes waiting for one slow client before it is let go; a whole log of the longest kind fits.
const QUEUE_BYTES: usize = 8 * 1024 * 1024;

/// Names one connection for as long as the process lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// We close it, with a reason.
    Close(CloseCode),
    /// A message was larger than [`limits::MESSAGE_BYTES`] (RFC 6455, 1009).
    TooBig,
    /// The client is gone or says goodbye.
    Gone,
}

impl End {
    /// The code of the close frame; none when nobody would read it.
    pub fn code(self) -> Option<u16> {
        match self {
            End::Close(code) => Some(code as u16),
            End::TooBig => Some(1009),
            End::Gone => None,
        }
    }
}

/// The sending end; clones send to the same client.
#[derive(Debug, Clone)]
pub struct Outlet {
    frames: mpsc::Sender<Utf8Bytes>,
    waiting: Arc<AtomicUsize>,
    end: Arc<watch::Sender<Option<End>>>,
}

/// The receiving end, for the connection's own task.
#[derive(Debug)]
pub struct Inlet {
    frames: mpsc::Receiver<Utf8Bytes>,
    waiting: Arc<AtomicUsize>,
    /// Set once, when the connection is to end.
    pub end: watch::Receiver<Option<End>>,
}

impl Inlet {
    /// The next frame to send; none when every outlet is gone.
    pub async fn next(&mut self) -> Option<Utf8Bytes> {
        let frame = self.frames.recv().await;
        self.taken(frame)
    }

    /// The next frame when one is waiting.
    pub fn try_next(&mut self) -> Option<Utf8Bytes> {
        let frame = self.frames.try_recv().ok();
        self.taken(frame)
    }

    fn taken(&self, frame: Option<Utf8Bytes>) -> Option<Utf8Bytes> {
        frame.inspect(|frame| {
            self.waiting.fetch_sub(frame.len(), Ordering::Relaxed);
        })
    }
}

impl Outlet {
    /// Both ends of a new connection's queue.
    pub fn new() -> (Self, Inlet) {
        let (frames, queued) = mpsc::channel(limits::QUEUE);
        let (end, ending) = watch::channel(None);
        let waiting = Arc::new(AtomicUsize::new(0));
        (Self { frames, waiting: waiting.clone(), end: Arc::new(end) }, Inlet { frames: queued, waiting, end: ending })
    }

    /// Sends a message, or ends a connection that does not read.
    pub fn send(&self, message: &ServiceMessage) {
        self.send_frame(frame(message));
    }

    /// Sends a message that was made a frame before, as for many at once.
    pub fn send_frame(&self, frame: Utf8Bytes) {
        let bytes = frame.len();
        let waiting = self.waiting.fetch_add(bytes, Ordering::Relaxed);
        if waiting + bytes > QUEUE_BYTES || self.frames.try_send(frame).is_err() {
            // To one that is gone this changes nothing: its end is set.
            self.end(End::Close(CloseCode::Slow));
        }
    }

    /// Ends the connection. The first reason stands.
    pub fn end(&self, why: End) {
        self.end.send_if_modified(|end| {
            let first = end.is_none();
            if first {
                *end = Some(why);
            }
            first
        });
    }

    /// Tells of the end when it comes.
    pub fn ended(&self) -> watch::Receiver<Option<End>> {
        self.end.subscribe()
    }

    /// The client has another connection instead.
    pub fn is_replaced(&self) -> bool {
        *self.end.borrow() == Some(End::Close(CloseCode::Replaced))
    }

    /// The connection is ending or gone.
    pub fn is_ended(&self) -> bool {
        self.end.borrow().is_some() || self.frames.is_closed()
    }
}

/// A message as it goes over the wire.
pub fn frame(message: &ServiceMessage) -> Utf8Bytes {
    serde_json::to_string(message).expect("a message of ours becomes JSON").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_ends_the_connection_as_slow_and_the_first_reason_stands() {
        let (outlet, inlet) = Outlet::new();
        let pong = ServiceMessage::Pong { n: 1, now: engawa_protocol::Millis(0) };
        for _ in 0..limits::QUEUE {
            outlet.send(&pong);
        }
        assert!(!outlet.is_ended());
        outlet.send(&pong);
        outlet.end(End::Close(CloseCode::Restart));
        assert_eq!(*inlet.end.borrow(), Some(End::Close(CloseCode::Slow)));
    }
}
