//! What the log has just told, for those few seconds in which it is news; and the time left.

use super::visit::Visit;
use super::{Booth, MediaCommand};
use crate::room::Room;
use crate::view::{Countdown, Notice};
use engawa_protocol::{Event, Millis, Recorded, Role, Seat};
use std::time::{Duration, Instant};

/// A notice goes by itself after this.
const SHOWN: Duration = Duration::from_secs(8);
/// That the time is nearly over stays longer.
const ENDING_SHOWN: Duration = Duration::from_secs(20);

impl Booth {
    pub(super) fn notify(&mut self, notice: Notice) {
        let shown = if notice == Notice::EndsSoon { ENDING_SHOWN } else { SHOWN };
        self.notice = Some((notice, self.now + shown));
    }

    /// Tells of an event that came while the log was being followed.
    pub(super) fn tell(&mut self, room: &Room, recorded: &Recorded) {
        let notice = match &recorded.event {
            Event::EndsSoon { .. } => Notice::EndsSoon,
            Event::Extended { ends } => Notice::Extended { ends: *ends },
            Event::Resumed => Notice::Resumed,
            Event::Silenced { microphones, cameras, except } if *except != Seat::GUEST => {
                Notice::Silenced { microphone: *microphones, camera: *cameras }
            }
            Event::HandRaised { seat } => match room.person(*seat).filter(|person| person.role == Role::Host) {
                Some(person) => Notice::HandRaised { name: person.name.clone() },
                None => return,
            },
            _ => return,
        };
        self.notify(notice);
    }

    /// Makes the switches what the log says of them, unless the candidate has just turned one: a host
    /// silences everybody, and may have set what everybody comes in with (L13, W9).
    pub(super) fn obey_switches(&mut self, room: &Room) {
        let Some(me) = room.person(Seat::GUEST) else { return };
        if (me.microphone, me.camera) == (self.devices.microphone, self.devices.camera) {
            return;
        }
        (self.devices.microphone, self.devices.camera) = (me.microphone, me.camera);
        if self.devices.microphone {
            self.meter.unmuted();
        }
        self.media_command(MediaCommand::Devices(self.devices));
        self.store();
    }

    /// The service's clock.
    pub(super) fn service_now(&self) -> Option<Millis> {
        let (then, at) = self.service_clock?;
        Some(Millis(then.0 + self.now.saturating_duration_since(at).as_millis() as u64))
    }

    pub(super) fn countdown(&self, visit: &Visit) -> Option<Countdown> {
        let (_, room) = visit.room.as_ref()?;
        let (slot, now) = (room.slot().filter(|_| !room.is_over())?, self.service_now()?);
        let seconds = |until: Millis| until.0.saturating_sub(now.0).div_ceil(1000) as u32;
        Some(if now < slot.starts {
            Countdown::Starts(seconds(slot.starts))
        } else {
            Countdown::Ends { seconds: seconds(slot.ends), soon: room.ends_soon() }
        })
    }

    /// The next moment at which the countdown shows another second.
    pub(super) fn next_count(&self) -> Option<Instant> {
        let counts = match &self.stage {
            super::Stage::Visit(visit) => self.countdown(visit).is_some(),
            _ => self.counts_seconds(),
        };
        let now = self.service_now().filter(|_| counts)?;
        Some(self.now + Duration::from_millis(1000 - now.0 % 1000))
    }
}
