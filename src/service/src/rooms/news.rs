//! What the other nodes tell of their rooms and people.

use super::{Action, Rooms, lock};
use crate::nodes::Passed;
use engawa_protocol::RoomId;
use std::sync::Arc;

impl Rooms {
    /// Hands over a signal from another node, where its room runs.
    pub fn pass(&self, passed: Passed) {
        let way = lock(&self.running).get(&passed.room).cloned();
        if let Some(way) = way {
            // A room with so much to do loses it, as a full line would.
            way.try_send(Action::Passed(Box::new(passed))).ok();
        }
    }

    /// A room that another node has opened runs here as well.
    pub fn look_at(self: &Arc<Self>, room: &RoomId) {
        if !lock(&self.known).contains(room) {
            self.way_to(room);
        }
    }

    /// Somebody elsewhere came to a room or left it.
    pub fn look_around(self: &Arc<Self>, room: &RoomId) {
        self.look_at(room);
        let way = lock(&self.running).get(room).cloned();
        if let Some(way) = way {
            // A room that has other things to do looks around by itself.
            way.try_send(Action::LookAround).ok();
        }
    }

    /// A node is gone, and with it perhaps somebody of any room.
    pub fn look_around_everywhere(&self) {
        for way in lock(&self.running).values() {
            way.try_send(Action::LookAround).ok();
        }
    }

    /// Takes up rooms that other nodes opened while they could not be heard.
    pub fn look_for_new(self: &Arc<Self>) {
        let Ok(looking) = self.looking.clone().try_acquire_owned() else { return };
        let rooms = self.clone();
        self.around.tasks.spawn(async move {
            match rooms.around.ledger.rooms().await {
                Ok(all) => all.iter().for_each(|room| rooms.look_at(room)),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "new rooms cannot be looked for");
                }
            }
            drop(looking);
        });
    }
}
