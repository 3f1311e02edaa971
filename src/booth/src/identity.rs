//! Who the booth is: a folder with its own key, the one-time token that its card came with, and what the
//! service made of them.
//!
//! | file | holds |
//! | --- | --- |
//! | `enrol-token` | one line; gone when it was traded or refused |
//! | `device.key` | Ed25519 (RFC 8032) in PKCS#8 (RFC 5958), made here, never leaves |
//! | `credential` | the booth's id and name as the service told them, JSON |
//! | `enrol-refused` | one word why; only after a refusal |
//!
//! Every file is there whole or not at all, whenever power fails. The program that enrols is another one
//! than the one that signs in, so everything is read anew each time.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use engawa_protocol::BoothId;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const TOKEN: &str = "enrol-token";
const KEY: &str = "device.key";
const CREDENTIAL: &str = "credential";
const REFUSED: &str = "enrol-refused";
/// Longest file of the folder in bytes.
const FILE_BYTES: u64 = 4096;

/// Why the folder is not read or written.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The disk.
    #[error("{doing} {file} failed")]
    Disk {
        /// What was attempted.
        doing: &'static str,
        /// With which file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is not what was written.
    #[error("{file} is damaged; write the booth's card anew")]
    Damaged {
        /// Which file.
        file: PathBuf,
    },
    /// The operating system.
    #[error("the operating system gives no random bytes")]
    Random,
}

/// What the service calls the booth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Its id.
    pub booth: BoothId,
    /// Its shown name.
    pub name: String,
}

/// How far the booth is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It has not enrolled yet.
    NotYet,
    /// Its token was refused; the word says why.
    Refused(String),
    /// It signs in as this.
    Enrolled(Credential),
}

/// The booth's own key.
pub struct Key(Ed25519KeyPair);

impl Key {
    /// What it is known by, in base64url.
    pub fn public(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0.public_key())
    }

    /// Its signature of `text`, in base64url.
    pub fn sign(&self, text: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0.sign(text.as_bytes()))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

/// The folder.
#[derive(Debug, Clone)]
pub struct Identity {
    folder: PathBuf,
}

impl Identity {
    /// The identity in `folder`, which may not be there yet.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// How far the booth is. A credential that cannot be read is none.
    ///
    /// # Errors
    /// A disk that fails.
    pub fn standing(&self) -> Result<Standing, IdentityError> {
        if let Some(text) = self.read(CREDENTIAL)?
            && let Ok(credential) = serde_json::from_slice(&text)
        {
            return Ok(Standing::Enrolled(credential));
        }
        Ok(match self.read(REFUSED)? {
            Some(word) => Standing::Refused(String::from_utf8_lossy(&word).trim().to_owned()),
            None => Standing::NotYet,
        })
    }

    /// The token that was not traded yet.
    ///
    /// # Errors
    /// A disk that fails, or a file that is no token.
    pub fn token(&self) -> Result<Option<String>, IdentityError> {
        let Some(text) = self.read(TOKEN)? else { return Ok(None) };
        let damaged = || IdentityError::Damaged { file: self.folder.join(TOKEN) };
        let text = std::str::from_utf8(&text).map_err(|_| damaged())?.trim();
        let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Some(text.to_owned())) } else { Err(damaged()) }
    }

    /// The booth's key, if it has made one.
    ///
    /// # Errors
    /// A disk that fails, or a file that is no key.
    pub fn key(&self) -> Result<Option<Key>, IdentityError> {
        let Some(bytes) = self.read(KEY)? else { return Ok(None) };
        let key = Ed25519KeyPair::from_pkcs8(&bytes);
        let key = key.map_err(|_| IdentityError::Damaged { file: self.folder.join(KEY) })?;
        Ok(Some(Key(key)))
    }

    /// Makes the booth's key and keeps it.
    ///
    /// # Errors
    /// A disk that fails.
    pub fn make_key(&self) -> Result<Key, IdentityError> {
        let bytes = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| IdentityError::Random)?;
        self.write(KEY, bytes.as_ref())?;
        self.key()?.ok_or(IdentityError::Damaged { file: self.folder.join(KEY) })
    }

    /// Keeps what the service told; an earlier refusal is forgotten.
    ///
    /// # Errors
    /// A disk that fails.
    pub fn keep(&self, credential: &Credential) -> Result<(), IdentityError> {
        self.write(CREDENTIAL, &serde_json::to_vec(credential).expect("a credential becomes JSON"))?;
        self.erase(REFUSED)
    }

    /// Keeps why the token was refused.
    ///
    /// # Errors
    /// A disk that fails.
    pub fn refused(&self, word: &str) -> Result<(), IdentityError> {
        self.write(REFUSED, format!("{word}\n").as_bytes())
    }

    /// Erases the token. Writing over it would not reach its place on flash.
    ///
    /// # Errors
    /// A disk that fails.
    pub fn erase_token(&self) -> Result<(), IdentityError> {
        self.erase(TOKEN)
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, IdentityError> {
        let file = self.folder.join(name);
        let mut bytes = Vec::new();
        match File::open(&file).and_then(|opened| opened.take(FILE_BYTES + 1).read_to_end(&mut bytes)) {
            Ok(_) if bytes.len() as u64 > FILE_BYTES => Err(IdentityError::Damaged { file }),
            Ok(_) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(IdentityError::Disk { doing: "reading", file, source }),
        }
    }

    /// Written aside, brought to the disk, and only then given its name.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), IdentityError> {
        let file = self.folder.join(name);
        let aside = self.folder.join(format!(".{name}.new"));
        let written = (|| {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
            let mut opened = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
            opened.write_all(bytes)?;
            opened.sync_all()?;
            std::fs::rename(&aside, &file)?;
            File::open(&self.folder)?.sync_all()
        })();
        written.map_err(|source| IdentityError::Disk { doing: "writing", file, source })
    }

    fn erase(&self, name: &str) -> Result<(), IdentityError> {
        let file = self.folder.join(name);
        let erased = match std::fs::remove_file(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => Err(error),
            Ok(()) => File::open(&self.folder).and_then(|folder| folder.sync_all()),
        };
        erased.map_err(|source| IdentityError::Disk { doing: "erasing", file, source })
    }
}
