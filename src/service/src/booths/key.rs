//! The service's key for enrolment, and what it makes out of it: tokens for booths to come, and
//! challenges for those that sign in.
//!
//! Both are texts that only the service can make and that nobody keeps until they are used, so that
//! tokens can be made beside a running service, and challenges answered by another node: base64url
//! (RFC 4648, section 5) of an HMAC-SHA256 (RFC 2104) and, behind it, what it vouches for in JSON.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use engawa_protocol::{BoothId, CompanyId, Millis};
use hmac::{Hmac, KeyInit, Mac};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The longest that a token may live.
pub const LONGEST_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What `flash.sh` takes.
const TOKEN_BYTES: usize = 512;
const TOKEN_PREFIX: &str = "b1.";
/// Texts of one kind are never good as the other.
const TOKEN_DOMAIN: &[u8] = b"engawa-enrol-token-1\n";
const CHALLENGE_DOMAIN: &[u8] = b"engawa-booth-challenge-1\n";
const MAC: usize = 32;
const KEY: usize = 32;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum EnrolKeyError {
    /// Its file cannot be read.
    #[error("reading the enrolment key {file} failed; it must hold {KEY} random bytes that this user may read")]
    Read {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is something else.
    #[error("{file} is no enrolment key: make one with `head -c {KEY} /dev/urandom`, the same for every node")]
    Length {
        /// Which.
        file: PathBuf,
    },
    /// A new one cannot be written.
    #[error("writing a new enrolment key to {file} failed")]
    Write {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The operating system.
    #[error("the operating system gives no random bytes")]
    Random(#[from] getrandom::Error),
}

/// Why no token is made.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It would not fit where tokens are written.
    #[error("the booth's name is too long for a token of {TOKEN_BYTES} bytes; shorten it")]
    Long,
    /// The operating system.
    #[error("the operating system gives no random bytes")]
    Random(#[from] getrandom::Error),
}

/// What an enrolment token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolToken {
    /// The booth to be.
    pub booth: BoothId,
    /// Its name.
    pub name: String,
    /// The company it belongs to; none when it is of the pool.
    pub company: Option<CompanyId>,
    /// When it was made.
    pub issued: Millis,
    /// It is worth nothing from then on.
    pub expires: Millis,
}

impl EnrolToken {
    /// A token that lives for `life`, and never longer than [`LONGEST_LIFE`].
    pub fn new(booth: BoothId, name: String, company: Option<CompanyId>, issued: Millis, life: Duration) -> Self {
        let expires = Millis(issued.0 + life.min(LONGEST_LIFE).as_millis() as u64);
        Self { booth, name, company, issued, expires }
    }
}

/// Booth, name, company, when it was made, how long it lives, and chance. Short, as it is typed on labels.
#[derive(Serialize, Deserialize)]
struct TokenText(BoothId, String, Option<CompanyId>, u64, u64, String);

/// Booth, until when, and chance.
#[derive(Serialize, Deserialize)]
struct ChallengeText(BoothId, Millis, String);

/// The service's key for enrolment: 32 random bytes in a file, the same for every node.
pub struct EnrolKey([u8; KEY]);

impl EnrolKey {
    /// Reads the key in `file`.
    ///
    /// # Errors
    /// A file that is not there or no key.
    pub fn read(file: &Path) -> Result<Self, EnrolKeyError> {
        let failed = |source| EnrolKeyError::Read { file: file.to_owned(), source };
        let mut bytes = Vec::new();
        File::open(file).and_then(|file| file.take(KEY as u64 + 1).read_to_end(&mut bytes)).map_err(failed)?;
        bytes.try_into().map(Self).map_err(|_| EnrolKeyError::Length { file: file.to_owned() })
    }

    /// Reads the key in `file`, and makes it when there is none. Of several who make it at once, one wins.
    ///
    /// # Errors
    /// As [`EnrolKey::read`], and a folder that cannot be written to.
    pub fn read_or_make(file: &Path) -> Result<Self, EnrolKeyError> {
        if !file.exists() {
            if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                // The key may come before the ledger, whose folder it is.
                std::fs::create_dir_all(folder)
                    .map_err(|source| EnrolKeyError::Write { file: file.to_owned(), source })?;
            }
            let mut key = [0; KEY];
            getrandom::fill(&mut key)?;
            make(file, &key).map_err(|source| EnrolKeyError::Write { file: file.to_owned(), source })?;
        }
        Self::read(file)
    }

    /// The text of a token, each time another one.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn token(&self, token: &EnrolToken) -> Result<String, TokenError> {
        let EnrolToken { booth, name, company, issued, expires } = token.clone();
        let life = expires.0.saturating_sub(issued.0);
        let text = self.seal(TOKEN_DOMAIN, &TokenText(booth, name, company, issued.0, life, chance()?));
        let text = format!("{TOKEN_PREFIX}{text}");
        if text.len() > TOKEN_BYTES { Err(TokenError::Long) } else { Ok(text) }
    }

    /// What a token says; none when we did not make it.
    pub(super) fn open_token(&self, text: &str) -> Option<EnrolToken> {
        let text = text.strip_prefix(TOKEN_PREFIX).filter(|text| text.len() <= TOKEN_BYTES)?;
        let TokenText(booth, name, company, issued, life, _) = self.unseal(TOKEN_DOMAIN, text)?;
        Some(EnrolToken { booth, name, company, issued: Millis(issued), expires: Millis(issued.checked_add(life)?) })
    }

    /// The text of a challenge for `booth`.
    pub(super) fn challenge(&self, booth: &BoothId, expires: Millis) -> Result<String, getrandom::Error> {
        Ok(self.seal(CHALLENGE_DOMAIN, &ChallengeText(booth.clone(), expires, chance()?)))
    }

    /// For whom a challenge was made and until when it is good; none when we did not make it.
    pub(super) fn open_challenge(&self, text: &str) -> Option<(BoothId, Millis)> {
        let text = Some(text).filter(|text| text.len() <= TOKEN_BYTES)?;
        let ChallengeText(booth, expires, _) = self.unseal(CHALLENGE_DOMAIN, text)?;
        Some((booth, expires))
    }

    fn seal(&self, domain: &[u8], content: &impl Serialize) -> String {
        let content = serde_json::to_vec(content).expect("a text of ours becomes JSON");
        let mut bytes = self.mac(domain, &content).finalize().into_bytes().to_vec();
        bytes.extend(content);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    fn unseal<T: DeserializeOwned>(&self, domain: &[u8], text: &str) -> Option<T> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (mac, content) = bytes.split_at_checked(MAC)?;
        self.mac(domain, content).verify_slice(mac).ok()?;
        serde_json::from_slice(content).ok()
    }

    fn mac(&self, domain: &[u8], content: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(domain);
        mac.update(content);
        mac
    }
}

impl std::fmt::Debug for EnrolKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnrolKey")
    }
}

fn chance() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Writes the key aside and links it to its name: nobody ever reads half of it, or another one later.
fn make(file: &Path, key: &[u8]) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut number = [0; 8];
    getrandom::fill(&mut number).map_err(std::io::Error::other)?;
    let aside = folder.join(format!(".enrol.key.{}", hex::encode(number)));
    let written = (|| {
        let mut aside_file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
        aside_file.write_all(key)?;
        // The command line may be root's, the service never is: the key belongs to whom the folder does.
        let owner = folder.metadata()?;
        if owner.uid() != aside_file.metadata()?.uid() {
            std::os::unix::fs::chown(&aside, Some(owner.uid()), Some(owner.gid()))?;
        }
        aside_file.sync_all()?;
        match std::fs::hard_link(&aside, file) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    })();
    std::fs::remove_file(&aside).ok();
    written?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(name: &str) -> EnrolToken {
        let life = Duration::from_secs(60);
        EnrolToken::new("a-03".parse().unwrap(), name.to_owned(), "minato".parse().ok(), Millis(1_000), life)
    }

    // P2
    #[test]
    fn a_token_is_what_a_card_takes_and_nobody_else_makes_one() {
        let key = EnrolKey([7; KEY]);
        let text = key.token(&token("三番ブース")).unwrap();
        assert!((16..=512).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b','));
        assert_eq!(key.open_token(&text), Some(token("三番ブース")));
        assert_ne!(key.token(&token("三番ブース")).unwrap(), text, "each is another one");
        assert_eq!(EnrolKey([8; KEY]).open_token(&text), None);
        for at in 3..text.len() {
            let mut other = text.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(key.open_token(&String::from_utf8(other).unwrap()), None, "changed at {at}");
        }
        assert_eq!(key.open_challenge(&text), None);
        assert!(matches!(key.token(&token(&"𠮷".repeat(80))), Err(TokenError::Long)));
    }

    #[test]
    fn a_challenge_is_no_token() {
        let key = EnrolKey([7; KEY]);
        let text = key.challenge(&"a-03".parse().unwrap(), Millis(5)).unwrap();
        assert_eq!(key.open_challenge(&text), Some(("a-03".parse().unwrap(), Millis(5))));
        assert_eq!(key.open_token(&format!("{TOKEN_PREFIX}{text}")), None);
    }

    #[test]
    fn whoever_makes_the_key_at_the_same_time_has_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("enrol.key");
        make(&file, &[1; KEY]).unwrap();
        make(&file, &[2; KEY]).unwrap();
        assert_eq!(EnrolKey::read_or_make(&file).unwrap().0, [1; KEY]);
        assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        std::fs::write(&file, "short").unwrap();
        assert!(matches!(EnrolKey::read(&file), Err(EnrolKeyError::Length { .. })));
    }
}
