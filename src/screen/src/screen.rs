//! The screen itself: opening, showing, touching, taking a picture.

use crate::stage::{Place, covering};
use crate::ui::{App, Theme};
use crate::{Error, Picture, Poster, Touch, View, globals, headless, pictures};
use engawa_protocol::{Millis, Seat};
use slint::ComponentHandle;
use slint::platform::WindowEvent;
use std::cell::RefCell;
use std::rc::{Rc, Weak};

/// Where a screen is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A window on a desktop.
    Window,
    /// The whole display of an appliance, without a desktop.
    Kms,
    /// Memory; nothing is drawn until a picture is asked for.
    Headless {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The Slint platform that this thread has set already, such as a test's.
    Given,
}

/// The booth's screen. Lives on the thread that opened it; a clone is the same screen.
#[derive(Clone)]
pub struct Screen(Rc<Inner>);

struct Inner {
    app: App,
    poster: Poster,
    shown: RefCell<Option<View>>,
}

thread_local! {
    static CURRENT: RefCell<Weak<Inner>> = const { RefCell::new(Weak::new()) };
}

/// The size that every page is drawn for; larger displays show it larger.
const DESIGN: (f32, f32) = (1280.0, 800.0);
/// Below this, words would be too small to read; the page is cut instead.
const LEAST_SCALE: f32 = 0.5;

impl Screen {
    /// Opens the screen and tells every touch to `touched`, on this thread.
    ///
    /// # Errors
    /// [`Error::NotBuilt`], [`Error::AlreadyOpen`] or [`Error::Open`].
    pub fn open(kind: Kind, touched: impl Fn(Touch) + 'static) -> Result<Self, Error> {
        choose(kind)?;
        let app = App::new().map_err(Error::Open)?;
        let screen = Self(Rc::new(Inner { app, poster: Poster::default(), shown: RefCell::default() }));
        CURRENT.set(Rc::downgrade(&screen.0));
        // Dark until there is a view: the pages' own words are samples.
        globals::show_nothing(&screen.0.app);
        // Without a display there is nobody to see a movement, and pictures are taken at any moment.
        screen.0.app.global::<Theme>().set_still(matches!(kind, Kind::Headless { .. }));
        globals::wire(&screen.0.app, Rc::new(touched));
        let weak = Rc::downgrade(&screen.0);
        screen.0.app.on_resized(move || {
            if let Some(inner) = weak.upgrade() {
                Self(inner).fit();
            }
        });
        screen.0.app.show().map_err(Error::Open)?;
        screen.fit();
        Ok(screen)
    }

    /// Shows `view`. Only what differs from the last one is touched.
    pub fn show(&self, view: &View) {
        let app = &self.0.app;
        globals::devices::show_level(app, view.level);
        {
            // The level changes fifteen times a second; everything else seldom.
            let mut shown = self.0.shown.borrow_mut();
            if let Some(last) = shown.as_mut() {
                last.level = view.level;
                if last == view {
                    return;
                }
            }
            *shown = Some(view.clone());
        }
        globals::show(app, view);
        self.place(view);
    }

    /// Shows moments in `zone` instead of the machine's.
    pub fn set_zone(&self, zone: jiff::tz::TimeZone) {
        globals::set_zone(zone);
    }

    /// Shows this moment as the time of day.
    pub fn set_clock(&self, now: Millis) {
        globals::frame::show_clock(&self.0.app, now);
    }

    /// Shows a frame of one's own camera, mirrored here. Opaque RGBA8, rows from the top.
    ///
    /// # Errors
    /// [`Error::PictureSize`].
    pub fn set_own_picture(&self, width: u32, height: u32, rgba: &[u8]) -> Result<(), Error> {
        globals::devices::show_picture(&self.0.app, pictures::mirrored(width, height, rgba)?);
        Ok(())
    }

    /// Shows a frame of a recruiter. Opaque RGBA8, rows from the top; a seat that is not in the call is left alone.
    ///
    /// # Errors
    /// [`Error::PictureSize`].
    pub fn set_picture(&self, seat: Seat, width: u32, height: u32, rgba: &[u8]) -> Result<(), Error> {
        if let Some(n) = self.0.shown.borrow().as_ref().and_then(|view| globals::call::index(view, seat)) {
            globals::call::show_picture(&self.0.app, n, pictures::image(width, height, rgba)?);
        }
        Ok(())
    }

    /// Offers the chat's files to be opened, because whoever drives the screen can bring them here.
    pub fn bring_files(&self, brings: bool) {
        globals::chat::bring_files(brings);
    }

    /// Shows a picture of the chat on the page of the file that is open. Opaque RGBA8, rows from the top.
    ///
    /// # Errors
    /// [`Error::PictureSize`].
    pub fn set_document_picture(&self, width: u32, height: u32, rgba: &[u8]) -> Result<(), Error> {
        globals::document::show_picture(&self.0.app, pictures::image(width, height, rgba)?);
        Ok(())
    }

    /// Shows the words of a text file on the page of the file that is open.
    pub fn set_document_text(&self, words: &str) {
        globals::document::show_words(&self.0.app, words);
    }

    /// Forgets the file that was shown.
    pub fn clear_document(&self) {
        globals::document::forget(&self.0.app);
    }

    /// Asks for a frame, so that a screen on which nothing changes proves that it can still draw.
    pub fn ask_for_frame(&self, number: i32) {
        globals::pulse::ask(&self.0.app, number);
    }

    /// Tells the number of each frame that was asked for when a renderer draws it, on this thread. A headless screen
    /// draws only when a picture is taken.
    pub fn on_frame(&self, drawn: impl Fn(i32) + 'static) {
        globals::pulse::on_drawn(&self.0.app, drawn);
    }

    /// Forgets every picture, one's own included, and the file that is shown.
    pub fn clear_pictures(&self) {
        globals::document::forget(&self.0.app);
        globals::devices::forget_picture(&self.0.app);
        globals::call::forget_pictures(&self.0.app);
    }

    /// The pixels that a 16:9 frame of one's own camera is best scaled to now.
    pub fn own_picture_size(&self) -> (u32, u32) {
        covering(globals::devices::place(&self.0.app), self.scale())
    }

    /// The pixels that a 16:9 frame of this recruiter is best scaled to now; none while not in the call.
    pub fn picture_size(&self, seat: Seat) -> Option<(u32, u32)> {
        let n = globals::call::index(self.0.shown.borrow().as_ref()?, seat)?;
        Some(covering(globals::call::place(&self.0.app, n)?, self.scale()))
    }

    /// Draws and listens until [`Self::quit`], or until the window is closed.
    ///
    /// # Errors
    /// [`Error::Run`].
    pub fn run(&self) -> Result<(), Error> {
        slint::run_event_loop_until_quit().map_err(Error::Run)
    }

    /// Ends [`Self::run`]; any thread may call it.
    ///
    /// # Errors
    /// [`Error::Gone`].
    pub fn quit() -> Result<(), Error> {
        slint::quit_event_loop().map_err(|_| Error::Gone)
    }

    /// The way here for other threads.
    pub fn poster(&self) -> Poster {
        self.0.poster.clone()
    }

    /// A picture of what is shown.
    ///
    /// # Errors
    /// [`Error::Snapshot`].
    pub fn snapshot(&self) -> Result<Picture, Error> {
        slint::platform::update_timers_and_animations();
        self.0.app.window().take_snapshot().map(Picture::from).map_err(Error::Snapshot)
    }

    /// The root component, for tests that look for elements and click them.
    pub fn component(&self) -> impl ComponentHandle + use<> {
        self.0.app.clone_strong()
    }

    pub(crate) fn current() -> Option<Self> {
        CURRENT.with_borrow(Weak::upgrade).map(Self)
    }

    fn scale(&self) -> f32 {
        self.0.app.window().scale_factor()
    }

    /// Draws the design as large as the display allows, upright or lying.
    fn fit(&self) {
        let window = self.0.app.window();
        let size = window.size();
        if size.width == 0 || size.height == 0 {
            return;
        }
        let wide = size.width >= size.height;
        let (width, height) = if wide { DESIGN } else { (DESIGN.1, DESIGN.0) };
        let scale = (size.width as f32 / width).min(size.height as f32 / height).max(LEAST_SCALE);
        if (scale - window.scale_factor()).abs() > 0.001 {
            window.dispatch_event(WindowEvent::ScaleFactorChanged { scale_factor: scale });
            window.dispatch_event(WindowEvent::Resized { size: size.to_logical(scale) });
        }
        globals::frame::show_shape(&self.0.app, wide);
        if let Some(view) = self.0.shown.borrow().as_ref() {
            self.place(view);
        }
    }

    fn place(&self, view: &View) {
        let size = self.0.app.window().size().to_logical(self.scale());
        // A window that has not been drawn yet has no size; it will have the design's.
        let (width, height) = if size.width * size.height > 0.0 { (size.width, size.height) } else { DESIGN };
        globals::place(&self.0.app, view, Place { x: 0.0, y: 0.0, width, height });
    }
}

fn choose(kind: Kind) -> Result<(), Error> {
    match kind {
        Kind::Window if cfg!(feature = "window") => select("winit"),
        Kind::Window => Err(Error::NotBuilt("window")),
        Kind::Kms if cfg!(feature = "kms") => select("linuxkms"),
        Kind::Kms => Err(Error::NotBuilt("kms")),
        Kind::Headless { width, height } => {
            slint::platform::set_platform(Box::new(headless::Headless::new(width, height)))
                .map_err(|_| Error::AlreadyOpen)
        }
        Kind::Given => Ok(()),
    }
}

fn select(backend: &str) -> Result<(), Error> {
    slint::BackendSelector::new().backend_name(backend.to_owned()).select().map_err(Error::Open)
}
