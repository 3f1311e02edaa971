//! Which of two versions is newer.

use std::cmp::Ordering;

/// Compares as Debian does: numbers as numbers, `~` before everything and so before the end, letters before
/// other signs. `1.9 < 1.10`, `1.0~rc1 < 1.0 < 1.0-3-gabc`.
pub fn compare(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one, other);
    while !one.is_empty() || !other.is_empty() {
        let (words, digits, rest) = part(one);
        let (other_words, other_digits, other_rest) = part(other);
        let found = by_words(words, other_words).then_with(|| by_number(digits, other_digits));
        if found != Ordering::Equal {
            return found;
        }
        (one, other) = (rest, other_rest);
    }
    Ordering::Equal
}

/// What stands before the next digits, the digits, and the rest.
fn part(text: &str) -> (&str, &str, &str) {
    let digits = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let (words, text) = text.split_at(digits);
    let rest = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(rest);
    (words, digits, rest)
}

fn by_words(one: &str, other: &str) -> Ordering {
    let weight = |sign: Option<char>| match sign {
        Some('~') => -1,
        None => 0,
        Some(letter) if letter.is_ascii_alphabetic() => i64::from(u32::from(letter)),
        Some(sign) => 256 + i64::from(u32::from(sign)),
    };
    let (mut one, mut other) = (one.chars(), other.chars());
    loop {
        let (a, b) = (one.next(), other.next());
        match weight(a).cmp(&weight(b)) {
            Ordering::Equal if a.is_none() => return Ordering::Equal,
            Ordering::Equal => {}
            found => return found,
        }
    }
}

/// Without leading zeros the longer number is the greater one; no width bounds them.
fn by_number(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn versions_are_ordered_as_people_read_them() {
        let rising =
            ["0.9", "1.0~rc1", "1.0", "1.0a", "1.0-3-gabc", "1.0.1", "1.9", "1.10", "2", "99999999999999999999"];
        for (at, one) in rising.iter().enumerate() {
            for (to, other) in rising.iter().enumerate() {
                assert_eq!(compare(one, other), at.cmp(&to), "{one} and {other}");
            }
        }
        assert_eq!(compare("1.01", "1.1"), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn the_order_is_one(a in "[a-c0-2.~-]{0,8}", b in "[a-c0-2.~-]{0,8}", c in "[a-c0-2.~-]{0,8}") {
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
            if compare(&a, &b).is_le() && compare(&b, &c).is_le() {
                prop_assert!(compare(&a, &c).is_le());
            }
        }
    }
}
