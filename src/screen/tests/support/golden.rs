//! Pictures of screens on disk. `ENGAWA_WRITE=1` writes them anew.

use engawa_screen::Picture;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

/// Compares `picture` with `tests/golden/<name>.png`; tells what differs.
pub fn check(name: &str, picture: &Picture) -> Result<(), String> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name).with_extension("png");
    let shown = reduced(picture);
    if std::env::var_os("ENGAWA_WRITE").is_some() {
        write(&golden, &shown, picture.width, picture.height);
        return Ok(());
    }
    let differing = match read(&golden) {
        Some((size, pixels)) if size == (picture.width, picture.height) => {
            pixels.iter().zip(&shown).filter(|(a, b)| a != b).count()
        }
        _ => shown.len(),
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

/// Steps of eight: most pages then fit a palette, and the files stay small.
fn reduced(picture: &Picture) -> Vec<[u8; 3]> {
    let step = |c: u8| c.saturating_add(4) & 0xF8;
    picture.rgba.chunks_exact(4).map(|p| [step(p[0]), step(p[1]), step(p[2])]).collect()
}

fn write(path: &Path, pixels: &[[u8; 3]], width: u32, height: u32) {
    std::fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("the folder can be made");
    let file = BufWriter::new(File::create(path).expect("the file can be made"));
    let mut encoder = png::Encoder::new(file, width, height);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let mut palette: BTreeMap<[u8; 3], u8> = BTreeMap::new();
    for pixel in pixels {
        let next = palette.len();
        if !palette.contains_key(pixel) {
            palette.insert(*pixel, u8::try_from(next).unwrap_or(u8::MAX));
        }
        if palette.len() > 256 {
            break;
        }
    }
    let data: Vec<u8> = if palette.len() <= 256 {
        let mut colours: Vec<_> = palette.iter().collect();
        colours.sort_by_key(|(_, n)| **n);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_palette(colours.iter().flat_map(|(colour, _)| colour.iter().copied()).collect::<Vec<u8>>());
        encoder.set_filter(png::Filter::NoFilter);
        pixels.iter().map(|pixel| palette[pixel]).collect()
    } else {
        encoder.set_color(png::ColorType::Rgb);
        pixels.as_flattened().to_vec()
    };
    encoder.write_header().and_then(|mut png| png.write_image_data(&data)).expect("the picture can be written");
}

fn read(path: &Path) -> Option<((u32, u32), Vec<[u8; 3]>)> {
    let mut decoder = png::Decoder::new(BufReader::new(File::open(path).ok()?));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().ok()?;
    let mut bytes = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut bytes).ok()?;
    bytes.truncate(info.buffer_size());
    Some(((info.width, info.height), bytes.as_chunks::<3>().0.to_vec()))
}
