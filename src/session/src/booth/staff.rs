//! Calling a person of the fair's staff (L15, E7).
//!
//! A call stands until it is taken back or the staff are done, whatever page is shown meanwhile: who
//! calls may well stand beside the booth by then.

use super::Booth;
use crate::view::Staff;
use engawa_protocol::ClientMessage;

/// The call as the candidate wants it, and who answers it.
#[derive(Debug, Default)]
pub(super) struct Call {
    pub stands: bool,
    by: Option<String>,
}

impl Booth {
    /// Calls, or takes the call back.
    pub(super) fn call_staff(&mut self) {
        self.call = Call { stands: !self.call.stands, by: None };
        // What is touched while the line is away is told when it is back.
        if self.online() {
            self.send(ClientMessage::CallStaff { on: self.call.stands });
        }
    }

    /// The service has forgotten the call with the connection that it came over.
    pub(super) fn call_again(&mut self) {
        self.call.by = None;
        if self.call.stands {
            self.send(ClientMessage::CallStaff { on: true });
        }
    }

    /// The staff have answered, or are done.
    pub(super) fn called(&mut self, stands: bool, by: Option<String>) {
        self.call = Call { stands, by };
    }

    pub(super) fn staff_view(&self) -> Staff {
        match &self.call {
            _ if !self.online() => Staff::Away,
            Call { stands: false, .. } => Staff::Free,
            Call { by: Some(by), .. } => Staff::Coming { by: by.clone() },
            Call { by: None, .. } => Staff::Called,
        }
    }
}
