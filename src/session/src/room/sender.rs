//! Who speaks to a room, and what the room cannot know by itself.

use engawa_protocol::{AccountId, Actor, BoothId, CompanyId, FileCard, Millis};

/// Who sends a command, as the service has made sure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// A booth, for its guest.
    Guest {
        /// Which.
        booth: BoothId,
    },
    /// A signed-in host.
    Host {
        /// The account.
        account: AccountId,
        /// The account's company.
        company: CompanyId,
        /// Shown name.
        name: String,
        /// Title; may be empty.
        title: String,
    },
    /// Signed-in staff of the fair: they book, cancel and end in every company, and never sit in a room.
    Staff {
        /// The account.
        account: AccountId,
        /// Shown name.
        name: String,
    },
}

impl Sender {
    /// The sender as the log names it.
    pub fn actor(&self) -> Actor {
        match self {
            Sender::Guest { booth } => Actor::Guest { booth: booth.clone() },
            Sender::Host { account, .. } => Actor::Host { account: account.clone() },
            Sender::Staff { account, .. } => Actor::Staff { account: account.clone() },
        }
    }
}

/// What a decision needs from outside the room's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// The service's clock.
    pub now: Millis,
    /// The file that a `send_file` names, when it was uploaded as a whole, to this room, by this sender.
    pub file: Option<FileCard>,
    /// When the next booked slot of the same booth, or of one of the same hosts, begins.
    pub next: Option<Millis>,
    /// Hosts of the company who are signed in, in the order in which they are rung.
    pub on_call: Vec<AccountId>,
    /// The company sees people without a booking.
    pub walk_up: bool,
}

impl Around {
    /// Nothing but the time, in an event that is open to all.
    pub fn at(now: Millis) -> Self {
        Self { now, file: None, next: None, on_call: Vec::new(), walk_up: true }
    }
}
