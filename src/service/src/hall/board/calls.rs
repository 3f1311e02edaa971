//! Guests who ask for a person, and who of the staff is on the way.
//!
//! A call is its connection's: with the booth it goes. The node that holds the connection keeps it,
//! and the others are told as of everything about a connection.

use super::Board;
use super::show::booth_of;
use crate::bucket::Rate;
use crate::clock;
use crate::nodes::Call;
use crate::outlet::ConnectionId;
use engawa_protocol::{BoothId, ServiceMessage};
use std::time::{Duration, Instant};

/// Calls of one booth: a guest who cannot decide does not keep the staff running.
pub(super) const RATE: Rate = Rate { burst: 6, every: Duration::from_secs(10) };
/// Booths that are counted at a time.
pub(super) const COUNTED: usize = 10_000;

impl Board {
    /// The guest asks, or takes it back. The answer says how it stands, also when nothing changed.
    pub fn call(&mut self, connection: ConnectionId, on: bool) {
        let Some(presence) = self.present.get_mut(&connection) else { return };
        let Some(booth) = booth_of(&presence.visitor.sender) else { return };
        match (on, presence.call.is_some()) {
            (true, false) if self.calls.take(booth.clone(), Instant::now()).is_ok() => {
                presence.call = Some(Call { since: clock::now(), attended_by: None });
            }
            (false, true) => presence.call = None,
            _ => {}
        }
        self.tell_call(connection);
    }

    /// Staff are on the way to a booth of ours that calls, or done there. Whoever says so last is on the way.
    pub fn attend(&mut self, booth: &BoothId, by: Option<String>) {
        let calling = self.present.iter_mut().find(|(_, presence)| {
            presence.call.is_some()
                && booth_of(&presence.visitor.sender) == Some(booth)
                && !presence.visitor.outlet.is_ended()
        });
        let Some((connection, presence)) = calling else { return };
        let connection = *connection;
        presence.call = match (presence.call.take(), by) {
            (Some(call), Some(name)) => Some(Call { attended_by: Some(name), ..call }),
            _ => None,
        };
        self.tell_call(connection);
    }

    fn tell_call(&self, connection: ConnectionId) {
        let Some(presence) = self.present.get(&connection) else { return };
        let call = presence.call.clone();
        self.nodes.called(connection, call.clone());
        let (called, attended_by) = (call.is_some(), call.and_then(|call| call.attended_by));
        presence.visitor.send(&ServiceMessage::StaffCall { called, attended_by });
    }
}
