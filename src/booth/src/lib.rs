//! The booth's adapters that stand alone: [`store`] on disk, [`upload`] to the service, the
//! [`courier`] who keeps the queue with both, what a [`document`] of the chat shows, and the [`control`] socket.
//!
//! Owns: what the program's loop and its tests both use. Never does: decisions.

pub mod control;
pub mod courier;
pub mod document;
pub mod store;
pub mod upload;
