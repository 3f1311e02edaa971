//! A booth that cannot be used says so, and looks again until it can.

use super::{Booth, Link, LinkFault, Stage};
use crate::booth::Saved;
use crate::outbox::KeepFault;
use crate::view::{DISK_BROKEN, DISK_FULL, Loss};
use std::time::{Duration, Instant};

/// A booth without a camera looks again after this.
pub(super) const AGAIN: Duration = Duration::from_secs(30);

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

    /// Goes back to the first page when what was wrong is right again.
    pub(super) fn look_again(&mut self, fault: &'static str, now: Instant) {
        let camera = fault.starts_with("E-CAM");
        if self.disk.is_some() {
            return;
        }
        if (!camera && self.online()) || (camera && now >= self.touched + AGAIN) {
            self.finish_with(Stage::Welcome);
        } else if !camera {
            (self.stage, self.touched) = (Stage::OutOfOrder(self.fault()), now);
        }
    }

    /// What is wrong with the line, for the staff.
    pub(super) fn fault(&self) -> &'static str {
        match self.link {
            Link::Down { fault: LinkFault::Unauthorized, .. } => "E-KEY-01",
            Link::Down { fault: LinkFault::Version, .. } => "E-VER-01",
            Link::Down { fault: LinkFault::Replaced, .. } => "E-KEY-02",
            Link::Down { fault: LinkFault::Misbehaved, .. } => "E-PRO-01",
            _ => "E-NET-01",
        }
    }
}
