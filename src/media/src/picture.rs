use crate::mailbox::{Frame, Mailbox, Pixels, lock};
use crate::stamp::Stamp;
use gst_video::{VideoColorimetry, VideoConverter, VideoFormat, VideoFrameExt, VideoFrameRef, VideoInfo};
use std::time::Duration;

/// Turns decoded pictures into what a mailbox's owner wants, and only when it wants them.
pub(crate) struct Painter {
    mailbox: Mailbox,
    converter: Option<Prepared>,
}

/// A picture is made smaller before it gets its colours: GStreamer does each quickly by itself, and
/// both in one step four times slower.
struct Prepared {
    from: VideoInfo,
    size: (u32, u32),
    smaller: Option<(VideoConverter, VideoInfo)>,
    painted: VideoInfo,
    colours: VideoConverter,
}

impl Painter {
    pub fn new(mailbox: Mailbox) -> Self {
        Self { mailbox, converter: None }
    }

    /// Puts the picture into the mailbox; a picture that cannot be converted is left out.
    pub fn paint(&mut self, buffer: &gst::BufferRef, info: &VideoInfo, at: gst::ClockTime) {
        if !self.mailbox.is_wanted() {
            return;
        }
        let size = self.mailbox.fit(info.width(), info.height());
        if self.converter.as_ref().is_none_or(|c| c.from != *info || c.size != size) {
            self.converter = prepare(info, size);
        }
        let Some(prepared) = &self.converter else { return };
        let Some(pixels) = convert(prepared, buffer) else { return };
        self.mailbox.put(Frame { width: size.0, height: size.1, pixels, at: Duration::from_nanos(at.nseconds()) });
    }
}

fn prepare(from: &VideoInfo, size: (u32, u32)) -> Option<Prepared> {
    let like = |format, colorimetry: Option<&VideoColorimetry>| {
        VideoInfo::builder(format, size.0, size.1)
            .fps(from.fps())
            .interlace_mode(from.interlace_mode())
            .colorimetry_if_some(colorimetry)
            .build()
            .ok()
    };
    let smaller = if size == (from.width(), from.height()) {
        None
    } else {
        let info = like(from.format(), Some(&from.colorimetry()))?;
        let mut config = gst_video::VideoConverterConfig::new();
        config.set_resampler_method(gst_video::VideoResamplerMethod::Linear);
        Some((VideoConverter::new(from, &info, Some(config)).ok()?, info))
    };
    let painted = like(VideoFormat::Rgba, None)?;
    let colours = VideoConverter::new(smaller.as_ref().map_or(from, |(_, info)| info), &painted, None).ok()?;
    Some(Prepared { from: from.clone(), size, smaller, painted, colours })
}

fn convert(prepared: &Prepared, buffer: &gst::BufferRef) -> Option<Pixels> {
    let Prepared { from, smaller, painted, colours, .. } = prepared;
    let coloured = match smaller {
        None => converted(colours, buffer, from, painted)?,
        Some((converter, info)) => converted(colours, &*converted(converter, buffer, from, info)?, info, painted)?,
    };
    Pixels::from_buffer(coloured)
}

fn converted(
    converter: &VideoConverter,
    buffer: &gst::BufferRef,
    from: &VideoInfo,
    to: &VideoInfo,
) -> Option<gst::Buffer> {
    let source = VideoFrameRef::from_buffer_ref_readable(buffer, from).ok()?;
    let mut made = gst::Buffer::with_size(to.size()).ok()?;
    {
        let target = made.get_mut().expect("a new buffer is not shared");
        let mut target = VideoFrameRef::from_buffer_ref_writable(target, to).ok()?;
        converter.frame_ref(&source, &mut target);
    }
    Some(made)
}

/// Draws the current time into a planar picture.
pub(crate) fn stamp(buffer: &mut gst::BufferRef, info: &VideoInfo) {
    let Ok(mut frame) = VideoFrameRef::from_buffer_ref_writable(buffer, info) else { return };
    let (stride, width) = (frame.plane_stride()[0] as usize, info.width() as usize);
    if let Ok(luma) = frame.plane_data_mut(0) {
        Stamp::now().draw(luma, stride, width);
    }
    // The colour planes go grey under the blocks: a saturated colour would bend the luma read back from RGB.
    let rows = (width / 40).div_ceil(2);
    for plane in 1..info.n_planes().min(3) {
        let stride = frame.plane_stride()[plane as usize] as usize;
        if let Ok(chroma) = frame.plane_data_mut(plane) {
            chroma.iter_mut().take(stride * rows).for_each(|v| *v = 128);
        }
    }
}

/// Reads the stamp of a planar picture.
pub(crate) fn read_stamp(buffer: &gst::BufferRef, info: &VideoInfo) -> Option<Stamp> {
    let frame = VideoFrameRef::from_buffer_ref_readable(buffer, info).ok()?;
    let (stride, luma) = (frame.plane_stride()[0] as usize, frame.plane_data(0).ok()?);
    Stamp::read(info.width() as usize, info.height() as usize, |x, y| {
        luma.get(y * stride + x).copied().map_or(0, u32::from)
    })
}

/// A dark picture: no light, no colour.
pub(crate) fn dark(info: &VideoInfo) -> Option<gst::Buffer> {
    let mut buffer = gst::Buffer::with_size(info.size()).ok()?;
    {
        let buffer = buffer.get_mut().expect("a new buffer is not shared");
        let mut frame = VideoFrameRef::from_buffer_ref_writable(buffer, info).ok()?;
        for plane in 0..info.n_planes() {
            frame.plane_data_mut(plane).ok()?.fill(if plane == 0 { 16 } else { 128 });
        }
    }
    Some(buffer)
}

/// Width and highest size in bytes of a still picture (W12).
const STILL_WIDTH: u32 = 320;
const STILL_BYTES: usize = 48 * 1024;

/// Makes a small JPEG; none when it cannot be made within a second or would be too large.
pub(crate) fn still(sample: &gst::Sample) -> Option<Vec<u8>> {
    let info = VideoInfo::from_caps(sample.caps()?).ok()?;
    let width = STILL_WIDTH.min(info.width());
    let height = (u64::from(width) * u64::from(info.height()) / u64::from(info.width()).max(1)).max(2) as i32 & !1;
    let caps = gst::Caps::builder("image/jpeg")
        .field("width", width as i32)
        .field("height", height)
        .field("framerate", gst::FractionRange::new(gst::Fraction::new(0, 1), gst::Fraction::new(i32::MAX, 1)))
        .build();
    let jpeg = gst_video::convert_sample(sample, &caps, Some(gst::ClockTime::SECOND)).ok()?;
    let map = jpeg.buffer()?.map_readable().ok()?;
    (map.len() <= STILL_BYTES).then(|| map.to_vec())
}

/// Every place where the booth's own picture goes: encoders, preview, and the last one for a still.
pub(crate) struct PictureHub {
    caps: gst::Caps,
    info: VideoInfo,
    dark: gst::Buffer,
    preview: Mailbox,
    inner: std::sync::Mutex<Inner>,
}

struct Inner {
    camera_on: bool,
    source_here: bool,
    stamped: bool,
    encoders: Vec<crate::encode::Inlet>,
    painter: Painter,
    last: Option<gst::Sample>,
    captured: u64,
}

impl PictureHub {
    /// `caps` is planar raw video of one size and rate; every delivered picture has them.
    pub fn new(caps: gst::Caps, camera_on: bool, stamped: bool) -> Option<Self> {
        let info = VideoInfo::from_caps(&caps).ok()?;
        let dark = dark(&info)?;
        let preview = Mailbox::default();
        let painter = Painter::new(preview.clone());
        let inner =
            Inner { camera_on, source_here: false, stamped, encoders: Vec::new(), painter, last: None, captured: 0 };
        Some(Self { caps, info, dark, preview, inner: inner.into() })
    }

    pub fn caps(&self) -> &gst::Caps {
        &self.caps
    }

    pub fn info(&self) -> &VideoInfo {
        &self.info
    }

    /// Frames a second.
    pub fn rate(&self) -> i32 {
        (self.info.fps().numer() / self.info.fps().denom().max(1)).max(1)
    }

    pub fn preview(&self) -> Mailbox {
        self.preview.clone()
    }

    pub fn captured(&self) -> u64 {
        lock(&self.inner).captured
    }

    pub fn set_camera(&self, on: bool) {
        let mut inner = lock(&self.inner);
        inner.camera_on = on;
        inner.last = None;
    }

    /// Tells whether a source delivers; without one, [`PictureHub::fill`] stands in.
    pub fn set_source(&self, here: bool) {
        let mut inner = lock(&self.inner);
        inner.source_here = here;
        inner.last = None;
    }

    /// Replaces the encoders that are fed.
    pub fn feed(&self, encoders: Vec<crate::encode::Inlet>) {
        lock(&self.inner).encoders = encoders;
    }

    /// The last picture, unless the camera is off or gone.
    pub fn last(&self) -> Option<gst::Sample> {
        lock(&self.inner).last.clone()
    }

    /// Takes a captured picture; `at` is its running time.
    pub fn deliver(&self, mut buffer: gst::Buffer, at: gst::ClockTime) {
        let mut inner = lock(&self.inner);
        inner.captured += 1;
        if !inner.camera_on {
            return;
        }
        {
            let buffer = buffer.make_mut();
            buffer.set_pts(at);
            buffer.set_dts(gst::ClockTime::NONE);
            if inner.stamped {
                stamp(buffer, &self.info);
            }
        }
        let sample = gst::Sample::builder().buffer(&buffer).caps(&self.caps).build();
        inner.encoders.iter().for_each(|encoder| encoder.push(&sample));
        inner.painter.paint(&buffer, &self.info, at);
        inner.last = Some(sample);
    }

    /// Stands in with a dark picture when the camera is off or gone; meant to be called a few times a second.
    pub fn fill(&self, at: gst::ClockTime) {
        let mut inner = lock(&self.inner);
        if inner.camera_on && inner.source_here {
            return;
        }
        let mut buffer = self.dark.copy();
        let frame = buffer.make_mut();
        frame.set_pts(at);
        let sample = gst::Sample::builder().buffer(&buffer).caps(&self.caps).build();
        inner.encoders.iter().for_each(|encoder| encoder.push(&sample));
        inner.painter.paint(&buffer, &self.info, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info() -> VideoInfo {
        gst::init().expect("GStreamer");
        VideoInfo::builder(VideoFormat::I420, 640, 360).fps(gst::Fraction::new(30, 1)).build().expect("info")
    }

    #[test]
    fn a_painted_picture_is_opaque_and_in_the_wanted_size() {
        let info = info();
        let mut buffer = dark(&info).expect("buffer");
        {
            let buffer = buffer.get_mut().expect("unshared");
            let mut frame = VideoFrameRef::from_buffer_ref_writable(buffer, &info).expect("frame");
            for row in frame.plane_data_mut(0).expect("luma").chunks_mut(640) {
                row[..320].fill(235);
            }
        }
        let mailbox = Mailbox::default();
        mailbox.resize(320, 320);
        assert!(mailbox.take().is_none());
        Painter::new(mailbox.clone()).paint(&buffer, &info, gst::ClockTime::ZERO);
        let frame = mailbox.take().expect("a picture");
        assert_eq!((frame.width, frame.height, frame.pixels.len()), (320, 180, 320 * 180 * 4));
        assert!(frame.pixels.chunks(4).all(|p| p[3] == 255));
        let middle = 90 * 320 * 4;
        assert!(frame.pixels[middle] > 247, "the white half is on the left");
        assert!(frame.pixels[middle + 310 * 4] < 8);
    }

    #[test]
    fn a_stamp_survives_being_painted_smaller() {
        let info = info();
        let mut buffer = dark(&info).expect("buffer");
        stamp(buffer.get_mut().expect("unshared"), &info);
        let drawn = read_stamp(&buffer, &info).expect("stamp");
        let mailbox = Mailbox::default();
        mailbox.resize(320, 180);
        assert!(mailbox.take().is_none());
        Painter::new(mailbox.clone()).paint(&buffer, &info, gst::ClockTime::ZERO);
        assert_eq!(crate::read_stamp(&mailbox.take().expect("a picture")), Some(drawn));
    }

    #[test]
    fn a_still_is_a_small_jpeg() {
        let info = info();
        let caps = info.to_caps().expect("caps");
        let buffer = dark(&info).expect("buffer");
        let jpeg = still(&gst::Sample::builder().buffer(&buffer).caps(&caps).build()).expect("a still");
        assert_eq!(&jpeg[..2], [0xff, 0xd8]);
        assert!(jpeg.len() <= STILL_BYTES);
    }

    #[test]
    fn with_the_camera_off_only_dark_pictures_go_out() {
        let info = info();
        let hub = PictureHub::new(info.to_caps().expect("caps"), true, true).expect("hub");
        hub.set_source(true);
        assert!(hub.preview().take().is_none());
        hub.deliver(dark(&info).expect("buffer"), gst::ClockTime::ZERO);
        assert!(crate::read_stamp(&hub.preview().take().expect("picture")).is_some());
        hub.fill(gst::ClockTime::ZERO);
        assert!(hub.preview().take().is_none(), "nothing stands in while the camera works");
        hub.set_camera(false);
        hub.deliver(dark(&info).expect("buffer"), gst::ClockTime::ZERO);
        assert!(hub.preview().take().is_none());
        hub.fill(gst::ClockTime::ZERO);
        assert!(crate::read_stamp(&hub.preview().take().expect("picture")).is_none());
        assert!(hub.last().is_none(), "no still of a camera that is off");
    }
}
