//! The text of a booking's QR code: compact, and signed so that only the service can make one.
//!
//! `E1.` and base64url (RFC 4648, section 5) of: a byte for the version, the room's 16 bytes, the
//! end of its life in seconds as a big-endian u32, and the first 16 bytes of the HMAC-SHA256
//! (RFC 2104) of all that. 53 characters: a QR code of version 4 at medium correction.

use super::TicketError;
use crate::store::{Expect, Store, StoreError};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use engawa_protocol::{Millis, RoomId};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

const PREFIX: &str = "E1.";
const VERSION: u8 = 1;
const SIGNED: usize = 1 + 16 + 4;
const SIGNATURE: usize = 16;
const KEY: &str = "key/code";

/// What a code says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code {
    pub room: RoomId,
    pub expires: Millis,
}

/// The service's key for codes.
pub(super) struct CodeKey([u8; 32]);

#[derive(Serialize, Deserialize)]
struct KeyRecord {
    key: String,
}

impl CodeKey {
    /// The key in the ledger; the first node that asks makes it.
    pub async fn open(store: &Store) -> Result<Self, TicketError> {
        let mut made = [0; 32];
        getrandom::fill(&mut made).map_err(|_| TicketError::Random)?;
        match store.put(KEY, &KeyRecord { key: hex::encode(made) }, Expect::New).await {
            Ok(_) | Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
        let damaged = || StoreError::Damaged { key: KEY.to_owned() };
        let record = store.get::<KeyRecord>(KEY).await?.ok_or_else(damaged)?.value;
        let mut key = [0; 32];
        hex::decode_to_slice(&record.key, &mut key).map_err(|_| damaged())?;
        Ok(Self(key))
    }

    /// The text of a code.
    pub fn sign(&self, code: &Code) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(hex::decode(code.room.as_str()).expect("a room's id is hexadecimal digits"));
        let seconds = u32::try_from(code.expires.0.div_ceil(1000)).unwrap_or(u32::MAX);
        bytes.extend(seconds.to_be_bytes());
        let signature = self.mac(&bytes).finalize().into_bytes();
        bytes.extend(&signature[..SIGNATURE]);
        format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What a code says; none when it is not one of ours.
    pub fn open_code(&self, text: &str) -> Option<Code> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.trim().strip_prefix(PREFIX)?).ok()?;
        let (signed, signature) = bytes.split_at_checked(SIGNED)?;
        // Of a truncated signature the length is part of the check.
        if signature.len() != SIGNATURE || self.mac(signed).verify_truncated_left(signature).is_err() {
            return None;
        }
        let room = hex::encode(&signed[1..17]).parse().ok().filter(|_| signed[0] == VERSION)?;
        let seconds = u32::from_be_bytes(signed[17..].try_into().ok()?);
        Some(Code { room, expires: Millis(u64::from(seconds) * 1000) })
    }

    fn mac(&self, bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(bytes);
        mac
    }
}

impl std::fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodeKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // E1
    #[test]
    fn a_code_is_short_and_only_ours_as_a_whole() {
        let key = CodeKey([7; 32]);
        let code = Code { room: RoomId::from_random([0xab; 16]), expires: Millis(1_795_235_400_000) };
        let text = key.sign(&code);
        assert_eq!(text.len(), 53, "{text}");
        assert_eq!(key.open_code(&text), Some(code));
        assert_eq!(CodeKey([8; 32]).open_code(&text), None);
        for at in PREFIX.len()..text.len() {
            let mut other = text.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(key.open_code(std::str::from_utf8(&other).unwrap()), None, "character {at}");
            assert_eq!(key.open_code(&text[..at]), None);
        }
        assert_eq!(key.open_code(&format!("{text}AA")), None);
    }
}
