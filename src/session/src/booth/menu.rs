//! The staff's menu at the booth (P5): behind a hold of the booth's name and a PIN, never over a
//! candidate's walk.

use super::pin::{Guard, Typing};
use super::{Booth, Effect, MediaCommand, Stage};
use crate::health::{Part, Report};
use crate::view::{Devices, Lamp, PartTile, Screen, StaffMenu, Uplink};
use std::time::{Duration, Instant};

/// The booth's name is held for this long.
const HOLD: Duration = Duration::from_secs(5);
/// The test sound, with the time that the speaker needs to begin.
const SOUND: Duration = Duration::from_secs(4);
/// The lamp blinks for this long.
const IDENTIFY: Duration = Duration::from_secs(15);
/// Half a blink.
const BLINK: Duration = Duration::from_millis(500);
/// Neither microphone nor camera is needed to hear the speaker.
const SPEAKER_ONLY: Devices = Devices { microphone: false, camera: false, noise: false };

/// What the staff have asked for, and until when it lasts.
#[derive(Debug, Default)]
pub(super) struct Menu {
    sound: Option<Instant>,
    identify: Option<Instant>,
}

/// The way to the menu, whether it is open or not.
#[derive(Debug, Default)]
pub(super) struct Door {
    /// The booth's name is being held, since then.
    held: Option<Instant>,
    /// Wrong PINs.
    pub guard: Guard,
    uplink: Option<Uplink>,
}

impl Booth {
    /// A finger went down on the booth's name, or left it.
    pub(super) fn hold(&mut self, down: bool) {
        self.door.held = (down && self.may_open_menu()).then_some(self.now);
    }

    /// Asks for the PIN, when nobody is in the booth and it has one.
    pub(super) fn open_staff_pin(&mut self) {
        if self.may_open_menu() {
            (self.stage, self.touched) = (Stage::StaffPin(Typing::default()), self.now);
        }
    }

    fn may_open_menu(&self) -> bool {
        let nobody = matches!(self.stage, Stage::Welcome | Stage::OutOfOrder(_));
        nobody && self.config.staff_pin.is_some()
    }

    /// The staff stand at the booth.
    pub(super) fn staff_is_here(&self) -> bool {
        matches!(self.stage, Stage::StaffPin(_) | Stage::StaffMenu(_))
    }

    /// A digit of the PIN.
    pub(super) fn pin_digit(&mut self, digit: u8) {
        let Stage::StaffPin(typing) = &mut self.stage else { return };
        if typing.digit(digit, &mut self.door.guard, &self.config, self.now) {
            self.stage = Stage::StaffMenu(Menu::default());
        }
    }

    /// Nothing of the menu is in the way of a check.
    pub(super) fn menu_is_quiet(&self) -> bool {
        matches!(&self.stage, Stage::StaffMenu(menu) if menu.sound.is_none())
    }

    /// Has everything looked at anew.
    pub(super) fn check(&mut self) {
        if let Stage::StaffMenu(menu) = &mut self.stage
            && !self.health.is_checking()
        {
            // The check needs the speaker for itself.
            menu.sound = None;
            self.close_media();
            self.begin_check();
        }
    }

    pub(super) fn uplink_told(&mut self, uplink: Uplink) {
        self.door.uplink = Some(uplink);
    }

    /// Plays the test sound to the staff.
    pub(super) fn staff_sound(&mut self) {
        let Stage::StaffMenu(menu) = &mut self.stage else { return };
        if self.health.is_checking() || menu.sound.is_some() {
            return;
        }
        menu.sound = Some(self.now + SOUND);
        self.media_open = true;
        self.media_command(MediaCommand::Open(SPEAKER_ONLY));
        self.media_command(MediaCommand::TestSound);
    }

    /// Lets the lamp blink, to find this booth among others.
    pub(super) fn identify(&mut self) {
        if let Stage::StaffMenu(menu) = &mut self.stage {
            menu.identify = Some(self.now + IDENTIFY);
        }
    }

    /// How the lamp is lit while it blinks.
    pub(super) fn blink(&self) -> Option<Lamp> {
        let Stage::StaffMenu(Menu { identify: Some(until), .. }) = &self.stage else { return None };
        let half = until.saturating_duration_since(self.now).as_millis().div_ceil(BLINK.as_millis());
        Some(if half % 2 == 0 { Lamp::Help } else { Lamp::Dark })
    }

    fn next_blink(&self, until: Instant) -> Instant {
        let left = until.saturating_duration_since(self.now).as_nanos();
        let halves = left.saturating_sub(1) / BLINK.as_nanos();
        until - BLINK * halves as u32
    }

    /// Ends the program, which comes back by itself.
    pub(super) fn restart(&mut self) {
        if matches!(self.stage, Stage::StaffMenu(_)) {
            self.close_media();
            self.effects.push_back(Effect::Restart);
        }
    }

    pub(super) fn menu_timeout(&self) -> Option<Instant> {
        let held = self.door.held.map(|since| since + HOLD);
        let page = match &self.stage {
            Stage::StaffPin(_) => [self.menu_closes(), self.door.guard.poll_timeout(self.now), None],
            Stage::StaffMenu(menu) => {
                [self.menu_closes(), menu.sound, menu.identify.map(|until| self.next_blink(until))]
            }
            _ => [None; 3],
        };
        page.into_iter().chain([held]).flatten().min()
    }

    /// When nobody touches it; a check is waited for.
    fn menu_closes(&self) -> Option<Instant> {
        (!self.health.is_checking()).then(|| self.touched + self.config.staff_idle)
    }

    pub(super) fn tend_menu(&mut self) {
        let now = self.now;
        let due = |at: &mut Option<Instant>| at.take_if(|at| *at <= now).is_some();
        if self.door.held.is_some_and(|since| now >= since + HOLD) {
            self.door.held = None;
            self.open_staff_pin();
        }
        if let Stage::StaffMenu(menu) = &mut self.stage {
            due(&mut menu.identify);
            if due(&mut menu.sound) {
                self.close_media();
            }
        }
        if self.staff_is_here() && self.menu_closes().is_some_and(|at| now >= at) {
            self.finish_with(Stage::Welcome);
        }
    }

    pub(super) fn menu_view(&self, menu: &Menu) -> Screen {
        let report = self.report();
        let tile = |part| PartTile { part, finding: report.as_ref().and_then(|report| report.finding(part)).cloned() };
        Screen::StaffMenu(Box::new(StaffMenu {
            tiles: Part::ALL.map(tile).into(),
            healthy: report.as_ref().is_some_and(Report::is_healthy),
            checking: self.health.is_checking(),
            sounding: menu.sound.is_some(),
            identifying: menu.identify.is_some(),
            uplink: self.door.uplink,
            device: self.health.device.clone(),
        }))
    }
}
