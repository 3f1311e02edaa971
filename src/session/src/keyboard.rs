//! The booth's keyboard: Latin, kana and Hangul, with composition, and a page of digits and marks.
//!
//! A pure value: keys in, text and layout out. A name has no spaces: only the chat offers that key,
//! and marks beyond those of names.

mod hangul;
mod kana;
mod rows;

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
    /// Digits and marks, as whoever writes the letters under them uses them.
    Signs,
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
    /// The set of letters: the same, or the one under the signs.
    pub letters: Layout,
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
    /// Never the signs: those lie over it.
    letters: Layout,
    signs: bool,
    shift: bool,
    text: String,
    syllable: Syllable,
    /// Letters that fit.
    limit: usize,
}

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
            letters: layout,
            signs: false,
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
            Key::Layout(Layout::Signs) => {
                self.settle();
                (self.signs, self.shift) = (true, false);
            }
            Key::Layout(layout) => {
                self.settle();
                (self.letters, self.signs) = (layout, false);
                self.shift = layout == Layout::Latin && self.text.is_empty();
            }
        }
    }

    /// What to draw.
    pub fn view(&self) -> View {
        let layout = if self.signs { Layout::Signs } else { self.letters };
        let rows = match layout {
            Layout::Signs if self.limit == limits::NAME_CHARS => rows::of_names(self.letters),
            Layout::Signs => rows::of_lines(self.letters),
            letters => rows::of_letters(letters, self.shift),
        };
        let upper = layout == Layout::Latin && self.shift;
        let cased = |c: char| if upper { c.to_ascii_uppercase() } else { c };
        let key = |c: char| (c != ' ').then(|| cased(c));
        View {
            layout,
            letters: self.letters,
            rows: rows.iter().map(|row| row.chars().map(key).collect()).collect(),
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
    fn the_kana_and_their_marks_stand_in_ten_columns() {
        let mut keyboard = Keyboard::for_text(Locale::Ja);
        let letters = keyboard.view().rows;
        keyboard.press(Key::Layout(Layout::Signs));
        let signs = keyboard.view().rows;
        assert!(letters.iter().chain(&signs).all(|row| row.len() == 10), "{letters:?} {signs:?}");
    }

    #[test]
    fn shift_lasts_for_one_letter() {
        let mut keyboard = Keyboard::new(Locale::En);
        assert_eq!(keyboard.view().rows[0][0], Some('Q'));
        keyboard.press(Key::Letter('Q'));
        assert_eq!(keyboard.view().rows[0][0], Some('q'));
        assert_eq!(typed(Locale::Ko, "^").view().rows[0][0], Some('ㅃ'));
    }

    fn keys(keyboard: &Keyboard) -> String {
        keyboard.view().rows.iter().flatten().flatten().collect()
    }

    // T1
    #[test]
    fn one_key_goes_to_digits_and_marks_and_one_comes_back() {
        for (locale, marks) in [
            (Locale::Ja, "0123456789、。ー「」？！"),
            (Locale::Ko, "0123456789.,?!'-()/:@"),
            (Locale::En, "0123456789.,?!'-()/:@"),
        ] {
            let mut keyboard = Keyboard::for_text(locale);
            let letters = keyboard.view().layout;
            keyboard.press(Key::Layout(Layout::Signs));
            assert_eq!((keyboard.view().layout, keyboard.view().letters), (Layout::Signs, letters));
            let offered = keys(&keyboard);
            assert!(marks.chars().all(|mark| offered.contains(mark)), "{locale:?} has only {offered}");
            keyboard.press(Key::Letter('7'));
            assert_eq!(keyboard.view().layout, Layout::Signs, "a number has more than one digit");
            keyboard.press(Key::Layout(letters));
            assert_eq!(keyboard.view().layout, letters);
            assert_eq!(keyboard.text(), "7");
        }
    }

    // W1
    #[test]
    fn a_name_is_offered_no_marks_but_those_of_names() {
        for locale in Locale::ALL {
            let mut keyboard = Keyboard::new(locale);
            keyboard.press(Key::Layout(Layout::Signs));
            let offered = keys(&keyboard);
            assert!(offered.contains("1234567890"), "{offered}");
            assert!(!offered.contains(['。', '、', '？', '！', ',', '?', '!', '@', '/', ':']), "{offered}");
        }
    }

    #[test]
    fn a_mark_ends_the_syllable_before_it() {
        let mut keyboard = typed(Locale::Ko, "ㅎㅗ");
        keyboard.press(Key::Layout(Layout::Signs));
        assert!(keyboard.view().composing.is_empty());
        keyboard.press(Key::Letter('-'));
        keyboard.press(Key::Layout(Layout::Hangul));
        keyboard.press(Key::Letter('ㅇ'));
        assert_eq!(keyboard.text(), "호-ㅇ");
    }

    #[test]
    fn a_name_has_an_end() {
        let long = "ア".repeat(limits::NAME_CHARS + 5);
        assert_eq!(typed(Locale::Ja, &long).text().chars().count(), limits::NAME_CHARS);
        let hangul = "ㄱㅏㄴ".repeat(limits::NAME_CHARS + 5);
        assert_eq!(typed(Locale::Ko, &hangul).text().chars().count(), limits::NAME_CHARS);
    }
}
