//! Encoders that fail on purpose, each around a real H.264 encoder.

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// Fails with its first frame.
pub const DEAD_ENCODER: &str = "engawadeadenc";
/// Works until [`fail`], then reports an error.
pub const DYING_ENCODER: &str = "engawadyingenc";
/// Works until [`fail`], then takes frames without a word and gives none.
pub const STALLING_ENCODER: &str = "engawastallingenc";

static DEAD: AtomicBool = AtomicBool::new(true);
static DYING: AtomicBool = AtomicBool::new(false);
static STALLING: AtomicBool = AtomicBool::new(false);

/// The encoders of that name fail from their next frame on, in every call of this process.
pub fn fail(name: &str) {
    let fails = match name {
        DYING_ENCODER => &DYING,
        STALLING_ENCODER => &STALLING,
        _ => panic!("{name} does not wait to be told"),
    };
    fails.store(true, Ordering::Relaxed);
}

/// Makes the failing encoders known to GStreamer, above every real one.
pub fn register() {
    gst::init().expect("GStreamer");
    let rank = gst::Rank::PRIMARY + 1000;
    let kinds = [DeadEncoder::static_type(), DyingEncoder::static_type(), StallingEncoder::static_type()];
    for (name, kind) in [DEAD_ENCODER, DYING_ENCODER, STALLING_ENCODER].into_iter().zip(kinds) {
        gst::Element::register(None, name, rank, kind).expect("registered");
    }
}

/// How an encoder ends.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Error,
    Silence,
}

/// Puts a real encoder into `bin`, behind a gate that is closed once it `fails`.
fn assemble(bin: &gst::Bin, fails: &'static AtomicBool, end: End) {
    let real = ["x264enc", "openh264enc"].into_iter().find(|name| gst::ElementFactory::find(name).is_some());
    let description = match real {
        Some("x264enc") => "x264enc tune=zerolatency speed-preset=ultrafast threads=1 key-int-max=300",
        _ => "openh264enc complexity=low gop-size=300",
    };
    let description = format!(
        "identity name=gate ! {description} ! video/x-h264,profile=constrained-baseline,\
         stream-format=byte-stream,alignment=au ! identity name=end"
    );
    let inner = gst::parse::bin_from_description(&description, false).expect("a real encoder is installed");
    let pad = |name, side| inner.by_name(name).and_then(|e| e.static_pad(side)).expect("an identity has both pads");
    let (gate, out) = (pad("gate", "sink"), pad("end", "src"));
    inner.add_pad(&gst::GhostPad::with_target(&gate).expect("unlinked")).expect("a new pad");
    inner.add_pad(&gst::GhostPad::with_target(&out).expect("unlinked")).expect("a new pad");
    let weak = bin.downgrade();
    gate.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        if !fails.load(Ordering::Relaxed) {
            return gst::PadProbeReturn::Ok;
        }
        if end == End::Error {
            if let Some(bin) = weak.upgrade() {
                gst::element_error!(bin, gst::StreamError::Encode, ["failing on purpose"]);
            }
            info.flow_res = Err(gst::FlowError::Error);
        }
        // Without a buffer it stays counted as taken, which is what a hanging driver looks like.
        info.data = None;
        gst::PadProbeReturn::Handled
    });
    bin.add(&inner).expect("an empty bin");
    for (name, side) in [("sink", gst::PadDirection::Sink), ("src", gst::PadDirection::Src)] {
        let target = inner.pads().into_iter().find(|pad| pad.direction() == side).expect("was added");
        let pad = gst::GhostPad::builder_with_target(&target).expect("unlinked").name(name).build();
        bin.add_pad(&pad).expect("a new pad");
    }
}

macro_rules! failing {
    ($module:ident, $object:ident, $name:literal, $fails:expr, $end:expr) => {
        mod $module {
            use super::*;

            #[derive(Default)]
            pub(super) struct Inside;

            #[glib::object_subclass]
            impl ObjectSubclass for Inside {
                const NAME: &'static str = $name;
                type Type = super::$object;
                type ParentType = gst::Bin;
            }

            impl ObjectImpl for Inside {
                fn constructed(&self) {
                    self.parent_constructed();
                    assemble(self.obj().upcast_ref(), $fails, $end);
                }
            }
            impl GstObjectImpl for Inside {}
            impl ElementImpl for Inside {
                fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
                    static METADATA: std::sync::LazyLock<gst::subclass::ElementMetadata> =
                        std::sync::LazyLock::new(|| {
                            gst::subclass::ElementMetadata::new(
                                "Failing encoder",
                                "Codec/Encoder/Video",
                                "Fails on purpose, for tests",
                                "Engawa",
                            )
                        });
                    Some(&*METADATA)
                }
            }
            impl BinImpl for Inside {}
        }

        glib::wrapper! {
            struct $object(ObjectSubclass<$module::Inside>)
                @extends gst::Bin, gst::Element, gst::Object,
                @implements gst::ChildProxy;
        }
    };
}

failing!(dead, DeadEncoder, "EngawaDeadEncoder", &DEAD, End::Error);
failing!(dying, DyingEncoder, "EngawaDyingEncoder", &DYING, End::Error);
failing!(stalling, StallingEncoder, "EngawaStallingEncoder", &STALLING, End::Silence);
