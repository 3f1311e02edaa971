//! A booth that cannot be used says so, and looks again until it can.

use super::close::CLOSED;
use super::{Booth, Link, LinkFault, Stage};
use crate::booth::Saved;
use crate::outbox::KeepFault;
use crate::view::{DISK_BROKEN, DISK_FULL, Loss};

impl Booth {
    /// The disk did not open, so nothing could be kept: nobody begins an interview here.
    pub(super) fn disk_failed(&mut self, fault: KeepFault) {
        let fault = match fault {
            KeepFault::Full => DISK_FULL,
            KeepFault::Broken => DISK_BROKEN,
        };
        // The staff who are looking for the fault are told when they close the menu.
        if self.disk.replace(fault) != Some(fault) && !self.staff_is_here() {
            self.finish_with(Stage::OutOfOrder(fault));
        }
    }

    /// The disk is open, with the interview of the last run if one was running.
    pub(super) fn disk_back(&mut self, saved: Option<Saved>) {
        if self.disk.take().is_none() {
            return;
        }
        if saved.is_some() || !self.staff_is_here() {
            self.finish_with(Stage::Welcome);
        }
        if let Some(saved) = saved {
            self.return_to(saved, Loss::Booth);
            self.follow();
        }
    }

    /// Why nobody can be interviewed here, for the staff; none when one can.
    fn trouble(&self) -> Option<&'static str> {
        let away = !self.online() && (self.is_shut_out() || self.offline_for() >= self.config.offline);
        let closed = self.is_closed().then_some(CLOSED);
        closed.or(self.disk).or_else(|| self.health.number()).or_else(|| away.then(|| self.fault()))
    }

    /// Makes an empty booth's page what its state is.
    pub(super) fn look_around(&mut self) {
        match (&self.stage, self.trouble()) {
            (Stage::Welcome, Some(fault)) => self.finish_with(Stage::OutOfOrder(fault)),
            (Stage::OutOfOrder(_), None) => self.finish_with(Stage::Welcome),
            (Stage::OutOfOrder(shown), Some(fault)) if *shown != fault => self.stage = Stage::OutOfOrder(fault),
            _ => {}
        }
    }

    /// The service will not have this booth: only the staff can heal that.
    fn is_shut_out(&self) -> bool {
        matches!(self.link, Link::Down { fault: LinkFault::Unauthorized | LinkFault::EnrolRefused, .. })
    }

    /// What is wrong with the line, for the staff.
    pub(super) fn fault(&self) -> &'static str {
        match self.link {
            Link::Down { fault: LinkFault::Unauthorized, .. } => "E-KEY-01",
            Link::Down { fault: LinkFault::NotEnrolled, .. } => "E-ENR-01",
            Link::Down { fault: LinkFault::EnrolRefused, .. } => "E-ENR-02",
            Link::Down { fault: LinkFault::Version, .. } => "E-VER-01",
            Link::Down { fault: LinkFault::Replaced, .. } => "E-KEY-02",
            Link::Down { fault: LinkFault::Misbehaved, .. } => "E-PRO-01",
            _ => "E-NET-01",
        }
    }
}
