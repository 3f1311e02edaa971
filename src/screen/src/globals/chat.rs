//! The chat: lines of both sides, quick answers, what is being written.

use super::{Touched, clock_at, count, keyboard, sync};
use crate::Touch;
use crate::ui::{App, Chat, ChatLine, ChatState};
use crate::words::whole;
use engawa_protocol::{Locale, limits};
use engawa_session::view::{self, Line, LineBody, LineKey, LineState, QuickAnswer};
use slint::ComponentHandle;
use std::cell::{Cell, RefCell};

/// Media types that the booth can show.
const SHOWN: [&str; 3] = ["image/png", "image/jpeg", "text/plain"];

thread_local! {
    /// Which line is which, in the model's order, and whether it failed.
    static LINES: RefCell<Vec<(LineKey, bool)>> = const { RefCell::new(Vec::new()) };
    /// The booth can bring a file here.
    static BRINGS: Cell<bool> = const { Cell::new(false) };
    static ANSWERS: RefCell<&'static [QuickAnswer]> = const { RefCell::new(&[]) };
}

pub(crate) fn wire(app: &App, touched: &Touched) {
    let chat = app.global::<Chat>();
    let told = touched.clone();
    chat.on_show(move |open| told(Touch::Chat(open)));
    let told = touched.clone();
    chat.on_answer(move |n| {
        if let Some(answer) = ANSWERS.with_borrow(|all| nth(all, n)) {
            told(Touch::Quick(answer));
        }
    });
    let told = touched.clone();
    chat.on_pick(move |n| match LINES.with_borrow(|all| nth(all, n)) {
        Some((LineKey::Post(post), _)) => told(Touch::Show(post)),
        Some((LineKey::Waiting(id), true)) => told(Touch::Dismiss(id)),
        _ => {}
    });
    let told = touched.clone();
    chat.on_take_back(move |n| {
        if let Some((LineKey::Post(post), _)) = LINES.with_borrow(|all| nth(all, n)) {
            told(Touch::DeletePost(post));
        }
    });
}

/// Shows the chat of a page that has one; without it the chat is closed.
pub(crate) fn show(app: &App, shown: Option<&view::Chat>, locale: Locale) {
    let chat = app.global::<Chat>();
    let keys = shown.and_then(|shown| shown.keyboard.as_ref());
    chat.set_present(shown.is_some());
    chat.set_open(keys.is_some());
    chat.set_unread(shown.map_or(0, |shown| count(shown.unread)));
    chat.set_most(count(limits::TEXT_CHARS));
    let lines = shown.map_or(&[][..], |shown| &shown.lines);
    let failed = |line: &Line| matches!(line.state, LineState::Failed(_));
    LINES.set(lines.iter().map(|line| (line.key.clone(), failed(line))).collect());
    let mut before = String::new();
    let rows = lines.iter().enumerate().map(|(n, line)| {
        let head = head(line);
        let repeated = std::mem::replace(&mut before, head.clone()) == head;
        row(n, line, if repeated { String::new() } else { head })
    });
    if let Some(model) = sync(&chat.get_lines(), rows.collect()) {
        chat.set_lines(model);
    }
    let answers = shown.map_or(&[][..], |shown| shown.quick);
    ANSWERS.set(answers);
    let words = answers.iter().map(|answer| key_words(*answer, locale).into());
    if let Some(model) = sync(&chat.get_quick(), words.collect()) {
        chat.set_quick(model);
    }
    if let (Some(shown), Some(keys)) = (shown, keys) {
        chat.set_typed(count(keys.text.chars().count() + keys.composing.chars().count()));
        chat.set_can_send(shown.can_send);
        keyboard::show(app, keys, shown.can_send, true);
    }
}

fn nth<T: Clone>(all: &[T], n: i32) -> Option<T> {
    usize::try_from(n).ok().and_then(|n| all.get(n).cloned())
}

/// Offers files to be opened from here on, or only names them.
pub(crate) fn bring_files(brings: bool) {
    BRINGS.set(brings);
}

/// What stands on an answer's key: two lines at most, broken where a phrase ends.
fn key_words(answer: QuickAnswer, locale: Locale) -> String {
    let words = answer.text(locale).trim_end_matches(['。', '.']);
    if locale != Locale::Ja {
        return whole(words);
    }
    let phrase = ["少々お待ち", "音声が", "映像が", "ありがとう"].into_iter().find(|phrase| words.starts_with(phrase));
    phrase.map_or_else(|| words.to_owned(), |phrase| format!("{phrase}\n{}", &words[phrase.len()..]))
}

/// Who wrote it and when; one's own lines stand at the other side instead.
fn head(line: &Line) -> String {
    match line.at {
        Some(at) if !line.mine => format!("{} {}", line.name, clock_at(at)),
        _ => String::new(),
    }
}

fn row(n: usize, line: &Line, head: String) -> ChatLine {
    let (text, file, size, shows) = match &line.body {
        LineBody::Text(text) => (whole(text), false, String::new(), false),
        LineBody::File { name, size: bytes, media_type } => {
            let shows = line.state == LineState::Posted && SHOWN.contains(&media_type.as_str());
            (name.clone(), true, size(*bytes), shows && !line.mine && BRINGS.get())
        }
        LineBody::Deleted => (String::new(), false, String::new(), false),
    };
    let removed = line.body == LineBody::Deleted;
    let (state, part) = match (line.state, &line.body) {
        (LineState::Posted, _) => (ChatState::Posted, 1.0),
        (LineState::Waiting, _) => (ChatState::Waiting, 0.0),
        (LineState::Sending { sent }, LineBody::File { size, .. }) => {
            (ChatState::Sending, sent as f32 / (*size).max(1) as f32)
        }
        (LineState::Sending { .. }, _) => (ChatState::Waiting, 0.0),
        (LineState::Failed(_), _) => (ChatState::Failed, 0.0),
    };
    ChatLine {
        id: match &line.key {
            LineKey::Post(post) => count(*post),
            // Those that wait are not chosen; their place tells them apart.
            LineKey::Waiting(_) => -2 - count(n),
        },
        mine: line.mine,
        head: head.into(),
        text: text.into(),
        file,
        size: size.into(),
        removed,
        shows,
        own: line.mine && line.state == LineState::Posted && !removed,
        state,
        part,
    }
}

/// A size as people read it: `2.4 MB`.
fn size(bytes: u32) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} KB", bytes.div_ceil(1000).min(999)),
        _ => format!("{:.1} MB", f64::from(bytes) / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_size_reads_in_three_units() {
        assert_eq!(size(12), "12 B");
        assert_eq!(size(1_001), "2 KB");
        assert_eq!(size(999_999), "999 KB");
        assert_eq!(size(5 * 1024 * 1024), "5.2 MB");
    }
}
