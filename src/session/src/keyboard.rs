//! The booth's keyboard: Latin, kana and Hangul, with composition.
//!
//! A pure value: keys in, text and layout out. A name has no spaces: only the chat offers that key.

mod hangul;
mod kana;

use engawa_protocol::{Locale, limits};
use hangul::Syllable;

/// A set of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Hiragana in the order of the fifty sounds.
    Kana,
    /// The two-set Hangul layout (KS X 5002).
    Hangul,
    /// QWERTY.
    Latin,
}

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A letter as shown.
    Letter(char),
    /// Takes the last letter, or the last jamo of a syllable, away.
    Backspace,
    /// Upper case, or the doubled jamo, for one letter.
    Shift,
    /// Turns the last kana through か が, は ば ぱ.
    Voiced,
    /// Turns the last kana small and back.
    Small,
    /// Another set of keys.
    Layout(Layout),
}

/// What the keyboard shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The set of keys.
    pub layout: Layout,
    /// Letters row by row, top first; none is a gap of one key.
    pub rows: Vec<Vec<Option<char>>>,
    /// Shift is down.
    pub shift: bool,
    /// The text that is settled.
    pub text: String,
    /// The syllable still being composed, shown underlined after the text.
    pub composing: String,
    /// The jamo of that syllable in the order typed, for the keyboard's own bar.
    pub jamo: Vec<char>,
}

/// A keyboard with what was typed on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyboard {
    layout: Layout,
    shift: bool,
    text: String,
    syllable: Syllable,
    /// Letters that fit.
    limit: usize,
}

const KANA: [&str; 5] = [
    "あかさたなはまやらわ",
    "いきしちにひみ りを",
    "うくすつぬふむゆるん",
    "えけせてねへめ れー",
    "おこそとのほもよろ・",
];
const HANGUL: [&str; 3] = ["ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ"];
const HANGUL_SHIFT: [&str; 3] = ["ㅃㅉㄸㄲㅆㅛㅕㅑㅒㅖ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ"];
const LATIN: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm-'"];

impl Keyboard {
    /// An empty keyboard with the layout that suits `locale`.
    pub fn new(locale: Locale) -> Self {
        let layout = match locale {
            Locale::Ja => Layout::Kana,
            Locale::Ko => Layout::Hangul,
            Locale::En => Layout::Latin,
        };
        // A Latin name begins with a capital.
        Self {
            layout,
            shift: layout == Layout::Latin,
            text: String::new(),
            syllable: Syllable::default(),
            limit: limits::NAME_CHARS,
        }
    }

    /// An empty keyboard for lines of the chat, with spaces.
    pub fn for_text(locale: Locale) -> Self {
        Self { limit: limits::TEXT_CHARS, ..Self::new(locale) }
    }

    /// A keyboard on which `text` was typed before.
    pub fn with_text(locale: Locale, text: &str) -> Self {
        let mut keyboard = Self::new(locale);
        keyboard.text = text.chars().take(limits::NAME_CHARS).collect();
        keyboard.shift &= keyboard.text.is_empty();
        keyboard
    }

    /// Everything typed, the syllable still being composed included.
    pub fn text(&self) -> String {
        let mut text = self.text.clone();
        text.extend(self.syllable.composed());
        text
    }

    /// Takes one key; letters beyond the limit change nothing.
    pub fn press(&mut self, key: Key) {
        match key {
            Key::Letter(letter) => self.letter(letter),
            Key::Backspace => {
                if !self.syllable.backspace() {
                    self.text.pop();
                }
            }
            Key::Shift => self.shift = !self.shift,
            Key::Voiced => self.turn(kana::voiced),
            Key::Small => self.turn(kana::small),
            Key::Layout(layout) => {
                self.settle();
                self.layout = layout;
                self.shift = layout == Layout::Latin && self.text.is_empty();
            }
        }
    }

    /// What to draw.
    pub fn view(&self) -> View {
        let gap = |c: char| (c != ' ').then_some(c);
        let rows: &[&str] = match self.layout {
            Layout::Kana => &KANA,
            Layout::Hangul if self.shift => &HANGUL_SHIFT,
            Layout::Hangul => &HANGUL,
            Layout::Latin => &LATIN,
        };
        let upper = self.layout == Layout::Latin && self.shift;
        let cased = |c: char| if upper { c.to_ascii_uppercase() } else { c };
        View {
            layout: self.layout,
            rows: rows.iter().map(|row| row.chars().map(|c| gap(cased(c))).collect()).collect(),
            shift: self.shift,
            text: self.text.clone(),
            composing: self.syllable.composed().into_iter().collect(),
            jamo: self.syllable.typed(),
        }
    }

    fn letter(&mut self, letter: char) {
        let jamo = hangul::is_jamo(letter);
        let extends = jamo && self.syllable.takes(letter);
        if !extends && self.text().chars().count() >= self.limit {
            return;
        }
        if jamo {
            self.text.extend(self.syllable.push(letter));
        } else {
            self.settle();
            self.text.push(letter);
        }
        self.shift = false;
    }

    fn settle(&mut self) {
        self.text.extend(std::mem::take(&mut self.syllable).composed());
    }

    fn turn(&mut self, turned: fn(char) -> Option<char>) {
        self.settle();
        if let Some(next) = self.text.chars().last().and_then(turned) {
            self.text.pop();
            self.text.push(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(locale: Locale, keys: &str) -> Keyboard {
        let mut keyboard = Keyboard::new(locale);
        keys.chars().for_each(|key| {
            keyboard.press(match key {
                '<' => Key::Backspace,
                '^' => Key::Shift,
                '゛' => Key::Voiced,
                '小' => Key::Small,
                letter => Key::Letter(letter),
            });
        });
        keyboard
    }

    #[test]
    fn hangul_composes_into_syllables() {
        assert_eq!(typed(Locale::Ko, "ㅎㅗㅇㅅㅓㅇㅇㅜ").text(), "홍성우");
        assert_eq!(typed(Locale::Ko, "ㄱㅏㄴㅏ").text(), "가나");
        assert_eq!(typed(Locale::Ko, "ㄷㅏㄹㄱ").text(), "닭");
        assert_eq!(typed(Locale::Ko, "ㄷㅏㄹㄱㅣ").text(), "달기");
        assert_eq!(typed(Locale::Ko, "ㅇㅜㅓㄴ").text(), "원");
        assert_eq!(typed(Locale::Ko, "ㄲㅏㄲㅏ").text(), "까까");
        assert_eq!(typed(Locale::Ko, "ㅏㄱ").text(), "ㅏㄱ");
    }

    #[test]
    fn backspace_takes_a_jamo_and_then_a_letter() {
        assert_eq!(typed(Locale::Ko, "ㅎㅗㅇ<").text(), "호");
        assert_eq!(typed(Locale::Ko, "ㅎㅗㅇ<<<").text(), "");
        assert_eq!(typed(Locale::Ko, "ㄷㅏㄹㄱ<").text(), "달");
        assert_eq!(typed(Locale::Ko, "ㅎㅗㅇㅅ<<").text(), "");
        assert_eq!(typed(Locale::En, "ab<").text(), "a");
    }

    #[test]
    fn kana_turn_voiced_and_small() {
        assert_eq!(typed(Locale::Ja, "か゛").text(), "が");
        assert_eq!(typed(Locale::Ja, "は゛゛").text(), "ぱ");
        assert_eq!(typed(Locale::Ja, "は゛゛゛").text(), "は");
        assert_eq!(typed(Locale::Ja, "きよ小う").text(), "きょう");
        assert_eq!(typed(Locale::Ja, "あ゛").text(), "あ");
    }

    #[test]
    fn the_kana_stand_in_ten_columns() {
        let rows = Keyboard::new(Locale::Ja).view().rows;
        assert!(rows.iter().all(|row| row.len() == 10), "{rows:?}");
    }

    #[test]
    fn shift_lasts_for_one_letter() {
        let mut keyboard = Keyboard::new(Locale::En);
        assert_eq!(keyboard.view().rows[0][0], Some('Q'));
        keyboard.press(Key::Letter('Q'));
        assert_eq!(keyboard.view().rows[0][0], Some('q'));
        assert_eq!(typed(Locale::Ko, "^").view().rows[0][0], Some('ㅃ'));
    }

    #[test]
    fn a_name_has_an_end() {
        let long = "ア".repeat(limits::NAME_CHARS + 5);
        assert_eq!(typed(Locale::Ja, &long).text().chars().count(), limits::NAME_CHARS);
        let hangul = "ㄱㅏㄴ".repeat(limits::NAME_CHARS + 5);
        assert_eq!(typed(Locale::Ko, &hangul).text().chars().count(), limits::NAME_CHARS);
    }
}
