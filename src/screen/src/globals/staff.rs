//! Calling a person of the staff.

use super::Touched;
use crate::Touch;
use crate::ui::{self, App, StaffState};
use crate::words::whole;
use engawa_session::view::Staff;
use slint::ComponentHandle;

pub(crate) fn wire(app: &App, touched: &Touched) {
    let told = touched.clone();
    app.global::<ui::Staff>().on_call(move || told(Touch::CallStaff));
}

pub(crate) fn show(app: &App, call: &Staff) {
    let staff = app.global::<ui::Staff>();
    let (state, by) = match call {
        Staff::Away => (StaffState::Away, ""),
        Staff::Free => (StaffState::Free, ""),
        Staff::Called => (StaffState::Called, ""),
        Staff::Coming { by } => (StaffState::Coming, by.as_str()),
    };
    staff.set_by(whole(by).into());
    staff.set_state(state);
}
