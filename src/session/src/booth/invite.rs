//! Entering a booked interview: the connection number, the QR code, the door that is not open yet.

use super::visit::Visit;
use super::{Booth, Stage};
use crate::keyboard::Keyboard;
use crate::room::Room;
use crate::view::{Dialog, NumberRefused, Screen};
use engawa_protocol::{
    Booking, ClientMessage, Command, CompanyId, Millis, NameRule, Refusal, RoomId, Slot, Ticket, TicketRefusal,
    clean_name, limits,
};
use std::time::{Duration, Instant};

/// An answer that does not come within this was lost.
const ANSWER: Duration = Duration::from_secs(10);

/// A number being typed, or asked about.
#[derive(Debug, Default)]
pub(super) struct Entry {
    digits: String,
    /// The count of the question, and when it was asked.
    asking: Option<(u32, Instant)>,
    /// What was asked about last.
    ticket: Option<Ticket>,
    refused: Option<(TicketRefusal, Instant)>,
    /// The page of companies that led here, and the company that was chosen there.
    behind: Option<(usize, Option<CompanyId>)>,
}

impl Entry {
    /// A number that is asked for after a page of companies.
    pub fn after(page: usize, company: Option<CompanyId>) -> Self {
        Self { behind: Some((page, company)), ..Self::default() }
    }

    /// The page of companies to go back to.
    pub fn behind(&self) -> Option<usize> {
        self.behind.as_ref().map(|(page, _)| *page)
    }

    /// Typed anew, because of this.
    fn refuse(&mut self, reason: TicketRefusal, now: Instant) {
        (self.digits, self.asking, self.refused) = (String::new(), None, Some((reason, now)));
    }
}

/// A booked interview that this candidate may enter.
#[derive(Debug, Clone)]
pub(super) struct Invitation {
    pub room: RoomId,
    pub booking: Booking,
    /// What stands as the name where none is needed.
    stand_in: String,
}

impl Booth {
    pub(super) fn number_page(&mut self) {
        let entry = match self.stage {
            Stage::Welcome => Entry::default(),
            Stage::Companies { page } => Entry::after(page, None),
            _ => return,
        };
        if self.online() {
            self.stage = Stage::Number(entry);
        }
    }

    pub(super) fn digit(&mut self, digit: u8) {
        let Stage::Number(entry) = &mut self.stage else { return };
        if digit > 9 || entry.asking.is_some() || entry.digits.len() >= limits::NUMBER_DIGITS {
            return;
        }
        entry.refused = None;
        entry.digits.push(char::from(b'0' + digit));
        if entry.digits.len() == limits::NUMBER_DIGITS {
            let number = entry.digits.clone();
            self.redeem(Ticket::Number { number }, false);
        }
    }

    pub(super) fn erase_digit(&mut self) {
        match &mut self.stage {
            Stage::Number(entry) if entry.asking.is_none() => {
                entry.digits.pop();
                entry.refused = None;
            }
            Stage::StaffPin(typing) => typing.erase(),
            _ => {}
        }
    }

    /// A QR code was held to the camera.
    pub(super) fn scanned(&mut self, code: String) {
        if code.chars().count() > limits::CODE_CHARS {
            return;
        }
        self.number_page();
        if matches!(&self.stage, Stage::Number(entry) if entry.asking.is_none()) {
            self.redeem(Ticket::Code { code }, false);
        }
    }

    fn redeem(&mut self, ticket: Ticket, take_over: bool) {
        let (now, online) = (self.now, self.online());
        self.redeemed += 1;
        let n = self.redeemed;
        let Stage::Number(entry) = &mut self.stage else { return };
        if !online {
            return entry.refuse(TicketRefusal::Unavailable, now);
        }
        entry.asking = Some((n, now));
        entry.ticket = Some(ticket.clone());
        self.send(ClientMessage::Redeem { n, ticket, take_over });
    }

    /// The ticket is good; with `goes_on` for an interview that has begun at another booth, and goes on here.
    pub(super) fn invited(&mut self, n: u32, room: RoomId, booking: Booking, goes_on: bool, now: Millis) {
        self.service_clock = Some((now, self.now));
        let Stage::Number(entry) = &self.stage else { return };
        if !matches!(entry.asking, Some((asked, _)) if asked == n) {
            return;
        }
        let stand_in = if entry.digits.is_empty() { self.shown_name.clone() } else { entry.digits.clone() };
        if let Some(locale) = booking.locale {
            self.locale = locale;
        }
        self.touched = self.now;
        let invitation = Invitation { room, booking, stand_in };
        if goes_on {
            let Booking { company, guest, .. } = &invitation.booking;
            let visit = Visit { ready: true, asked: Some(self.now), ..Visit::new(company.clone(), guest.clone()) };
            self.begin_visit(visit, Some(invitation));
            self.store();
        } else {
            self.enter(invitation);
        }
    }

    pub(super) fn not_invited(&mut self, n: u32, reason: TicketRefusal) {
        let now = self.now;
        let Stage::Number(entry) = &mut self.stage else { return };
        if !matches!(entry.asking, Some((asked, _)) if asked == n) {
            return;
        }
        self.touched = now;
        if reason == TicketRefusal::AlreadyHere {
            entry.asking = None;
            self.dialog = Some((Dialog::TakeOver, now));
        } else {
            entry.refuse(reason, now);
        }
    }

    /// Yes, the interview goes on here (E8).
    pub(super) fn take_over(&mut self) {
        let Stage::Number(entry) = &mut self.stage else { return };
        if let (Some((Dialog::TakeOver, _)), Some(ticket)) = (self.dialog, entry.ticket.take()) {
            self.dialog = None;
            self.redeem(ticket, true);
        }
    }

    /// The question is answered with no, or by nobody.
    pub(super) fn stay(&mut self) {
        if let (Some((Dialog::TakeOver, _)), Stage::Number(entry)) = (self.dialog.take(), &mut self.stage) {
            entry.digits.clear();
        }
    }

    /// Before the door is open it says so; then the name, where it is not booked; then the preview.
    pub(super) fn enter(&mut self, invitation: Invitation) {
        if self.opens_in(&invitation.booking.slot).is_some_and(|left| !left.is_zero()) {
            self.stage = Stage::NotOpen(Box::new(invitation));
            return;
        }
        let company = invitation.booking.company.clone();
        if invitation.booking.guest.is_empty() {
            let keyboard = Keyboard::new(self.locale);
            self.stage = Stage::Name { company, keyboard, invitation: Some(Box::new(invitation)) };
        } else {
            let name = invitation.booking.guest.clone();
            self.begin_visit(Visit::new(company, name), Some(invitation));
        }
    }

    /// The name is complete, or not needed.
    pub(super) fn name_done(&mut self) {
        let Stage::Name { company, keyboard, invitation } = &self.stage else { return };
        let optional = invitation.as_ref().filter(|invitation| invitation.booking.name == NameRule::Optional);
        let typed = keyboard.text();
        let name = match optional {
            Some(invitation) if typed.trim().is_empty() => Ok(invitation.stand_in.clone()),
            _ => clean_name(&typed),
        };
        if let Ok(name) = name {
            let visit = Visit::new(company.clone(), name);
            let invitation = invitation.as_deref().cloned();
            self.begin_visit(visit, invitation);
        }
    }

    fn begin_visit(&mut self, mut visit: Visit, invitation: Option<Invitation>) {
        if let Some(invitation) = &invitation {
            visit.room = Some((invitation.room.clone(), Room::new(self.config.policy)));
        }
        visit.invitation = invitation.map(Box::new);
        self.stage = Stage::Visit(Box::new(visit));
        self.open_media();
        self.follow();
    }

    /// A request was not taken: why stands on the page, and a door that is not open is waited for.
    pub(super) fn knock_refused(&mut self, reason: Refusal) {
        let Some(visit) = self.visit() else { return };
        (visit.asked, visit.refused) = (None, Some(reason));
        let invitation = visit.invitation.as_deref().cloned();
        self.touched = self.now;
        match (invitation, reason) {
            (Some(invitation), Refusal::TooEarly) => {
                self.leave_room();
                self.finish_with(Stage::NotOpen(Box::new(invitation)));
            }
            // The invitation stays good: the same room is asked again.
            (Some(_), _) => self.store(),
            (None, _) => {
                self.leave_room();
                self.effects.push_back(super::Effect::Forget);
            }
        }
    }

    /// How long until a booked slot can be entered; none without the service's clock.
    fn opens_in(&self, slot: &Slot) -> Option<Duration> {
        let opens = slot.starts.0.saturating_sub(self.config.policy.early.as_millis() as u64);
        Some(Duration::from_millis(opens.saturating_sub(self.service_now()?.0)))
    }

    /// The moment the door opens, or the number's answer is given up.
    pub(super) fn entry_timeout(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Number(Entry { asking: Some((_, since)), .. }) => Some(*since + ANSWER),
            Stage::NotOpen(invitation) => Some(self.now + self.opens_in(&invitation.booking.slot)?),
            _ => None,
        }
    }

    pub(super) fn handle_entry_timeout(&mut self) {
        let now = self.now;
        match &mut self.stage {
            Stage::Number(entry) if entry.asking.is_some_and(|(_, since)| now >= since + ANSWER) => {
                entry.refuse(TicketRefusal::Unavailable, now);
            }
            Stage::NotOpen(invitation) => {
                let invitation = invitation.as_ref().clone();
                if self.opens_in(&invitation.booking.slot).is_some_and(|left| left.is_zero()) {
                    self.touched = now;
                    self.enter(invitation);
                }
            }
            _ => {}
        }
    }

    pub(super) fn number_view(&self, entry: &Entry) -> Screen {
        let refused = entry.refused.and_then(|(reason, since)| {
            Some(match reason {
                TicketRefusal::Unknown => NumberRefused::Unknown,
                TicketRefusal::Expired => NumberRefused::Expired,
                TicketRefusal::Used => NumberRefused::Used,
                // Asked about in a dialog, and so never kept.
                TicketRefusal::AlreadyHere => NumberRefused::Used,
                TicketRefusal::OtherBooth => NumberRefused::OtherBooth,
                TicketRefusal::Unavailable => NumberRefused::Unavailable,
                TicketRefusal::TooManyTries { retry_after_ms } => {
                    let until = since + Duration::from_millis(retry_after_ms.into());
                    let left = until.saturating_duration_since(self.now);
                    let seconds = left.as_secs_f64().ceil() as u32;
                    (seconds > 0).then_some(NumberRefused::TooManyTries { seconds })?
                }
            })
        });
        let company = entry.behind.as_ref().and_then(|(_, company)| company.as_ref());
        let company = company.map(|company| self.company_name(Some(company))).unwrap_or_default();
        Screen::Number { company, digits: entry.digits.clone(), asking: entry.asking.is_some(), refused }
    }

    pub(super) fn not_open_view(&self, invitation: &Invitation) -> Screen {
        let Booking { company, slot, .. } = &invitation.booking;
        let left = self.opens_in(slot).unwrap_or_default();
        Screen::NotOpen {
            company: self.company_name(Some(company)),
            slot: *slot,
            opens: Millis(slot.starts.0.saturating_sub(self.config.policy.early.as_millis() as u64)),
            seconds: left.as_secs_f64().ceil() as u32,
        }
    }

    /// The count of seconds that a wrong number's page or a closed door shows.
    pub(super) fn counts_seconds(&self) -> bool {
        match &self.stage {
            Stage::NotOpen(_) => true,
            Stage::Number(entry) => matches!(entry.refused, Some((TicketRefusal::TooManyTries { .. }, _))),
            _ => false,
        }
    }

    /// The candidate's wish stays while the command that carries it waits.
    pub(super) fn knock_waits(&self, room: &RoomId) -> bool {
        self.commands.any(room, |command| matches!(command, Command::Knock { .. }))
    }
}
