//! The dark screen of an empty booth.

use super::Touched;
use crate::Touch;
use crate::ui::{App, Asleep};
use slint::ComponentHandle;

pub(crate) fn wire(app: &App, touched: &Touched) {
    let told = touched.clone();
    app.global::<Asleep>().on_wake(move || told(Touch::Wake));
}

pub(crate) fn show(app: &App, awake: bool) {
    app.global::<Asleep>().set_dark(!awake);
}
