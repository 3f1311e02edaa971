//! A file of the chat that is being shown.

use super::Touched;
use crate::Touch;
use crate::ui::{App, Document, DocumentState};
use crate::words::whole;
use engawa_session::view;
use slint::{ComponentHandle, Image, SharedString};

/// Letters of a text that are shown.
const LETTERS: usize = 20_000;

pub(crate) fn wire(app: &App, touched: &Touched) {
    let told = touched.clone();
    app.global::<Document>().on_close(move || told(Touch::CloseDocument));
}

pub(crate) fn show(app: &App, shown: Option<&view::Document>) {
    let document = app.global::<Document>();
    document.set_open(shown.is_some());
    let Some(shown) = shown else { return forget(app) };
    document.set_name(shown.name.as_str().into());
    document.set_state(match shown.state {
        view::DocumentState::Loading => DocumentState::Loading,
        view::DocumentState::Failed => DocumentState::Failed,
        view::DocumentState::Here if shown.media_type.starts_with("text/") => DocumentState::Words,
        view::DocumentState::Here => DocumentState::Picture,
    });
}

pub(crate) fn show_picture(app: &App, picture: Image) {
    app.global::<Document>().set_picture(picture);
}

pub(crate) fn show_words(app: &App, words: &str) {
    let words: String = words.chars().take(LETTERS).collect();
    app.global::<Document>().set_words(whole(&words).into());
}

/// What was shown is the candidate's: nothing of it stays.
pub(crate) fn forget(app: &App) {
    let document = app.global::<Document>();
    document.set_name(SharedString::new());
    document.set_words(SharedString::new());
    document.set_picture(Image::default());
}
