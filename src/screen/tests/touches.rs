//! Every button, found by its label, says what it should.

mod support;

use engawa_protocol::{Locale, Seat};
use engawa_screen::{Touch, View};
use engawa_session::keyboard::{Key, Layout};
use engawa_session::view::{Alert, Screen};
use support::{Desk, samples, settle};

fn sample(locale: Locale, wanted: &str) -> View {
    let all = samples::all(locale);
    all.into_iter().find(|(name, _)| *name == wanted).expect("the sample exists").1
}

fn showing(locale: Locale, name: &str) -> Desk {
    let desk = Desk::new(1280, 800);
    desk.screen.show(&sample(locale, name));
    settle();
    desk
}

// E3, E9
#[test]
fn the_first_page_starts_and_changes_the_language() {
    let desk = showing(Locale::Ja, "welcome");
    assert_eq!(desk.touch("はじめる"), [Touch::Start]);
    assert_eq!(desk.touch("한국어"), [Touch::Language(Locale::Ko)]);
    assert_eq!(desk.touch("English"), [Touch::Language(Locale::En)]);
    desk.screen.show(&sample(Locale::Ko, "welcome"));
    settle();
    assert_eq!(desk.touch("시작하기"), [Touch::Start]);
    assert_eq!(desk.touch("日本語"), [Touch::Language(Locale::Ja)]);
    desk.screen.show(&sample(Locale::En, "welcome"));
    settle();
    assert_eq!(desk.touch("Start"), [Touch::Start]);
}

// E3
#[test]
fn a_companys_tile_names_the_company() {
    let desk = showing(Locale::Ja, "companies");
    let Screen::Companies { tiles, .. } = samples::companies(Locale::Ja) else { panic!("it shows companies") };
    assert_eq!(desk.touch("あおぞらシステム"), [Touch::Company(tiles[2].company.clone())]);
    assert_eq!(desk.touch("たちばな薬品"), [Touch::Company(tiles[4].company.clone())]);
    assert_eq!(desk.touch("次の 6 社"), [Touch::NextTiles]);
    assert_eq!(desk.touch("前"), [], "there is no page before the first");
    assert_eq!(desk.touch("もどる"), [Touch::Back]);
    desk.screen.show(&sample(Locale::Ja, "companies-long"));
    settle();
    assert_eq!(desk.touch("前"), [Touch::PreviousTiles]);
    assert_eq!(desk.touch("次"), [], "there is no page after the last");
}

// W1, E9
#[test]
fn the_keyboard_types_in_three_scripts() {
    let key = |key| [Touch::Key(key)];
    let desk = showing(Locale::Ja, "name");
    assert_eq!(desk.touch("ぬ"), key(Key::Letter('ぬ')));
    assert_eq!(desk.touch("が ぱ"), key(Key::Voiced));
    assert_eq!(desk.touch("っ ゃ"), key(Key::Small));
    assert_eq!(desk.touch("1文字消す"), key(Key::Backspace));
    assert_eq!(desk.touch("한글"), key(Key::Layout(Layout::Hangul)));
    assert_eq!(desk.touch("次へ"), [Touch::NameDone]);
    desk.screen.show(&sample(Locale::Ko, "name"));
    settle();
    assert_eq!(desk.touch("ㅎ"), key(Key::Letter('ㅎ')));
    assert_eq!(desk.touch("시프트"), key(Key::Shift));
    assert_eq!(desk.touch("あいう"), key(Key::Layout(Layout::Kana)));
    assert_eq!(desk.touch("ABC"), key(Key::Layout(Layout::Latin)));
    desk.screen.show(&sample(Locale::En, "name"));
    settle();
    assert_eq!(desk.touch("q"), key(Key::Letter('q')));
    assert_eq!(desk.touch("Delete the last letter"), key(Key::Backspace));
}

// W1, T1
#[test]
fn one_key_turns_to_digits_and_back() {
    let key = |key| [Touch::Key(key)];
    let desk = showing(Locale::Ja, "name");
    assert_eq!(desk.touch("数字と記号"), key(Key::Layout(Layout::Signs)));
    desk.screen.show(&sample(Locale::Ja, "name-signs"));
    settle();
    assert_eq!(desk.touch("7"), key(Key::Letter('7')));
    assert_eq!(desk.touch("・"), key(Key::Letter('・')));
    assert_eq!(desk.touch("あいう"), key(Key::Layout(Layout::Kana)));
    desk.screen.show(&sample(Locale::Ko, "name-signs"));
    settle();
    assert_eq!(desk.touch("한글"), key(Key::Layout(Layout::Hangul)));
    assert!(!desk.says("@"), "no name has it");
    desk.screen.show(&sample(Locale::En, "name-signs"));
    settle();
    assert_eq!(desk.touch("ABC"), key(Key::Layout(Layout::Latin)));
    assert!(!desk.says("Shift"), "digits have no upper case");
}

// E7, L15
#[test]
fn a_closed_door_lets_call_the_staff_and_says_who_comes() {
    let desk = showing(Locale::Ja, "not-open");
    assert!(desk.says("受付可能時間外です"));
    assert_eq!(desk.touch("係員を呼ぶ"), [Touch::CallStaff]);
    desk.screen.show(&sample(Locale::Ja, "not-open-called"));
    settle();
    assert_eq!(desk.question("staff"), "係員を呼んでいます");
    assert_eq!(desk.touch("取り消す"), [Touch::CallStaff]);
    desk.screen.show(&sample(Locale::Ja, "not-open-coming"));
    settle();
    assert_eq!(desk.question("staff"), "勅使河原 権左衛門さんが向かっています");
    // Without the line nobody can be called.
    desk.screen.show(&sample(Locale::En, "out-of-order"));
    settle();
    assert!(!desk.says("Call staff"));
}

#[test]
fn a_full_disk_is_named_with_what_to_do() {
    let desk = showing(Locale::En, "disk-full");
    assert!(desk.question("hint").contains("disk is full"));
    assert!(desk.says("Number E-DSK-01"));
    desk.screen.show(&sample(Locale::En, "settings"));
    settle();
    assert!(desk.question("hint").contains("write its card anew"));
    assert!(desk.says("Number E-CFG-01"));
    desk.screen.show(&sample(Locale::En, "out-of-order"));
    settle();
    assert_eq!(desk.question("hint"), "");
}

// E2, E3
#[test]
fn a_booking_is_entered_from_the_companies_too() {
    let desk = showing(Locale::Ja, "companies");
    assert!(desk.says("予約制です"));
    let number = "予約番号で入る";
    assert_eq!(desk.touch(number), [Touch::Number]);
    desk.screen.show(&View { online: false, ..sample(Locale::Ja, "companies") });
    settle();
    assert_eq!(desk.touch(number), [], "nobody could look it up");
    desk.screen.show(&sample(Locale::Ja, "number-company"));
    settle();
    assert!(desk.says("みなと精工は、予約された方とお話しします。\n予約のお知らせにある4けたの数字です。"));
}

// E8
#[test]
fn an_interview_that_is_open_elsewhere_is_taken_over_only_when_confirmed() {
    let desk = showing(Locale::Ja, "take-over");
    assert_eq!(desk.question("take-over-question"), "既に通話画面に接続されています。");
    assert_eq!(desk.touch("そのままにする"), [Touch::Stay]);
    assert_eq!(desk.touch("ここで続ける"), [Touch::TakeOver]);
    assert_eq!(desk.touch("もどる"), [], "the question lies over it");
    desk.key(slint::platform::Key::Escape);
    assert_eq!(desk.touches.take(), [Touch::Stay]);
}

// W1
#[test]
fn without_a_name_there_is_no_way_on() {
    let desk = showing(Locale::En, "name-empty");
    assert_eq!(desk.touch("Next"), []);
    assert_eq!(desk.touch("Q"), [Touch::Key(Key::Letter('Q'))]);
    desk.screen.show(&View { screen: samples::typed(Layout::Latin, "Q"), ..sample(Locale::En, "name-empty") });
    settle();
    assert_eq!(desk.touch("Next"), [Touch::NameDone]);
}

// W2, W4, W5, W7, W11, W16
#[test]
fn the_ready_page_switches_devices_and_asks() {
    let desk = showing(Locale::Ja, "ready");
    assert_eq!(desk.touch("マイク"), [Touch::Microphone]);
    assert_eq!(desk.touch("カメラ"), [Touch::Camera]);
    assert_eq!(desk.touch("音を聞く"), [Touch::TestSound]);
    assert_eq!(desk.touch("周囲の騒音を低減します"), [Touch::Noise]);
    assert_eq!(desk.touch("参加をリクエストする"), [Touch::Ask]);
    desk.screen.show(&sample(Locale::Ko, "ready-first"));
    settle();
    assert_eq!(desk.touch("면접 준비 완료"), [Touch::Ready]);
    // W1, W10: grey while it cannot be sent.
    desk.screen.show(&sample(Locale::Ja, "ready-alone"));
    settle();
    assert_eq!(desk.touch("参加をリクエストする"), []);
}

// W11, W12
#[test]
fn a_waiting_candidate_can_take_the_request_back() {
    let desk = showing(Locale::Ko, "waiting-note");
    assert_eq!(desk.touch("참가 요청 취소"), [Touch::Cancel]);
}

// W13
#[test]
fn a_refused_candidate_goes_on_or_finishes() {
    let desk = showing(Locale::En, "refused");
    assert_eq!(desk.touch("See other companies"), [Touch::OtherCompanies]);
    assert_eq!(desk.touch("Finish"), [Touch::Finish]);
}

// L3, E9
#[test]
fn a_call_has_microphone_camera_leave_and_the_languages() {
    let desk = showing(Locale::Ja, "call");
    assert_eq!(desk.touch("マイク"), [Touch::Microphone]);
    assert_eq!(desk.touch("カメラ"), [Touch::Camera]);
    assert_eq!(desk.touch("退出"), [Touch::Leave]);
    assert_eq!(desk.touch("高橋 めぐみ"), [], "one picture cannot be enlarged");
    assert_eq!(desk.touch("日本語"), [], "it opens the three");
    assert_eq!(desk.touch("English"), [Touch::Language(Locale::En)]);
}

// L1
#[test]
fn a_tile_enlarges_and_the_button_shows_all_again() {
    let desk = showing(Locale::Ja, "call-five");
    assert_eq!(desk.touch("林 蓮"), [Touch::Enlarge(Seat(5))]);
    assert_eq!(desk.touch("大きく"), [Touch::Enlarge(Seat(1))]);
    desk.screen.show(&sample(Locale::Ja, "call-five-enlarged"));
    settle();
    assert_eq!(desk.touch("田中 修"), [Touch::Enlarge(Seat(2))]);
    assert_eq!(desk.touch("ならべる"), [Touch::Tiles]);
}

// L4, L17
#[test]
fn the_muted_notice_and_the_greeting_are_read_out() {
    let desk = showing(Locale::Ko, "call-muted");
    assert!(desk.says("마이크가 꺼져 있습니다"));
    assert!(desk.says("홍성우님의 합격을 응원합니다"));
    desk.screen.show(&View { alert: None, ..sample(Locale::Ko, "call-muted") });
    settle();
    assert!(!desk.says("마이크가 꺼져 있습니다"));
    assert!(desk.says("마이크 꺼짐"), "the icon on the own picture stays");
    desk.screen.show(&View { alert: Some(Alert::SourceLost), ..sample(Locale::Ko, "call") });
    settle();
    assert!(desk.says("카메라나 마이크가 응답하지 않습니다"));
}

// P6
#[test]
fn a_dark_screen_has_nothing_to_touch_but_itself() {
    let desk = showing(Locale::Ja, "asleep");
    assert_eq!(desk.touch("はじめる"), [Touch::Wake], "what lies below is not touched");
    desk.screen.show(&sample(Locale::Ja, "welcome"));
    settle();
    assert_eq!(desk.touch("はじめる"), [Touch::Start]);
}

// X5
#[test]
fn leaving_asks_first_and_nothing_below_answers() {
    let desk = showing(Locale::Ko, "leave");
    let asked = desk.question("leave-question");
    assert_eq!(
        asked.replace('\u{2060}', "").replace('\n', " "),
        "나가실 경우 재입장이 불가합니다. 그래도 나가시겠습니까?"
    );
    assert_eq!(desk.touch("면접 계속하기"), [Touch::Stay]);
    assert_eq!(desk.touch("마이크"), [], "the question lies over it");
    desk.screen.show(&sample(Locale::Ja, "leave"));
    settle();
    assert_eq!(desk.touch("退出する"), [Touch::ConfirmLeave]);
    desk.key(slint::platform::Key::Escape);
    assert_eq!(desk.touches.take(), [Touch::Stay]);
    desk.screen.show(&View { dialog: None, ..sample(Locale::Ja, "leave") });
    settle();
    assert_eq!(desk.touch("マイク"), [Touch::Microphone]);
}

// X9
#[test]
fn the_last_page_finishes() {
    let desk = showing(Locale::Ja, "ended");
    assert_eq!(desk.touch("終わる"), [Touch::Finish]);
}

#[test]
fn a_lost_line_can_still_be_left() {
    let desk = showing(Locale::En, "reconnecting");
    assert_eq!(desk.touch("Leave"), [Touch::Leave]);
}

// P5
#[test]
fn the_name_of_the_booth_is_held_without_a_button_to_be_seen() {
    let desk = showing(Locale::Ja, "out-of-order");
    let at = slint::LogicalPosition::new(200.0, 36.0);
    assert_eq!(desk.press(at), [Touch::StaffHold(true)]);
    assert_eq!(desk.release(at), [Touch::StaffHold(false)]);
    assert!(desk.touchables().iter().all(|(label, ..)| !label.contains("A-03")), "nobody is invited to touch it");
    let middle = slint::LogicalPosition::new(640.0, 36.0);
    assert_eq!(desk.press(middle), []);
    desk.release(middle);
}

// P5
#[test]
fn the_pin_is_typed_and_never_shown() {
    let desk = showing(Locale::Ko, "staff-pin");
    assert_eq!(desk.touch("7"), [Touch::Digit(7)]);
    assert_eq!(desk.touch("한 자리 지우기"), [Touch::EraseDigit]);
    assert_eq!(desk.touch("이전"), [Touch::Back]);
    desk.screen.show(&sample(Locale::Ja, "staff-pin-wait"));
    settle();
    assert_eq!(desk.touch("7"), [], "nothing is heard yet");
    assert_eq!(desk.question("pin-state"), "番号の間違いが続きました。\n30 秒後に、\nもう一度入力してください。");
}

// P5, P3
#[test]
fn the_staffs_menu_tells_what_is_wrong_and_does_what_it_offers() {
    let desk = showing(Locale::Ja, "staff-menu-fault");
    assert_eq!(desk.touch("もう一度検査"), [Touch::Check]);
    assert_eq!(desk.touch("音を鳴らす"), [Touch::TestSound]);
    assert_eq!(desk.touch("ランプで知らせる"), [Touch::Identify]);
    assert_eq!(desk.touch("再起動"), [Touch::Restart]);
    assert_eq!(desk.touch("閉じる"), [Touch::Back]);
    assert!(desk.says("カメラ: 1280×720 30/s"));
    assert!(desk.says("ボタンとランプ: 使えません"));
    assert!(desk.says("版 1.5.0 への更新を取りやめました 理由：カメラ、試験通話"), "the parts are named in words");
    assert_eq!(desk.question("machine"), "1.4.2 ・ スロット A ・ 13:25");
    desk.screen.show(&sample(Locale::En, "staff-menu-fault"));
    settle();
    assert!(desk.says("Version 1.5.0 was given up Why: Camera, Test call"), "the language is chosen before the words");
    desk.screen.show(&sample(Locale::Ja, "staff-menu-busy"));
    settle();
    assert!(desk.says("版 1.5.0 への更新を取りやめました 理由：ブースが応答しませんでした"));
    desk.screen.show(&sample(Locale::En, "staff-menu-checking"));
    settle();
    assert_eq!((desk.touch("Check again"), desk.touch("Play the sound")), (vec![], vec![]));
    assert!(!desk.says("The speaker plays nothing Look at the speaker's cable, and play the sound."));
}

#[test]
fn whatever_can_be_touched_is_large_enough() {
    // 15 mm at the density of the smallest display, less on keys that ten must share a row.
    let desk = Desk::new(1280, 800);
    for locale in [Locale::Ja, Locale::Ko, Locale::En] {
        for (name, view) in samples::all(locale) {
            desk.screen.show(&view);
            settle();
            for (label, width, height) in desk.touchables() {
                assert!(!label.is_empty(), "{name}: something can be touched and has no label");
                assert!(width >= 68.0 && height >= 68.0, "{name}: {label} is {width}×{height}");
            }
        }
    }
}
