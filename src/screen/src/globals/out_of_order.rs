//! The page of a booth that cannot be used.

use crate::ui::{App, OutOfOrder};
use slint::ComponentHandle;

pub(crate) fn show(app: &App, fault: &str) {
    app.global::<OutOfOrder>().set_fault(fault.into());
}
