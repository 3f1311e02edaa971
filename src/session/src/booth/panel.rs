//! What the panel's sensors and button mean, and how its lights are lit (P6).
//!
//! - **Short press:** calls the staff, or takes the call back, as the screen's button does.
//! - **Long press:** calls, and never takes back: who holds the button down means it.
//! - **Presence** wakes. It never ends anything by itself: a sensor does not see who sits still. A page that
//!   nobody touches either goes back sooner when nobody is seen. Who asked or talks is never judged by it.
//! - **Sleep:** the first page goes dark when nobody is seen for a while; without a sensor, never.

use super::{Booth, Stage};
use crate::panel::{LONG_PRESS, PanelInput};
use crate::view::Alert;
use std::time::{Duration, Instant};

/// The ring's light while a picture is wanted.
const LIT: u8 = 60;
/// While somebody is there whom no camera looks at.
const DIM: u8 = 20;

/// Who neither touches nor presses anything is believed to be there for so long.
const WAITS: Duration = Duration::from_secs(15 * 60);

/// What the panel has told.
#[derive(Debug, Default)]
pub(super) struct Panel {
    presence: Option<Presence>,
    /// The button is down since then; none also when its press is spent.
    pressed: Option<Instant>,
    shutter_closed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Presence {
    Here { since: Instant },
    Away { since: Instant },
}

impl Booth {
    pub(super) fn panel(&mut self, input: PanelInput) {
        match input {
            PanelInput::Presence(true) => {
                if !matches!(self.panel.presence, Some(Presence::Here { .. })) {
                    self.panel.presence = Some(Presence::Here { since: self.now });
                }
            }
            PanelInput::Presence(false) => {
                if !matches!(self.panel.presence, Some(Presence::Away { .. })) {
                    self.panel.presence = Some(Presence::Away { since: self.now });
                }
            }
            PanelInput::Button { pressed: true, at } => {
                self.touched = self.now;
                self.panel.pressed.get_or_insert(at);
            }
            PanelInput::Button { pressed: false, at } => {
                let Some(since) = self.panel.pressed.take() else { return };
                if at >= since + LONG_PRESS { self.long_press() } else { self.call_staff() }
            }
            PanelInput::Shutter(closed) => self.panel.shutter_closed = closed,
            // What is not heard any more is not believed any longer.
            PanelInput::Failed => self.panel = Panel::default(),
        }
    }

    /// A button that is still down becomes a long press.
    pub(super) fn panel_timeout(&mut self) {
        if self.panel.pressed.is_some_and(|since| self.now >= since + LONG_PRESS) {
            self.panel.pressed = None;
            self.long_press();
        }
    }

    /// When time alone changes what the panel means.
    pub(super) fn next_panel(&self) -> Option<Instant> {
        let long = self.panel.pressed.map(|since| since + LONG_PRESS);
        let sleep = self.sleeps_at().filter(|at| *at > self.now);
        [long, sleep].into_iter().flatten().min()
    }

    fn long_press(&mut self) {
        if !self.call.stands {
            self.call_staff();
        }
    }

    /// A page that nobody touches goes back to the first one then.
    pub(super) fn idle_at(&self) -> Instant {
        let idle = self.touched + self.config.idle;
        match self.panel.presence {
            Some(Presence::Away { since }) => idle.min(since.max(self.touched) + self.config.away),
            _ => idle,
        }
    }

    fn sees_somebody(&self) -> bool {
        matches!(self.panel.presence, Some(Presence::Here { .. }))
    }

    /// Somebody sits there or has called the staff, though no page was begun: no time to be closed for an update.
    /// A sensor that sticks, or a call that nobody ended, does not keep updates away for ever.
    pub(super) fn somebody_waits(&self) -> bool {
        let since = match self.panel.presence {
            Some(Presence::Here { since }) => Some(since.max(self.touched)),
            _ => self.call.stands.then_some(self.touched),
        };
        since.is_some_and(|since| self.now < since + WAITS)
    }

    fn sleeps_at(&self) -> Option<Instant> {
        match self.panel.presence {
            Some(Presence::Away { since }) if matches!(self.stage, Stage::Welcome) && !self.call.stands => {
                Some(since.max(self.touched) + self.config.sleep)
            }
            _ => None,
        }
    }

    /// The screen is lit.
    pub(super) fn awake(&self) -> bool {
        self.sleeps_at().is_none_or(|at| self.now < at)
    }

    /// Pictures of the camera may reach others: in a call that is not on hold, and in a request that stands,
    /// because the hosts are shown who knocks (W12). What the shutter's switch says makes no difference: a switch
    /// that fails must not put out the light.
    pub(super) fn camera_may_be_seen(&self) -> bool {
        let Stage::Visit(visit) = &self.stage else { return false };
        let held = visit.room.as_ref().is_some_and(|(_, room)| room.held());
        let shown = if visit.in_call() { !held } else { visit.asked.is_some() };
        self.media_open && self.devices.camera && shown
    }

    pub(super) fn ring(&self) -> u8 {
        match &self.stage {
            Stage::Visit(_) if self.media_open && self.devices.camera => LIT,
            Stage::Welcome | Stage::OutOfOrder(_) if !self.sees_somebody() => 0,
            _ => DIM,
        }
    }

    /// The camera is wanted and its shutter is closed.
    pub(super) fn shutter_alert(&self) -> Option<Alert> {
        (self.panel.shutter_closed && self.media_open && self.devices.camera).then_some(Alert::ShutterClosed)
    }
}
