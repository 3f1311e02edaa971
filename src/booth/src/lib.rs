//! The booth's adapters that stand alone: [`store`] on disk and [`upload`] to the service.
//!
//! Owns: what the program's loop and its tests both use. Never does: decisions.

pub mod store;
pub mod upload;
