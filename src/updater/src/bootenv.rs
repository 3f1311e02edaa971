//! GRUB's memory, when a cut of power has left it empty.
//!
//! `grub-editenv` truncates the file before it writes it. Of a file that is no environment block GRUB takes
//! nothing, and neither GRUB nor RAUC ever mends it: the slots would no longer be counted.

use crate::place::Place;
use crate::store::{StoreError, replace};
use engawa_session::update::Running;
use std::path::PathBuf;

/// Size of a block in bytes (GRUB's `DEFAULT_ENVBLK_SIZE`).
const BYTES: usize = 1024;
const SIGNATURE: &str = "# GRUB Environment Block\n";

/// Makes the block anew if it is broken, with the running slot first; true when it was.
///
/// # Errors
/// When it cannot be written.
pub fn mend(place: &Place, running: &Running) -> Result<bool, StoreError> {
    let Some(path) = grubenv(place) else { return Ok(false) };
    let whole = |bytes: &Vec<u8>| bytes.len() == BYTES && bytes.starts_with(SIGNATURE.as_bytes());
    match std::fs::read(&path) {
        Ok(bytes) if whole(&bytes) => return Ok(false),
        // A boot partition that is not there is not mended by a file.
        Err(_) if !path.parent().is_some_and(|folder| folder.join("grub.cfg").exists()) => return Ok(false),
        Ok(_) | Err(_) => {}
    }
    replace(&path, block(&running.image.slot).as_bytes(), 0o600)?;
    Ok(true)
}

fn block(first: &str) -> String {
    let second = if first == "A" { "B" } else { "A" };
    let text = format!("{SIGNATURE}ORDER={first} {second}\nA_OK=1\nA_TRY=0\nB_OK=1\nB_TRY=0\n");
    let rest = "#".repeat(BYTES - text.len());
    text + &rest
}

/// The file that RAUC's settings name, when the boot loader is GRUB.
fn grubenv(place: &Place) -> Option<PathBuf> {
    let text = place.rauc_conf.iter().find_map(|path| std::fs::read_to_string(path).ok())?;
    text.lines().find_map(|line| line.trim().strip_prefix("grubenv=")).map(PathBuf::from)
}
