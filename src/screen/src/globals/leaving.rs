//! The questions: before leaving, and before an interview is taken over.

use super::Touched;
use crate::Touch;
use crate::ui::{App, Leaving, TakingOver};
use engawa_session::view::Dialog;
use slint::ComponentHandle;

pub(crate) fn wire(app: &App, touched: &Touched) {
    let leaving = app.global::<Leaving>();
    let told = touched.clone();
    leaving.on_confirm(move || told(Touch::ConfirmLeave));
    let told = touched.clone();
    leaving.on_stay(move || told(Touch::Stay));
    let taking = app.global::<TakingOver>();
    let told = touched.clone();
    taking.on_confirm(move || told(Touch::TakeOver));
    let told = touched.clone();
    taking.on_stay(move || told(Touch::Stay));
}

pub(crate) fn show(app: &App, dialog: Option<Dialog>) {
    let leaving = app.global::<Leaving>();
    if let Some(Dialog::Leave { may_return }) = dialog {
        leaving.set_may_return(may_return);
    }
    leaving.set_asked(matches!(dialog, Some(Dialog::Leave { .. })));
    app.global::<TakingOver>().set_asked(dialog == Some(Dialog::TakeOver));
}
