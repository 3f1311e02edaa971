//! Views that between them show every page, with names of people and companies that do not exist.

use super::{staff, talk};
use engawa_protocol::{CompanyId, Locale, Millis, Refusal, Seat, Slot};
use engawa_screen::View;
use engawa_session::keyboard::{Key, Keyboard, Layout};
use engawa_session::view::{
    Alert, Chat, Countdown, DISK_BROKEN, DISK_FULL, Devices, Dialog, End, Lamp, Loss, Note, Notice, NumberRefused,
    Other, SETTINGS, Screen, Staff, Tile,
};

/// A view of one page in one language.
pub fn view(locale: Locale, screen: Screen) -> View {
    // A call always has its chat, here a closed one in which nothing was said.
    let closed = || Chat { lines: vec![], unread: 0, keyboard: None, can_send: false, quick: &[] };
    let chat = matches!(screen, Screen::Call { .. }).then(closed);
    View {
        locale,
        booth: "A-03".to_owned(),
        online: true,
        clip: false,
        screen,
        dialog: None,
        alert: None,
        notice: None,
        countdown: None,
        chat,
        document: None,
        staff: Staff::Free,
        level: 11,
        lamp: Lamp::Taken,
        button_lamp: false,
        ring: 0,
        shutter_indicator: false,
        awake: true,
    }
}

/// Every page and its states, by name.
pub fn all(locale: Locale) -> Vec<(&'static str, View)> {
    let page = |screen| view(locale, screen);
    let mut views = vec![
        ("welcome", page(Screen::Welcome)),
        ("companies", page(companies(locale))),
        ("companies-long", page(long_companies())),
        ("companies-none", page(Screen::Companies { tiles: vec![], page: 0, pages: 1, total: 0 })),
        ("name", page(typed(layout(locale), pick(locale, "さとうはなこ", "ㅎㅗㅇㅅㅓㅇㅇㅜ", "Hanako")))),
        ("name-empty", page(typed(layout(locale), ""))),
        ("name-signs", page(signs(locale))),
        ("name-long", page(typed(Layout::Latin, "Wolfeschlegelsteinhausenbergerdorff"))),
        ("ready", page(ready(locale, hosts(locale, 1), ON, true))),
        ("ready-first", page(not_yet(ready(locale, hosts(locale, 2), ON, false)))),
        ("ready-alone", View { online: false, ..page(ready(locale, vec![], OFF, false)) }),
        ("ready-panel", View { clip: true, ..page(ready(locale, hosts(locale, 5), ON, true)) }),
        ("waiting", page(waiting(locale, Some(2), None))),
        ("waiting-note", View { clip: true, ..page(waiting(locale, None, Some(note(locale)))) }),
        ("waiting-long", page(waiting(locale, Some(1), Some(long_note(locale))))),
        ("refused", page(refused(locale, Some(note(locale)), false))),
        ("refused-long", page(refused(locale, Some(long_note(locale)), false))),
        ("refused-unanswered", page(refused(locale, None, true))),
        ("call", page(call(locale, 1, None, ON))),
        ("call-empty", page(call(locale, 0, None, ON))),
        ("call-two", page(call(locale, 2, None, ON))),
        ("call-three", page(call(locale, 3, Some(Seat(2)), ON))),
        ("call-five", View { clip: true, ..page(call(locale, 5, None, ON)) }),
        ("call-five-enlarged", page(call(locale, 5, Some(Seat(1)), ON))),
        ("reconnecting", View { online: false, ..page(reconnecting(locale)) }),
        ("ended", page(Screen::Ended { end: End::Done, closes_in: 60, may_return: false })),
        ("ended-left", page(Screen::Ended { end: End::Left, closes_in: 1, may_return: false })),
        ("ended-lost", page(Screen::Ended { end: End::Lost, closes_in: 42, may_return: false })),
        ("out-of-order", View { online: false, staff: Staff::Away, ..page(Screen::OutOfOrder { fault: "E-NET-01" }) }),
    ];
    let muted = View { alert: Some(Alert::Muted), ..page(call(locale, 1, None, OFF)) };
    views.push(("call-muted", muted));
    let lost = View { alert: Some(Alert::SourceLost), ..page(call(locale, 2, None, ON)) };
    views.push(("call-source-lost", lost));
    views.extend(panel(locale));
    let leave = View { dialog: Some(Dialog::Leave { may_return: false }), ..page(call(locale, 1, None, ON)) };
    views.push(("leave", leave));
    views.extend(called(locale));
    views.extend(booked(locale));
    views.extend(told(locale));
    views.extend(talk::all(locale));
    views.extend(staff::all(locale));
    views
}

/// A moment of the sample day, as the time of day in the tests' zone.
pub fn moment(hour: u64, minute: u64) -> Millis {
    Millis(1_780_239_600_000 + (hour * 60 + minute) * 60_000)
}

/// What the panel's sensors bring about.
fn panel(locale: Locale) -> Vec<(&'static str, View)> {
    let closed = |screen| View { alert: Some(Alert::ShutterClosed), ..view(locale, screen) };
    vec![
        ("asleep", View { awake: false, ..view(locale, Screen::Welcome) }),
        ("ready-shutter", closed(ready(locale, hosts(locale, 1), ON, true))),
        ("call-shutter", closed(call(locale, 1, None, ON))),
    ]
}

/// What the staff are needed for.
fn called(locale: Locale) -> Vec<(&'static str, View)> {
    let out = |fault, staff| View { staff, ..view(locale, Screen::OutOfOrder { fault }) };
    let coming = |by: &str| Staff::Coming { by: by.to_owned() };
    let slot = Slot { starts: moment(14, 0), ends: moment(14, 30) };
    let door = Screen::NotOpen { company: company(locale), slot, opens: moment(13, 0), seconds: 24 * 60 + 31 };
    vec![
        ("not-open-called", View { staff: Staff::Called, ..view(locale, door.clone()) }),
        ("not-open-coming", View { staff: coming(&hosts(locale, 3)[2].0), ..view(locale, door) }),
        ("disk-full", out(DISK_FULL, Staff::Called)),
        ("disk-broken", View { online: false, ..out(DISK_BROKEN, Staff::Away) }),
        ("settings", View::out_of_order(locale, SETTINGS)),
    ]
}

/// A booked interview before and after it is held.
fn booked(locale: Locale) -> Vec<(&'static str, View)> {
    let page = |screen| view(locale, screen);
    let number = |digits: &str, asking, refused| {
        page(Screen::Number { company: String::new(), digits: digits.to_owned(), asking, refused })
    };
    let of_company = Screen::Number { company: company(locale), digits: String::new(), asking: false, refused: None };
    let slot = Slot { starts: moment(14, 0), ends: moment(14, 30) };
    let door = Screen::NotOpen { company: company(locale), slot, opens: moment(13, 0), seconds: 24 * 60 + 31 };
    let starts = Some(Countdown::Starts(12 * 60 + 6));
    let mut late = ready(locale, hosts(locale, 5), ON, true);
    if let Screen::Ready { refused, .. } = &mut late {
        *refused = Some(Refusal::TooLate);
    }
    let ended = |end, may_return| page(Screen::Ended { end, closes_in: 60, may_return });
    let again = View { dialog: Some(Dialog::Leave { may_return: true }), ..page(call(locale, 1, None, ON)) };
    vec![
        ("number", number("407", false, None)),
        ("number-asking", number("4071", true, None)),
        ("number-unknown", number("", false, Some(NumberRefused::Unknown))),
        ("number-other-booth", number("", false, Some(NumberRefused::OtherBooth))),
        ("number-too-many", number("", false, Some(NumberRefused::TooManyTries { seconds: 42 }))),
        ("number-company", page(of_company)),
        ("not-open", page(door)),
        ("ready-booked", View { countdown: starts, ..page(ready(locale, hosts(locale, 1), ON, true)) }),
        ("ready-late", page(late)),
        ("waiting-booked", View { countdown: starts, ..page(waiting(locale, Some(2), None)) }),
        ("ended-slot-over", ended(End::SlotOver, false)),
        ("ended-cancelled", ended(End::Cancelled, false)),
        ("ended-taken-over", ended(End::TakenOver, false)),
        ("ended-return", ended(End::Left, true)),
        ("leave-return", again),
        ("take-over", View { dialog: Some(Dialog::TakeOver), ..number("", false, None) }),
    ]
}

/// What the log brings into a call.
fn told(locale: Locale) -> Vec<(&'static str, View)> {
    let left = |seconds, soon| Some(Countdown::Ends { seconds, soon });
    let with = |screen, notice| View { notice: Some(notice), countdown: left(726, false), ..view(locale, screen) };
    let held = match call(locale, 1, None, ON) {
        Screen::Call { name, company, others, enlarged, devices, seconds, hand, names, .. } => {
            Screen::Call { name, company, others, enlarged, devices, seconds, held: true, hand, names }
        }
        other => other,
    };
    let soon = View {
        countdown: left(300, true),
        alert: Some(Alert::Muted),
        ..with(call(locale, 1, None, OFF), Notice::EndsSoon)
    };
    let silenced = with(call(locale, 2, None, OFF), Notice::Silenced { microphone: true, camera: true });
    let raised = Notice::HandRaised { name: hosts(locale, 3)[2].0.clone() };
    vec![
        ("call-held", View { countdown: left(910, false), ..view(locale, held) }),
        ("call-five-minutes", soon),
        ("call-extended", with(call(locale, 1, None, ON), Notice::Extended { ends: moment(14, 40) })),
        ("call-silenced", View { alert: Some(Alert::Muted), ..silenced }),
        ("call-resumed", with(call(locale, 1, None, ON), Notice::Resumed)),
        ("call-hands", with(hands(call(locale, 3, None, ON), &[3, 1]), raised.clone())),
        ("call-hand", with(hands(call(locale, 1, None, ON), &[1]), raised)),
        ("call-nameless", view(locale, nameless(call(locale, 3, None, ON)))),
        ("call-full-queue", with(call(locale, 1, None, ON), Notice::QueueFull)),
    ]
}

/// The call with these hands up, in this order, and one's own after them when there are several.
pub fn hands(mut screen: Screen, raised: &[u32]) -> Screen {
    if let Screen::Call { others, hand, .. } = &mut screen {
        for other in others {
            other.hand = raised.iter().position(|seat| *seat == other.seat.0).map(|at| at as u32 + 1);
        }
        *hand = raised.len() > 1;
    }
    screen
}

fn nameless(mut screen: Screen) -> Screen {
    if let Screen::Call { names, .. } = &mut screen {
        *names = false;
    }
    screen
}

pub const ON: Devices = Devices { microphone: true, camera: true, noise: true };
const OFF: Devices = Devices { microphone: false, camera: false, noise: false };

pub fn pick<T: Copy>(locale: Locale, ja: T, ko: T, en: T) -> T {
    match locale {
        Locale::Ja => ja,
        Locale::Ko => ko,
        Locale::En => en,
    }
}

pub fn layout(locale: Locale) -> Layout {
    pick(locale, Layout::Kana, Layout::Hangul, Layout::Latin)
}

fn name(locale: Locale) -> String {
    pick(locale, "佐藤花子", "홍성우", "Hanako Sato").to_owned()
}

fn company(locale: Locale) -> String {
    pick(locale, "みなと精工", "미나토정공", "Minato Works").to_owned()
}

fn tile(name: &str, here: bool, waiting: u32) -> Tile {
    let company = "minato".parse::<CompanyId>().expect("it is a valid id");
    Tile { company, name: name.to_owned(), here, waiting, booked: false }
}

/// Six tiles of twelve, on the first page.
pub fn companies(locale: Locale) -> Screen {
    let names = pick(
        locale,
        ["みなと精工", "北斗食品", "あおぞらシステム", "日和ロジ", "たちばな薬品", "ハルカ建設"],
        ["미나토정공", "북두식품", "푸른하늘시스템", "햇살물류", "귤나무제약", "하루카건설"],
        ["Minato Works", "Hokuto Foods", "Aozora Systems", "Hiyori Logistics", "Tachibana Pharma", "Haruka"],
    );
    let states = [(true, 0), (true, 0), (true, 2), (true, 0), (false, 0), (true, 1)];
    let mut tiles: Vec<Tile> =
        names.iter().zip(states).map(|(name, (here, waiting))| tile(name, here, waiting)).collect();
    for (n, tile) in tiles.iter_mut().enumerate() {
        tile.company = format!("company-{n}").parse().expect("it is a valid id");
        tile.booked = n == 3;
    }
    Screen::Companies { tiles, page: 0, pages: 2, total: 12 }
}

fn long_companies() -> Screen {
    let tiles = vec![
        tile("株式会社ゆうひが丘総合エンジニアリングサービス", true, 0),
        tile("주식회사 한빛푸른바다종합건설엔지니어링", false, 3),
        tile("Northern Lights Precision Manufacturing and Sons", true, 12),
    ];
    Screen::Companies { tiles, page: 1, pages: 2, total: 9 }
}

/// The name page with its digits and marks.
fn signs(locale: Locale) -> Screen {
    let mut keyboard = Keyboard::new(locale);
    keyboard.press(Key::Layout(Layout::Signs));
    Screen::Name { ready: false, keyboard: keyboard.view() }
}

/// The name page after `keys` were typed.
pub fn typed(layout: Layout, keys: &str) -> Screen {
    let mut keyboard = Keyboard::new(Locale::Ja);
    keyboard.press(Key::Layout(layout));
    keys.chars().for_each(|key| keyboard.press(Key::Letter(key)));
    Screen::Name { ready: !keyboard.text().is_empty(), keyboard: keyboard.view() }
}

pub fn hosts(locale: Locale, count: usize) -> Vec<(String, String)> {
    let all = pick(
        locale,
        [
            ("高橋 めぐみ", "採用担当"),
            ("田中 修", "人事部長"),
            ("勅使河原 権左衛門", "製造本部 生産技術部"),
            ("森 葵", ""),
            ("林 蓮", ""),
        ],
        [
            ("김민서", "채용 담당"),
            ("박준호", "인사부장"),
            ("남궁가람찬솔빛", "생산기술본부"),
            ("이서연", ""),
            ("최지우", ""),
        ],
        [
            ("Megumi Takahashi", "Recruiting"),
            ("Osamu Tanaka", "Head of people"),
            ("Bartholomew Featherstonehaugh", "Production engineering"),
            ("Aoi Mori", ""),
            ("Ren Hayashi", ""),
        ],
    );
    all.iter().take(count).map(|(name, title)| ((*name).to_owned(), (*title).to_owned())).collect()
}

fn ready(locale: Locale, hosts: Vec<(String, String)>, devices: Devices, can_ask: bool) -> Screen {
    Screen::Ready { name: name(locale), company: company(locale), hosts, devices, ready: true, can_ask, refused: None }
}

/// The ready page before its one tap.
fn not_yet(mut screen: Screen) -> Screen {
    if let Screen::Ready { ready, .. } = &mut screen {
        *ready = false;
    }
    screen
}

fn note(locale: Locale) -> Note {
    let text = pick(
        locale,
        "ただいま別の方とお話し中です。\n15時ごろ、もう一度お越しいただけますか。\nお待ちしています。",
        "지금 다른 분과 면접 중입니다. 15시쯤 다시 찾아와 주시겠습니까? 기다리고 있겠습니다.",
        "I am talking with somebody else at the moment. Could you come again at about three? I look forward to it.",
    );
    Note { from: hosts(locale, 1)[0].0.clone(), text: text.to_owned() }
}

fn long_note(locale: Locale) -> Note {
    let text = pick(
        locale,
        "本日はお越しくださり、ありがとうございます。",
        "오늘 찾아와 주셔서 감사합니다. 담당자가 곧 돌아옵니다. ",
        "Thank you for coming by today, we are glad that you did. ",
    );
    let text: String = text.chars().cycle().take(255).collect();
    Note { from: hosts(locale, 3)[2].0.clone(), text }
}

fn waiting(locale: Locale, place: Option<u32>, note: Option<Note>) -> Screen {
    Screen::Waiting { company: company(locale), seconds: 84, place, note, devices: ON }
}

fn refused(locale: Locale, note: Option<Note>, unanswered: bool) -> Screen {
    Screen::Refused { company: company(locale), note, unanswered }
}

/// A call with `count` recruiters; of several the second is muted, the third has no camera, the fourth a bad line.
pub fn call(locale: Locale, count: usize, enlarged: Option<Seat>, devices: Devices) -> Screen {
    let others = hosts(locale, count).into_iter().enumerate().map(|(n, (name, _))| Other {
        seat: Seat(n as u32 + 1),
        name,
        microphone: n != 1,
        camera: n != 2,
        picture: n != 2,
        lost: n == 3,
        hand: None,
    });
    let others = others.collect();
    Screen::Call {
        name: name(locale),
        company: company(locale),
        others,
        enlarged,
        devices,
        seconds: 696,
        held: false,
        hand: false,
        names: true,
    }
}

pub fn reconnecting(locale: Locale) -> Screen {
    Screen::Reconnecting { name: name(locale), tries: 2, seconds: 8, reason: Loss::Line }
}
