//! What passes through a room without being kept: signals between peers, and the knocker's picture.

use super::task::{Member, Task};
use crate::nodes::Passed;
use crate::outlet::frame;
use crate::visitor::Visitor;
use axum::extract::ws::Utf8Bytes;
use engawa_protocol::{ClientId, Fault, Millis, Peer, Seat, ServiceMessage, Signal};
use engawa_session::room::Sender;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

/// Signals and their bytes that are held for a seat whose line is lost.
const HELD: usize = 128;
const HELD_BYTES: usize = 256 * 1024;
/// One picture a knock, and another one not sooner than this.
const STILL_EVERY: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Relay {
    held: BTreeMap<Seat, VecDeque<(Peer, Utf8Bytes)>>,
    /// The knock of the latest picture, and when it came.
    still: Option<(Millis, Instant)>,
}

impl Relay {
    /// Keeps a signal for a peer that is about to come back; false when there is no room.
    fn hold(&mut self, to: Peer, signal: Utf8Bytes) -> bool {
        let queue = self.held.entry(to.seat).or_default();
        // What was meant for an earlier presence reaches nobody any more.
        queue.retain(|(peer, _)| *peer == to);
        let bytes: usize = queue.iter().map(|(_, signal)| signal.len()).sum();
        if queue.len() >= HELD || bytes + signal.len() > HELD_BYTES {
            return false;
        }
        queue.push_back((to, signal));
        true
    }
}

impl Task {
    /// Relays between two who are present and may see each other; who sends is known, not said.
    pub(super) fn signal(&mut self, visitor: &Visitor, to: Peer, attempt: u32, signal: Signal) {
        if !self.admits(visitor) {
            return visitor.fault(Fault::NotAllowed, "signal: the room is not yours");
        }
        let nobody = || visitor.fault(Fault::NoSuchPeer, "signal: to");
        let Some(from) = self.room().peer_of(&visitor.sender.actor(), &visitor.client) else { return nobody() };
        if !self.room().links(from.seat).iter().any(|(peer, _)| *peer == to) {
            return nobody();
        }
        let Some(client) = self.room().person(to.seat).map(|person| person.client.clone()) else { return nobody() };
        let message = ServiceMessage::Signal { room: self.id.clone(), from, to, attempt, signal };
        if let Some(member) = self.receiver(&client) {
            return member.visitor.outlet.send_frame(frame(&message));
        }
        if !self.pass_on(to, &client, &message) && !self.relay.hold(to, frame(&message)) {
            nobody();
        }
    }

    /// Passes a signal on to the node that has the client's connection; false when there is none.
    fn pass_on(&self, to: Peer, client: &ClientId, message: &ServiceMessage) -> bool {
        let Some(there) = self.elsewhere.iter().find(|there| there.client == *client) else { return false };
        let (room, client, seen, message) = (self.id.clone(), client.clone(), self.room().last(), message.clone());
        self.rooms.around.nodes.signal(&there.node, Passed { room, client, to, seen, message })
    }

    /// Hands over what another node passed on, to a client that has seen the sender come.
    pub(super) async fn passed(&mut self, passed: Passed) {
        if self.room().last() < passed.seen
            && let Err(error) = self.catch_up().await
        {
            tracing::warn!(room = %self.id, error = &error as &dyn std::error::Error, "a room is behind");
        }
        let Passed { client, to, message, .. } = passed;
        if let Some(member) = self.receiver(&client) {
            return member.visitor.outlet.send_frame(frame(&message));
        }
        // What finds no place is lost as with a full line: the peers connect anew.
        self.relay.hold(to, frame(&message));
    }

    /// Sends what was held for whoever has come back to another node.
    pub(super) fn pass_on_held(&mut self) {
        let seats: Vec<_> = self.relay.held.keys().copied().collect();
        for seat in seats {
            let Some(person) = self.room().person(seat) else { continue };
            let (client, since) = (person.client.clone(), person.since);
            if !self.elsewhere.iter().any(|there| there.client == client) {
                continue;
            }
            for (to, signal) in self.relay.held.remove(&seat).unwrap_or_default() {
                if to.since == since
                    && let Ok(message) = serde_json::from_str(&signal)
                {
                    self.pass_on(to, &client, &message);
                }
            }
        }
    }

    /// The newest connection of a client is the one that it listens to.
    fn receiver(&self, client: &ClientId) -> Option<&Member> {
        let receiver = self.members.values().rev().find(|member| member.following && member.visitor.client == *client);
        receiver.filter(|member| !member.visitor.outlet.is_ended())
    }

    /// Sends what came for the visitor while its line was lost.
    pub(super) fn deliver_held(&mut self, visitor: &Visitor) {
        let Some(me) = self.room().peer_of(&visitor.sender.actor(), &visitor.client) else { return };
        let held = self.relay.held.remove(&me.seat).unwrap_or_default();
        for (_, signal) in held.into_iter().filter(|(to, _)| *to == me) {
            visitor.outlet.send_frame(signal);
        }
    }

    /// Shows the knocker's picture to the company's hosts while the knock stands.
    pub(super) async fn still(&mut self, visitor: &Visitor, jpeg: String) {
        if !matches!(visitor.sender, Sender::Guest { .. }) || !self.admits(visitor) {
            return visitor.fault(Fault::NotAllowed, "still: not yours to send");
        }
        let knock = self.room().since();
        let again = self.relay.still.is_some_and(|(shown, at)| shown == knock && at.elapsed() < STILL_EVERY);
        // The hall knows whether the knock still stands.
        if !again {
            self.relay.still = Some((knock, Instant::now()));
            self.rooms.around.nodes.still(&self.id, &jpeg);
            self.rooms.around.hall.still(&self.id, jpeg).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_bounded_and_only_for_the_present_presence() {
        let mut relay = Relay::default();
        let (early, late) = (Peer { seat: Seat(1), since: 3 }, Peer { seat: Seat(1), since: 9 });
        assert!((0..HELD).all(|_| relay.hold(early, Utf8Bytes::from_static("x"))));
        assert!(!relay.hold(early, Utf8Bytes::from_static("x")));
        assert!(relay.hold(late, "x".repeat(HELD_BYTES).into()));
        assert!(!relay.hold(late, Utf8Bytes::from_static("x")));
        assert_eq!(relay.held[&Seat(1)].len(), 1);
    }
}
