//! Who is at the other end of a connection.

use crate::accounts::SignedIn;
use crate::outlet::{ConnectionId, End, Outlet};
use engawa_protocol::{BoothId, ClientId, CloseCode, CompanyId, Fault, ServiceMessage, You, limits};
use engawa_session::room::Sender;
use std::sync::atomic::{AtomicU32, Ordering};

/// Whom the service has recognised before a connection was opened.
#[derive(Debug, Clone)]
pub enum Identity {
    /// A booth, by its device token or the bearer of its sign-in.
    Booth {
        /// Its id.
        booth: BoothId,
        /// Its shown name.
        name: String,
        /// Booth and key that it signed in by; none for a booth of the configuration.
        session: Option<String>,
    },
    /// A host or staff of the fair, by the cookie of a sign-in.
    SignedIn(SignedIn),
}

impl Identity {
    /// The identity as the rules of a room know it.
    pub fn sender(&self) -> Sender {
        match self {
            Identity::Booth { booth, .. } => Sender::Guest { booth: booth.clone() },
            Identity::SignedIn(SignedIn { account, .. }) => account.sender(),
        }
    }

    /// The identity as the client is told.
    pub fn you(&self) -> You {
        match self {
            Identity::Booth { booth, name, .. } => You::Booth { booth: booth.clone(), name: name.clone() },
            Identity::SignedIn(SignedIn { account, .. }) => {
                let (id, name, title) = (account.id.clone(), account.name.clone(), account.title.clone());
                match account.company.clone() {
                    Some(company) => You::Host { account: id, name, title, company },
                    None => You::Staff { account: id, name },
                }
            }
        }
    }
}

/// A client that has said hello.
#[derive(Debug)]
pub struct Visitor {
    /// The connection.
    pub connection: ConnectionId,
    /// The running client.
    pub client: ClientId,
    /// Who it is.
    pub sender: Sender,
    /// What it came by and goes with; none for a booth of the configuration.
    pub session: Option<String>,
    /// The way to it.
    pub outlet: Outlet,
    faults: AtomicU32,
}

impl Visitor {
    /// A client that has just said hello.
    pub fn new(connection: ConnectionId, client: ClientId, identity: &Identity, outlet: Outlet) -> Self {
        let session = match identity {
            Identity::Booth { session, .. } => session.clone(),
            Identity::SignedIn(signed_in) => Some(signed_in.session.clone()),
        };
        Self { connection, client, sender: identity.sender(), session, outlet, faults: AtomicU32::new(0) }
    }

    /// It is no booth.
    pub fn is_host(&self) -> bool {
        !matches!(self.sender, Sender::Guest { .. })
    }

    /// The company a host speaks for.
    pub fn company(&self) -> Option<&CompanyId> {
        match &self.sender {
            Sender::Guest { .. } | Sender::Staff { .. } => None,
            Sender::Host { company, .. } => Some(company),
        }
    }

    /// Sends a message.
    pub fn send(&self, message: &ServiceMessage) {
        self.outlet.send(message);
    }

    /// Tells the client of a fault, and closes when there were too many.
    ///
    /// A peer that is gone is nobody's fault: others come and go while a message is under way.
    pub fn fault(&self, fault: Fault, text: impl Into<String>) {
        let text = text.into();
        tracing::debug!(connection = self.connection.0, ?fault, text, "a message cannot be taken");
        self.send(&ServiceMessage::Fault { fault, text });
        if fault != Fault::NoSuchPeer && self.faults.fetch_add(1, Ordering::Relaxed) >= limits::FAULTS {
            self.outlet.end(End::Close(CloseCode::Faults));
        }
    }
}
