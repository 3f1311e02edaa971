//! What is appended next: by command, by a connection that comes or goes, by time.

use super::{Room, Sender};
use engawa_protocol::{
    ClientId, Codec, Command, CommandId, EndCause, Event, LeaveCause, Millis, Progress, Refusal, Role, Seat,
    clean_line, clean_name, limits,
};
use std::time::Duration;

fn after(from: Millis, wait: Duration) -> Millis {
    Millis(from.0 + wait.as_millis() as u64)
}

impl Room {
    /// Decides a command. No events mean that it was carried out before.
    ///
    /// # Errors
    /// The reason for which it is not carried out; nothing changes then.
    pub fn decide(&self, from: &Sender, id: &CommandId, command: &Command) -> Result<Vec<Event>, Refusal> {
        let known = self.company.is_some();
        if known && !self.admits(from) {
            return Err(Refusal::NotAllowed);
        }
        if !known && !matches!(command, Command::Knock { .. }) {
            return Err(Refusal::NoSuchRoom);
        }
        if self.done.contains(&(from.actor(), id.client.clone(), id.n)) {
            return Ok(Vec::new());
        }
        if self.is_over() {
            return Err(Refusal::Over);
        }
        if self.last >= limits::ROOM_EVENTS && !matches!(command, Command::Leave | Command::End) {
            return Err(Refusal::Full);
        }
        match (from, command) {
            (Sender::Guest { .. }, Command::Knock { company, name, locale }) => {
                let knocked = |name| vec![Event::Knocked { company: company.clone(), name, locale: *locale }];
                if known && self.company.as_ref() != Some(company) {
                    return Err(Refusal::NotAllowed);
                }
                self.only(&[Progress::Open])?;
                clean_name(name).map(knocked).map_err(|_| Refusal::BadText)
            }
            (Sender::Guest { .. }, Command::CancelKnock) => {
                self.only(&[Progress::Knocking])?;
                Ok(vec![Event::KnockCancelled])
            }
            (Sender::Host { name, .. }, Command::Wait { message }) => {
                self.only(&[Progress::Knocking])?;
                let message = clean_line(message).map_err(|_| Refusal::BadText)?;
                Ok(vec![Event::AskedToWait { message, from: name.clone() }])
            }
            (Sender::Host { name, .. }, Command::Refuse { message }) => {
                self.only(&[Progress::Knocking])?;
                let message = clean_line(message).map_err(|_| Refusal::BadText)?;
                Ok(vec![Event::Refused { message, from: name.clone() }])
            }
            (Sender::Host { .. }, Command::Admit) => {
                self.only(&[Progress::Knocking])?;
                Ok(vec![Event::Admitted])
            }
            (_, Command::Join { receives }) => self.join(from, receives),
            (_, Command::Switch { microphone, camera }) => {
                let seat = self.own_seat(from, id)?;
                Ok(vec![Event::Switched { seat, microphone: *microphone, camera: *camera }])
            }
            (Sender::Guest { .. }, Command::Leave) => {
                let left = self.people.contains_key(&Seat::GUEST);
                let left = left.then_some(Event::Left { seat: Seat::GUEST, cause: LeaveCause::Button });
                Ok(left.into_iter().chain([Event::Ended { cause: EndCause::Guest }]).collect())
            }
            (Sender::Host { .. }, Command::Leave) => Ok(self.host_leaves(self.own_seat(from, id)?, LeaveCause::Button)),
            (Sender::Host { .. }, Command::End) => {
                self.only(&[Progress::InCall])?;
                Ok(vec![Event::Ended { cause: EndCause::Host }])
            }
            (Sender::Host { .. }, Command::Knock { .. } | Command::CancelKnock)
            | (Sender::Guest { .. }, Command::Admit | Command::Wait { .. } | Command::Refuse { .. } | Command::End) => {
                Err(Refusal::NotAllowed)
            }
        }
    }

    /// Notes that a client's connection came or went; answers what the others are told.
    ///
    /// The client counts as connected from here on, whether or not the events get appended.
    pub fn connection(&mut self, client: &ClientId, up: bool) -> Vec<Event> {
        if up {
            self.connected.insert(client.clone());
        } else {
            self.connected.remove(client);
        }
        let theirs = self.people().filter(|(_, p)| p.client == *client);
        theirs
            .filter_map(|(seat, person)| match (up, person.lost) {
                (true, Some(_)) => Some(Event::Back { seat }),
                (false, None) => Some(Event::Lost { seat }),
                _ => None,
            })
            .collect()
    }

    /// When [`Room::decide_timeout`] has something to do next.
    pub fn poll_timeout(&self) -> Option<Millis> {
        self.deadlines().into_iter().map(|(at, _)| at).min()
    }

    /// What time alone has brought about by `now`.
    pub fn decide_timeout(&self, now: Millis) -> Vec<Event> {
        let due = self.deadlines().into_iter().filter(|(at, _)| *at <= now).min_by_key(|(at, _)| *at);
        due.map(|(_, events)| events).unwrap_or_default()
    }

    fn deadlines(&self) -> Vec<(Millis, Vec<Event>)> {
        let mut all = Vec::new();
        if self.is_over() {
            return all;
        }
        let ended = |cause| vec![Event::Ended { cause }];
        if self.progress == Progress::Knocking {
            all.push((after(self.since, self.policy.knock), ended(EndCause::Unanswered)));
        }
        let hosts = self.people().any(|(_, p)| p.role == Role::Host);
        if self.progress == Progress::InCall && !hosts {
            all.push((after(self.since, self.policy.join), ended(EndCause::HostLost)));
        }
        for (seat, person) in self.people() {
            let Some(lost) = person.lost else {
                if let Some(returning) = self.returning
                    && !self.connected.contains(&person.client)
                {
                    all.push((returning, vec![Event::Lost { seat }]));
                }
                continue;
            };
            all.push(match (person.role, self.progress) {
                (Role::Guest, Progress::InCall) => (after(lost, self.policy.guest_grace), ended(EndCause::GuestLost)),
                (Role::Guest, _) => (after(lost, self.policy.waiting_grace), ended(EndCause::GuestLost)),
                (Role::Host, _) => (after(lost, self.policy.host_grace), self.host_leaves(seat, LeaveCause::Line)),
            });
        }
        // After a restart nothing ends before those who were there had the time to come back.
        if let Some(returning) = self.returning {
            all.iter_mut().for_each(|(at, _)| *at = (*at).max(returning));
        }
        all
    }

    fn only(&self, when: &[Progress]) -> Result<(), Refusal> {
        if when.contains(&self.progress) { Ok(()) } else { Err(Refusal::WrongMoment) }
    }

    fn own_seat(&self, from: &Sender, id: &CommandId) -> Result<Seat, Refusal> {
        let seat = match from {
            Sender::Guest { .. } => Some(Seat::GUEST),
            Sender::Host { account, .. } => self.seat_of(account),
        };
        let mine = |seat: &Seat| self.people.get(seat).is_some_and(|p| p.client == id.client);
        seat.filter(mine).ok_or(Refusal::WrongMoment)
    }

    fn join(&self, from: &Sender, receives: &[Codec]) -> Result<Vec<Event>, Refusal> {
        if receives.len() > limits::CODECS {
            return Err(Refusal::BadText);
        }
        let receives = receives.to_vec();
        match from {
            Sender::Guest { .. } => {
                let (name, title) = (self.guest.clone(), String::new());
                Ok(vec![Event::Joined { seat: Seat::GUEST, role: Role::Guest, name, title, receives }])
            }
            Sender::Host { account, name, title, .. } => {
                let seat = self.seat_of(account).unwrap_or(Seat(self.accounts.len() as u32 + 1));
                let others = self.people().filter(|(s, p)| p.role == Role::Host && *s != seat).count();
                if others >= limits::HOSTS {
                    return Err(Refusal::Full);
                }
                let (name, title) = (name.clone(), title.clone());
                Ok(vec![Event::Joined { seat, role: Role::Host, name, title, receives }])
            }
        }
    }

    /// A host is gone; the last one takes the call along (X8).
    fn host_leaves(&self, seat: Seat, cause: LeaveCause) -> Vec<Event> {
        let mut events = vec![Event::Left { seat, cause }];
        let others = self.people().any(|(s, p)| p.role == Role::Host && s != seat);
        if self.progress == Progress::InCall && !others {
            let cause = match cause {
                LeaveCause::Button => EndCause::HostLeft,
                LeaveCause::Line => EndCause::HostLost,
            };
            events.push(Event::Ended { cause });
        }
        events
    }
}
