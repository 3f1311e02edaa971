//! GRUB's memory, when a cut of power has left it empty.
//!
//! `grub-editenv` truncates the file before it writes it. Of a file that is no environment block GRUB takes
//! nothing, and neither GRUB nor RAUC ever mends it: the slots would no longer be counted, and a slot that is half
//! written would be started for ever. So a second file beside it, which `grub.cfg` takes instead, says what is sure:
//! the proven slot first, and whether the other one may be started at all. Both are never written at the same time.

use crate::place::Place;
use crate::store::{StoreError, replace};
use std::path::{Path, PathBuf};

/// Size of a block in bytes (GRUB's `DEFAULT_ENVBLK_SIZE`).
const BYTES: usize = 1024;
const SIGNATURE: &str = "# GRUB Environment Block\n";
/// The second memory's name, which stands in `grub.cfg`, too.
const KEPT: &str = "grubkept";

/// Makes the block anew if it is broken, with the running slot first; true when it was.
///
/// # Errors
/// When it cannot be written.
pub fn mend(place: &Place, running: &str) -> Result<bool, StoreError> {
    let Some(path) = grubenv(place) else { return Ok(false) };
    // A boot partition that is not there is not mended by a file.
    if whole(&path).is_some() || !path.with_file_name("grub.cfg").exists() {
        return Ok(false);
    }
    let bad = format!("\n{}_OK=0\n", other(running));
    let other_ok = whole(&path.with_file_name(KEPT)).is_none_or(|kept| !kept.contains(&bad));
    replace(&path, block(running, other_ok).as_bytes(), 0o600)?;
    Ok(true)
}

/// Keeps for such a case that the running slot is to be started, and whether the other one may be. That it cannot be
/// kept is logged alone: the first memory is there.
pub fn keep(place: &Place, running: &str, other_ok: bool) {
    let Some(path) = grubenv(place).map(|path| path.with_file_name(KEPT)) else { return };
    let wanted = block(running, other_ok);
    if !path.with_file_name("grub.cfg").exists() || whole(&path).as_deref() == Some(&*wanted) {
        return;
    }
    if let Err(error) = replace(&path, wanted.as_bytes(), 0o600) {
        tracing::warn!(error = &error as &dyn std::error::Error, "the boot loader's second memory is not kept");
    }
}

fn whole(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok().filter(|text| text.len() == BYTES && text.starts_with(SIGNATURE))
}

fn block(first: &str, other_ok: bool) -> String {
    let (second, ok) = (other(first), u8::from(other_ok));
    let text =
        format!("{SIGNATURE}ORDER={first} {second}\n{first}_OK=1\n{first}_TRY=0\n{second}_OK={ok}\n{second}_TRY=0\n");
    let rest = "#".repeat(BYTES - text.len());
    text + &rest
}

fn other(slot: &str) -> &'static str {
    if slot == "A" { "B" } else { "A" }
}

/// The file that RAUC's settings name, when the boot loader is GRUB.
fn grubenv(place: &Place) -> Option<PathBuf> {
    let text = place.rauc_conf.iter().find_map(|path| std::fs::read_to_string(path).ok())?;
    text.lines().find_map(|line| line.trim().strip_prefix("grubenv=")).map(PathBuf::from)
}
