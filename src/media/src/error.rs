use gst::glib;

/// Why the media could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// GStreamer itself did not start.
    #[error("starting GStreamer")]
    Init(#[source] glib::Error),
    /// A plugin that nothing can replace is not installed.
    #[error("the GStreamer element {0} is not installed")]
    Missing(&'static str),
    /// A size, rate or range of the configuration makes no sense.
    #[error("the media configuration is wrong: {0}")]
    Config(&'static str),
    /// A part of the graph could not be put together.
    #[error("building the {part}")]
    Build {
        /// Which.
        part: &'static str,
        /// GStreamer's reason.
        #[source]
        source: glib::Error,
    },
    /// A part of the graph did not start.
    #[error("starting the {part}")]
    Start {
        /// Which.
        part: &'static str,
    },
    /// The thread that owns the graph could not be started.
    #[error("starting the media thread")]
    Thread(#[source] std::io::Error),
}
