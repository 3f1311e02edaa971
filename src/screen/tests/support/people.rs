//! Drawn people in place of cameras: a wall, a head and shoulders; opaque RGBA8.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

type Key = (u32, u32, [u8; 3]);

thread_local! {
    /// Drawn once for each size; the tests show hundreds of them.
    static DRAWN: RefCell<HashMap<Key, Rc<Vec<u8>>>> = RefCell::default();
}

/// A picture of `width` × `height` of somebody looking to the left, so that a mirror shows.
pub fn person(width: u32, height: u32, coat: [u8; 3]) -> Rc<Vec<u8>> {
    DRAWN.with_borrow_mut(|drawn| {
        drawn.entry((width, height, coat)).or_insert_with(|| Rc::new(draw(width, height, coat))).clone()
    })
}

fn draw(width: u32, height: u32, coat: [u8; 3]) -> Vec<u8> {
    let (w, h) = (f64::from(width), f64::from(height));
    let mut rows = Vec::with_capacity((width * height * 4) as usize);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = ((f64::from(x) - w / 2.0) / h, f64::from(y) / h);
            let within = |cx: f64, cy: f64, rx: f64, ry: f64| ((u - cx) / rx).powi(2) + ((v - cy) / ry).powi(2) < 1.0;
            let colour = if within(-0.03, 0.42, 0.13, 0.17) {
                [201, 174, 144]
            } else if within(0.0, 0.37, 0.16, 0.2) {
                [42, 38, 36]
            } else if within(0.0, 1.06, 0.46, 0.42) {
                coat
            } else if u < -0.6 && v < 0.6 {
                [243, 246, 246]
            } else {
                [220, 226, 227]
            };
            rows.extend_from_slice(&[colour[0], colour[1], colour[2], 255]);
        }
    }
    rows
}

/// Gives everyone on the screen a picture of the size that the screen asks for.
pub fn seat_everyone(screen: &engawa_screen::Screen) {
    const COATS: [[u8; 3]; 5] = [[51, 72, 107], [74, 79, 88], [90, 74, 66], [63, 91, 102], [107, 78, 113]];
    let (width, height) = screen.own_picture_size();
    screen.set_own_picture(width, height, &person(width, height, [44, 52, 64])).expect("the size fits");
    for (n, coat) in COATS.into_iter().enumerate() {
        let seat = engawa_protocol::Seat(n as u32 + 1);
        if let Some((width, height)) = screen.picture_size(seat) {
            screen.set_picture(seat, width, height, &person(width, height, coat)).expect("the size fits");
        }
    }
}

/// Gives the file that may be open its bytes: a picture, and the words of another.
pub fn open_document(screen: &engawa_screen::Screen) {
    let map = person(640, 360, [51, 72, 107]);
    screen.set_document_picture(640, 360, &map).expect("the size fits");
    screen.set_document_text(&"13:00 – 13:30\nみなと精工 ・ 미나토정공 ・ Minato Works\n\n".repeat(14));
}
