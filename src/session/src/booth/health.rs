//! When the booth looks at itself, and what follows (S4).
//!
//! A check takes the camera, so it never begins while somebody is in the booth, and ends at once when somebody
//! comes. What it found holds until the next one: a booth that cannot hold an interview says so to candidates, and
//! heals by itself at a good check.

use super::{Asker, Booth, Effect, Stage};
use crate::control::Answer;
use crate::health::{Check, Finding, Part, Report};
use engawa_protocol::Device;
use std::time::{Duration, Instant};

/// The first check without a line; with one it begins [`SETTLED`] after the welcome.
const FIRST: Duration = Duration::from_secs(10);
const SETTLED: Duration = Duration::from_secs(2);
/// Whoever touched the first page may still be there for so long.
const QUIET: Duration = Duration::from_secs(5);
/// A check that is not over by then has hung.
const LONGEST: Duration = Duration::from_secs(45);
/// Askers that wait for one check.
const ASKERS: usize = 8;

/// What is known of the booth's parts.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// The number of the newest check.
    n: u32,
    /// Until when the running one may take.
    running: Option<Instant>,
    /// When the next one begins by itself.
    next: Option<Instant>,
    /// What the last one found; line and disk are known at every moment.
    found: Option<Vec<Check>>,
    /// They wait for the running one.
    asked: Vec<Asker>,
    /// Version, slot and fallback.
    pub device: Device,
    /// What the service was told over this connection.
    told: Option<Device>,
    /// The last touch on any page.
    pub touched: Option<Instant>,
}

impl Health {
    pub fn new(every: Option<Duration>, now: Instant) -> Self {
        Self { next: every.map(|_| now + FIRST), ..Self::default() }
    }

    /// Something seems wrong: the next check need not wait.
    pub fn suspect(&mut self, now: Instant) {
        self.next = Some(now);
    }

    /// Nothing more than a check can help: found out in an interview or before one.
    pub fn failed(&mut self, part: Part, reason: &str, now: Instant) {
        let found = self.found.get_or_insert_default();
        found.retain(|check| check.part != part);
        found.push(Check { part, finding: Finding::Failed { reason: reason.to_owned() } });
        self.suspect(now);
    }

    pub fn is_checking(&self) -> bool {
        self.running.is_some()
    }

    fn faults(&self) -> impl Iterator<Item = Part> + '_ {
        let found = self.found.iter().flatten();
        found.filter(|check| matches!(check.finding, Finding::Failed { .. })).map(|check| check.part)
    }

    /// The number on the page of a booth in which nobody can be interviewed; the first part of a chain first.
    pub fn number(&self) -> Option<&'static str> {
        let number = |part| match part {
            Part::Camera => Some("E-CAM-01"),
            Part::Microphone => Some("E-MIC-01"),
            Part::Speaker => Some("E-SPK-01"),
            Part::Call => Some("E-RTC-01"),
            // A dark screen shows no page; line and disk have their own; an interview needs no lamp.
            Part::Screen | Part::Service | Part::Disk | Part::Panel => None,
        };
        self.faults().filter_map(|part| Some((part, number(part)?))).min().map(|(_, number)| number)
    }
}

impl Booth {
    /// What the last check found, with line and disk as they are now; none before the first one.
    pub fn report(&self) -> Option<Report> {
        let good = || Finding::Good { figure: String::new() };
        let failed = |reason: String| Finding::Failed { reason };
        let service = match self.online() {
            true => good(),
            false => failed(format!("no line to the service ({}): check the network and the address", self.fault())),
        };
        let mut checks = self.health.found.clone()?;
        let disk = match self.disk {
            None => {
                checks.iter().find(|check| check.part == Part::Disk).map_or_else(good, |check| check.finding.clone())
            }
            Some(number) => failed(format!("the booth's disk does not open ({number}): make room, or replace it")),
        };
        let own = [(Part::Service, service), (Part::Disk, disk)].map(|(part, finding)| Check { part, finding });
        checks.retain(|check| own.iter().all(|own| own.part != check.part));
        checks.extend(own);
        checks.sort_by_key(|check| check.part);
        Some(Report { checks })
    }

    pub(super) fn report_answer(&self) -> Answer {
        let report = self.report();
        let healthy = report.as_ref().is_some_and(Report::is_healthy);
        Answer::Report { report, healthy }
    }

    /// Nobody is in the booth.
    pub(super) fn is_empty(&self) -> bool {
        self.empty_at().is_some_and(|at| at <= self.now)
    }

    /// When nobody is there any more if nothing happens; none when that is not a matter of a moment.
    fn empty_at(&self) -> Option<Instant> {
        match self.stage {
            Stage::Welcome if self.locale != self.config.locale => None,
            Stage::Welcome => Some(self.health.touched.map_or(self.now, |at| at + QUIET)),
            Stage::OutOfOrder(_) => Some(self.now),
            _ => None,
        }
    }

    /// Looks now, or joins the check that runs.
    pub(super) fn check_for(&mut self, asker: Asker) {
        if !self.is_empty() || self.health.asked.len() == ASKERS {
            return self.answer(asker, Answer::Busy);
        }
        self.health.asked.push(asker);
        if self.health.running.is_none() {
            self.begin_check();
        }
    }

    pub(super) fn forget_asker(&mut self, asker: Asker) {
        self.health.asked.retain(|other| *other != asker);
    }

    pub(super) fn begin_check(&mut self) {
        self.health.n += 1;
        (self.health.running, self.health.next) = (Some(self.now + LONGEST), None);
        self.effects.push_back(Effect::Check(self.health.n));
    }

    fn stop_check(&mut self) {
        self.effects.push_back(Effect::StopCheck);
        self.end_check(Answer::Busy, self.config.check_again);
    }

    /// Takes what check `n` found; an older one was given up.
    pub(super) fn checked(&mut self, n: u32, checks: Vec<Check>) {
        if self.health.running.is_none() || n != self.health.n {
            return;
        }
        self.health.found = Some(checks);
        // A lamp is mended by a hand: taking the camera every minute would not help it.
        let is_faulty = self.health.faults().any(|part| part != Part::Panel);
        let wait = if is_faulty { Some(self.config.check_again) } else { self.config.check_every };
        let answer = self.report_answer();
        self.end_check(answer, wait.unwrap_or_default());
        if wait.is_none() {
            self.health.next = None;
        }
    }

    fn end_check(&mut self, answer: Answer, wait: Duration) {
        (self.health.running, self.health.next) = (None, Some(self.now + wait));
        if self.staff_is_here() {
            // Reading the result begins now.
            self.touched = self.now;
        }
        for asker in std::mem::take(&mut self.health.asked) {
            self.answer(asker, answer.clone());
        }
    }

    /// The service is there: the first check has everything it looks at.
    pub(super) fn check_soon(&mut self) {
        let at = self.now + SETTLED;
        if self.health.n == 0 {
            self.health.next = self.health.next.map(|next| next.min(at));
        }
    }

    pub(super) fn check_timeout(&self) -> Option<Instant> {
        let health = &self.health;
        let begins = || if self.is_closed() { None } else { Some(health.next?.max(self.empty_at()?)) };
        health.running.or_else(begins)
    }

    /// Begins what is due, and ends what somebody's coming or the time ends.
    pub(super) fn tend_check(&mut self) {
        let now = self.now;
        match self.health.running {
            Some(_) if !self.is_empty() && !self.menu_is_quiet() => self.stop_check(),
            Some(until) if now >= until => {
                self.effects.push_back(Effect::StopCheck);
                let reason = "the check did not come to an end: restart the booth";
                let failed = |part| Check { part, finding: Finding::Failed { reason: reason.to_owned() } };
                let parts = [Part::Camera, Part::Microphone, Part::Speaker, Part::Call];
                self.checked(self.health.n, parts.map(failed).into());
            }
            // Whoever closed the booth has work for its processor.
            None if self.health.next.is_some_and(|next| next <= now) && !self.is_closed() && self.is_empty() => {
                self.begin_check();
            }
            _ => {}
        }
    }

    /// Version, slot and fallback are these.
    pub(super) fn device(&mut self, device: Device) {
        self.health.device = device;
    }

    /// Has the service told of the device anew: it has forgotten it with the connection.
    pub(super) fn device_untold(&mut self) {
        self.health.told = None;
    }

    /// Tells the service what has changed (P3, S4).
    pub(super) fn tell_device(&mut self) {
        let faults = self.report().map(|report| report.faults().map(|part| part.name().to_owned()).collect());
        let device = Device { faults, ..self.health.device.clone() };
        if self.online() && self.health.told.as_ref() != Some(&device) {
            self.health.told = Some(device.clone());
            self.send(engawa_protocol::ClientMessage::Device { device });
        }
    }
}
