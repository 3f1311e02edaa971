//! A newtype for every id; what is malformed is refused while parsing.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A text that is no id of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} must be {rule}")]
pub struct InvalidId {
    kind: &'static str,
    rule: &'static str,
}

fn is_random(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_slug(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $check:ident, $rule:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(as = "String"))]
        pub struct $name(String);

        impl $name {
            /// The text form, as on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                if $check(&text) {
                    Ok(Self(text))
                } else {
                    Err(InvalidId { kind: stringify!($name), rule: $rule })
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        text_id!($(#[$doc])* $name, is_random, "32 lower-case hexadecimal digits");

        impl $name {
            /// Makes an id from 16 random bytes.
            pub fn from_random(bytes: [u8; 16]) -> Self {
                Self(bytes.iter().map(|b| format!("{b:02x}")).collect())
            }
        }
    };
}

random_id!(
    /// One interview's room. Made by the booth at the first knock, from 128 random bits.
    RoomId
);
random_id!(
    /// One running client: a booth's process or one load of the page.
    ClientId
);
text_id!(
    /// A file by the SHA-256 (FIPS 180-4) of its bytes.
    FileId, is_hash, "64 lower-case hexadecimal digits"
);
text_id!(
    /// A booth, as the service's configuration names it.
    BoothId, is_slug, "1 to 32 lower-case letters, digits or hyphens"
);
text_id!(
    /// A company of the event.
    CompanyId, is_slug, "1 to 32 lower-case letters, digits or hyphens"
);
text_id!(
    /// A host's account.
    AccountId, is_slug, "1 to 32 lower-case letters, digits or hyphens"
);

/// A place in a room: 0 is the guest, hosts are numbered from 1 in the order they first joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(as = "u32"))]
#[serde(transparent)]
pub struct Seat(pub u32);

impl Seat {
    /// The candidate's seat.
    pub const GUEST: Seat = Seat(0);
}

/// An event's number in its room's log; the first event has 1, and 0 stands before it.
pub type Seq = u32;

/// A point in the service's time: milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "number"))]
#[serde(transparent)]
pub struct Millis(pub u64);

/// One presence: whoever sits in `seat` since the `joined` event numbered `since`.
///
/// A reloaded page or a restarted booth joins again and is a new peer; what was meant for the
/// old one is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Peer {
    /// The seat.
    pub seat: Seat,
    /// Number of the `joined` event that this presence began with.
    pub since: Seq,
}

/// One peer connection, as one side names it: to which presence, and the how many-th.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId {
    /// The other side.
    pub peer: Peer,
    /// Counted from 1 by the lower seat.
    pub attempt: u32,
}
