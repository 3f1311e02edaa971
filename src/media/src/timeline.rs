use crate::Error;
use crate::note::Trouble;
use gst::prelude::*;

/// The one clock and starting point that all pipelines share, so that a buffer may go from one to another.
#[derive(Clone)]
pub(crate) struct Timeline {
    clock: gst::Clock,
    base: gst::ClockTime,
}

impl Timeline {
    /// Begins a second ago: an encoder's trial frames stand before the first live one.
    pub fn new() -> Self {
        let clock = gst::SystemClock::obtain();
        let base = clock.time().saturating_sub(gst::ClockTime::SECOND);
        Self { clock, base }
    }

    pub fn now(&self) -> gst::ClockTime {
        self.clock.time().saturating_sub(self.base)
    }

    /// Parses a pipeline, sets it on this timeline and sends what its bus says to `hear`, from
    /// whatever thread said it; nothing is left to pile up on the bus.
    pub fn pipeline(
        &self,
        part: &'static str,
        description: &str,
        hear: impl Fn(Trouble) + Send + Sync + 'static,
    ) -> Result<gst::Pipeline, Error> {
        let pipeline = self.unsynchronised(part, description, hear)?;
        pipeline.set_start_time(gst::ClockTime::NONE);
        pipeline.set_base_time(self.base);
        Ok(pipeline)
    }

    /// The same with a start of its own, for what is not live; see [`Timeline::shift`].
    pub fn unsynchronised(
        &self,
        part: &'static str,
        description: &str,
        hear: impl Fn(Trouble) + Send + Sync + 'static,
    ) -> Result<gst::Pipeline, Error> {
        let pipeline = gst::parse::launch_full(description, None, gst::ParseFlags::FATAL_ERRORS)
            .map_err(|source| Error::Build { part, source })?
            .downcast::<gst::Pipeline>()
            .expect("a description of several elements makes a pipeline");
        pipeline.use_clock(Some(&self.clock));
        let bus = pipeline.bus().expect("a pipeline has a bus");
        bus.set_sync_handler(move |_, message| {
            if let Some(trouble) = read(part, message) {
                hear(trouble);
            }
            gst::BusSyncReply::Drop
        });
        Ok(pipeline)
    }

    /// What to add to a running time of `pipeline` to get one of this timeline.
    pub fn shift(&self, pipeline: &gst::Pipeline) -> gst::ClockTime {
        pipeline.base_time().unwrap_or(self.base).saturating_sub(self.base)
    }
}

/// Logs a message without its texts, which may hold addresses, and tells what has to be acted on.
fn read(part: &'static str, message: &gst::Message) -> Option<Trouble> {
    use gst::MessageView;
    let element = || {
        let object = message.src().and_then(|o| o.downcast_ref::<gst::Element>());
        object.and_then(|e| e.factory()).map_or_else(String::new, |f| f.name().to_string())
    };
    match message.view() {
        MessageView::Error(error) => {
            tracing::warn!(part, element = element(), kind = ?error.error().domain().as_str(), "pipeline error");
            tracing::trace!(part, error = %error.error(), debug = ?error.debug());
            Some(Trouble::Error)
        }
        MessageView::Warning(_) => {
            tracing::debug!(part, element = element(), "pipeline warning");
            None
        }
        MessageView::Eos(_) => Some(Trouble::Ended),
        MessageView::AsyncDone(_) => Some(Trouble::Ready),
        MessageView::SegmentDone(_) => Some(Trouble::SegmentDone),
        // States, tags, QoS, latency and stream status ask for nothing: sinks run unsynchronised or live.
        _ => None,
    }
}

/// Finds a named element of a description that was just parsed.
pub(crate) fn named<T: IsA<gst::Element>>(pipeline: &gst::Pipeline, name: &str) -> T {
    pipeline.by_name(name).and_then(|e| e.downcast().ok()).expect("the description names the element")
}
