//! Pictures of screens on disk. `ENGAWA_WRITE=1` writes them anew.

use engawa_screen::Picture;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

/// Compares `picture` with `tests/golden/<name>.png`; tells what differs.
pub fn check(name: &str, picture: &Picture) -> Result<(), String> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name).with_extension("png");
    let shown = Reduced::of(picture);
    if std::env::var_os("ENGAWA_WRITE").is_some() {
        write(&golden, &shown, picture.width, picture.height);
        return Ok(());
    }
    let differing = match read(&golden) {
        Some((size, pixels)) if size == (picture.width, picture.height) => {
            shown.colours().zip(pixels).filter(|(a, b)| a != b).count()
        }
        _ => shown.pixels.len(),
    };
    if differing == 0 {
        return Ok(());
    }
    let actual = actual(name);
    write(&actual, &shown, picture.width, picture.height);
    Err(format!("{name}: {differing} pixels differ, see {}", actual.display()))
}

fn actual(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("screens").join(name).with_extension("png")
}

/// A picture of at most 256 colours: steps of eight, and the rare ones as the nearest common one. The files stay small.
struct Reduced {
    palette: Vec<[u8; 3]>,
    pixels: Vec<u8>,
}

impl Reduced {
    fn of(picture: &Picture) -> Self {
        let five = |c: u8| (usize::from(c) * 31 + 127) / 255;
        let steps = |p: &[u8]| five(p[0]) << 10 | five(p[1]) << 5 | five(p[2]);
        let colours: Vec<usize> = picture.rgba.chunks_exact(4).map(steps).collect();
        let mut counts = vec![0u32; 1 << 15];
        colours.iter().for_each(|&colour| counts[colour] += 1);
        let mut common: Vec<usize> = (0..counts.len()).filter(|&colour| counts[colour] > 0).collect();
        common.sort_by_key(|&colour| (std::cmp::Reverse(counts[colour]), colour));
        let eight = |colour: usize| [colour >> 10, colour >> 5 & 31, colour & 31].map(|c| (c * 255 / 31) as u8);
        let palette: Vec<[u8; 3]> = common.iter().take(256).map(|&colour| eight(colour)).collect();
        let mut nearest = vec![0u8; 1 << 15];
        for (n, &colour) in common.iter().enumerate() {
            if n < palette.len() {
                nearest[colour] = n as u8;
                continue;
            }
            let wanted = eight(colour);
            let far =
                |n: &usize| palette[*n].iter().zip(wanted).map(|(a, b)| i32::from(a.abs_diff(b)).pow(2)).sum::<i32>();
            let best = (0..palette.len()).min_by_key(far).expect("a picture has a colour");
            nearest[colour] = best as u8;
        }
        Self { palette, pixels: colours.into_iter().map(|colour| nearest[colour]).collect() }
    }

    fn colours(&self) -> impl Iterator<Item = [u8; 3]> {
        self.pixels.iter().map(|&n| self.palette[usize::from(n)])
    }
}

fn write(path: &Path, picture: &Reduced, width: u32, height: u32) {
    std::fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("the folder can be made");
    let file = BufWriter::new(File::create(path).expect("the file can be made"));
    let mut encoder = png::Encoder::new(file, width, height);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(picture.palette.as_flattened().to_vec());
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    encoder
        .write_header()
        .and_then(|mut png| png.write_image_data(&picture.pixels))
        .expect("the picture can be written");
}

type Size = (u32, u32);

fn read(path: &Path) -> Option<(Size, Vec<[u8; 3]>)> {
    let mut decoder = png::Decoder::new(BufReader::new(File::open(path).ok()?));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().ok()?;
    let mut bytes = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut bytes).ok()?;
    bytes.truncate(info.buffer_size());
    Some(((info.width, info.height), bytes.as_chunks::<3>().0.to_vec()))
}
