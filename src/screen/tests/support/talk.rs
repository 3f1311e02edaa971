//! Views of the chat and of its files.

use super::samples::{ON, call, hosts, moment, pick, reconnecting, view};
use engawa_protocol::{ClientId, CommandId, Locale, Refusal, Seat};
use engawa_screen::View;
use engawa_session::keyboard::{Key, Keyboard, Layout};
use engawa_session::view::{Chat, Document, DocumentState, Line, LineBody, LineKey, LineState, QuickAnswer};

/// The chat's pages and their states, by name.
pub fn all(locale: Locale) -> Vec<(&'static str, View)> {
    let page = |count, chat| View { chat: Some(chat), ..view(locale, call(locale, count, None, ON)) };
    let empty = Chat { lines: vec![], ..open(locale, "") };
    let closed = Chat { unread: 2, keyboard: None, quick: &[], ..open(locale, "") };
    let away = View { online: false, chat: Some(waiting(locale)), ..view(locale, reconnecting(locale)) };
    let failed = Chat { lines: failed(locale), ..open(locale, "") };
    let long = Chat { lines: long(locale), unread: 12, ..open(locale, "") };
    let shown = |state, media_type: &str, name: &str| View {
        document: Some(Document { post: 2, name: name.to_owned(), media_type: media_type.to_owned(), state }),
        ..page(1, open(locale, ""))
    };
    vec![
        ("chat-closed", page(1, closed)),
        ("chat", page(2, open(locale, ""))),
        ("chat-empty", page(1, empty)),
        ("chat-long", View { chat: Some(long), ..view(locale, call(locale, 5, Some(Seat(1)), ON)) }),
        ("chat-failed", page(1, failed)),
        ("chat-offline", away),
        ("document", shown(DocumentState::Here, "image/png", "map.png")),
        ("document-text", shown(DocumentState::Here, "text/plain", "agenda.txt")),
        ("document-loading", shown(DocumentState::Loading, "image/png", "map.png")),
        ("document-failed", shown(DocumentState::Failed, "image/png", &"map-".repeat(29))),
    ]
}

/// The open chat after `keys` were typed.
pub fn open(locale: Locale, keys: &str) -> Chat {
    let mut keyboard = Keyboard::for_text(locale);
    keys.chars().for_each(|key| keyboard.press(Key::Letter(key)));
    Chat {
        lines: lines(locale),
        unread: 0,
        can_send: !keyboard.text().is_empty(),
        keyboard: Some(keyboard.view()),
        quick: &QuickAnswer::ALL,
    }
}

/// The open chat on Latin keys, as full as it can be.
pub fn full(locale: Locale) -> Chat {
    let mut keyboard = Keyboard::for_text(locale);
    keyboard.press(Key::Layout(Layout::Latin));
    (0..255).for_each(|n| keyboard.press(Key::Letter(if n % 8 == 7 { ' ' } else { 'w' })));
    Chat { can_send: true, keyboard: Some(keyboard.view()), ..open(locale, "") }
}

/// The open chat with digits and marks on its keys.
pub fn signs(locale: Locale) -> Chat {
    let mut keyboard = Keyboard::for_text(locale);
    keyboard.press(Key::Layout(Layout::Signs));
    "090-1234".chars().for_each(|key| keyboard.press(Key::Letter(key)));
    Chat { can_send: true, keyboard: Some(keyboard.view()), ..open(locale, "") }
}

pub fn waiting_id(n: u32) -> CommandId {
    CommandId { client: ClientId::from_random([7; 16]), n }
}

fn post(seq: u32, mine: bool, minute: u64, locale: Locale, body: LineBody) -> Line {
    let name = if mine { String::new() } else { hosts(locale, 2)[1].0.clone() };
    Line { key: LineKey::Post(seq), mine, name, at: Some(moment(13, minute)), body, state: LineState::Posted }
}

fn text(words: &str) -> LineBody {
    LineBody::Text(words.to_owned())
}

fn file(name: &str, size: u32, media_type: &str) -> LineBody {
    LineBody::File { name: name.to_owned(), size, media_type: media_type.to_owned() }
}

fn lines(locale: Locale) -> Vec<Line> {
    let [hello, thanks] = pick(
        locale,
        ["資料をお送りします", "ありがとうございます"],
        ["자료를 보내 드립니다", "감사합니다"],
        ["I am sending you the map", "That is very kind"],
    );
    let plan = pick(locale, "会社案内.pdf", "회사 안내.pdf", "About us.pdf");
    vec![
        post(1, false, 41, locale, text(hello)),
        post(2, false, 41, locale, file("map.png", 2_400_000, "image/png")),
        post(3, false, 42, locale, file(plan, 1_100, "application/pdf")),
        post(4, true, 42, locale, text(thanks)),
    ]
}

fn waiting(locale: Locale) -> Chat {
    let question = pick(
        locale,
        "履歴書を送ってもよいですか",
        "이력서를 보내 드려도 되겠습니까",
        "May I send you my curriculum vitae?",
    );
    let waits = |n, body, state| Line {
        key: LineKey::Waiting(waiting_id(n)),
        mine: true,
        name: String::new(),
        at: None,
        body,
        state,
    };
    let mut chat = open(locale, "");
    chat.lines.push(waits(1, file("cv.pdf", 4_194_304, ""), LineState::Sending { sent: 1_048_576 }));
    chat.lines.push(waits(2, text(question), LineState::Waiting));
    chat
}

/// Removed ones, and one that was not taken.
fn failed(locale: Locale) -> Vec<Line> {
    let mut lines = lines(locale);
    lines[0].body = LineBody::Deleted;
    lines[3].body = LineBody::Deleted;
    lines.push(Line {
        key: LineKey::Waiting(waiting_id(3)),
        mine: true,
        name: String::new(),
        at: None,
        body: text(pick(locale, "聞こえますか", "들리십니까", "Can you hear me?")),
        state: LineState::Failed(Some(Refusal::Over)),
    });
    lines
}

fn long(locale: Locale) -> Vec<Line> {
    let words = pick(
        locale,
        "本日はお越しくださり、ありがとうございます。",
        "오늘 찾아와 주셔서 감사합니다. ",
        "Thank you for coming by today, we are glad. ",
    );
    let words: String = words.chars().cycle().take(255).collect();
    let mut lines = lines(locale);
    lines.push(post(5, false, 43, locale, text(&words)));
    lines.push(post(6, false, 43, locale, file(&format!("{}.jpg", "w".repeat(116)), 5_242_880, "image/jpeg")));
    lines.push(post(7, true, 44, locale, text(&"w".repeat(60))));
    lines
}
