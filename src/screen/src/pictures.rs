//! Pixels going into the screen, and coming out of it.

use crate::Error;
use slint::{Image, Rgba8Pixel, SharedPixelBuffer};

/// What a screen shows, as rows of straight RGBA from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Four bytes a pixel: red, green, blue, alpha.
    pub rgba: Vec<u8>,
}

impl From<SharedPixelBuffer<Rgba8Pixel>> for Picture {
    fn from(buffer: SharedPixelBuffer<Rgba8Pixel>) -> Self {
        Self { width: buffer.width(), height: buffer.height(), rgba: buffer.as_bytes().to_vec() }
    }
}

const PIXEL: usize = 4;

/// An image of opaque RGBA8 rows.
pub(crate) fn image(width: u32, height: u32, rgba: &[u8]) -> Result<Image, Error> {
    let mut buffer = sized(width, height, rgba)?;
    buffer.make_mut_bytes().copy_from_slice(rgba);
    Ok(Image::from_rgba8(buffer))
}

/// The same, left and right exchanged: people know themselves from mirrors.
pub(crate) fn mirrored(width: u32, height: u32, rgba: &[u8]) -> Result<Image, Error> {
    let mut buffer = sized(width, height, rgba)?;
    let row = width as usize * PIXEL;
    let rows = buffer.make_mut_bytes().chunks_exact_mut(row).zip(rgba.chunks_exact(row));
    for (to, from) in rows {
        for (to, from) in to.chunks_exact_mut(PIXEL).zip(from.chunks_exact(PIXEL).rev()) {
            to.copy_from_slice(from);
        }
    }
    Ok(Image::from_rgba8(buffer))
}

fn sized(width: u32, height: u32, rgba: &[u8]) -> Result<SharedPixelBuffer<Rgba8Pixel>, Error> {
    let wanted = u128::from(width) * u128::from(height) * PIXEL as u128;
    if wanted == 0 || wanted != rgba.len() as u128 {
        return Err(Error::PictureSize { width, height, bytes: rgba.len() });
    }
    Ok(SharedPixelBuffer::new(width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: [u8; 4] = [255, 0, 0, 255];
    const BLUE: [u8; 4] = [0, 0, 255, 255];

    #[test]
    fn a_mirror_exchanges_left_and_right() {
        let rows = [RED, RED, BLUE, BLUE, RED, RED].concat();
        let image = mirrored(3, 2, &rows).expect("the size fits");
        let shown = image.to_rgba8().expect("it is made of pixels");
        assert_eq!(shown.as_bytes(), [BLUE, RED, RED, RED, RED, BLUE].concat());
    }

    #[test]
    fn a_short_or_empty_picture_is_refused() {
        assert!(matches!(image(2, 2, &[0; 12]), Err(Error::PictureSize { bytes: 12, .. })));
        assert!(matches!(mirrored(0, 0, &[]), Err(Error::PictureSize { .. })));
        assert!(matches!(image(u32::MAX, u32::MAX, &[0; 4]), Err(Error::PictureSize { .. })));
    }
}
