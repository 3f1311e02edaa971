//! What can go wrong with a screen.

/// A screen could not be opened, drawn or reached.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// This program was built without that kind of screen.
    #[error("this program was built without a {0} screen")]
    NotBuilt(&'static str),
    /// The display could not be opened.
    #[error("cannot open the screen")]
    Open(#[source] slint::PlatformError),
    /// Another platform is already set in this process.
    #[error("a screen is already open in this process")]
    AlreadyOpen,
    /// The event loop stopped with a fault.
    #[error("the screen's event loop failed")]
    Run(#[source] slint::PlatformError),
    /// The window could not be drawn into memory.
    #[error("cannot take a picture of the screen")]
    Snapshot(#[source] slint::PlatformError),
    /// The event loop has ended, or has never begun.
    #[error("the screen's event loop is not running")]
    Gone,
    /// Too much is already waiting for the screen.
    #[error("the screen does not keep up")]
    Busy,
    /// A picture's bytes do not match its size.
    #[error("{bytes} bytes are no picture of {width}×{height}")]
    PictureSize {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Bytes given.
        bytes: usize,
    },
}
