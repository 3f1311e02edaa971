//! Shows one sample page, for looking at it.
//!
//! `cargo run -p engawa-screen --example gallery -- [page] [ja|ko|en] [window|kms|headless]`: a window by default;
//! headless writes `page.png` beside and ends.

#[path = "../tests/support/people.rs"]
mod people;
#[path = "../tests/support/samples.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod samples;
#[path = "../tests/support/staff.rs"]
mod staff;
#[path = "../tests/support/talk.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod talk;

use engawa_protocol::Locale;
use engawa_screen::{Kind, Screen};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let page = arguments.next().unwrap_or_else(|| "welcome".to_owned());
    let locale = match arguments.next().as_deref() {
        Some("ko") => Locale::Ko,
        Some("en") => Locale::En,
        _ => Locale::Ja,
    };
    let kind = match arguments.next().as_deref() {
        Some("kms") => Kind::Kms,
        Some("headless") => Kind::Headless { width: 1280, height: 800 },
        _ => Kind::Window,
    };
    let samples = samples::all(locale);
    let names: Vec<&str> = samples.iter().map(|(name, _)| *name).collect();
    let Some((_, view)) = samples.iter().find(|(name, _)| *name == page) else {
        return Err(format!("there is no page {page}; there are {}", names.join(", ")).into());
    };
    let screen = Screen::open(kind, |touch| println!("{touch:?}"))?;
    screen.bring_files(true);
    screen.show(view);
    people::seat_everyone(&screen);
    people::open_document(&screen);
    if matches!(kind, Kind::Headless { .. }) {
        let picture = screen.snapshot()?;
        let file = std::io::BufWriter::new(std::fs::File::create(format!("{page}.png"))?);
        let mut encoder = png::Encoder::new(file, picture.width, picture.height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.write_header()?.write_image_data(&picture.rgba)?;
        return Ok(());
    }
    Ok(screen.run()?)
}
