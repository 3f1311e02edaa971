//! The chat, the hand, the notices and the booked interview: every button says what it should.

mod support;

use engawa_protocol::{Locale, Seat};
use engawa_screen::{Touch, View};
use engawa_session::keyboard::{Key, Layout};
use engawa_session::view::{Chat, Countdown, Notice, QuickAnswer, Screen};
use support::{Desk, samples, settle, talk};

fn sample(locale: Locale, wanted: &str) -> View {
    let all = samples::all(locale);
    all.into_iter().find(|(name, _)| *name == wanted).expect("the sample exists").1
}

fn show(desk: &Desk, locale: Locale, name: &str) {
    desk.screen.show(&sample(locale, name));
    settle();
}

fn showing(locale: Locale, name: &str) -> Desk {
    let desk = Desk::new(1280, 800);
    show(&desk, locale, name);
    desk
}

fn plain(text: &str) -> String {
    text.replace('\u{2060}', "").replace('\n', " ")
}

// E2
#[test]
fn a_booking_is_entered_by_its_number() {
    let desk = showing(Locale::Ja, "welcome");
    assert_eq!(desk.touch("予約番号で入る"), [Touch::Number]);
    desk.screen.show(&View { online: false, ..sample(Locale::Ja, "welcome") });
    settle();
    assert_eq!(desk.touch("予約番号で入る"), [], "nobody can be asked");
    show(&desk, Locale::Ja, "number");
    assert_eq!(desk.touch("7"), [Touch::Digit(7)]);
    assert_eq!(desk.touch("0"), [Touch::Digit(0)]);
    assert_eq!(desk.touch("1けた消す"), [Touch::EraseDigit]);
    assert_eq!(desk.touch("もどる"), [Touch::Back]);
    show(&desk, Locale::Ja, "number-asking");
    assert_eq!(desk.touch("7"), [], "it is being looked up");
}

// E2
#[test]
fn a_wrong_number_says_what_to_do_and_too_many_wait() {
    let desk = showing(Locale::En, "number-unknown");
    let says = |desk: &Desk| plain(&desk.question("number-state"));
    assert_eq!(says(&desk), "No interview has this number. Please look at the notice once more.");
    assert_eq!(desk.touch("4"), [Touch::Digit(4)]);
    show(&desk, Locale::En, "number-too-many");
    assert_eq!(says(&desk), "Too many numbers were tried. Please try again in 42 seconds.");
    assert_eq!(desk.touch("4"), []);
}

// E7, E8, W17
#[test]
fn a_closed_door_says_when_it_opens() {
    let desk = showing(Locale::Ja, "not-open");
    assert!(desk.says("受付可能時間外です"));
    assert!(desk.says("24:31"));
    assert!(desk.says("みなと精工の面接は 14:00 からです。\n13:00 から入れます。それまで、席を離れても大丈夫です。"));
    show(&desk, Locale::Ja, "ready-late");
    assert_eq!(desk.question("turned"), "受付可能時間外です");
    show(&desk, Locale::Ja, "ready-booked");
    assert!(desk.says("開始まで 12:06"));
    assert_eq!(desk.question("turned"), "");
}

// X7, X4, X9
#[test]
fn an_interview_that_was_left_can_be_entered_again() {
    let desk = showing(Locale::Ja, "ended-return");
    assert_eq!(desk.touch("面接に戻る"), [Touch::Return]);
    assert_eq!(desk.touch("終わる"), [Touch::Finish]);
    assert!(!desk.says("この機械から、すべて消しました"), "it is kept until then");
    show(&desk, Locale::Ko, "ended-slot-over");
    let ending = plain(&desk.question("ending"));
    assert!(ending.ends_with("종료된 면접은 재진행이 불가하오니 참고하시기 바랍니다."), "{ending}");
    assert!(!desk.says("면접으로 돌아가기"));
    show(&desk, Locale::Ko, "leave-return");
    assert_eq!(plain(&desk.question("leave-question")), "지금 나가시겠습니까?");
}

// T1, T5, T8
#[test]
fn the_chat_is_opened_written_and_sent() {
    let desk = showing(Locale::Ja, "chat-closed");
    assert!(desk.says("2"), "the count of what was not read");
    assert_eq!(desk.touch("チャット"), [Touch::Chat(true)]);
    show(&desk, Locale::Ja, "chat");
    assert_eq!(desk.touch("チャットを閉じる"), [Touch::Chat(false)]);
    assert_eq!(desk.touch("はい"), [Touch::Quick(QuickAnswer::Yes)]);
    assert_eq!(desk.touch("書く"), [], "it brings the keyboard");
    assert_eq!(desk.touch("送る"), [], "nothing is written yet");
    let key = |key| [Touch::ChatKey(key)];
    assert_eq!(desk.touch("ぬ"), key(Key::Letter('ぬ')));
    assert_eq!(desk.touch("空白"), key(Key::Letter(' ')));
    assert_eq!(desk.touch("ABC"), key(Key::Layout(Layout::Latin)));
    desk.screen.show(&View { chat: Some(talk::open(Locale::Ja, "あい")), ..sample(Locale::Ja, "chat") });
    settle();
    assert_eq!(desk.question("letters"), "2 / 255");
    assert_eq!(desk.touch("送る"), [Touch::Send]);
    desk.screen.show(&View { chat: Some(talk::full(Locale::Ja)), ..sample(Locale::Ja, "chat") });
    settle();
    assert_eq!(desk.question("letters"), "255 / 255");
    assert_eq!(desk.touch("キーボードを閉じる"), []);
    assert!(!desk.says("空白"), "the keyboard is away");
}

// T3, T6
#[test]
fn a_file_opens_and_ones_own_message_is_taken_back() {
    let desk = showing(Locale::En, "chat");
    assert_eq!(desk.touch("map.png"), [Touch::Show(2)]);
    assert!(desk.says("About us.pdf"), "another type is named");
    let touched: Vec<String> = desk.touchables().into_iter().map(|(label, ..)| label).collect();
    assert!(!touched.contains(&"About us.pdf".to_owned()), "and cannot be touched");
    assert_eq!(desk.touch("That is very kind"), [], "it offers to remove it");
    assert_eq!(desk.touch("Remove this message"), [Touch::DeletePost(4)]);
    show(&desk, Locale::En, "chat-failed");
    assert!(desk.says("This message was removed"));
    assert_eq!(desk.touch("Can you hear me?"), [Touch::Dismiss(talk::waiting_id(3))]);
    desk.screen.bring_files(false);
    show(&desk, Locale::En, "chat");
    let touched: Vec<String> = desk.touchables().into_iter().map(|(label, ..)| label).collect();
    assert!(!touched.contains(&"map.png".to_owned()), "what cannot be brought here is only named");
    show(&desk, Locale::En, "document");
    assert_eq!(desk.touch("Close the file"), [Touch::CloseDocument]);
}

// T8
#[test]
fn while_the_line_is_away_the_chat_is_written_and_waits() {
    let desk = showing(Locale::Ko, "chat-offline");
    assert!(
        desk.says("이력서를 보내 드려도 되겠습니까") || desk.says(&joined_words("이력서를 보내 드려도 되겠습니까"))
    );
    assert_eq!(desk.touch("채팅"), [Touch::Chat(false)]);
    assert_eq!(desk.touch("네"), [Touch::Quick(QuickAnswer::Yes)]);
    desk.screen.show(&View { notice: Some(Notice::QueueFull), ..sample(Locale::Ko, "chat-offline") });
    settle();
    assert!(desk.says("더 이상 보관할 수 없습니다"));
}

/// The same, with its syllables joined so that no line breaks between them.
fn joined_words(text: &str) -> String {
    let mut joined = String::new();
    let mut before = false;
    for letter in text.chars() {
        let syllable = ('가'..='힣').contains(&letter);
        if before && syllable {
            joined.push('\u{2060}');
        }
        joined.push(letter);
        before = syllable;
    }
    joined
}

// L5
#[test]
fn a_hand_is_raised_and_told() {
    let desk = showing(Locale::Ja, "call-hands");
    assert_eq!(desk.touch("手を挙げる"), [Touch::Hand]);
    assert!(desk.says("勅使河原 権左衛門さんが手を挙げました"));
    assert!(desk.says("挙手"));
    show(&desk, Locale::Ja, "call-three");
    assert!(!desk.says("挙手"));
}

// L12, T7
#[test]
fn a_hold_says_so_and_leaves_the_chat() {
    let desk = showing(Locale::Ja, "call-held");
    assert_eq!(plain(&desk.question("held")).replace(' ', ""), "管理者によって保留中に設定されました");
    let chat = Some(Chat { keyboard: None, ..talk::open(Locale::Ja, "") });
    desk.screen.show(&View { chat, ..sample(Locale::Ja, "call-held") });
    settle();
    assert_eq!(desk.touch("チャット"), [Touch::Chat(true)]);
}

// X1, X2, X3, L13, W9
#[test]
fn the_log_is_told_in_the_fixed_words() {
    let desk = showing(Locale::Ko, "call-five-minutes");
    assert!(desk.says("면접 종료 5분전입니다.") || desk.says(&joined_words("면접 종료 5분전입니다.")));
    assert!(desk.says("05:00"));
    assert_eq!(desk.touch("닫기"), []);
    show(&desk, Locale::Ja, "call-extended");
    assert!(desk.says("面接が 14:40 まで延長されました"));
    show(&desk, Locale::Ja, "call-silenced");
    assert!(desk.says("管理者がマイクとカメラをオフにしました"));
    assert!(desk.says("マイクがオフのままです"));
    let starts = View { countdown: Some(Countdown::Starts(90)), ..sample(Locale::Ja, "call") };
    desk.screen.show(&starts);
    settle();
    assert!(desk.says("開始まで") && desk.says("01:30"));
    show(&desk, Locale::Ja, "call-nameless");
    let Screen::Call { others, .. } = sample(Locale::Ja, "call-nameless").screen else { panic!("it is a call") };
    assert!(others.iter().all(|other| !desk.says(&other.name)));
    assert_eq!(desk.touch("担当者 2"), [Touch::Enlarge(Seat(2))]);
}
