//! The booth's adapters that stand alone: [`store`] on disk, [`upload`] to the service, and the
//! [`courier`] who keeps the queue with both.
//!
//! Owns: what the program's loop and its tests both use. Never does: decisions.

pub mod courier;
pub mod store;
pub mod upload;
