//! What stands on the keys, row by row; a space is a gap of one key.

use super::Layout;

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

const KANA_SIGNS: [&str; 4] = ["1234567890", "、。？！ー・「」（）", "〜…々：／＆％＋＝￥", "@.,-_:/'#*"];
const LATIN_SIGNS: [&str; 3] = ["1234567890", ".,?!'-()/:", "@&%+~^_#"];
const KANA_NAME_SIGNS: [&str; 2] = ["1234567890", "ー・々ヶ'-."];
const LATIN_NAME_SIGNS: [&str; 2] = ["1234567890", "'-.·"];

/// The keys of a script.
pub fn of_letters(letters: Layout, shift: bool) -> &'static [&'static str] {
    match letters {
        Layout::Kana => &KANA,
        Layout::Hangul if shift => &HANGUL_SHIFT,
        Layout::Hangul => &HANGUL,
        Layout::Latin | Layout::Signs => &LATIN,
    }
}

/// Digits and marks of a line, for who writes it in these letters.
pub fn of_lines(letters: Layout) -> &'static [&'static str] {
    if letters == Layout::Kana { &KANA_SIGNS } else { &LATIN_SIGNS }
}

/// Digits and what else a name may hold, for who writes it in these letters.
pub fn of_names(letters: Layout) -> &'static [&'static str] {
    if letters == Layout::Kana { &KANA_NAME_SIGNS } else { &LATIN_NAME_SIGNS }
}
