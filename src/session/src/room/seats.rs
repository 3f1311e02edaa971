//! Taking a seat and giving it up: one connection each, re-entry, hold, hands, everybody off.

use super::{Around, Person, Preset, Room, Sender};
use engawa_protocol::{
    Actor, ClientId, Codec, CommandId, EndCause, Event, LeaveCause, Peer, Progress, Reentry, Refusal, Role, Seat,
    limits,
};

impl Room {
    /// Everyone present, by seat.
    pub fn people(&self) -> impl Iterator<Item = (Seat, &Person)> {
        self.people.iter().map(|(seat, person)| (*seat, person))
    }

    /// Whoever sits in `seat`.
    pub fn person(&self, seat: Seat) -> Option<&Person> {
        self.people.get(&seat)
    }

    /// The presence of `actor`'s client.
    pub fn peer_of(&self, actor: &Actor, client: &ClientId) -> Option<Peer> {
        let own = |p: &Person| p.actor == *actor && p.client == *client;
        self.people().find(|(_, p)| own(p)).map(|(seat, p)| Peer { seat, since: p.since })
    }

    /// Everyone that the presence in `seat` exchanges media with: nobody before the guest is let
    /// in, on hold and after the end (invariant 3).
    pub fn links(&self, seat: Seat) -> Vec<(Peer, &[Codec])> {
        if self.progress != Progress::InCall || self.held || !self.people.contains_key(&seat) {
            return Vec::new();
        }
        let others = self.people().filter(|(other, _)| *other != seat);
        others.map(|(seat, p)| (Peer { seat, since: p.since }, p.receives.as_slice())).collect()
    }

    /// Nobody sees or hears anybody (L12).
    pub fn held(&self) -> bool {
        self.held
    }

    /// Raised hands, the first raised first (L5).
    pub fn hands(&self) -> &[Seat] {
        &self.hands
    }

    /// What everybody comes in with (W9).
    pub fn preset(&self) -> Preset {
        self.preset
    }

    /// The guest left by the button and may come back (X7).
    pub fn guest_may_return(&self) -> bool {
        self.away.is_some() && !self.is_over()
    }

    pub(super) fn seat_of(&self, actor: &Actor) -> Option<Seat> {
        match actor {
            Actor::Guest { .. } => Some(Seat::GUEST),
            Actor::Host { account } => self.accounts.iter().position(|a| a == account).map(|at| Seat(at as u32 + 1)),
            Actor::Staff { .. } | Actor::Service => None,
        }
    }

    pub(super) fn own_seat(&self, from: &Sender, id: &CommandId) -> Result<Seat, Refusal> {
        self.peer_of(&from.actor(), &id.client).map(|peer| peer.seat).ok_or(Refusal::WrongMoment)
    }

    /// Whether a guest who left by the button may come back (X6).
    pub fn reentry(&self) -> Reentry {
        self.booking.as_ref().map_or(self.policy.reentry, |booking| booking.reentry)
    }

    pub(super) fn join(
        &self,
        from: &Sender,
        id: &CommandId,
        receives: &[Codec],
        take_over: bool,
        around: &Around,
    ) -> Result<Vec<Event>, Refusal> {
        if receives.len() > limits::CODECS {
            return Err(Refusal::BadText);
        }
        self.within_slot(around.now)?;
        let receives = receives.to_vec();
        match from {
            Sender::Guest { .. } => {
                let (seat, role, title) = (Seat::GUEST, Role::Guest, String::new());
                let stands = self.people.contains_key(&seat);
                let returns = if stands { Some(LeaveCause::Restart) } else { self.last_cause(seat) };
                Ok(vec![Event::Joined { seat, role, name: self.guest.clone(), title, receives, returns }])
            }
            Sender::Host { name, title, .. } => {
                let seat = self.seat_of(&from.actor()).unwrap_or(Seat(self.accounts.len() as u32 + 1));
                let others = self.people().filter(|(s, p)| p.role == Role::Host && *s != seat).count();
                if others >= limits::HOSTS {
                    return Err(Refusal::Full);
                }
                let standing = self.people.get(&seat);
                let elsewhere = standing.is_some_and(|p| p.client != id.client && p.lost.is_none());
                if elsewhere && !take_over {
                    return Err(Refusal::AlreadyHere);
                }
                let returns = match standing {
                    Some(_) if elsewhere => Some(LeaveCause::TakenOver),
                    Some(_) => Some(LeaveCause::Restart),
                    None => self.last_cause(seat),
                };
                let (name, title, role) = (name.clone(), title.clone(), Role::Host);
                let left = elsewhere.then_some(Event::Left { seat, cause: LeaveCause::TakenOver });
                let joined = Event::Joined { seat, role, name, title, receives, returns };
                Ok(left.into_iter().chain([joined]).collect())
            }
            Sender::Staff { .. } => Err(Refusal::NotAllowed),
        }
    }

    /// The guest goes by the button: for good, or to come back where that is allowed (X5, X7).
    pub(super) fn guest_leaves(&self) -> Vec<Event> {
        let left = self.people.contains_key(&Seat::GUEST);
        let left = left.then_some(Event::Left { seat: Seat::GUEST, cause: LeaveCause::Button });
        if self.keeps_waiting() {
            return self.guest_stops_waiting(left);
        }
        if self.progress == Progress::InCall && self.reentry() == Reentry::Always {
            return left.into_iter().collect();
        }
        left.into_iter().chain([Event::Ended { cause: EndCause::Guest }]).collect()
    }

    /// A booked interview that has not begun stays, so that the guest can come again.
    pub(super) fn guest_stops_waiting(&self, left: Option<Event>) -> Vec<Event> {
        let knock = (self.progress == Progress::Knocking).then_some(Event::KnockCancelled);
        knock.into_iter().chain(left).collect()
    }

    /// A host is gone; the last one takes the call along (X8).
    pub(super) fn host_leaves(&self, seat: Seat, cause: LeaveCause) -> Vec<Event> {
        let mut events = vec![Event::Left { seat, cause }];
        let others = self.people().any(|(s, p)| p.role == Role::Host && s != seat);
        if self.progress == Progress::InCall && !others {
            let cause = if cause == LeaveCause::Button { EndCause::HostLeft } else { EndCause::HostLost };
            events.push(Event::Ended { cause });
        }
        events
    }

    pub(super) fn raise_hand(&self, seat: Seat, up: bool) -> Result<Vec<Event>, Refusal> {
        self.only(&[Progress::InCall])?;
        Ok(match (up, self.hands.contains(&seat)) {
            (true, false) => vec![Event::HandRaised { seat }],
            (false, true) => vec![Event::HandLowered { seat }],
            _ => Vec::new(),
        })
    }

    pub(super) fn hold(&self, on: bool) -> Result<Vec<Event>, Refusal> {
        self.only(&[Progress::InCall])?;
        Ok(match (on, self.held) {
            (true, false) => vec![Event::Held],
            (false, true) => vec![Event::Resumed],
            _ => Vec::new(),
        })
    }

    pub(super) fn silence(&self, except: Seat, microphones: bool, cameras: bool) -> Result<Vec<Event>, Refusal> {
        self.only(&[Progress::InCall])?;
        Ok(vec![Event::Silenced { microphones, cameras, except }])
    }
}
