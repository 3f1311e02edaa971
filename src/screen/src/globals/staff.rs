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
    staff.set_by(whole(&shortened(by)).into());
    staff.set_state(state);
}

/// A name that leaves the deck's two lines room for what else they say; a wide letter counts twice.
fn shortened(name: &str) -> String {
    const MOST: usize = 18;
    let mut room = MOST;
    let fits = |letter: &char| {
        let left = room.checked_sub(if letter.is_ascii() { 1 } else { 2 });
        room = left.unwrap_or(0);
        left.is_some()
    };
    let short: String = name.chars().take_while(fits).collect();
    if short.len() < name.len() { short + "…" } else { short }
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_long_name_is_cut_and_a_short_one_is_not() {
        assert_eq!(shortened("勅使河原 権左衛門"), "勅使河原 権左衛門");
        assert_eq!(shortened("Bartholomew Featherstonehaugh"), "Bartholomew Feathe…");
        assert_eq!(shortened("홍성우"), "홍성우");
    }
}
