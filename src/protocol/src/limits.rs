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
/// Longest version, slot or reason that a booth tells of itself, in Unicode scalar values.
pub const DEVICE_CHARS: usize = 200;
/// Faulty parts that a booth may name.
pub const DEVICE_FAULTS: usize = 16;
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
/// Largest file in the chat, in bytes; one of exactly this size is taken (T2).
pub const FILE_BYTES: u32 = 5 * 1024 * 1024;
/// Longest name of a file, in Unicode scalar values.
pub const FILE_NAME_CHARS: usize = 120;
/// Longest text of a booking's QR code.
pub const CODE_CHARS: usize = 512;
/// Digits of a connection number.
pub const NUMBER_DIGITS: usize = 4;
/// Hosts that one booking may name.
pub const BOOKING_HOSTS: usize = 16;
/// Longest booked slot, in milliseconds.
pub const SLOT_MS: u64 = 8 * 60 * 60 * 1000;
/// Longest single extension of a slot, in minutes.
pub const EXTEND_MINUTES: u32 = 60;
