use crate::Frame;
use std::time::{SystemTime, UNIX_EPOCH};

/// Blocks in the top row of a stamped picture.
const BLOCKS: usize = 40;
/// Luma of a one and of a zero, and the border between them when read.
const ONE: u8 = 235;
const ZERO: u8 = 16;
const BORDER: u32 = 126;

/// A time that a picture carries through encoder and line.
///
/// 40 squares stand in the picture's top row, each 1/40 of its width: 32 bits of Unix time in
/// milliseconds (the low ones, highest first), then the exclusive-or of those four bytes. A one
/// is white, a zero black.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp(pub u32);

impl Stamp {
    /// The current time.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(since.as_millis() as u32)
    }

    /// Milliseconds from this stamp to `later`; negative when `later` lies before it.
    pub fn until(self, later: Stamp) -> i32 {
        later.0.wrapping_sub(self.0) as i32
    }

    fn bits(self) -> u64 {
        let check = self.0.to_be_bytes().iter().fold(0, |a, b| a ^ b);
        u64::from(self.0) << 8 | u64::from(check)
    }

    /// Draws the stamp into a luma plane; a picture narrower than 40 pixels stays as it is.
    pub(crate) fn draw(self, luma: &mut [u8], stride: usize, width: usize) {
        let block = width / BLOCKS;
        let bits = self.bits();
        for row in luma.chunks_mut(stride).take(block) {
            for (i, cell) in row.chunks_exact_mut(block.max(1)).take(BLOCKS).enumerate() {
                let one = bits >> (BLOCKS - 1 - i) & 1 == 1;
                cell.fill(if one { ONE } else { ZERO });
            }
        }
    }

    /// Reads a stamp, asking `luma(x, y)` for the middle of each block; none when the check byte
    /// is wrong or the picture is all black.
    pub(crate) fn read(width: usize, height: usize, luma: impl Fn(usize, usize) -> u32) -> Option<Self> {
        let block = width as f32 / BLOCKS as f32;
        if block < 4.0 || (height as f32) < block {
            return None;
        }
        let y = (block / 2.0) as usize;
        let mut bits = 0u64;
        for i in 0..BLOCKS {
            let x = ((i as f32 + 0.5) * block) as usize;
            let sum = luma(x, y) + luma(x - 1, y) + luma(x, y - 1) + luma(x - 1, y - 1);
            bits = bits << 1 | u64::from(sum / 4 > BORDER);
        }
        let stamp = Self((bits >> 8) as u32);
        (stamp.0 != 0 && stamp.bits() == bits).then_some(stamp)
    }
}

/// Reads the stamp of a picture out of a mailbox; none when it carries no valid one.
pub fn read_stamp(frame: &Frame) -> Option<Stamp> {
    let (width, height) = (frame.width as usize, frame.height as usize);
    Stamp::read(width, height, |x, y| {
        let at = (y * width + x) * 4;
        frame.pixels.get(at..at + 3).map_or(0, |p| p.iter().map(|v| u32::from(*v)).sum::<u32>() / 3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_plane(plane: &[u8], width: usize, height: usize) -> Option<Stamp> {
        Stamp::read(width, height, |x, y| u32::from(plane[y * width + x]))
    }

    #[test]
    fn a_stamp_drawn_is_the_stamp_read() {
        for value in [1, 0x8000_0001, 0x1234_5678, u32::MAX] {
            let mut plane = vec![128; 1280 * 720];
            Stamp(value).draw(&mut plane, 1280, 1280);
            assert_eq!(read_plane(&plane, 1280, 720), Some(Stamp(value)));
        }
    }

    #[test]
    fn a_wrong_bit_or_a_plain_picture_is_no_stamp() {
        let mut plane = vec![0; 1280 * 720];
        assert_eq!(read_plane(&plane, 1280, 720), None, "black");
        plane.fill(255);
        assert_eq!(read_plane(&plane, 1280, 720), None, "white");
        Stamp(77_777).draw(&mut plane, 1280, 1280);
        for row in plane.chunks_mut(1280).take(32) {
            row[32 * 5..32 * 6].iter_mut().for_each(|v| *v = 255 - *v);
        }
        assert_eq!(read_plane(&plane, 1280, 720), None, "one block turned over");
    }

    #[test]
    fn ages_count_across_the_wrap_of_32_bits() {
        assert_eq!(Stamp(u32::MAX).until(Stamp(9)), 10);
        assert_eq!(Stamp(9).until(Stamp(4)), -5);
    }
}
