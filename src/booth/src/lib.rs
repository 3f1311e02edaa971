//! The booth's adapters that stand alone: [`store`] on disk, [`upload`] to the [`service`], the
//! [`courier`] who keeps the queue with both, what a [`document`] of the chat shows, the [`control`]
//! socket; and who the booth is: its [`identity`], its first word ([`enrol`]) and what its requests
//! bear ([`access`]).
//!
//! Owns: what the program's loop and its tests both use. Never does: decisions.

pub mod access;
pub mod control;
pub mod courier;
pub mod document;
pub mod enrol;
pub mod identity;
pub mod service;
pub mod store;
pub mod upload;
