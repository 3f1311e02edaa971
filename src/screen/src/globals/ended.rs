//! The last page.

use super::{Touched, count};
use crate::Touch;
use crate::ui::{App, Ended, Ending};
use engawa_session::view::End;
use slint::ComponentHandle;

pub(crate) fn wire(app: &App, touched: &Touched) {
    let ended = app.global::<Ended>();
    let told = touched.clone();
    ended.on_finish(move || told(Touch::Finish));
    let told = touched.clone();
    ended.on_return(move || told(Touch::Return));
}

pub(crate) fn show(app: &App, end: End, closes_in: u32, may_return: bool) {
    let ended = app.global::<Ended>();
    ended.set_ending(match end {
        End::Done => Ending::Done,
        End::SlotOver => Ending::SlotOver,
        End::Cancelled => Ending::Cancelled,
        End::Left => Ending::Left,
        End::Lost => Ending::Lost,
        End::TakenOver => Ending::TakenOver,
    });
    ended.set_closes_in(count(closes_in));
    ended.set_may_return(may_return);
}
