use engawa_protocol::Codec;
use gst::prelude::*;

/// Frames between key frames that nobody asked for. Joining peers and losses ask by themselves.
const KEY_EVERY: u32 = 300;

/// The description from raw I420 to parsed frames for one encoder factory, named `encoder`.
pub(super) fn describe(factory: &str, codec: Codec, bitrate: u32) -> String {
    let kilobits = bitrate / 1000;
    match (codec, factory) {
        // Two threads gain nothing on two busy cores (3 fps were seen), so one; see cpu-used for its cost.
        (Codec::Vp8, name) => format!(
            "{name} name=encoder deadline=1 cpu-used=16 threads=1 end-usage=cbr target-bitrate={bitrate} \
             keyframe-max-dist={KEY_EVERY} error-resilient=default lag-in-frames=0 buffer-size=400 \
             buffer-initial-size=200 buffer-optimal-size=300 undershoot=95 min-quantizer=4 max-quantizer=56 \
             static-threshold=1 ! video/x-vp8"
        ),
        (Codec::H264, "x264enc") => format!(
            "x264enc name=encoder tune=zerolatency speed-preset=ultrafast threads=1 bframes=0 \
             key-int-max={KEY_EVERY} vbv-buf-capacity=150 bitrate={kilobits} \
             ! video/x-h264,profile=constrained-baseline {PARSE}"
        ),
        (Codec::H264, "openh264enc") => format!(
            "openh264enc name=encoder complexity=low rate-control=bitrate usage-type=camera multi-thread=1 \
             enable-frame-skip=false gop-size={KEY_EVERY} bitrate={bitrate} max-bitrate={bitrate} \
             ! video/x-h264,profile=constrained-baseline {PARSE}"
        ),
        (Codec::H264, "vah264enc" | "vah264lpenc") => format!(
            "videoconvert n-threads=1 ! video/x-raw,format=NV12 \
             ! {factory} name=encoder rate-control=cbr bitrate={kilobits} b-frames=0 key-int-max={KEY_EVERY} \
             ref-frames=1 target-usage=6 ! video/x-h264,profile=constrained-baseline {PARSE}"
        ),
        // Without level and profile in the caps the driver falls to level 1.0.
        (Codec::H264, "v4l2h264enc") => format!(
            "v4l2h264enc name=encoder extra-controls=\"{}\" \
             ! video/x-h264,level=(string)4,profile=constrained-baseline {PARSE}",
            v4l2_controls(bitrate)
        ),
        (Codec::H264, name) => format!("{name} name=encoder {PARSE}"),
    }
}

/// One parser for everybody, before frames are handed out: a parser of each peer's own would wait
/// for parameter sets that came before the peer.
const PARSE: &str = "! h264parse config-interval=-1 ! video/x-h264,stream-format=avc,alignment=au";

fn v4l2_controls(bitrate: u32) -> String {
    let steps = (bitrate / 25_000).max(1) * 25_000;
    format!("controls,repeat_sequence_header=1,video_bitrate={steps},h264_i_frame_period={KEY_EVERY}")
}

/// Changes a running encoder's rate.
pub(super) fn set_bitrate(encoder: &gst::Element, factory: &str, bitrate: u32) {
    match factory {
        "vp8enc" => encoder.set_property("target-bitrate", bitrate as i32),
        "openh264enc" => {
            // The encoder refuses a rate above its maximum, so the maximum goes first upward and last downward.
            let rising = encoder.property::<u32>("bitrate") < bitrate;
            let (first, last) = if rising { ("max-bitrate", "bitrate") } else { ("bitrate", "max-bitrate") };
            encoder.set_property(first, bitrate);
            encoder.set_property(last, bitrate);
        }
        "v4l2h264enc" => encoder.set_property_from_str("extra-controls", &v4l2_controls(bitrate)),
        _ => {
            if encoder.find_property("bitrate").is_some_and(|p| p.value_type() == u32::static_type()) {
                encoder.set_property("bitrate", bitrate / 1000);
            }
        }
    }
}
