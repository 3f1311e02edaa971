//! Words that people type, and the languages they read.

use crate::limits;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// Japanese.
    #[default]
    Ja,
    /// Korean.
    Ko,
    /// English.
    En,
}

impl Locale {
    /// Every language, in the order they stand on the deck.
    pub const ALL: [Locale; 3] = [Locale::Ja, Locale::Ko, Locale::En];

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Locale::Ja => "ja",
            Locale::Ko => "ko",
            Locale::En => "en",
        }
    }
}

/// One text in every language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Localized {
    /// Japanese.
    pub ja: String,
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

impl Localized {
    /// The text in `locale`.
    pub fn get(&self, locale: Locale) -> &str {
        match locale {
            Locale::Ja => &self.ja,
            Locale::Ko => &self.ko,
            Locale::En => &self.en,
        }
    }
}

/// A name or line that cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing is left of it.
    #[error("the text is empty")]
    Empty,
    /// It has more scalar values than the limit.
    #[error("the text is longer than {0} characters")]
    TooLong(usize),
    /// It holds a control or direction-changing character.
    #[error("the text holds a control character")]
    Control,
}

fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Trims a shown name, composes it (NFC) and checks it against [`limits::NAME_CHARS`].
pub fn clean_name(text: &str) -> Result<String, InvalidText> {
    let text: String = text.trim().nfc().collect();
    if text.is_empty() {
        return Err(InvalidText::Empty);
    }
    if text.chars().count() > limits::NAME_CHARS {
        return Err(InvalidText::TooLong(limits::NAME_CHARS));
    }
    if text.chars().any(is_control) {
        return Err(InvalidText::Control);
    }
    Ok(text)
}

/// Trims a line to another participant, composes it (NFC) and checks it against
/// [`limits::TEXT_CHARS`]; it may be empty.
pub fn clean_line(text: &str) -> Result<String, InvalidText> {
    let text: String = text.trim().nfc().collect();
    if text.chars().count() > limits::TEXT_CHARS {
        return Err(InvalidText::TooLong(limits::TEXT_CHARS));
    }
    if text.chars().any(|c| is_control(c) && c != '\n') {
        return Err(InvalidText::Control);
    }
    Ok(text)
}

/// Cleans a line of chat (T1): as [`clean_line`], with pasted line ends and tabs made plain, and not empty.
pub fn clean_post(text: &str) -> Result<String, InvalidText> {
    let text = clean_line(&text.replace("\r\n", "\n").replace('\t', " "))?;
    if text.is_empty() { Err(InvalidText::Empty) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_bounded() {
        assert_eq!(clean_name(" 佐藤花子 "), Ok("佐藤花子".to_owned()));
        assert_eq!(clean_name("  "), Err(InvalidText::Empty));
        assert!(clean_name(&"あ".repeat(40)).is_ok());
        assert_eq!(clean_name(&"あ".repeat(41)), Err(InvalidText::TooLong(40)));
        assert_eq!(clean_name("a\u{202e}b"), Err(InvalidText::Control));
    }

    #[test]
    fn a_line_may_be_empty_and_have_breaks() {
        assert_eq!(clean_line(""), Ok(String::new()));
        assert_eq!(clean_line("a\nb"), Ok("a\nb".to_owned()));
        assert!(clean_line(&"あ".repeat(256)).is_err());
    }

    // T1
    #[test]
    fn a_post_is_counted_after_composition() {
        let decomposed = "\u{304b}\u{3099}".repeat(255);
        assert_eq!(clean_post(&decomposed), Ok("が".repeat(255)));
        assert_eq!(clean_post(&"\u{1f600}".repeat(256)), Err(InvalidText::TooLong(255)));
        assert_eq!(clean_post(" \n"), Err(InvalidText::Empty));
        assert_eq!(clean_post("a\r\n\tb"), Ok("a\n b".to_owned()));
        assert_eq!(clean_post("a\u{202e}b"), Err(InvalidText::Control));
    }
}
