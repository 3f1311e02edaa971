//! What goes over the wire between a booth, the service and a recruiter's page.
//!
//! Owns: message types, ids, limits and the close codes, with their JSON form.
//! Never does: I/O, decisions, time.
//!
//! JSON text frames on one WebSocket a participant. A message names neither its sender nor a
//! time: the service knows both. Every number fits in 53 bits, so a browser reads it exactly.
//! PROTOCOL.md tells each message in prose; `samples/` holds one of each, read by the tests
//! of both languages.

mod account;
mod client;
mod device;
mod event;
mod file;
mod floor;
mod id;
pub mod limits;
mod refusal;
mod schedule;
mod service;
mod text;
mod ticket;

pub use account::{AccountRole, Me, SignIn};
pub use client::{ClientMessage, Codec, Command, Signal};
pub use device::{Device, Fallback};
pub use event::{Actor, CommandId, EndCause, Event, LeaveCause, Recorded, Role};
pub use file::FileCard;
pub use floor::{FloorBooth, FloorKnock};
pub use id::{AccountId, BoothId, ClientId, CompanyId, FileId, InvalidId, LinkId, Millis, Peer, RoomId, Seat, Seq};
pub use refusal::{CloseCode, Fault, Refusal};
pub use schedule::{Booking, InterviewKind, NameRule, Reentry, Ring, Slot};
pub use service::{BoothState, CompanyState, HostCard, IceServer, Progress, RoomSummary, ServiceMessage, You};
pub use text::{InvalidText, Locale, Localized, clean_line, clean_name, clean_post};
pub use ticket::{Ticket, TicketRefusal};

/// The version both sides name at hello; a different one is refused with [`CloseCode::Version`].
pub const PROTOCOL: u32 = 1;
