//! The pages before and after the interview, and every deadline of the walk.

use super::invite::Entry;
use super::{Booth, DEVICES, Effect, MediaCommand, Stage};
use crate::keyboard::Keyboard;
use crate::view::{Dialog, End, Loss, TILES, Touch};
use std::time::{Duration, Instant};

impl Booth {
    pub(super) fn touch(&mut self, touch: Touch) {
        let awake = self.awake();
        (self.touched, self.health.touched) = (self.now, Some(self.now));
        // A dark screen shows nothing that could be meant.
        if !awake {
            return;
        }
        match touch {
            Touch::Wake => {}
            Touch::Language(locale) => {
                self.locale = locale;
                self.store();
            }
            Touch::Start => {
                if matches!(self.stage, Stage::Welcome) && (self.online() || !self.companies.is_empty()) {
                    self.stage = Stage::Companies { page: 0 };
                }
            }
            Touch::Back => self.back(),
            Touch::NextTiles => self.turn(1),
            Touch::PreviousTiles => self.turn(-1),
            Touch::Company(company) => self.choose(company),
            Touch::Number => self.number_page(),
            Touch::Digit(digit) if matches!(self.stage, Stage::StaffPin(_)) => self.pin_digit(digit),
            Touch::Digit(digit) => self.digit(digit),
            Touch::EraseDigit => self.erase_digit(),
            Touch::CallStaff => self.call_staff(),
            Touch::Key(key) => {
                if let Stage::Name { keyboard, .. } = &mut self.stage {
                    keyboard.press(key);
                }
            }
            Touch::NameDone => self.name_done(),
            Touch::Microphone => self.switch(|devices| devices.microphone = !devices.microphone),
            Touch::Camera => self.switch(|devices| devices.camera = !devices.camera),
            Touch::Noise => self.switch(|devices| devices.noise = !devices.noise),
            Touch::TestSound if self.staff_is_here() => self.staff_sound(),
            Touch::TestSound => {
                if self.media_open {
                    self.media_command(MediaCommand::TestSound);
                }
            }
            Touch::Ready => {
                if let Some(visit) = self.visit() {
                    visit.ready = true;
                }
            }
            Touch::Ask => self.ask(),
            Touch::Cancel => {
                if self.visit().is_some_and(|visit| !visit.in_call()) {
                    self.cancel();
                }
            }
            Touch::OtherCompanies => {
                if matches!(self.stage, Stage::Refused { .. }) {
                    self.stage = Stage::Companies { page: 0 };
                }
            }
            Touch::Finish => {
                if matches!(self.stage, Stage::Refused { .. } | Stage::Ended(..)) {
                    self.finish_with(Stage::Welcome);
                }
            }
            Touch::Leave => {
                if self.visit().is_some_and(|visit| visit.in_call() || visit.returning.is_some()) {
                    self.dialog = Some((Dialog::Leave { may_return: self.may_return() }, self.now));
                }
            }
            Touch::ConfirmLeave => {
                if let Some((Dialog::Leave { .. }, _)) = self.dialog {
                    self.dialog = None;
                    self.leave_by_button();
                }
            }
            Touch::TakeOver => self.take_over(),
            Touch::Stay => self.stay(),
            Touch::Hand => self.raise_hand(),
            Touch::Return => self.return_after_leaving(),
            Touch::Chat(open) => self.open_chat(open),
            Touch::ChatKey(key) => self.chat_key(key),
            Touch::Send => self.send_typed(),
            Touch::Quick(answer) => self.quick(answer),
            Touch::DeletePost(post) => self.delete_post(post),
            Touch::Show(post) => self.show_file(post),
            Touch::CloseDocument => self.close_document(),
            Touch::Dismiss(id) => self.dismiss(id),
            Touch::Enlarge(seat) => self.enlarge(Some(seat)),
            Touch::Tiles => self.enlarge(None),
            Touch::StaffHold(down) => self.hold(down),
            Touch::Check => self.check(),
            Touch::Identify => self.identify(),
            Touch::Restart => self.restart(),
        }
    }

    /// A company's tile: its door is the name, or the number where it sees only people with a booking.
    fn choose(&mut self, company: engawa_protocol::CompanyId) {
        let Stage::Companies { page } = self.stage else { return };
        let Some(walk_up) = self.companies.iter().find(|c| c.company == company).map(|c| c.walk_up) else { return };
        if walk_up {
            self.stage = Stage::Name { company, keyboard: Keyboard::new(self.locale), invitation: None };
        } else if self.online() {
            self.stage = Stage::Number(Entry::after(page, Some(company)));
        }
    }

    fn enlarge(&mut self, seat: Option<engawa_protocol::Seat>) {
        if let Some(visit) = self.visit() {
            visit.enlarged = Some(seat);
        }
    }

    /// Back into the interview that was left; its log says whether it still is one.
    fn return_after_leaving(&mut self) {
        if let Stage::Ended(_, back) = &mut self.stage
            && let Some(saved) = back.take()
        {
            self.return_to(saved, Loss::Left);
            self.store();
            self.follow();
        }
    }

    fn back(&mut self) {
        match &mut self.stage {
            Stage::Number(entry) => {
                let next = entry.behind().map_or(Stage::Welcome, |page| Stage::Companies { page });
                self.finish_with(next);
            }
            Stage::Companies { .. } | Stage::NotOpen(_) | Stage::StaffPin(_) | Stage::StaffMenu(_) => {
                self.finish_with(Stage::Welcome);
            }
            Stage::Name { invitation: Some(_), .. } => self.finish_with(Stage::Welcome),
            Stage::Name { .. } => self.stage = Stage::Companies { page: 0 },
            Stage::Visit(visit) if visit.asked.is_none() => {
                let Some(company) = visit.company.clone() else { return };
                let keyboard = Keyboard::with_text(self.locale, &visit.name);
                let invitation = visit.invitation.take();
                self.leave_room();
                self.finish_with(Stage::Name { company, keyboard, invitation });
            }
            _ => {}
        }
    }

    fn turn(&mut self, by: isize) {
        let pages = self.companies.len().div_ceil(TILES).max(1);
        if let Stage::Companies { page } = &mut self.stage {
            *page = page.saturating_add_signed(by).min(pages - 1);
        }
    }

    fn switch(&mut self, turn: impl FnOnce(&mut crate::view::Devices)) {
        if self.visit().is_none() {
            return;
        }
        turn(&mut self.devices);
        if self.devices.microphone {
            self.meter.unmuted();
        }
        self.media_command(MediaCommand::Devices(self.devices));
        self.tell_switches();
        self.store();
    }

    /// Goes to `next` and wipes what an interview left behind (X9). The language stays while the
    /// same person may still be reading.
    pub(super) fn finish_with(&mut self, next: Stage) {
        self.close_document();
        self.close_media();
        if let Stage::Visit(visit) = &mut self.stage {
            let room = visit.room.take().map(|(room, _)| Effect::EndSession(room));
            self.effects.extend(room.into_iter().chain([Effect::Forget]));
        }
        (self.dialog, self.touched) = (None, self.now);
        if matches!(next, Stage::Welcome | Stage::OutOfOrder(_)) {
            (self.locale, self.devices) = (self.config.locale, DEVICES);
        }
        self.stage = next;
    }

    /// When [`Booth::handle_timeout`] has something to do next, or the view changes by time alone.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let stage = match &self.stage {
            Stage::Welcome => {
                let offline = (!self.online()).then(|| self.down_since() + self.config.offline);
                let strange = self.locale != self.config.locale;
                let idle = strange.then(|| self.idle_at());
                [offline, idle].into_iter().flatten().min()
            }
            Stage::Companies { .. } | Stage::Name { .. } | Stage::Number(_) | Stage::NotOpen(_) => {
                let idle = self.idle_at();
                Some(self.entry_timeout().map_or(idle, |at| at.min(idle)))
            }
            Stage::Refused { .. } | Stage::Ended(..) => Some(self.touched + self.config.closing),
            Stage::OutOfOrder(_) | Stage::StaffPin(_) | Stage::StaffMenu(_) => None,
            Stage::Visit(visit) => {
                let idle = visit.asked.is_none().then(|| self.idle_at());
                let lost = (!self.online()).then(|| self.down_since() + self.config.give_up);
                [idle, lost, visit.links.timeout().filter(|_| visit.current), self.return_deadline()]
                    .into_iter()
                    .flatten()
                    .min()
            }
        };
        let dialog = self.dialog.map(|(_, since)| since + self.config.question);
        let alert = self.meter.timeout(self.now);
        let commands = self.commands.timeout().filter(|_| self.online());
        let notice = self.notice.as_ref().map(|(_, until)| *until);
        let own = [self.menu_timeout(), self.check_timeout(), self.close_timeout()];
        let counts = [self.next_second(), self.next_count(), self.next_panel()];
        [stage, dialog, alert, notice, commands].into_iter().chain(own).chain(counts).flatten().min()
    }

    /// The next moment a shown count of seconds changes.
    fn next_second(&self) -> Option<Instant> {
        let from = match &self.stage {
            Stage::Visit(visit) => visit.admitted.or(visit.asked)?,
            Stage::Ended(..) | Stage::Refused { .. } => self.touched,
            _ => return None,
        };
        let passed = self.now.saturating_duration_since(from).as_secs();
        Some(from + Duration::from_secs(passed + 1))
    }

    /// Does what time alone asks for.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.now = now;
        let idle = now >= self.idle_at();
        let offline = self.offline_for();
        self.tend_close();
        self.tend_menu();
        self.look_around();
        if self.dialog.is_some_and(|(_, since)| now >= since + self.config.question) {
            self.stay();
        }
        if self.notice.as_ref().is_some_and(|(_, until)| now >= *until) {
            self.notice = None;
        }
        self.panel_timeout();
        self.send_commands();
        self.handle_entry_timeout();
        match &self.stage {
            // A language that somebody chose and left is not the next one's.
            Stage::Welcome if idle => self.locale = self.config.locale,
            Stage::Companies { .. } | Stage::Name { .. } | Stage::Number(_) | Stage::NotOpen(_) if idle => {
                self.finish_with(Stage::Welcome)
            }
            Stage::Refused { .. } | Stage::Ended(..) if now >= self.touched + self.config.closing => {
                self.finish_with(Stage::Welcome);
            }
            Stage::Visit(visit) => {
                if visit.asked.is_none() && idle {
                    self.leave(None);
                } else if !self.online() && offline >= self.config.give_up {
                    self.leave(Some(End::Lost));
                } else if self.return_deadline().is_some_and(|at| now >= at) {
                    self.leave(None);
                } else {
                    self.retry_media();
                    self.retry_links();
                }
            }
            _ => {}
        }
        self.tend_check();
        self.tell_device();
    }

    fn retry_links(&mut self) {
        let (ice, now) = (self.ice_servers.clone(), self.now);
        let Some(visit) = self.visit().filter(|visit| visit.current) else { return };
        let commands = visit.links.handle_timeout(&ice, now);
        commands.into_iter().for_each(|command| self.media_command(command));
    }
}
