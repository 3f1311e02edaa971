//! What nodes tell each other, as JSON through the ledger's relay. Names and signals are in it: it
//! is never logged.

use engawa_protocol::{AccountId, Actor, BoothId, ClientId, CompanyId, Millis, Peer, RoomId, Seq, ServiceMessage};
use engawa_session::room::Sender;
use serde::{Deserialize, Serialize};

/// The subject of letters to all nodes.
pub(super) const ALL: &str = "node/all";

/// Names a node from its start to its end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(String);

impl NodeId {
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes)?;
        Ok(Self(hex::encode(bytes)))
    }

    /// The subject of letters to this node alone.
    pub(super) fn subject(&self) -> String {
        format!("node/to/{}", self.0)
    }
}

impl std::fmt::Display for NodeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Letter {
    pub from: NodeId,
    /// The sender's count of letters to all; 0 in a letter to one.
    pub number: u64,
    pub word: Word,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Word {
    /// I am here.
    Beat,
    /// Tell me everything.
    Ask,
    /// I stop in good order.
    Bye,
    /// These connections of mine are as follows.
    Here { round: u64, people: Vec<Someone> },
    /// These are no more.
    Gone { connections: Vec<u64> },
    /// All that I have was told in this round.
    Complete { round: u64 },
    /// A room has its first event.
    Opened { room: RoomId },
    /// A knocker's picture.
    Still { room: RoomId, jpeg: String },
    /// A sign-in is over, by the key of its record.
    SignedOut { session: String },
    /// Staff answer the call of a booth that may be yours: its name is on the way, or none is done there.
    Attend { booth: BoothId, by: Option<String> },
    /// Your connection's client is here now.
    Replaced { connection: u64 },
    /// For a client of yours.
    Signal { room: RoomId, client: ClientId, to: Peer, seen: Seq, message: Box<ServiceMessage> },
}

/// Someone who is connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Someone {
    pub connection: u64,
    pub came: Millis,
    pub who: Who,
    pub client: ClientId,
    /// The rooms that count on the connection.
    pub rooms: Vec<RoomId>,
    /// A booth's call for a person, while it stands.
    #[serde(default)]
    pub call: Option<Call>,
}

/// A guest's call for a person of the staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Since when.
    pub since: Millis,
    /// Shown name of whoever is on the way.
    pub attended_by: Option<String>,
}

/// [`Sender`] as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Who {
    Guest { booth: BoothId },
    Host { account: AccountId, company: CompanyId, name: String, title: String },
    Staff { account: AccountId, name: String },
}

impl Someone {
    pub fn sender(&self) -> Sender {
        match self.who.clone() {
            Who::Guest { booth } => Sender::Guest { booth },
            Who::Host { account, company, name, title } => Sender::Host { account, company, name, title },
            Who::Staff { account, name } => Sender::Staff { account, name },
        }
    }

    pub fn actor(&self) -> Actor {
        self.sender().actor()
    }
}

impl From<&Sender> for Who {
    fn from(sender: &Sender) -> Self {
        match sender.clone() {
            Sender::Guest { booth } => Who::Guest { booth },
            Sender::Host { account, company, name, title } => Who::Host { account, company, name, title },
            Sender::Staff { account, name } => Who::Staff { account, name },
        }
    }
}
