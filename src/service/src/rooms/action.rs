//! What is posted to a room's task.

use crate::nodes::Passed;
use crate::outlet::{ConnectionId, End};
use crate::visitor::Visitor;
use engawa_protocol::{
    BoothId, ClientId, CloseCode, Command, Fault, Peer, Refusal, RoomId, Seq, ServiceMessage, Signal,
};
use engawa_session::room::Sender;
use std::sync::Arc;
use tokio::sync::oneshot;

/// What somebody wants of a room.
#[derive(Debug)]
pub enum Action {
    /// Sends the log from there on and what is appended from now on.
    Follow {
        /// To whom.
        visitor: Arc<Visitor>,
        /// The last event already known.
        after: Seq,
    },
    /// The connection follows no more, or is gone.
    Gone {
        /// Which.
        connection: ConnectionId,
    },
    /// Decides a command.
    Command {
        /// Whose.
        visitor: Arc<Visitor>,
        /// The client's count.
        n: u32,
        /// What.
        command: Command,
        /// The queue on disk whose count `n` is.
        queue: Option<ClientId>,
    },
    /// Decides a command that came by HTTP.
    Decide {
        /// Whose.
        sender: Sender,
        /// What.
        command: Command,
        /// Where the decision goes.
        answer: oneshot::Sender<Result<(), Refusal>>,
    },
    /// The guest of a booking comes to a booth, with a ticket of it.
    Enter {
        /// Where.
        booth: BoothId,
        /// Also when the guest is connected at another one.
        take_over: bool,
        /// Where the decision goes; it says whether the interview has begun.
        answer: oneshot::Sender<Result<bool, Refusal>>,
    },
    /// Relays a signal.
    Signal {
        /// From whom.
        visitor: Arc<Visitor>,
        /// To which presence.
        to: Peer,
        /// Which of the connections between the two.
        attempt: u32,
        /// What.
        signal: Signal,
    },
    /// Shows the knocker's picture.
    Still {
        /// From whom.
        visitor: Arc<Visitor>,
        /// JPEG in base64.
        jpeg: String,
    },
    /// Hands over a signal from another node.
    Passed(Box<Passed>),
    /// Somebody on another node has come or gone.
    LookAround,
}

impl Action {
    /// Answers that the room cannot be had at this moment.
    pub(super) fn fail(self, room: &RoomId) {
        match self {
            Action::Command { visitor, n, queue, .. } => {
                let reason = Refusal::Unavailable;
                visitor.send(&ServiceMessage::Refused { room: room.clone(), n, reason, queue });
            }
            // The answer that never comes says so.
            Action::Decide { .. } | Action::Enter { .. } => {}
            Action::Follow { visitor, .. } => visitor.outlet.end(End::Close(CloseCode::Internal)),
            Action::Signal { visitor, .. } => visitor.fault(Fault::NoSuchPeer, "signal: to"),
            Action::Gone { .. } | Action::Still { .. } | Action::Passed(_) | Action::LookAround => {}
        }
    }

    /// Answers that the room is no more: its log was removed, and its number is not used again.
    pub(super) fn refuse_removed(self, room: &RoomId) {
        match self {
            Action::Command { visitor, n, queue, .. } => {
                let reason = Refusal::NoSuchRoom;
                visitor.send(&ServiceMessage::Refused { room: room.clone(), n, reason, queue });
            }
            Action::Decide { answer, .. } => drop(answer.send(Err(Refusal::NoSuchRoom))),
            // It ends before what the client knows: there is no such interview any more.
            Action::Follow { visitor, .. } => {
                visitor.send(&ServiceMessage::Events { room: room.clone(), events: Vec::new(), last: 0 });
            }
            other => other.fail(room),
        }
    }
}
