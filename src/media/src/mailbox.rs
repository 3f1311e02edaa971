use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One slot for pictures: the newest wins, and whoever shows them is called once until it looks.
///
/// Clones share the slot. Pictures are made only once somebody has asked, by
/// [`Mailbox::on_filled`] or [`Mailbox::take`]: a booth without a screen does not pay for them.
#[derive(Clone, Default)]
pub struct Mailbox(Arc<Inner>);

#[derive(Default)]
struct Inner {
    slot: Mutex<Option<Frame>>,
    filled: Mutex<Option<Arc<dyn Fn() + Send + Sync>>>,
    wanted: AtomicBool,
    closed: AtomicBool,
    /// Width in the upper half, height in the lower; 0 is the picture's own size.
    size: AtomicU64,
}

/// A picture, opaque RGBA with eight bits each, rows without padding.
pub struct Frame {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `width * height * 4` bytes; alpha is 255.
    pub pixels: Pixels,
    /// When it was captured (own picture) or decoded (a peer's), on the media's running clock.
    pub at: std::time::Duration,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame").field("width", &self.width).field("height", &self.height).finish_non_exhaustive()
    }
}

/// The bytes of a [`Frame`].
pub struct Pixels(Bytes);

enum Bytes {
    Mapped(gst::MappedBuffer<gst::buffer::Readable>),
    #[cfg(test)]
    Owned(Vec<u8>),
}

impl Pixels {
    pub(crate) fn from_buffer(buffer: gst::Buffer) -> Option<Self> {
        buffer.into_mapped_buffer_readable().ok().map(|map| Self(Bytes::Mapped(map)))
    }
}

impl Deref for Pixels {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match &self.0 {
            Bytes::Mapped(map) => map.as_slice(),
            #[cfg(test)]
            Bytes::Owned(bytes) => bytes,
        }
    }
}

impl Mailbox {
    /// Takes the newest picture, leaving the slot empty.
    pub fn take(&self) -> Option<Frame> {
        self.0.wanted.store(true, Ordering::Relaxed);
        lock(&self.0.slot).take()
    }

    /// Calls `callback` from a media thread whenever a picture comes into the empty slot; it must only post.
    pub fn on_filled(&self, callback: impl Fn() + Send + Sync + 'static) {
        if !self.0.closed.load(Ordering::Relaxed) {
            *lock(&self.0.filled) = Some(Arc::new(callback));
        }
        self.0.wanted.store(true, Ordering::Relaxed);
    }

    /// Asks for pictures that fit into `width` × `height`, keeping their shape; 0 × 0 asks for their own size.
    pub fn resize(&self, width: u32, height: u32) {
        self.0.size.store(u64::from(width) << 32 | u64::from(height), Ordering::Relaxed);
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.0.wanted.load(Ordering::Relaxed) && !self.0.closed.load(Ordering::Relaxed)
    }

    /// Ends the stream: lets go of the last picture, and of the callback, which may hold the mailbox itself.
    pub(crate) fn close(&self) {
        self.0.closed.store(true, Ordering::Relaxed);
        let _last = lock(&self.0.slot).take();
        let _callback = lock(&self.0.filled).take();
    }

    /// The size a picture of `width` × `height` is wanted in: even, and never larger than it is.
    pub(crate) fn fit(&self, width: u32, height: u32) -> (u32, u32) {
        let size = self.0.size.load(Ordering::Relaxed);
        let (box_width, box_height) = ((size >> 32) as u32, size as u32);
        if box_width == 0 || box_height == 0 || (box_width >= width && box_height >= height) {
            return (width, height);
        }
        let scale = (f64::from(box_width) / f64::from(width)).min(f64::from(box_height) / f64::from(height));
        let even = |side: u32| ((f64::from(side) * scale / 2.0).round() as u32 * 2).max(2);
        (even(width), even(height))
    }

    pub(crate) fn put(&self, frame: Frame) {
        let was_empty = lock(&self.0.slot).replace(frame).is_none();
        if was_empty {
            let callback = lock(&self.0.filled).clone();
            if let Some(callback) = callback {
                callback();
            }
        }
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("wanted", &self.is_wanted()).finish_non_exhaustive()
    }
}

/// A lock held by a thread that panicked still guards whole values here.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;

    fn frame(shade: u8) -> Frame {
        Frame { width: 1, height: 1, pixels: Pixels(Bytes::Owned(vec![shade; 4])), at: Default::default() }
    }

    #[test]
    fn the_newest_picture_wins() {
        let mailbox = Mailbox::default();
        mailbox.put(frame(1));
        mailbox.put(frame(2));
        assert_eq!(mailbox.take().expect("a picture").pixels[0], 2);
        assert!(mailbox.take().is_none());
    }

    #[test]
    fn the_shower_is_called_once_until_it_looks() {
        let mailbox = Mailbox::default();
        let calls = Arc::new(AtomicU32::new(0));
        let counted = calls.clone();
        mailbox.on_filled(move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        (0..5).for_each(|n| mailbox.put(frame(n)));
        assert_eq!(calls.load(Ordering::Relaxed), 1);
        mailbox.take();
        mailbox.put(frame(9));
        assert_eq!(calls.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn pictures_keep_their_shape_and_are_never_blown_up() {
        let mailbox = Mailbox::default();
        assert_eq!(mailbox.fit(1280, 720), (1280, 720));
        mailbox.resize(640, 640);
        assert_eq!(mailbox.fit(1280, 720), (640, 360));
        assert_eq!(mailbox.fit(480, 640), (480, 640));
        mailbox.resize(400, 100);
        assert_eq!(mailbox.fit(480, 640), (76, 100));
        mailbox.resize(1920, 1080);
        assert_eq!(mailbox.fit(1280, 720), (1280, 720));
    }

    #[test]
    fn a_closed_mailbox_lets_go_of_its_shower() {
        let mailbox = Mailbox::default();
        let kept = Arc::new(());
        let (own, held) = (mailbox.clone(), kept.clone());
        mailbox.on_filled(move || drop((own.clone(), held.clone())));
        assert_eq!(Arc::strong_count(&kept), 2);
        mailbox.close();
        assert_eq!(Arc::strong_count(&kept), 1);
        assert!(!mailbox.is_wanted());
    }

    #[test]
    fn nobody_asking_means_nothing_wanted() {
        let mailbox = Mailbox::default();
        assert!(!mailbox.is_wanted());
        mailbox.take();
        assert!(mailbox.is_wanted());
    }
}
