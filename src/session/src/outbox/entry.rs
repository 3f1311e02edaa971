//! What the queue holds, as it is kept on disk.

use engawa_protocol::{ClientId, Command, CommandId, FileCard, Millis, RoomId};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// One candidate's queue: everything in it goes to one room, under one count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The queue's name, to the service and on disk.
    pub queue: ClientId,
    /// Where its entries go.
    pub room: RoomId,
    /// The number given last. It is kept although its entry is gone: a number is never given twice.
    pub last: u32,
    /// The candidate is gone; what is left is delivered and seen by nobody.
    pub ended: bool,
    /// The service's time of the last entry or of the end; none while it was never known.
    pub since: Option<Millis>,
}

/// Something that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The queue and the number in it: the name under which the service tells a repeated one.
    pub id: CommandId,
    /// What.
    pub item: Item,
}

impl Entry {
    /// What an entry costs beside its text or file.
    const FRAME: u64 = 512;

    /// Bytes on disk, as the queue's bound counts them.
    pub fn cost(&self) -> u64 {
        Self::FRAME
            + match &self.item {
                Item::Line { text } => text.len() as u64,
                Item::File(card) => u64::from(card.size),
            }
    }

    /// The command that delivers it; a file's bytes are with the service before.
    pub fn command(&self) -> Command {
        match &self.item {
            Item::Line { text } => Command::Say { text: text.clone() },
            Item::File(card) => Command::SendFile { file: card.file.clone() },
        }
    }
}

/// A line, or a file's card; an export is a file that the booth made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Item {
    /// A chat line.
    Line {
        /// As it was taken: NFC, within the limit.
        text: String,
    },
    /// A file.
    File(FileCard),
}

/// Tells the size alone: what people wrote and how their files are called enters no log.
impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { text } => write!(f, "Line({} bytes)", text.len()),
            Self::File(card) => write!(f, "File({} bytes)", card.size),
        }
    }
}

/// A file's bytes on the way to the disk.
#[derive(Clone, PartialEq, Eq)]
pub struct Contents(Arc<[u8]>);

impl Contents {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Contents {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Debug for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contents({} bytes)", self.0.len())
    }
}

/// A session as the disk gave it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The session.
    pub session: Session,
    /// What waits in it, in order.
    pub entries: Vec<Entry>,
}
