//! The way into the loop, and what may come in.

use engawa_booth::document::Document;
use engawa_media::Findings;
use engawa_protocol::{RoomId, Seq};
use engawa_session::booth::Input;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::mpsc;
use tokio::sync::oneshot;

/// Something for the loop.
#[derive(Debug)]
pub enum Happened {
    /// For the session.
    Input(Input),
    /// For the queue, from an upload.
    Queue(engawa_session::outbox::Input),
    /// The connection of this number is open.
    LinkUp(u64),
    /// The script asks for the media's figures.
    Figures(oneshot::Sender<Value>),
    /// The script asks for the screen as a PNG file.
    Snapshot(PathBuf, oneshot::Sender<Result<(), String>>),
    /// A file of the chat was brought here, or could not be.
    Document {
        /// Whose room.
        room: RoomId,
        /// Its post.
        post: Seq,
        /// What it shows.
        document: Option<Document>,
    },
    /// The script sends a file into the chat.
    Attach(PathBuf, oneshot::Sender<Result<(), String>>),
    /// What check `n` found of the media.
    Checked(u32, Findings),
    /// End the program with this code.
    Stop(u8),
}

/// The way into the loop, from any thread.
#[derive(Clone)]
pub struct Post {
    inbox: mpsc::SyncSender<Happened>,
}

impl Post {
    /// A way into the loop that reads the other end of `inbox`.
    pub fn new(inbox: mpsc::SyncSender<Happened>) -> Self {
        Self { inbox }
    }

    /// Never waits: a GStreamer thread may call. A full inbox means that the loop hangs.
    pub fn happened(&self, happened: Happened) {
        if let Err(mpsc::TrySendError::Full(_)) = self.inbox.try_send(happened) {
            tracing::error!("the loop does not keep up");
        }
    }

    /// Something for the session.
    pub fn input(&self, input: Input) {
        self.happened(Happened::Input(input));
    }
}
