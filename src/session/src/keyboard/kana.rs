//! Voiced and small forms of hiragana.

const VOICED: [&str; 21] = [
    "かが",
    "きぎ",
    "くぐ",
    "けげ",
    "こご",
    "さざ",
    "しじ",
    "すず",
    "せぜ",
    "そぞ",
    "ただ",
    "ちぢ",
    "つづ",
    "てで",
    "とど",
    "はばぱ",
    "ひびぴ",
    "ふぶぷ",
    "へべぺ",
    "ほぼぽ",
    "うゔ",
];
const SMALL: [&str; 9] = ["あぁ", "いぃ", "うぅ", "えぇ", "おぉ", "つっ", "やゃ", "ゆゅ", "よょ"];

fn next(rings: &[&str], kana: char) -> Option<char> {
    let ring: Vec<char> = rings.iter().find(|ring| ring.contains(kana))?.chars().collect();
    let at = ring.iter().position(|&c| c == kana)?;
    Some(ring[(at + 1) % ring.len()])
}

/// The next of か が, or は ば ぱ; none for a kana without them.
pub fn voiced(kana: char) -> Option<char> {
    next(&VOICED, kana)
}

/// The small form, or the full one of a small kana; none for a kana without one.
pub fn small(kana: char) -> Option<char> {
    next(&SMALL, kana)
}
