//! The page after being turned away.

use super::Touched;
use crate::Touch;
use crate::ui::{App, Refused};
use crate::words::whole;
use engawa_session::view::Note;
use slint::ComponentHandle;

/// Letters beyond which the words need more of the page.
const LONG: usize = 110;

pub(crate) fn wire(app: &App, touched: &Touched) {
    let refused = app.global::<Refused>();
    let told = touched.clone();
    refused.on_other_companies(move || told(Touch::OtherCompanies));
    let told = touched.clone();
    refused.on_finish(move || told(Touch::Finish));
}

pub(crate) fn show(app: &App, company: &str, note: Option<&Note>, unanswered: bool) {
    let refused = app.global::<Refused>();
    refused.set_company(company.into());
    refused.set_note(note.map(|note| whole(&note.text)).unwrap_or_default().into());
    refused.set_note_from(note.map_or("", |note| &note.from).into());
    refused.set_long(note.is_some_and(|note| note.text.chars().count() > LONG));
    refused.set_unanswered(unanswered);
}
