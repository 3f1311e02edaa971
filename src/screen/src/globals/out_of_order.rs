//! The page of a booth that cannot be used.

use crate::ui::{App, Hint, OutOfOrder};
use engawa_session::view::{DISK_BROKEN, DISK_FULL, SETTINGS};
use slint::ComponentHandle;

pub(crate) fn show(app: &App, fault: &str) {
    let page = app.global::<OutOfOrder>();
    page.set_fault(fault.into());
    page.set_hint(match fault {
        DISK_FULL => Hint::DiskFull,
        DISK_BROKEN => Hint::DiskBroken,
        SETTINGS => Hint::Settings,
        _ => Hint::None,
    });
}
