//! The question before leaving.

use super::Touched;
use crate::Touch;
use crate::ui::{App, Leaving};
use engawa_session::view::Dialog;
use slint::ComponentHandle;

pub(crate) fn wire(app: &App, touched: &Touched) {
    let leaving = app.global::<Leaving>();
    let told = touched.clone();
    leaving.on_confirm(move || told(Touch::ConfirmLeave));
    let told = touched.clone();
    leaving.on_stay(move || told(Touch::Stay));
}

pub(crate) fn show(app: &App, dialog: Option<Dialog>) {
    app.global::<Leaving>().set_asked(match dialog {
        None => false,
        Some(Dialog::Leave { .. }) => true,
    });
}
