//! Passwords and tokens: how they are made and checked.

use super::AccountError;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// Longest password in bytes.
pub const PASSWORD_BYTES: usize = 1024;
/// Shortest password in Unicode scalar values.
pub const PASSWORD_CHARS: usize = 8;

/// Refuses a password that is too short or too long.
pub(super) fn check_length(password: &str) -> Result<(), AccountError> {
    if password.len() > PASSWORD_BYTES || password.chars().count() < PASSWORD_CHARS {
        return Err(AccountError::Password);
    }
    Ok(())
}

pub(super) fn hash_password(password: &str) -> Result<String, AccountError> {
    // Argon2id, 19 MiB, 2 passes: the first choice of OWASP's password storage cheat sheet.
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|_| AccountError::Crypto)?;
    Ok(hash.to_string())
}

pub(super) fn check_password(password: &str, hash: &str) -> Result<bool, AccountError> {
    let hash = PasswordHash::new(hash).map_err(|_| AccountError::Crypto)?;
    Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A token nobody can guess: 32 random bytes in hexadecimal digits.
///
/// # Errors
/// [`AccountError::Crypto`] when the operating system gives no random bytes.
pub fn random_token() -> Result<String, AccountError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| AccountError::Crypto)?;
    Ok(hex::encode(bytes))
}
