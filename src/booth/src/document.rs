//! What a file of the chat shows on the booth's screen (T3): a picture or words.
//!
//! The bytes come from a stranger: sizes and memory are bounded, and what cannot be read is told to
//! be so. Nothing of it touches the disk.

use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// A picture is at most this wide and high before it is read, and takes this much memory at most.
const SIDE: u32 = 12_000;
const BYTES: u64 = 256 * 1024 * 1024;
/// Nothing larger than this is handed to the screen.
const SHOWN: (u32, u32) = (1600, 1200);
/// Words beyond are left out: nobody scrolls that far in an interview.
const LETTERS: usize = 20_000;

/// A file that can be shown.
#[derive(Debug, PartialEq, Eq)]
pub enum Document {
    /// Opaque RGBA8, rows from the top.
    Picture {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// `width * height * 4` bytes.
        rgba: Vec<u8>,
    },
    /// Plain text.
    Words(String),
}

/// Reads a file of this media type; none when it is another kind or broken.
pub fn read(bytes: &[u8], media_type: &str) -> Option<Document> {
    match media_type {
        "image/png" => picture(bytes, ImageFormat::Png),
        "image/jpeg" => picture(bytes, ImageFormat::Jpeg),
        kind if kind.starts_with("text/plain") => {
            let text = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}');
            Some(Document::Words(text.chars().filter(|c| !c.is_control() || *c == '\n').take(LETTERS).collect()))
        }
        _ => None,
    }
}

fn picture(bytes: &[u8], format: ImageFormat) -> Option<Document> {
    let mut limits = Limits::no_limits();
    (limits.max_image_width, limits.max_image_height, limits.max_alloc) = (Some(SIDE), Some(SIDE), Some(BYTES));
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let read = reader.decode().ok()?;
    let fits = read.width() <= SHOWN.0 && read.height() <= SHOWN.1;
    let fitted = if fits { read } else { read.thumbnail(SHOWN.0, SHOWN.1) };
    Some(on_white(&fitted))
}

/// What shows through is paper.
fn on_white(picture: &DynamicImage) -> Document {
    let mut rgba = picture.to_rgba8();
    for pixel in rgba.pixels_mut() {
        let alpha = u16::from(pixel.0[3]);
        let over = |part: u8| ((u16::from(part) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        let [red, green, blue, _] = pixel.0;
        pixel.0 = [over(red), over(green), over(blue), 255];
    }
    Document::Picture { width: rgba.width(), height: rgba.height(), rgba: rgba.into_raw() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgba, RgbaImage};

    fn png(width: u32, height: u32, pixel: [u8; 4]) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        RgbaImage::from_pixel(width, height, Rgba(pixel)).write_to(&mut bytes, ImageFormat::Png).expect("a PNG");
        bytes.into_inner()
    }

    // T3
    #[test]
    fn a_picture_is_shown_on_paper_and_never_larger_than_the_screen() {
        let clear = read(&png(2, 1, [10, 20, 30, 0]), "image/png");
        assert_eq!(clear, Some(Document::Picture { width: 2, height: 1, rgba: vec![255; 8] }));
        let Some(Document::Picture { width, height, rgba }) = read(&png(4000, 1000, [10, 20, 30, 255]), "image/png")
        else {
            panic!("a wide picture is shown")
        };
        assert_eq!((width, height, &rgba[..4]), (1600, 400, &[10, 20, 30, 255][..]));
    }

    // T3
    #[test]
    fn words_are_shown_without_what_is_not_words() {
        let shown = read("\u{feff}志望動機\r\n一\u{7}行目".as_bytes(), "text/plain; charset=utf-8");
        assert_eq!(shown, Some(Document::Words("志望動機\n一行目".to_owned())));
        let long = read("あ".repeat(30_000).as_bytes(), "text/plain");
        assert_eq!(long, Some(Document::Words("あ".repeat(LETTERS))));
    }

    #[test]
    fn what_is_broken_or_of_another_kind_is_not_shown() {
        let mut broken = png(20, 20, [1, 2, 3, 255]);
        broken.truncate(30);
        assert_eq!(read(&broken, "image/png"), None);
        assert_eq!(read(b"%PDF-1.7", "application/pdf"), None);
        assert_eq!(read(&[0xff, 0xfe, 0x00], "text/plain"), None);
        // A small file that says it is enormous.
        let mut bomb = png(1, 1, [0; 4]);
        bomb[16..24].copy_from_slice(&[0, 0, 255, 255, 0, 0, 255, 255]);
        assert_eq!(read(&bomb, "image/png"), None);
    }
}
