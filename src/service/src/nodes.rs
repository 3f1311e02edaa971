//! The other nodes of the service: who is connected there, and what passes between us.
//!
//! Nodes share the ledger and nothing else. Rooms follow their logs; what no log holds goes through
//! the ledger's relay as [`message::Letter`]s: which connections a node has and in which rooms they
//! are, signals and pictures for those who are elsewhere. Nothing of it is kept.
//!
//! Letters to all are numbered. A node that misses one asks for everything anew, and one that is
//! not heard of for [`others::SILENT`] is gone: its clients are absent from then on, and come back
//! to another node within the time that they have after a restart. A node that does not hear itself
//! judges nobody.
//!
//! Everything here returns at once; letters that find no place are dropped, and what they told is
//! asked for when the gap is seen.

mod message;
mod others;
mod own;
mod task;

pub use message::{Call, NodeId};

use crate::outlet::ConnectionId;
use crate::visitor::Visitor;
use engawa_ledger::Ledger;
use engawa_protocol::{Actor, BoothId, ClientId, Millis, Peer, RoomId, Seq, ServiceMessage};
use engawa_session::room::Sender;
use message::Word;
use others::Others;
use own::Own;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, mpsc};

pub use task::run;

/// Letters that wait for being sent.
const OUTGOING: usize = 1024;

/// A letter to be sent: to one node, or to all.
type Outgoing = (Option<NodeId>, Word);

/// Someone who is connected to some node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The node.
    pub node: NodeId,
    /// Who it is.
    pub actor: Actor,
    /// The running client.
    pub client: ClientId,
}

/// Someone on some node, as the hall counts them.
#[derive(Debug, Clone)]
pub struct Present {
    /// When they came.
    pub came: Millis,
    /// Who it is.
    pub sender: Sender,
    /// A booth's call for a person.
    pub call: Option<Call>,
}

/// A signal on its way to a client of another node.
#[derive(Debug)]
pub struct Passed {
    /// The room.
    pub room: RoomId,
    /// The client that is meant.
    pub client: ClientId,
    /// The presence that is meant.
    pub to: Peer,
    /// The last event that the sender could know of: nobody is signalled by whom they have not seen come.
    pub seen: Seq,
    /// The signal as the client gets it.
    pub message: ServiceMessage,
}

/// What this node knows of the others, and the way to them.
pub struct Nodes {
    id: NodeId,
    ledger: Arc<dyn Ledger>,
    own: Mutex<Own>,
    others: Mutex<Others>,
    /// Changes whenever `others` does.
    version: AtomicU64,
    /// Nodes that have gone.
    losses: AtomicU64,
    outgoing: mpsc::Sender<Outgoing>,
    to_send: Mutex<Option<mpsc::Receiver<Outgoing>>>,
    changed: Notify,
}

impl Nodes {
    /// A node of its own name beside `ledger`, which knows of no other yet.
    ///
    /// # Errors
    /// An operating system without random bytes.
    pub fn new(ledger: Arc<dyn Ledger>) -> Result<Arc<Self>, getrandom::Error> {
        let (outgoing, to_send) = mpsc::channel(OUTGOING);
        Ok(Arc::new(Self {
            id: NodeId::random()?,
            ledger,
            own: Mutex::default(),
            others: Mutex::default(),
            version: AtomicU64::new(0),
            losses: AtomicU64::new(0),
            outgoing,
            to_send: Mutex::new(Some(to_send)),
            changed: Notify::new(),
        }))
    }

    /// A client said hello here. Where it was before, it is no more (E8).
    pub fn entered(&self, visitor: &Visitor) {
        for (node, connection) in lock(&self.others).same_as(&visitor.sender, &visitor.client) {
            self.post(Some(node), Word::Replaced { connection });
        }
        lock(&self.own).enter(visitor.connection.0, &visitor.sender, &visitor.client);
        self.changed.notify_one();
    }

    /// A connection of ours is gone.
    pub fn left(&self, connection: ConnectionId) {
        lock(&self.own).leave(connection.0);
        self.changed.notify_one();
    }

    /// A room counts on a connection of ours, or no more.
    pub fn in_room(&self, connection: ConnectionId, room: &RoomId, is_in: bool) {
        if lock(&self.own).set_room(connection.0, room, is_in) {
            self.changed.notify_one();
        }
    }

    /// Changes whenever somebody elsewhere comes or goes.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// How many nodes have gone; whoever was connected to one is to be waited for.
    pub fn losses(&self) -> u64 {
        self.losses.load(Ordering::Acquire)
    }

    /// Whom the other nodes' rooms count on.
    pub fn elsewhere(&self, room: &RoomId) -> Vec<Elsewhere> {
        lock(&self.others).in_room(room)
    }

    /// Everybody on the other nodes.
    pub fn people(&self) -> Vec<Present> {
        let others = lock(&self.others);
        let present = others.people().map(|someone| Present {
            came: someone.came,
            sender: someone.sender(),
            call: someone.call.clone(),
        });
        present.collect()
    }

    /// How the call of a booth that is connected here stands.
    pub fn called(&self, connection: ConnectionId, call: Option<Call>) {
        if lock(&self.own).set_call(connection.0, call) {
            self.changed.notify_one();
        }
    }

    /// Staff who are connected here answer the call of a booth that may be elsewhere.
    pub fn attend(&self, booth: &BoothId, by: Option<&str>) {
        if lock(&self.others).is_anybody() {
            self.post(None, Word::Attend { booth: booth.clone(), by: by.map(str::to_owned) });
        }
    }

    /// A room has its first event: the others are to follow it as well.
    pub fn opened(&self, room: &RoomId) {
        self.post(None, Word::Opened { room: room.clone() });
    }

    /// The picture of whoever knocks, for the others' hosts.
    pub fn still(&self, room: &RoomId, jpeg: &str) {
        if lock(&self.others).is_anybody() {
            self.post(None, Word::Still { room: room.clone(), jpeg: jpeg.to_owned() });
        }
    }

    /// A sign-in is over.
    pub fn signed_out(&self, session: &str) {
        self.post(None, Word::SignedOut { session: session.to_owned() });
    }

    /// Passes a signal on; false when there is no way at this moment.
    pub fn signal(&self, node: &NodeId, passed: Passed) -> bool {
        let Passed { room, client, to, seen, message } = passed;
        self.post(Some(node.clone()), Word::Signal { room, client, to, seen, message: Box::new(message) })
    }

    fn post(&self, to: Option<NodeId>, word: Word) -> bool {
        self.outgoing.try_send((to, word)).is_ok()
    }
}

impl std::fmt::Debug for Nodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nodes").field("id", &self.id).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
