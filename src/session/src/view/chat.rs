//! The chat on the screen.

use crate::keyboard;
use engawa_protocol::{CommandId, Locale, Millis, Refusal, Seq};

/// The chat.
#[derive(Debug, Clone, PartialEq)]
pub struct Chat {
    /// The lines, oldest first; the waiting ones are last.
    pub lines: Vec<Line>,
    /// Posts of the others that were not seen yet, those from before joining included (T5).
    pub unread: u32,
    /// The keyboard with what is typed, while the chat is open.
    pub keyboard: Option<keyboard::View>,
    /// What is typed can be sent.
    pub can_send: bool,
    /// Ready answers, while the chat is open.
    pub quick: &'static [QuickAnswer],
}

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub key: LineKey,
    /// The candidate's own.
    pub mine: bool,
    /// The author's shown name; empty for one's own.
    pub name: String,
    /// When it was taken; none while it waits.
    pub at: Option<Millis>,
    /// What it says.
    pub body: LineBody,
    /// How far it is.
    pub state: LineState,
}

/// What names a line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LineKey {
    /// A post of the log.
    Post(Seq),
    /// It waits in the queue.
    Waiting(CommandId),
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineBody {
    /// Words.
    Text(String),
    /// A file.
    File {
        /// Its name.
        name: String,
        /// Its bytes.
        size: u32,
        /// Its media type; empty while it waits and is not known.
        media_type: String,
    },
    /// It was taken back.
    Deleted,
}

/// How far a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineState {
    /// In the log: everybody has it.
    Posted,
    /// On the booth's disk; it goes out by itself (T8).
    Waiting,
    /// A file on its way.
    Sending {
        /// Bytes that the service has.
        sent: u32,
    },
    /// It will not be delivered; none when the booth could not keep it.
    Failed(Option<Refusal>),
}

/// A file that is being shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its post.
    pub post: Seq,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// How far it is; the bytes themselves go from the adapter to the screen.
    pub state: DocumentState,
}

/// How far a file that is to be shown is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentState {
    /// On its way here.
    Loading,
    /// Here.
    Here,
    /// It could not be had.
    Failed,
}

/// A ready answer, for those who would rather not type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuickAnswer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// One moment, please.
    OneMoment,
    /// I cannot hear you.
    CannotHear,
    /// I cannot see you.
    CannotSee,
    /// Thank you.
    ThankYou,
}

impl QuickAnswer {
    /// All of them, in the order in which they are offered.
    pub const ALL: [QuickAnswer; 6] = [
        QuickAnswer::Yes,
        QuickAnswer::No,
        QuickAnswer::OneMoment,
        QuickAnswer::CannotHear,
        QuickAnswer::CannotSee,
        QuickAnswer::ThankYou,
    ];

    /// The words that are sent, which are those on its key.
    pub fn text(self, locale: Locale) -> &'static str {
        let [ja, ko, en] = match self {
            QuickAnswer::Yes => ["はい。", "네.", "Yes."],
            QuickAnswer::No => ["いいえ。", "아니요.", "No."],
            QuickAnswer::OneMoment => ["少々お待ちください。", "잠시만 기다려 주세요.", "One moment, please."],
            QuickAnswer::CannotHear => ["音声が聞こえません。", "소리가 들리지 않습니다.", "I cannot hear you."],
            QuickAnswer::CannotSee => ["映像が見えません。", "화면이 보이지 않습니다.", "I cannot see you."],
            QuickAnswer::ThankYou => ["ありがとうございます。", "감사합니다.", "Thank you."],
        };
        match locale {
            Locale::Ja => ja,
            Locale::Ko => ko,
            Locale::En => en,
        }
    }
}
