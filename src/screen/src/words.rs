//! Keeps Korean words whole where a text wraps.

/// U+2060: invisible, and no line breaks at it.
const JOINER: char = '\u{2060}';

/// Puts a word joiner between neighbouring Hangul syllables; Korean breaks only at its spaces.
pub fn whole(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut before = false;
    for letter in text.chars() {
        let syllable = ('\u{AC00}'..='\u{D7A3}').contains(&letter);
        if before && syllable {
            joined.push(JOINER);
        }
        joined.push(letter);
        before = syllable;
    }
    joined
}
