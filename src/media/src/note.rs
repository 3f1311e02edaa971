use crate::link::{LinkNote, LinkShare};
use crate::{Device, LinkId, LinkOptions};
use engawa_protocol::{Codec, Signal};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};

/// Notes that may wait for the media thread. It handles one in well under a millisecond, so a full
/// queue means that it hangs in a driver.
pub(crate) const QUEUE: usize = 1024;

/// What the media thread is told, by the booth and by GStreamer's threads.
pub(crate) enum Note {
    AddLink(LinkId, LinkOptions, Arc<LinkShare>),
    RemoveLink(LinkId),
    RemoteSignal(LinkId, Signal),
    Link(LinkId, LinkNote),
    Trouble(Origin, Trouble),
    Stop,
}

/// Which pipeline a note is about. A generation tells a pipeline from its predecessor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Device(Device, u32),
    Encoder(Codec, u32),
    Voice,
    Link(LinkId),
}

/// What a pipeline's bus said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// All of it has its first data.
    Ready,
    Error,
    Ended,
    SegmentDone,
}

/// Where notes are put; never waits.
#[derive(Clone)]
pub(crate) struct Post {
    sender: SyncSender<Note>,
    dropped: Arc<AtomicU64>,
}

impl Post {
    pub fn new(sender: SyncSender<Note>) -> Self {
        Self { sender, dropped: Arc::default() }
    }

    pub fn send(&self, note: Note) {
        if let Err(TrySendError::Full(_)) = self.sender.try_send(note) {
            let dropped = self.dropped.fetch_add(1, Ordering::Relaxed) + 1;
            tracing::error!(dropped, "the media thread does not keep up");
        }
    }

    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}
