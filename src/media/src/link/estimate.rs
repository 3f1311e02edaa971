use super::{Ground, LinkNote, LinkShare};
use crate::LinkId;
use crate::note::Note;
use gst::prelude::*;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What the session tells about the packets that the peer has acknowledged.
const FEEDBACK: &str = "RTPTWCCPackets";

/// A link's congestion estimate (draft-ietf-rmcat-gcc-02).
///
/// The element is fed with the peer's feedback alone, beside the sending path. In the path it would
/// also pace: it lets no more out than it estimates, and a frame of an encoder that fills its rate
/// would take a whole frame's time to leave, which made the picture 30 ms older.
pub(super) struct Estimator {
    element: gst::Element,
}

impl Estimator {
    /// Starts an estimate that hears the feedback coming up through `sent`, a source pad in the sending path.
    ///
    /// None when the element cannot be had; the encoder then stays at its first rate.
    pub fn start(sent: &gst::Pad, id: LinkId, share: &Arc<LinkShare>, ground: &Ground) -> Option<Self> {
        share.estimate.store(ground.line_start, Ordering::Relaxed);
        let element = gst::ElementFactory::make("rtpgccbwe")
            .property("min-bitrate", *ground.line.start())
            .property("max-bitrate", *ground.line.end())
            .property("estimated-bitrate", ground.line_start)
            .property_from_str("estimator", "linear-regression")
            .build()
            .ok()?;
        let feedback = element.static_pad("src")?;
        let (share, post) = (share.clone(), ground.post.clone());
        element.connect_notify(Some("estimated-bitrate"), move |element, _| {
            let estimate = element.property::<u32>("estimated-bitrate");
            let before = share.estimate.swap(estimate, Ordering::Relaxed);
            if estimate < before / 100 * 95 {
                post.send(Note::Link(id, LinkNote::Narrower));
            }
        });
        let estimator = Self { element };
        estimator.element.set_state(gst::State::Paused).ok()?;
        // Its pacer would wake 200 times a second for packets that never come.
        feedback.pause_task().ok()?;
        sent.add_probe(gst::PadProbeType::EVENT_UPSTREAM, move |_, info| {
            if let Some(event) = info.event().filter(|e| e.structure().is_some_and(|s| s.name() == FEEDBACK)) {
                let _not_running = feedback.send_event(event.copy());
            }
            gst::PadProbeReturn::Ok
        });
        Some(estimator)
    }
}

impl Drop for Estimator {
    fn drop(&mut self) {
        let _down = self.element.set_state(gst::State::Null);
    }
}
