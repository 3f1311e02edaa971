//! What goes into the queue, and what comes out of it.

use super::entry::{Contents, Entry, Item, Session};
use engawa_protocol::{ClientId, Command, CommandId, FileCard, InvalidText, Millis, Refusal, RoomId};

/// Something the booth's user sends.
#[derive(Clone, PartialEq, Eq)]
pub enum Draft {
    /// A chat line.
    Line(String),
    /// A file, or an export of the booth.
    File {
        /// Its name, size and hash.
        card: FileCard,
        /// Its bytes.
        contents: Contents,
    },
}

/// Why something is not taken; the user is told at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboxError {
    /// As much waits as may wait; it is there again when something was delivered.
    #[error("taking something into the queue: it is full")]
    Full,
    /// The line is empty, too long or holds control characters.
    #[error("taking a line into the queue")]
    Text(#[source] InvalidText),
    /// The file is larger than may be sent.
    #[error("taking a file into the queue: it is larger than {0} bytes")]
    TooLarge(u32),
    /// The card does not fit the bytes.
    #[error("taking a file into the queue: its card tells another size or too long a name")]
    Card,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The entry is on the disk for good.
    Kept(CommandId),
    /// It is not, and nothing of it is left there.
    KeepFailed(CommandId, KeepFault),
    /// The service welcomed the booth.
    LinkUp {
        /// The service's clock.
        now: Millis,
    },
    /// The service is away.
    LinkDown,
    /// The service has it for good.
    Done(CommandId),
    /// The service did not take it.
    Refused(CommandId, Refusal),
    /// This much of the file is with the service.
    Uploading {
        /// Which.
        id: CommandId,
        /// Bytes.
        sent: u32,
    },
    /// The whole file is with the service.
    Uploaded(CommandId),
    /// The upload broke off; it goes on from where the service stands.
    UploadFailed {
        /// Which.
        id: CommandId,
        /// Bytes that the service has.
        sent: u32,
        /// Why.
        fault: UploadFault,
    },
    /// The candidate's interview is over and the booth goes back to its first page.
    SessionEnded {
        /// Which.
        room: RoomId,
    },
    /// The user has read why something was not delivered.
    Dismissed(CommandId),
}

/// Why the disk did not take an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepFault {
    /// No space is left on it.
    Full,
    /// It failed otherwise.
    Broken,
}

/// Why an upload broke off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadFault {
    /// The line, or the service is busy: tried again.
    Away,
    /// The service will not take it.
    Refused(Refusal),
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Bring this to the disk, session and entry or neither; answered by `Kept` or `KeepFailed`.
    Keep {
        /// The session as it stands with this entry.
        session: Session,
        /// The entry.
        entry: Entry,
        /// A file's bytes.
        contents: Option<Contents>,
    },
    /// Bring the session as it now stands to the disk.
    KeepSession(Session),
    /// Bring the file's bytes to the service, from where it stands; answered by `Uploaded` or
    /// `UploadFailed`. There is one at a time.
    Upload {
        /// The entry whose bytes are on the disk.
        id: CommandId,
        /// For which room.
        room: RoomId,
        /// Name, size and hash.
        card: FileCard,
    },
    /// Send this command under this name; answered by `Done` or `Refused`.
    Send {
        /// To which room.
        room: RoomId,
        /// The queue and the number in it.
        id: CommandId,
        /// What.
        command: Command,
    },
    /// Take the entry off the disk.
    Forget(CommandId),
    /// Take the empty session off the disk.
    ForgetSession(ClientId),
    /// Nothing waits and nobody is there: no byte of what was may stay on the disk.
    Wipe,
}

/// Something that is on the disk and not yet delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its name; the room's log bears the same once it is delivered.
    pub id: CommandId,
    /// What.
    pub item: Item,
    /// How far it is.
    pub progress: Progress,
}

/// How far something is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It waits for the line, or for what is before it.
    Waiting,
    /// Its bytes are going out.
    Uploading {
        /// Bytes that the service has.
        sent: u32,
    },
    /// It was sent; the answer is on the way.
    Sent,
}

/// Something that was not delivered and will not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// Its name.
    pub id: CommandId,
    /// What.
    pub item: Item,
    /// Why.
    pub reason: Reason,
}

/// Why something was not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It never came to the disk, and was never shown as waiting.
    NotKept(KeepFault),
    /// The service refused it for good.
    Refused(Refusal),
}
