//! Who comes and goes: connections here, and those that other nodes hold.

use super::{CONFLICTS, Member, Task};
use crate::clock;
use crate::outlet::ConnectionId;
use crate::visitor::Visitor;
use engawa_ledger::AppendError;
use engawa_protocol::{Actor, ClientId, Fault, Seq};
use engawa_session::room::Sender;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// A client that says hello elsewhere follows its rooms there within this.
const MOVING: Duration = Duration::from_secs(2);

impl Task {
    /// `visitor` may be here, and is the first to use its client's name: that name stands in the
    /// log for the others to see, and must not give anybody another one's seat.
    pub(in crate::rooms) fn admits(&self, visitor: &Visitor) -> bool {
        let welcome = match self.room().company() {
            // Staff decide about rooms, and neither sit in one nor read its chat.
            Some(_) if matches!(visitor.sender, Sender::Staff { .. }) => false,
            Some(_) => self.room().admits(&visitor.sender),
            // A booth follows the room that its knock is about to open.
            None => matches!(visitor.sender, Sender::Guest { .. }),
        };
        welcome && self.log.may_use(&visitor.client, &visitor.sender.actor())
    }

    pub(super) async fn follow(&mut self, visitor: Arc<Visitor>, after: Seq) {
        if !self.admits(&visitor) {
            // A booth that was away while its guest went on elsewhere learns that much, and no more.
            let Some(until) = self.room().moved_from(&visitor.sender) else {
                return visitor.fault(Fault::NotAllowed, "follow: the room is not yours");
            };
            return self.log.messages(&self.id, after, until).iter().for_each(|events| visitor.send(events));
        }
        for events in self.log.messages_after(&self.id, after) {
            visitor.send(&events);
        }
        self.members.insert(visitor.connection, Member { visitor: visitor.clone(), following: true });
        self.rooms.around.nodes.in_room(visitor.connection, &self.id, true);
        self.connection(&visitor.sender.actor(), &visitor.client, true).await;
        self.deliver_held(&visitor);
    }

    pub(super) async fn gone(&mut self, connection: ConnectionId) {
        let Some(member) = self.members.remove(&connection) else { return };
        self.rooms.around.nodes.in_room(connection, &self.id, false);
        let (actor, client) = (member.visitor.sender.actor(), &member.visitor.client);
        if member.visitor.outlet.is_replaced() {
            self.moving.push_back((Instant::now() + MOVING, (actor, client.clone())));
        } else if !self.is_connected(&actor, client) {
            self.connection(&actor, client, false).await;
        }
    }

    /// To this node or to another one.
    pub(super) fn is_connected(&self, actor: &Actor, client: &ClientId) -> bool {
        let elsewhere = self.elsewhere.iter().any(|there| there.client == *client && there.actor == *actor);
        elsewhere || self.is_connected_here(actor, client)
    }

    pub(super) fn is_connected_here(&self, actor: &Actor, client: &ClientId) -> bool {
        let mut visitors = self.members.values().map(|member| &member.visitor);
        visitors.any(|visitor| visitor.client == *client && visitor.sender.actor() == *actor)
    }

    pub(super) async fn connection(&mut self, actor: &Actor, client: &ClientId, up: bool) {
        self.untold.remove(&(actor.clone(), client.clone()));
        for _ in 0..CONFLICTS {
            let events = self.log.room.connection(actor, client, up);
            if events.is_empty() {
                return;
            }
            match self.append(events, Actor::Service, None).await {
                Ok(()) => return,
                Err(AppendError::Conflict { .. }) => {}
                Err(error) => {
                    self.put_off(&error);
                    break;
                }
            }
        }
        self.untold.insert((actor.clone(), client.clone()));
    }

    /// Learns who is on the other nodes. Each node tells the log of its own connections; the others
    /// only must not take those for absent.
    pub(super) fn look_around(&mut self) {
        let nodes = self.rooms.around.nodes.clone();
        let version = nodes.version();
        if self.looked.replace(version) == Some(version) {
            return;
        }
        let losses = nodes.losses();
        if std::mem::replace(&mut self.losses, losses) != losses {
            self.log.room.await_return(clock::now());
        }
        let before = std::mem::replace(&mut self.elsewhere, nodes.elsewhere(&self.id));
        for there in before {
            if !self.is_connected(&there.actor, &there.client) {
                self.log.room.connection(&there.actor, &there.client, false);
            }
        }
        for there in self.elsewhere.clone() {
            self.log.room.connection(&there.actor, &there.client, true);
        }
        self.pass_on_held();
    }
}
