//! Every size and rate on the wire.

/// Longest WebSocket message in bytes, either way; a longer one closes the connection (1009).
pub const MESSAGE_BYTES: usize = 128 * 1024;
/// Longest session description in bytes.
pub const SDP_BYTES: usize = 64 * 1024;
/// Longest ICE candidate line in bytes.
pub const CANDIDATE_BYTES: usize = 1024;
/// Largest still picture of a knocker: bytes of JPEG before base64.
pub const STILL_BYTES: usize = 64 * 1024;
/// Longest shown name, in Unicode scalar values.
pub const NAME_CHARS: usize = 40;
/// Longest line of text to another participant, in Unicode scalar values after NFC.
pub const TEXT_CHARS: usize = 255;
/// Recruiters present in one room at a time.
pub const HOSTS: usize = 5;
/// Codecs that one peer may name.
pub const CODECS: usize = 8;
/// A client sends `ping` at least this often, in milliseconds.
pub const PING_EVERY_MS: u64 = 5_000;
/// A side that has heard nothing for this long closes the connection, in milliseconds.
pub const SILENCE_MS: u64 = 15_000;
/// Messages a client may send in one second, averaged over [`BURST`].
pub const RATE_PER_SECOND: u32 = 60;
/// Messages a client may send at once.
pub const BURST: u32 = 240;
/// Malformed messages that are answered by name before the connection is closed.
pub const FAULTS: u32 = 16;
/// Messages waiting for one slow client before it is let go.
pub const QUEUE: usize = 512;
/// Events in one room's log; beyond it only leaving and ending are taken.
pub const ROOM_EVENTS: u32 = 20_000;
