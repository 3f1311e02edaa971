//! Every decision of the product, as plain values with time as an argument.
//!
//! Owns: an interview's room ([`room`]), a candidate's walk through the booth ([`booth`]), its health ([`health`]), its
//! panel ([`panel`]), queue ([`outbox`]) and keyboard, and the rules of both. Never does: I/O, threads, clocks, randomness.

pub mod booth;
pub mod control;
pub mod health;
pub mod keyboard;
pub mod outbox;
pub mod panel;
pub mod records;
pub mod room;
pub mod view;
