//! What time alone brings about in a room.

use super::{Around, Room, after};
use engawa_protocol::{EndCause, Event, LeaveCause, Millis, Progress, Role};

/// What is done when its time has come.
enum Due {
    Events(Vec<Event>),
    PassOn,
}

impl Room {
    /// When [`Room::decide_timeout`] has something to do next.
    pub fn poll_timeout(&self) -> Option<Millis> {
        self.deadlines().into_iter().map(|(at, _)| at).min()
    }

    /// What time alone has brought about by `around.now`: the earliest first, one deadline a call.
    pub fn decide_timeout(&self, around: &Around) -> Vec<Event> {
        let due = self.deadlines().into_iter().filter(|(at, _)| *at <= around.now).min_by_key(|(at, _)| *at);
        match due {
            Some((_, Due::Events(events))) => events,
            Some((_, Due::PassOn)) => vec![self.pass_on(around)],
            None => Vec::new(),
        }
    }

    fn deadlines(&self) -> Vec<(Millis, Due)> {
        let mut all = Vec::new();
        if self.is_over() {
            return all;
        }
        let ended = |cause| Due::Events(vec![Event::Ended { cause }]);
        if let Some(ends) = self.slot_end() {
            let cause = if self.away.is_some() { EndCause::Guest } else { EndCause::SlotOver };
            all.push((ends, ended(cause)));
        } else if let Some(until) = self.return_until() {
            all.push((until, ended(EndCause::Guest)));
        }
        if let Some((at, ends)) = self.announcement() {
            all.push((at, Due::Events(vec![Event::EndsSoon { ends }])));
        }
        if self.progress == Progress::Knocking {
            all.push((after(self.knock_counts_from(), self.policy.knock), ended(EndCause::Unanswered)));
        }
        if let Some(at) = self.pass_on_at() {
            all.push((at, Due::PassOn));
        }
        let hosts = self.people().any(|(_, p)| p.role == Role::Host);
        if self.progress == Progress::InCall && !hosts {
            all.push((after(self.since, self.policy.join), ended(EndCause::HostLost)));
        }
        if let Some(moved) = self.moved {
            match self.progress {
                Progress::Knocking => {
                    all.push((after(moved, self.policy.waiting_grace), Due::Events(vec![Event::KnockCancelled])));
                }
                Progress::InCall => all.push((after(moved, self.policy.guest_grace), ended(EndCause::GuestLost))),
                _ => {}
            }
        }
        self.lost_lines(&mut all);
        // After a restart nothing ends before those who were there had the time to come back.
        if let Some((returning, _)) = self.returning {
            all.iter_mut().for_each(|(at, _)| *at = (*at).max(returning));
        }
        all
    }

    fn lost_lines(&self, all: &mut Vec<(Millis, Due)>) {
        for (seat, person) in self.people() {
            let Some(lost) = person.lost else {
                if let Some((returning, last)) = self.returning
                    && person.since <= last
                    && !self.connected.contains(&(person.actor.clone(), person.client.clone()))
                {
                    all.push((returning, Due::Events(vec![Event::Lost { seat }])));
                }
                continue;
            };
            let left = Event::Left { seat, cause: LeaveCause::Line };
            let (grace, events) = match (person.role, self.progress) {
                (Role::Host, _) => (self.policy.host_grace, self.host_leaves(seat, LeaveCause::Line)),
                (Role::Guest, _) if self.keeps_waiting() => {
                    (self.policy.waiting_grace, self.guest_stops_waiting(Some(left)))
                }
                (Role::Guest, Progress::InCall) => {
                    (self.policy.guest_grace, vec![Event::Ended { cause: EndCause::GuestLost }])
                }
                (Role::Guest, _) => (self.policy.waiting_grace, vec![Event::Ended { cause: EndCause::GuestLost }]),
            };
            all.push((after(lost, grace), Due::Events(events)));
        }
    }
}
