//! Names of subjects: a key's parts become tokens, and what NATS does not allow is written as `=XX`.

/// The tokens of a key or subject.
pub(super) fn encode(key: &str) -> String {
    let mut tokens = String::with_capacity(key.len());
    for (number, part) in key.split('/').enumerate() {
        if number > 0 {
            tokens.push('.');
        }
        if part.is_empty() {
            tokens.push('=');
        }
        for byte in part.bytes() {
            if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
                tokens.push(char::from(byte));
            } else {
                tokens.push('=');
                tokens.push_str(&hex::encode([byte]));
            }
        }
    }
    tokens
}

/// The key of tokens, when it is one.
pub(super) fn decode(tokens: &str) -> Option<String> {
    let mut key = Vec::with_capacity(tokens.len());
    for (number, token) in tokens.split('.').enumerate() {
        if number > 0 {
            key.push(b'/');
        }
        if token == "=" {
            continue;
        }
        let mut rest = token.as_bytes();
        while let Some((byte, after)) = rest.split_first() {
            if *byte == b'=' {
                let (digits, after) = after.split_first_chunk::<2>()?;
                key.extend(hex::decode(digits).ok()?);
                rest = after;
            } else {
                key.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(key).ok()
}

/// The wildcard for everything that may begin with a prefix: its whole parts.
pub(super) fn below(prefix: &str) -> String {
    match prefix.rsplit_once('/') {
        Some((parts, _)) => format!("{}.>", encode(parts)),
        None => ">".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_comes_back() {
        for key in ["a", "a/b", "a/", "/a", "a//b", "/", "a.b*>c d", "会社/a=b", "~\u{1}"] {
            assert_eq!(decode(&encode(key)).as_deref(), Some(key));
            assert!(encode(key).split('.').all(|token| !token.is_empty()), "{key}");
        }
    }

    #[test]
    fn a_prefix_covers_its_keys() {
        assert_eq!(below(""), ">");
        assert_eq!(below("acc"), ">");
        assert_eq!(below("account/"), "account.>");
        assert_eq!(below("account/ta"), "account.>");
    }
}
