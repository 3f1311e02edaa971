//! Commands on their way: each is sent until it is answered, under the number it got at first.

use engawa_protocol::{ClientMessage, Command, RoomId};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Commands that wait for their answer, at most. A walk has a handful: what is beyond is dropped.
const PENDING: usize = 64;
/// What the service could not store is tried again after this.
const AGAIN: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub struct Commands {
    n: u32,
    pending: VecDeque<Pending>,
}

#[derive(Debug)]
struct Pending {
    n: u32,
    room: RoomId,
    command: Command,
    when: When,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    Now,
    /// Sent on this connection; its answer is on the way.
    Sent,
    At(Instant),
}

impl Commands {
    /// Queues a command. A newer switch of a room replaces the one that waits.
    pub fn push(&mut self, room: RoomId, command: Command) {
        if matches!(command, Command::Switch { .. }) {
            self.pending.retain(|p| p.room != room || !matches!(p.command, Command::Switch { .. }));
        }
        if self.pending.len() == PENDING {
            return;
        }
        self.n += 1;
        self.pending.push_back(Pending { n: self.n, room, command, when: When::Now });
    }

    /// A new connection: whatever was not answered is sent again.
    pub fn ready(&mut self) {
        self.pending.iter_mut().for_each(|pending| pending.when = When::Now);
    }

    /// What is to be sent now, in order.
    pub fn take_due(&mut self, now: Instant) -> Vec<ClientMessage> {
        let due = |when| match when {
            When::Now => true,
            When::Sent => false,
            When::At(at) => at <= now,
        };
        let due = self.pending.iter_mut().filter(|pending| due(pending.when));
        due.map(|pending| {
            pending.when = When::Sent;
            let Pending { n, room, command, .. } = pending;
            ClientMessage::Command { room: room.clone(), n: *n, command: command.clone(), queue: None }
        })
        .collect()
    }

    /// Takes the answered command off.
    pub fn answered(&mut self, n: u32) -> Option<Command> {
        let at = self.pending.iter().position(|pending| pending.n == n)?;
        self.pending.remove(at).map(|pending| pending.command)
    }

    /// The command is sent again after a moment.
    pub fn postpone(&mut self, n: u32, now: Instant) {
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.n == n) {
            pending.when = When::At(now + AGAIN);
        }
    }

    pub fn timeout(&self) -> Option<Instant> {
        let at = |pending: &Pending| if let When::At(at) = pending.when { Some(at) } else { None };
        self.pending.iter().filter_map(at).min()
    }

    /// Drops what waits for `room`: it is being left, and a name must not outlive the visit.
    pub fn drop_room(&mut self, room: &RoomId) {
        self.pending.retain(|pending| pending.room != *room);
    }

    /// A command of this kind waits for `room`.
    pub fn any(&self, room: &RoomId, wanted: impl Fn(&Command) -> bool) -> bool {
        self.pending.iter().any(|pending| pending.room == *room && wanted(&pending.command))
    }
}
