//! H.264 encoders that fail on purpose, as a GStreamer plugin.
//!
//! The stories put this plugin into the real booth from outside, with `GST_PLUGIN_PATH`, and rank
//! its elements above the real encoders: so the booth itself carries nothing that is only for tests.
//! Owns: `engawabrokenenc`, which does not start, and `engawafaultyenc`, which encodes well and dies
//! after [`FRAMES`] frames. Never does: decide anything, or run outside tests.

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// Frames that `engawafaultyenc` encodes before it dies.
pub const FRAMES: u32 = 480;

glib::wrapper! {
    /// Encodes [`FRAMES`] frames with x264, then reports an error and lets nothing more through.
    pub struct FaultyEncoder(ObjectSubclass<faulty::FaultyEncoder>) @extends gst::Bin, gst::Element, gst::Object;
}

glib::wrapper! {
    /// Looks like an encoder, but cannot be started.
    pub struct BrokenEncoder(ObjectSubclass<broken::BrokenEncoder>) @extends gst::Bin, gst::Element, gst::Object;
}

/// An x264 encoder with its two pads, for a bin to wrap.
fn add_x264(bin: &gst::Bin) -> gst::Element {
    let x264 = gst::ElementFactory::make("x264enc")
        .property_from_str("tune", "zerolatency")
        .property_from_str("speed-preset", "ultrafast")
        .property("threads", 1u32)
        .property("key-int-max", 300u32)
        .property("bitrate", 1500u32)
        .build()
        .expect("x264enc is among the packages the tests need");
    bin.add(&x264).expect("a new element belongs to no bin");
    for name in ["sink", "src"] {
        let inner = x264.static_pad(name).expect("an encoder has a sink and a src");
        let outer = bin.static_pad(name).expect("the bin has both pads");
        let outer = outer.downcast::<gst::GhostPad>().expect("the bin's pads are ghost pads");
        outer.set_target(Some(&inner)).expect("pads of the same direction");
    }
    x264
}

fn templates() -> Vec<gst::PadTemplate> {
    let raw = gst::Caps::builder("video/x-raw").field("format", "I420").build();
    let coded = gst::Caps::builder("video/x-h264").build();
    [("sink", gst::PadDirection::Sink, raw), ("src", gst::PadDirection::Src, coded)]
        .into_iter()
        .map(|(name, direction, caps)| {
            gst::PadTemplate::new(name, direction, gst::PadPresence::Always, &caps).expect("fixed names and caps")
        })
        .collect()
}

fn add_pads(element: &gst::Element) {
    for template in element.pad_template_list() {
        let pad = gst::GhostPad::from_template(&template);
        element.add_pad(&pad).expect("pad names are unique");
    }
}

mod faulty {
    use super::*;

    /// See [`super::FaultyEncoder`].
    #[derive(Debug, Default)]
    pub struct FaultyEncoder {
        frames: AtomicU32,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for FaultyEncoder {
        const NAME: &'static str = "EngawaFaultyEncoder";
        type Type = super::FaultyEncoder;
        type ParentType = gst::Bin;
    }

    impl ObjectImpl for FaultyEncoder {
        fn constructed(&self) {
            self.parent_constructed();
            let bin = self.obj();
            add_pads(bin.upcast_ref());
            let x264 = add_x264(bin.upcast_ref());
            let weak = bin.downgrade();
            let sink = x264.static_pad("sink").expect("an encoder has a sink");
            sink.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
                let Some(bin) = weak.upgrade() else { return gst::PadProbeReturn::Ok };
                let seen = bin.imp().frames.fetch_add(1, Ordering::Relaxed);
                if seen < FRAMES {
                    return gst::PadProbeReturn::Ok;
                }
                if seen == FRAMES {
                    gst::element_error!(bin, gst::StreamError::Encode, ["this encoder dies on purpose"]);
                }
                info.flow_res = Err(gst::FlowError::Error);
                gst::PadProbeReturn::Handled
            });
        }
    }

    impl GstObjectImpl for FaultyEncoder {}

    impl ElementImpl for FaultyEncoder {
        fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
            static METADATA: std::sync::OnceLock<gst::subclass::ElementMetadata> = std::sync::OnceLock::new();
            Some(METADATA.get_or_init(|| {
                gst::subclass::ElementMetadata::new(
                    "Encoder that dies",
                    "Codec/Encoder/Video",
                    "Encodes H.264 and fails after a while, on purpose",
                    "Engawa",
                )
            }))
        }

        fn pad_templates() -> &'static [gst::PadTemplate] {
            static TEMPLATES: std::sync::OnceLock<Vec<gst::PadTemplate>> = std::sync::OnceLock::new();
            TEMPLATES.get_or_init(templates)
        }
    }

    impl BinImpl for FaultyEncoder {}
}

mod broken {
    use super::*;

    /// See [`super::BrokenEncoder`].
    #[derive(Debug, Default)]
    pub struct BrokenEncoder;

    #[glib::object_subclass]
    impl ObjectSubclass for BrokenEncoder {
        const NAME: &'static str = "EngawaBrokenEncoder";
        type Type = super::BrokenEncoder;
        type ParentType = gst::Bin;
    }

    impl ObjectImpl for BrokenEncoder {
        fn constructed(&self) {
            self.parent_constructed();
            let bin = self.obj();
            add_pads(bin.upcast_ref());
            add_x264(bin.upcast_ref());
        }
    }

    impl GstObjectImpl for BrokenEncoder {}

    impl ElementImpl for BrokenEncoder {
        fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
            static METADATA: std::sync::OnceLock<gst::subclass::ElementMetadata> = std::sync::OnceLock::new();
            Some(METADATA.get_or_init(|| {
                gst::subclass::ElementMetadata::new(
                    "Encoder that does not start",
                    "Codec/Encoder/Video",
                    "Refuses to be started, on purpose",
                    "Engawa",
                )
            }))
        }

        fn pad_templates() -> &'static [gst::PadTemplate] {
            static TEMPLATES: std::sync::OnceLock<Vec<gst::PadTemplate>> = std::sync::OnceLock::new();
            TEMPLATES.get_or_init(templates)
        }

        fn change_state(&self, change: gst::StateChange) -> Result<gst::StateChangeSuccess, gst::StateChangeError> {
            if change == gst::StateChange::ReadyToPaused {
                return Err(gst::StateChangeError);
            }
            self.parent_change_state(change)
        }
    }

    impl BinImpl for BrokenEncoder {}
}

fn init(plugin: &gst::Plugin) -> Result<(), glib::BoolError> {
    let rank = gst::Rank::PRIMARY + 100;
    gst::Element::register(Some(plugin), "engawafaultyenc", rank, FaultyEncoder::static_type())?;
    gst::Element::register(Some(plugin), "engawabrokenenc", rank, BrokenEncoder::static_type())
}

mod plugin {
    use super::init;

    gst::plugin_define!(
        engawa_tests,
        "Encoders that fail on purpose, for Engawa's tests",
        init,
        "0.1.0",
        "GPL",
        "engawa-tests",
        "engawa-tests",
        "engawa"
    );
}
