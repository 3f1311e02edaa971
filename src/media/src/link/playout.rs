use gst::glib;
use gst::glib::subclass::prelude::*;
use gst_rtp::prelude::*;
use gst_rtp::subclass::prelude::*;
use gst_rtp::{RTPHeaderExtension, RTPHeaderExtensionFlags};

/// The playout-delay header extension (libwebrtc's rtp-hdrext/playout-delay): least and greatest wait
/// before a picture is shown, twelve bits each in steps of 10 ms.
pub(super) const URI: &str = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

/// "Show each picture as soon as it is whole." A browser would otherwise smooth a film's rhythm; in a
/// conversation those milliseconds are heard as hesitation.
const AT_ONCE: [u8; 3] = [0; 3];

/// Lets payloaders find the extension by its URI.
pub(crate) fn register() -> Result<(), glib::BoolError> {
    gst::Element::register(None, "rtphdrextplayoutdelay", gst::Rank::MARGINAL, PlayoutDelay::static_type())
}

glib::wrapper! {
    pub(crate) struct PlayoutDelay(ObjectSubclass<Inner>) @extends RTPHeaderExtension, gst::Element, gst::Object;
}

#[derive(Default)]
pub(crate) struct Inner;

#[glib::object_subclass]
impl ObjectSubclass for Inner {
    const NAME: &'static str = "EngawaRtpPlayoutDelay";
    type Type = PlayoutDelay;
    type ParentType = RTPHeaderExtension;
}

impl ObjectImpl for Inner {}
impl GstObjectImpl for Inner {}

impl ElementImpl for Inner {
    fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
        static METADATA: std::sync::LazyLock<gst::subclass::ElementMetadata> = std::sync::LazyLock::new(|| {
            gst::subclass::ElementMetadata::new(
                "Playout delay",
                gst_rtp::RTP_HDREXT_ELEMENT_CLASS,
                "Asks the receiver to show pictures at once",
                "Engawa",
            )
        });
        Some(&METADATA)
    }
}

impl RTPHeaderExtensionImpl for Inner {
    const URI: &'static str = URI;

    fn supported_flags(&self) -> RTPHeaderExtensionFlags {
        RTPHeaderExtensionFlags::ONE_BYTE | RTPHeaderExtensionFlags::TWO_BYTE
    }

    fn max_size(&self, _input: &gst::BufferRef) -> usize {
        AT_ONCE.len()
    }

    fn write(
        &self,
        _input: &gst::BufferRef,
        _flags: RTPHeaderExtensionFlags,
        _output: &gst::BufferRef,
        data: &mut [u8],
    ) -> Result<usize, gst::LoggableError> {
        let room = data.get_mut(..AT_ONCE.len());
        let room = room.ok_or_else(|| gst::loggable_error!(gst::CAT_RUST, "no room for the playout delay"))?;
        room.copy_from_slice(&AT_ONCE);
        Ok(AT_ONCE.len())
    }

    fn read(
        &self,
        _flags: RTPHeaderExtensionFlags,
        _data: &[u8],
        _output: &mut gst::BufferRef,
    ) -> Result<(), gst::LoggableError> {
        Ok(())
    }

    fn set_attributes(
        &self,
        _direction: gst_rtp::RTPHeaderExtensionDirection,
        _attributes: &str,
    ) -> Result<(), gst::LoggableError> {
        Ok(())
    }

    fn set_caps_from_attributes(&self, caps: &mut gst::CapsRef) -> Result<(), gst::LoggableError> {
        let set = self.obj().set_caps_from_attributes_helper(caps, "");
        if set { Ok(()) } else { Err(gst::loggable_error!(gst::CAT_RUST, "the extension has no number")) }
    }
}
