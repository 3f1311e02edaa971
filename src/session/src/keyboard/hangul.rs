//! Composition of Hangul syllables from the jamo of the two-set layout.
//!
//! Source: The Unicode Standard, section 3.12 (conjoining jamo behaviour): a syllable is
//! U+AC00 + (lead × 21 + vowel) × 28 + tail.

const LEADS: &str = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const VOWELS: &str = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ";
/// The first tail, a space, stands for none.
const TAILS: &str = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
const PAIRS: [&str; 18] = [
    "ㅗㅏㅘ",
    "ㅗㅐㅙ",
    "ㅗㅣㅚ",
    "ㅜㅓㅝ",
    "ㅜㅔㅞ",
    "ㅜㅣㅟ",
    "ㅡㅣㅢ",
    "ㄱㅅㄳ",
    "ㄴㅈㄵ",
    "ㄴㅎㄶ",
    "ㄹㄱㄺ",
    "ㄹㅁㄻ",
    "ㄹㅂㄼ",
    "ㄹㅅㄽ",
    "ㄹㅌㄾ",
    "ㄹㅍㄿ",
    "ㄹㅎㅀ",
    "ㅂㅅㅄ",
];

fn index(set: &str, jamo: char) -> Option<u32> {
    set.chars().position(|c| c == jamo).map(|at| at as u32)
}

fn pair(first: char, second: char) -> Option<char> {
    PAIRS.iter().find_map(|pair| {
        let mut chars = pair.chars();
        (chars.next() == Some(first) && chars.next() == Some(second)).then(|| chars.next()).flatten()
    })
}

/// The letter is a jamo of the layout.
pub fn is_jamo(letter: char) -> bool {
    ('\u{3131}'..='\u{3163}').contains(&letter)
}

fn is_vowel(jamo: char) -> bool {
    VOWELS.contains(jamo)
}

/// The jamo typed since the last settled syllable: together always one character.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Syllable {
    typed: Vec<char>,
}

impl Syllable {
    /// The jamo in the order typed.
    pub fn typed(&self) -> Vec<char> {
        self.typed.clone()
    }

    /// The character that the jamo make.
    pub fn composed(&self) -> Option<char> {
        compose(&self.typed)
    }

    /// Adding `jamo` would still be one character.
    pub fn takes(&self, jamo: char) -> bool {
        let mut typed = self.typed.clone();
        typed.push(jamo);
        compose(&typed).is_some()
    }

    /// Adds a jamo; answers the character that is settled by it, if one is.
    pub fn push(&mut self, jamo: char) -> Option<char> {
        if self.takes(jamo) {
            self.typed.push(jamo);
            return None;
        }
        // A vowel takes the consonant before it along: 닭 + ㅣ is 달기.
        let mut next = vec![jamo];
        if is_vowel(jamo) && self.typed.len() > 1 && self.typed.last().is_some_and(|&last| !is_vowel(last)) {
            next.insert(0, self.typed.pop().expect("the last jamo was just seen"));
        }
        let settled = compose(&self.typed);
        self.typed = next;
        settled
    }

    /// Takes the last jamo away; false when there is none.
    pub fn backspace(&mut self) -> bool {
        self.typed.pop().is_some()
    }
}

/// One character from jamo in typing order: a consonant, a vowel, or lead, vowel and tail.
fn compose(typed: &[char]) -> Option<char> {
    let vowels = typed.iter().filter(|&&c| is_vowel(c)).count();
    let first_vowel = typed.iter().position(|&c| is_vowel(c));
    let Some(at) = first_vowel else {
        return (typed.len() == 1).then(|| typed[0]);
    };
    let vowel = match typed[at..].iter().take_while(|&&c| is_vowel(c)).collect::<Vec<_>>()[..] {
        [&one] => one,
        [&one, &two] => pair(one, two)?,
        _ => return None,
    };
    let tail_at = at + if index(VOWELS, vowel).is_some() && vowels == 2 { 2 } else { 1 };
    let tail = match typed[tail_at..] {
        [] => ' ',
        [one] => one,
        [one, two] => pair(one, two)?,
        _ => return None,
    };
    if at == 0 {
        return (tail == ' ').then_some(vowel);
    }
    let [lead] = typed[..at] else { return None };
    let (lead, vowel, tail) = (index(LEADS, lead)?, index(VOWELS, vowel)?, index(TAILS, tail)?);
    char::from_u32(0xAC00 + (lead * 21 + vowel) * 28 + tail)
}
