//! The updater: brings signed images to a booth's other slot, and calls an image good once its booth is.
//!
//! Owns: the download to the data partition, the questions to RAUC and to the booth's control socket, the
//! state of updates on disk, USB sticks. Never does: decide ([`engawa_session::update`] does), write a
//! slot or verify a signature (RAUC does), restart a machine somebody sits at.

pub mod bootenv;
pub mod booth;
pub mod device;
pub mod fetch;
pub mod good;
pub mod place;
pub mod rauc;
pub mod service;
pub mod stick;
pub mod store;
pub mod update;
