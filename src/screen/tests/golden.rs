//! Every page in every language looks as it did when somebody looked at it.

mod support;

use engawa_protocol::Locale;
use engawa_screen::View;
use support::{Desk, golden, people, samples, settle, talk};

fn code(locale: Locale) -> &'static str {
    match locale {
        Locale::Ja => "ja",
        Locale::Ko => "ko",
        Locale::En => "en",
    }
}

fn compare(desk: &Desk, shape: &str, views: Vec<(&str, View)>, locale: Locale) {
    let mut faults = Vec::new();
    for (name, view) in views {
        desk.screen.show(&view);
        people::seat_everyone(&desk.screen);
        people::open_document(&desk.screen);
        settle();
        let picture = desk.screen.snapshot().expect("it can be drawn");
        faults.extend(golden::check(&format!("{shape}{name}-{}", code(locale)), &picture).err());
        desk.screen.clear_pictures();
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

// W1, W2, W5, W7, W10, W11, W12, W13, W15, W16, L1, L3, L4, L17, X5, X9, E2, E3, E7, E9, W9, W17, L5, L12, L13, T1, T3, T5, T6, T8,
// X1, X2, X3, X4, X7, P5, P6
#[test]
fn every_page_in_japanese_looks_as_it_should() {
    compare(&Desk::new(1280, 800), "", samples::all(Locale::Ja), Locale::Ja);
}

// W1, W2, W5, W7, W10, W11, W12, W13, W15, W16, L1, L3, L4, L17, X5, X9, E2, E3, E7, E9, W9, W17, L5, L12, L13, T1, T3, T5, T6, T8,
// X1, X2, X3, X4, X7, P5, P6
#[test]
fn every_page_in_korean_looks_as_it_should() {
    compare(&Desk::new(1280, 800), "", samples::all(Locale::Ko), Locale::Ko);
}

// W1, W2, W5, W7, W10, W11, W12, W13, W15, W16, L1, L3, L4, L17, X5, X9, E2, E3, E7, E9, W9, W17, L5, L12, L13, T1, T3, T5, T6, T8,
// X1, X2, X3, X4, X7, P5, P6
#[test]
fn every_page_in_english_looks_as_it_should() {
    compare(&Desk::new(1280, 800), "", samples::all(Locale::En), Locale::En);
}

#[test]
fn an_upright_screen_stacks_the_same_pages() {
    let chosen = [
        "welcome",
        "companies",
        "name",
        "name-long",
        "ready",
        "waiting",
        "refused",
        "call",
        "call-three",
        "leave",
        "name-signs",
        "number",
        "number-company",
        "not-open-coming",
        "take-over",
        "disk-full",
        "ended",
        "call-held",
        "chat",
        "chat-offline",
        "ended-return",
        "staff-pin",
        "staff-menu",
        "staff-menu-fault",
        "staff-menu-faults",
    ];
    let views = samples::all(Locale::Ja).into_iter().filter(|(name, _)| chosen.contains(name)).collect();
    compare(&Desk::new(800, 1280), "upright-", views, Locale::Ja);
}

#[test]
fn a_larger_display_shows_the_same_pages_larger() {
    let views = samples::all(Locale::Ja).into_iter().filter(|(name, _)| ["welcome", "ready"].contains(name)).collect();
    compare(&Desk::new(1920, 1080), "large-", views, Locale::Ja);
}

// T1
#[test]
fn an_upright_chats_keyboard_has_room_for_every_key() {
    let desk = Desk::new(800, 1280);
    let mut faults = Vec::new();
    for (locale, write) in [(Locale::Ja, "書く"), (Locale::Ko, "쓰기")] {
        let views = samples::all(locale);
        let chat = views.into_iter().find(|(name, _)| *name == "chat").expect("the sample exists").1;
        for (name, chat) in [("writing", chat.clone()), ("signs", View { chat: Some(talk::signs(locale)), ..chat })] {
            desk.screen.show(&View { chat: None, ..chat.clone() });
            settle();
            desk.screen.show(&chat);
            people::seat_everyone(&desk.screen);
            settle();
            desk.touch(write);
            let picture = desk.screen.snapshot().expect("it can be drawn");
            faults.extend(golden::check(&format!("upright-chat-{name}-{}", code(locale)), &picture).err());
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

// T1
#[test]
fn the_chats_keyboard_lies_over_the_lower_part() {
    let mut faults = Vec::new();
    let desk = Desk::new(1280, 800);
    for (locale, write, away) in [
        (Locale::Ja, "書く", "キーボードを閉じる"),
        (Locale::Ko, "쓰기", "키보드 닫기"),
        (Locale::En, "Write a message", "Close the keyboard"),
    ] {
        let views = samples::all(locale);
        let chat = views.into_iter().find(|(name, _)| *name == "chat").expect("the sample exists").1;
        desk.screen.show(&chat);
        people::seat_everyone(&desk.screen);
        settle();
        desk.touch(write);
        let full = if locale == Locale::En { Some(talk::full(locale)) } else { chat.chat.clone() };
        desk.screen.show(&View { chat: full, ..chat.clone() });
        settle();
        let picture = desk.screen.snapshot().expect("it can be drawn");
        faults.extend(golden::check(&format!("chat-writing-{}", code(locale)), &picture).err());
        let signs = talk::signs(locale);
        desk.screen.show(&View { chat: Some(signs), ..chat.clone() });
        settle();
        let picture = desk.screen.snapshot().expect("it can be drawn");
        faults.extend(golden::check(&format!("chat-signs-{}", code(locale)), &picture).err());
        desk.touch(away);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
