//! The name and its keyboard.

use super::{Touched, sync};
use crate::Touch;
use crate::ui::{App, KeyRow, Layout, Name};
use engawa_session::keyboard::{self, Key};
use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};

pub(crate) fn wire(app: &App, touched: &Touched) {
    let name = app.global::<Name>();
    let told = touched.clone();
    name.on_letter(move |text| {
        if let Some(letter) = text.chars().next() {
            told(Touch::Key(Key::Letter(letter)));
        }
    });
    let told = touched.clone();
    name.on_lay_out(move |layout| {
        told(Touch::Key(Key::Layout(match layout {
            Layout::Kana => keyboard::Layout::Kana,
            Layout::Hangul => keyboard::Layout::Hangul,
            Layout::Latin => keyboard::Layout::Latin,
        })));
    });
    let told = touched.clone();
    name.on_backspace(move || told(Touch::Key(Key::Backspace)));
    let told = touched.clone();
    name.on_toggle_shift(move || told(Touch::Key(Key::Shift)));
    let told = touched.clone();
    name.on_voiced(move || told(Touch::Key(Key::Voiced)));
    let told = touched.clone();
    name.on_small(move || told(Touch::Key(Key::Small)));
    let told = touched.clone();
    name.on_done(move || told(Touch::NameDone));
}

pub(crate) fn show(app: &App, view: &keyboard::View, ready: bool) {
    let name = app.global::<Name>();
    if let Some(rows) = changed(&name.get_rows(), &view.rows) {
        name.set_rows(rows);
    }
    name.set_layout(match view.layout {
        keyboard::Layout::Kana => Layout::Kana,
        keyboard::Layout::Hangul => Layout::Hangul,
        keyboard::Layout::Latin => Layout::Latin,
    });
    name.set_shift(view.shift);
    name.set_text(view.text.as_str().into());
    name.set_composing(view.composing.as_str().into());
    name.set_recipe(recipe(view));
    name.set_ready(ready);
}

/// New rows when the set of keys has another shape; otherwise the letters are exchanged in place.
fn changed(current: &ModelRc<KeyRow>, rows: &[Vec<Option<char>>]) -> Option<ModelRc<KeyRow>> {
    let caps =
        |row: &Vec<Option<char>>| row.iter().map(|key| key.map(String::from).unwrap_or_default().into()).collect();
    let rows: Vec<Vec<SharedString>> = rows.iter().map(caps).collect();
    let alike = current.row_count() == rows.len()
        && current.iter().zip(&rows).all(|(old, new)| old.keys.row_count() == new.len());
    if alike && current.iter().zip(&rows).all(|(old, new)| sync(&old.keys, new.clone()).is_none()) {
        return None;
    }
    Some(model(rows))
}

fn model(rows: Vec<Vec<SharedString>>) -> ModelRc<KeyRow> {
    let rows = rows.into_iter().map(|keys| KeyRow { keys: ModelRc::new(VecModel::from(keys)) });
    ModelRc::new(VecModel::from(rows.collect::<Vec<_>>()))
}

/// `ㅇ + ㅜ → 우`; empty while nothing is being composed.
fn recipe(view: &keyboard::View) -> SharedString {
    let jamo: Vec<String> = view.jamo.iter().map(char::to_string).collect();
    match jamo.len() {
        0 => SharedString::new(),
        1 => jamo[0].as_str().into(),
        _ => slint::format!("{} → {}", jamo.join(" + "), view.composing),
    }
}
