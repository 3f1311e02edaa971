//! What the tests share: a screen without a display, sample views, and pictures on disk.

#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod golden;
pub mod people;
pub mod samples;
pub mod staff;
pub mod talk;

use engawa_protocol::Millis;
use engawa_screen::{Kind, Screen, Touch};
use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, ElementQuery, TestingBackend, TestingBackendOptions, mock_elapsed_time,
};
use slint::platform::{PointerEventButton, WindowEvent};
use slint::{ComponentHandle, LogicalPosition};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// 13:25 in Tokyo.
const CLOCK: Millis = Millis((4 * 60 + 25) * 60_000);

/// A screen in a test, and what was touched on it.
pub struct Desk {
    pub screen: Screen,
    pub touches: Rc<RefCell<Vec<Touch>>>,
}

impl Desk {
    /// Opens a screen of this size on the testing backend.
    pub fn new(width: u32, height: u32) -> Self {
        let options =
            TestingBackendOptions { mock_time: true, threading: false, renderer_name: Some("software".into()) };
        slint::platform::set_platform(Box::new(TestingBackend::new(options))).expect("a thread opens one desk");
        let touches = Rc::new(RefCell::new(Vec::new()));
        let told = touches.clone();
        let screen = Screen::open(Kind::Given, move |touch| told.borrow_mut().push(touch)).expect("it opens");
        screen.bring_files(true);
        screen.set_zone(jiff::tz::TimeZone::fixed(jiff::tz::offset(9)));
        screen.set_clock(CLOCK);
        screen.component().window().set_size(slint::PhysicalSize::new(width, height));
        settle();
        Self { screen, touches }
    }

    /// Touches the one element with this label, and tells what that did.
    pub fn touch(&self, label: &str) -> Vec<Touch> {
        let label = label.to_owned();
        let found = {
            let label = label.clone();
            self.elements(move |element| touchable(element) && element.accessible_label().is_some_and(|l| l == label))
        };
        // A component and what it inherits from are several elements in one place.
        assert!(!found.is_empty(), "something is labelled {label:?}");
        let place = found[0].absolute_position();
        assert!(found.iter().all(|element| element.absolute_position() == place), "one thing is labelled {label:?}");
        found[0].mock_single_click(PointerEventButton::Left);
        settle();
        self.touches.take()
    }
}

impl Desk {
    /// Puts a finger down.
    pub fn press(&self, position: LogicalPosition) -> Vec<Touch> {
        self.finger(WindowEvent::PointerPressed { position, button: PointerEventButton::Left })
    }

    /// Lifts it.
    pub fn release(&self, position: LogicalPosition) -> Vec<Touch> {
        self.finger(WindowEvent::PointerReleased { position, button: PointerEventButton::Left })
    }

    fn finger(&self, event: WindowEvent) -> Vec<Touch> {
        self.screen.component().window().dispatch_event(event);
        settle();
        self.touches.take()
    }

    /// Something on the screen says this.
    pub fn says(&self, words: &str) -> bool {
        ElementHandle::find_by_accessible_label(&self.screen.component(), words).next().is_some()
    }

    /// The label of the element with this accessible id.
    pub fn question(&self, id: &'static str) -> String {
        let found = self.elements(move |element| element.accessible_id().is_some_and(|found| found == id));
        found.first().and_then(ElementHandle::accessible_label).unwrap_or_default().into()
    }

    /// Label, width and height of everything that can be touched now.
    pub fn touchables(&self) -> Vec<(String, f32, f32)> {
        let now = |element: &ElementHandle| touchable(element) && element.accessible_enabled() != Some(false);
        let measured = self.elements(now).into_iter().map(|element| {
            let size = element.size();
            (element.accessible_label().unwrap_or_default().into(), size.width, size.height)
        });
        measured.collect()
    }

    /// Presses and releases a key of a real keyboard.
    pub fn key(&self, key: slint::platform::Key) {
        let text: slint::SharedString = key.into();
        let component = self.screen.component();
        component.window().dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        component.window().dispatch_event(WindowEvent::KeyReleased { text });
        settle();
    }

    fn elements(&self, wanted: impl Fn(&ElementHandle) -> bool + 'static) -> Vec<ElementHandle> {
        ElementQuery::from_root(&self.screen.component()).match_descendants().match_predicate(wanted).find_all()
    }
}

fn touchable(element: &ElementHandle) -> bool {
    matches!(element.accessible_role(), Some(AccessibleRole::Button | AccessibleRole::Switch))
}

/// Lets every fade and every press run out.
pub fn settle() {
    for _ in 0..4 {
        mock_elapsed_time(Duration::from_millis(200));
    }
}
