use gst_video::{VideoColorimetry, VideoFrameRef, VideoInfo};

/// What every picture is: ITU-R BT.601 with luma from 16 to 235, what WebRTC's VP8 always is and
/// what MJPEG needs no other matrix for.
pub(crate) const BT601: &str = "bt601";
/// What MJPEG cameras give: the same matrix, levels from 0 to 255 (ITU-T T.871).
pub(crate) const JPEG: &str = "1:4:0:0";

/// [`BT601`] as a value.
pub(crate) fn bt601() -> VideoColorimetry {
    BT601.parse().expect("a name of GStreamer's own")
}

/// The pictures of these caps use every level.
pub(crate) fn is_full(caps: Option<&gst::CapsRef>) -> bool {
    let colorimetry = caps.and_then(|caps| caps.structure(0)?.get::<&str>("colorimetry").ok());
    colorimetry == Some(JPEG)
}

/// Brings a planar picture from all levels to those of BT.601, in place.
pub(crate) fn narrow(buffer: &mut gst::BufferRef, info: &VideoInfo) {
    let Ok(mut frame) = VideoFrameRef::from_buffer_ref_writable(buffer, info) else { return };
    for plane in 0..info.n_planes() {
        let Ok(data) = frame.plane_data_mut(plane) else { continue };
        if plane == 0 { data.iter_mut().for_each(narrow_luma) } else { data.iter_mut().for_each(narrow_chroma) }
    }
}

/// 0..=255 to 16..=235, rounded.
fn narrow_luma(level: &mut u8) {
    *level = ((u16::from(*level) * 220 + 128) >> 8) as u8 + 16;
}

/// 0..=255 to 16..=240 around 128, rounded.
fn narrow_chroma(level: &mut u8) {
    *level = ((u16::from(*level) * 225 + 64) >> 8) as u8 + 16;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrowed(level: u8, how: fn(&mut u8)) -> f64 {
        let mut level = level;
        how(&mut level);
        f64::from(level)
    }

    #[test]
    fn every_level_is_within_one_of_the_standards_figure() {
        for level in 0..=255 {
            let luma = 16.0 + f64::from(level) * 219.0 / 255.0;
            assert!((narrowed(level, narrow_luma) - luma).abs() <= 1.0, "luma {level}");
            let chroma = 128.0 + (f64::from(level) - 128.0) * 224.0 / 255.0;
            assert!((narrowed(level, narrow_chroma) - chroma).abs() <= 1.0, "chroma {level}");
        }
        assert_eq!((narrowed(0, narrow_luma), narrowed(255, narrow_luma)), (16.0, 235.0));
        assert_eq!(narrowed(128, narrow_chroma), 128.0, "grey stays grey");
    }

    #[test]
    fn the_names_are_those_that_gstreamer_uses() {
        gst::init().expect("GStreamer");
        let caps = VideoInfo::builder(gst_video::VideoFormat::I420, 64, 64).colorimetry(&bt601()).build();
        let caps = caps.and_then(|info| info.to_caps()).expect("caps");
        assert_eq!(caps.structure(0).and_then(|s| s.get::<&str>("colorimetry").ok()), Some(BT601));
        assert!(!is_full(Some(&caps)));
    }
}
