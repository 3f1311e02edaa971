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
    let leaving = app.global::<Leaving>();
    match dialog {
        None => leaving.set_asked(false),
        Some(Dialog::Leave { may_return }) => {
            leaving.set_may_return(may_return);
            leaving.set_asked(true);
        }
    }
}
