//! The screen without a display, driven from another thread as the booth drives it.

#[path = "support/samples.rs"]
#[allow(dead_code, reason = "this program shows one of them")]
mod samples;
#[path = "support/staff.rs"]
mod staff;
#[path = "support/talk.rs"]
#[allow(dead_code, reason = "this program shows none of them")]
mod talk;

use engawa_protocol::Locale;
use engawa_screen::{Error, Kind, Picture, Screen};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

const BOUND: Duration = Duration::from_secs(30);

/// One process has one event loop, so this is one story.
#[test]
fn a_screen_without_a_display_is_shown_photographed_and_closed_from_another_thread() {
    let screen = Screen::open(Kind::Headless { width: 1280, height: 800 }, |_| {}).expect("it opens");
    assert!(matches!(Screen::open(Kind::Headless { width: 9, height: 9 }, |_| {}), Err(Error::AlreadyOpen)));
    assert_eq!(screen.own_picture_size(), (672, 378));

    // Nobody sees the pages' samples before there is a view.
    let nothing = screen.snapshot().expect("it can be drawn");
    assert!(
        nothing.rgba.chunks(4).all(|pixel| pixel == &nothing.rgba[..4]),
        "something is shown before the first view"
    );
    assert!(nothing.rgba[..3].iter().all(|colour| *colour < 0x20), "it is not dark");

    let drawn = Arc::new(AtomicI32::new(0));
    let seen = drawn.clone();
    screen.on_frame(move |number| seen.store(number, Ordering::Relaxed));
    screen.ask_for_frame(7);
    assert_eq!(drawn.load(Ordering::Relaxed), 0, "nothing is drawn yet");

    let poster = screen.poster();
    let driver = std::thread::spawn(move || {
        let picture = |of: &'static str| -> Picture {
            let (done, taken) = mpsc::channel();
            let view = samples::all(Locale::Ja).into_iter().find(|(name, _)| *name == of).expect("it exists").1;
            poster.show(view).expect("the loop runs");
            poster.post(move |screen| drop(done.send(screen.snapshot()))).expect("the loop runs");
            taken.recv_timeout(BOUND).expect("it is answered").expect("it can be drawn")
        };
        let welcome = picture("welcome");
        let call = picture("call");
        let again = picture("welcome");
        Screen::quit().expect("the loop runs");
        (welcome, call, again)
    });
    screen.run().expect("the loop ends well");

    let (welcome, call, again) = driver.join().expect("the driver ends well");
    assert_eq!((welcome.width, welcome.height, welcome.rgba.len()), (1280, 800, 1280 * 800 * 4));
    // Cloth outside, night inside.
    let pixel = |picture: &Picture, x: usize, y: usize| picture.rgba[(y * 1280 + x) * 4..][..3].to_vec();
    assert_eq!(pixel(&welcome, 4, 90), [0xF7, 0xF4, 0xEE]);
    assert_eq!(pixel(&call, 4, 790), [0x20, 0x25, 0x2C]);
    assert!(welcome == again, "the same view is the same picture");
    assert_eq!(drawn.load(Ordering::Relaxed), 7, "the frame that was asked for");
}
