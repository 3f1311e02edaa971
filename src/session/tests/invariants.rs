//! Whatever happens: random touches, commands, lines and crashes against the invariants.

mod world;

use engawa_protocol::*;
use engawa_session::booth::{Asker, Input, MediaInput};
use engawa_session::control::Ask;
use engawa_session::health::Part;
use engawa_session::keyboard::Key;
use engawa_session::panel::PanelInput;
use engawa_session::view::{QuickAnswer, Screen, Touch};
use proptest::prelude::*;
use std::time::Duration;
use world::{World, all_but, all_good, company};

#[derive(Debug, Clone)]
enum Step {
    Touch(u8),
    Host(usize, u8),
    HostLine(usize, bool),
    Reload(usize),
    Line(bool),
    Pass(u16),
    CrashBooth,
    RestartService,
    Media(u8),
    Beside(u8),
    Panel(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0u8..31).prop_map(Step::Touch),
        5 => (0usize..2, 0u8..18).prop_map(|(who, what)| Step::Host(who, what)),
        2 => (0usize..2, any::<bool>()).prop_map(|(who, up)| Step::HostLine(who, up)),
        1 => (0usize..2).prop_map(Step::Reload),
        2 => any::<bool>().prop_map(Step::Line),
        3 => (0u16..200).prop_map(Step::Pass),
        1 => Just(Step::CrashBooth),
        1 => Just(Step::RestartService),
        2 => (0u8..5).prop_map(Step::Media),
        2 => (0u8..9).prop_map(Step::Beside),
        1 => (0u8..7).prop_map(Step::Panel),
    ]
}

fn take(world: &mut World, step: &Step) {
    match *step {
        Step::Touch(what) => world.touch(match what {
            0 | 1 => Touch::Start,
            2 | 3 => Touch::Company(company()),
            4 => Touch::Key(Key::Letter('a')),
            5 | 6 => Touch::NameDone,
            7 | 8 => Touch::Ask,
            9 => Touch::Cancel,
            10 => Touch::Ready,
            11 => Touch::Back,
            12 => Touch::Microphone,
            13 => Touch::Leave,
            14 => Touch::ConfirmLeave,
            15 => Touch::Stay,
            16 => Touch::Finish,
            17 => Touch::OtherCompanies,
            18 => Touch::Camera,
            19 => Touch::Hand,
            20 => Touch::Chat(true),
            21 => Touch::ChatKey(Key::Letter('a')),
            22 => Touch::Send,
            23 => Touch::Quick(QuickAnswer::Yes),
            24 => Touch::Return,
            25 => return world.enter_number(),
            26 => Touch::DeletePost(world.room.posts().first().map_or(1, |post| post.seq)),
            27 => return world.open_staff_menu(),
            28 => Touch::TestSound,
            29 => Touch::Check,
            _ => Touch::Language(Locale::En),
        }),
        Step::Host(who, what) => {
            let join = Command::Join { receives: vec![Codec::H264], take_over: what == 2 };
            world
                .host(
                    who,
                    match what {
                        0 | 1 => Command::Admit,
                        2 | 3 => join,
                        4 => Command::Leave,
                        5 => Command::Refuse { message: String::new() },
                        6 => Command::End,
                        7 => Command::Hold { on: true },
                        8 => Command::Hold { on: false },
                        9 => Command::MuteAll,
                        10 => Command::CamerasOff,
                        11 => Command::Preset { microphone: true, camera: false, names: true },
                        12 => Command::Say { text: "hello".into() },
                        13 => Command::ClearChat,
                        14 => Command::RaiseHand { up: true },
                        15 => Command::Extend { minutes: 10 },
                        16 => Command::Wait { message: "soon".into() },
                        _ => Command::CancelBooking,
                    },
                )
                .ok();
        }
        Step::HostLine(who, up) => world.host_line(who, up),
        Step::Reload(who) => world.reload(who),
        Step::Line(true) => world.connect(),
        Step::Line(false) => world.disconnect(),
        Step::Pass(seconds) => world.pass(Duration::from_secs(u64::from(seconds))),
        Step::CrashBooth => world.crash_booth(),
        Step::RestartService => world.restart_service(),
        Step::Beside(what) => {
            let by = Asker(u64::from(what % 2));
            match what {
                0 | 1 => world.handle(Input::Asked { by, ask: Ask::Check }),
                2 => world.handle(Input::Asked { by, ask: Ask::Close }),
                3 => world.handle(Input::AskerGone(by)),
                4 => world.checks = None,
                5 => world.checks = Some(all_but(Part::Camera)),
                6 => world.checks = Some(all_but(Part::Panel)),
                7 if world.check.1 => world.checked(all_good()),
                _ => world.checks = Some(all_good()),
            }
        }
        Step::Panel(what) => world.handle(Input::Panel(match what {
            0 | 1 => PanelInput::Presence(what == 0),
            2 | 3 => PanelInput::Button { pressed: what == 2, at: world.now },
            4 | 5 => PanelInput::Shutter(what == 4),
            _ => PanelInput::Failed,
        })),
        Step::Media(what) => {
            let Some(&link) = world.links.first() else { return };
            world.handle(Input::Media(match what {
                0 => MediaInput::Connected(link),
                1 => MediaInput::Interrupted(link),
                2 => MediaInput::Failed(link),
                3 => MediaInput::Picture(link),
                _ => MediaInput::Broken,
            }));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_invariants_hold(begin in 0u8..7, steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        match begin {
            0 => {}
            1 => world.walk_to_ready(),
            2 => world.book(world.booking(70)),
            3 => world.booked_call(world.booking(0)),
            4 => world.booked_call(Booking { reentry: Reentry::Always, ..world.booking(0) }),
            _ => world.call(),
        }
        for step in &steps {
            take(&mut world, step);
            world.check();
        }
        // The booth always finds back to a usable screen by itself (invariant 4).
        world.connect();
        world.host_line(0, false);
        world.host_line(1, false);
        world.checks = Some(all_good());
        world.pass(Duration::from_secs(2 * 3600));
        world.check();
        prop_assert_eq!(world.screen(), Screen::Welcome);
        prop_assert!(world.links.is_empty() && !world.media_open && world.saved.is_none());
    }
}
