//! A file in the chat: its name, its card; the bytes go over HTTP.

use crate::FileId;
use serde::{Deserialize, Serialize};

/// A sent file as the log names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FileCard {
    /// The hash of its bytes.
    pub file: FileId,
    /// Its shown name, cleaned, at most [`crate::limits::FILE_NAME_CHARS`] characters.
    pub name: String,
    /// Bytes, at most [`crate::limits::FILE_BYTES`].
    pub size: u32,
    /// Its media type, found by its content.
    pub media_type: String,
}
