//! The keyboard, for the name and for lines of the chat.

use super::{Touched, sync};
use crate::Touch;
use crate::ui::{App, KeyRow, Keyboard, Layout};
use engawa_session::keyboard::{self, Key};
use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};
use std::cell::Cell;

thread_local! {
    /// The keys are those of the chat, not of the name.
    static LINES: Cell<bool> = const { Cell::new(false) };
}

pub(crate) fn wire(app: &App, touched: &Touched) {
    let board = app.global::<Keyboard>();
    let told = touched.clone();
    board.on_letter(move |text| {
        if let Some(letter) = text.chars().next() {
            told(key(Key::Letter(letter)));
        }
    });
    let told = touched.clone();
    board.on_lay_out(move |layout| {
        told(key(Key::Layout(match layout {
            Layout::Kana => keyboard::Layout::Kana,
            Layout::Hangul => keyboard::Layout::Hangul,
            Layout::Latin => keyboard::Layout::Latin,
            Layout::Signs => keyboard::Layout::Signs,
        })));
    });
    let told = touched.clone();
    board.on_backspace(move || told(key(Key::Backspace)));
    let told = touched.clone();
    board.on_toggle_shift(move || told(key(Key::Shift)));
    let told = touched.clone();
    board.on_voiced(move || told(key(Key::Voiced)));
    let told = touched.clone();
    board.on_small(move || told(key(Key::Small)));
    let told = touched.clone();
    board.on_done(move || told(if LINES.get() { Touch::Send } else { Touch::NameDone }));
}

pub(crate) fn show(app: &App, view: &keyboard::View, ready: bool, lines: bool) {
    LINES.set(lines);
    let board = app.global::<Keyboard>();
    if let Some(rows) = changed(&board.get_rows(), &view.rows) {
        board.set_rows(rows);
    }
    board.set_layout(shown(view.layout));
    board.set_letters(shown(view.letters));
    board.set_shift(view.shift);
    board.set_text(view.text.as_str().into());
    board.set_composing(view.composing.as_str().into());
    board.set_recipe(recipe(view));
    board.set_ready(ready);
    board.set_lines(lines);
}

fn shown(layout: keyboard::Layout) -> Layout {
    match layout {
        keyboard::Layout::Kana => Layout::Kana,
        keyboard::Layout::Hangul => Layout::Hangul,
        keyboard::Layout::Latin => Layout::Latin,
        keyboard::Layout::Signs => Layout::Signs,
    }
}

/// The touch of a key on whichever keyboard is shown.
fn key(key: Key) -> Touch {
    if LINES.get() { Touch::ChatKey(key) } else { Touch::Key(key) }
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
