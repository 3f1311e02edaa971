//! The last page.

use super::{Touched, count};
use crate::Touch;
use crate::ui::{App, Ended, Ending};
use engawa_session::view::End;
use slint::ComponentHandle;

pub(crate) fn wire(app: &App, touched: &Touched) {
    let told = touched.clone();
    app.global::<Ended>().on_finish(move || told(Touch::Finish));
}

pub(crate) fn show(app: &App, end: End, closes_in: u32) {
    let ended = app.global::<Ended>();
    ended.set_ending(match end {
        End::Done | End::SlotOver | End::Cancelled => Ending::Done,
        End::Left => Ending::Left,
        End::Lost => Ending::Lost,
    });
    ended.set_closes_in(count(closes_in));
}
