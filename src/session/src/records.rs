//! An interview's records: folds over its log into what a host takes along (R1, R2) and staff look up (R6).
//!
//! CSV as spreadsheets of the field read it: UTF-8 with a byte order mark, RFC 4180, and no cell
//! that a spreadsheet would run. What was deleted from the chat is in none of them.

use crate::room::{Body, Room};
use engawa_protocol::{Actor, EndCause, Event, LeaveCause, Millis, Recorded, Role, Seq};
use serde::Serialize;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// participants.csv: who was there, from when to when (R1). `time` writes a moment as people read it.
pub fn participants(room: &Room, name: &str, time: impl Fn(Millis) -> String) -> Vec<u8> {
    let head = ["ルーム名", "主催者・参加者", "名前", "接続開始時間", "接続終了時間"];
    let row = |presence: &crate::room::Presence| {
        let until = presence.until.map(&time).unwrap_or_default();
        [name.to_owned(), role(presence.role).to_owned(), presence.name.clone(), time(presence.from), until]
    };
    csv(head, room.history().iter().map(row))
}

/// chat.csv: what was said and sent, to all (R2).
pub fn chat(room: &Room, time: impl Fn(Millis) -> String) -> Vec<u8> {
    let head = ["タイプ", "時刻", "主催者・参加者", "名前", "メッセージ"];
    let rows = room.posts().iter().filter_map(|post| {
        let words = match &post.body {
            Body::Text(text) => text.clone(),
            Body::File(card) => format!("【ファイル送信】{}", card.name),
            Body::Deleted => return None,
        };
        Some(["全体".to_owned(), time(post.at), role(post.role).to_owned(), post.name.clone(), words])
    });
    csv(head, rows)
}

/// The audit log: who did what and when, a line of JSON each (R6). It holds no name and no word of the guest's.
pub fn audit(log: &[Recorded]) -> Vec<u8> {
    let mut lines = Vec::new();
    for recorded in log {
        let Some(deed) = deed(&recorded.event) else { continue };
        let line = Line { seq: recorded.seq, at: recorded.at, by: &recorded.by, deed };
        lines.extend(serde_json::to_vec(&line).expect("a line of ours becomes JSON"));
        lines.push(b'\n');
    }
    lines
}

#[derive(Serialize)]
struct Line<'a> {
    seq: Seq,
    at: Millis,
    by: &'a Actor,
    #[serde(flatten)]
    deed: Deed,
}

#[derive(Serialize)]
#[serde(tag = "did", rename_all = "snake_case")]
enum Deed {
    Booked { starts: Millis, ends: Millis },
    CancelledBooking,
    Knocked,
    CancelledKnock,
    Refused,
    Admitted,
    Joined { seat: u32 },
    Left { seat: u32, cause: LeaveCause },
    MovedGuest,
    Held,
    Resumed,
    Silenced { microphones: bool, cameras: bool },
    Preset { microphone: bool, camera: bool, names: bool },
    Extended { ends: Millis },
    SentFile,
    DeletedPost { post: Seq },
    ClearedChat,
    Ended { cause: EndCause },
}

fn deed(event: &Event) -> Option<Deed> {
    Some(match event {
        Event::Booked { booking } => Deed::Booked { starts: booking.slot.starts, ends: booking.slot.ends },
        Event::BookingCancelled => Deed::CancelledBooking,
        Event::Knocked { .. } => Deed::Knocked,
        Event::KnockCancelled => Deed::CancelledKnock,
        Event::Refused { .. } => Deed::Refused,
        Event::Admitted => Deed::Admitted,
        Event::Joined { seat, .. } => Deed::Joined { seat: seat.0 },
        Event::Left { seat, cause } => Deed::Left { seat: seat.0, cause: *cause },
        Event::GuestMoved => Deed::MovedGuest,
        Event::Held => Deed::Held,
        Event::Resumed => Deed::Resumed,
        Event::Silenced { microphones, cameras, .. } => Deed::Silenced { microphones: *microphones, cameras: *cameras },
        Event::Preset { microphone, camera, names } => {
            Deed::Preset { microphone: *microphone, camera: *camera, names: *names }
        }
        Event::Extended { ends } => Deed::Extended { ends: *ends },
        Event::FileSent { .. } => Deed::SentFile,
        Event::PostDeleted { post } => Deed::DeletedPost { post: *post },
        Event::ChatCleared => Deed::ClearedChat,
        Event::Ended { cause } => Deed::Ended { cause: *cause },
        Event::Rang { .. }
        | Event::AskedToWait { .. }
        | Event::Switched { .. }
        | Event::Lost { .. }
        | Event::Back { .. }
        | Event::EndsSoon { .. }
        | Event::Said { .. }
        | Event::HandRaised { .. }
        | Event::HandLowered { .. } => return None,
    })
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Host => "主催者",
        Role::Guest => "参加者",
    }
}

fn csv<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let expected = "writing into memory works, and every row has as many cells";
    writer.write_record(head).expect(expected);
    rows.for_each(|row| writer.write_record(row.map(harmless)).expect(expected));
    let written = writer.into_inner().expect(expected);
    [BYTE_ORDER_MARK.as_bytes(), &written].concat()
}

/// A cell that no spreadsheet takes for a formula (OWASP, CSV injection): also with the wide signs
/// that Japanese ones read alike.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::Policy;
    use engawa_protocol::{ClientId, CommandId, FileCard, Seat};

    fn room(events: Vec<(Actor, Event)>) -> (Room, Vec<Recorded>) {
        let mut room = Room::new(Policy::default());
        let log: Vec<_> = events
            .into_iter()
            .zip(1..)
            .map(|((by, event), seq)| {
                let command = Some(CommandId { client: ClientId::from_random([1; 16]), n: seq });
                Recorded { seq, at: Millis(u64::from(seq) * 1000), by, command, event }
            })
            .collect();
        log.iter().for_each(|recorded| room.apply(recorded));
        (room, log)
    }

    fn story(name: &str, words: &str) -> (Room, Vec<Recorded>) {
        let guest = || Actor::Guest { booth: "a-01".parse().unwrap() };
        let host = || Actor::Host { account: "takahashi".parse().unwrap() };
        let joined = |seat, role, name: &str| Event::Joined {
            seat: Seat(seat),
            role,
            name: name.into(),
            title: String::new(),
            receives: vec![],
            returns: None,
        };
        let said = |text: &str| Event::Said { text: text.into(), late: false };
        let file = FileCard {
            file: "0a".repeat(32).parse().unwrap(),
            name: "履歴書.pdf".into(),
            size: 1,
            media_type: "application/pdf".into(),
        };
        room(vec![
            (
                guest(),
                Event::Knocked {
                    company: "minato".parse().unwrap(),
                    name: name.into(),
                    locale: engawa_protocol::Locale::Ja,
                },
            ),
            (guest(), joined(0, Role::Guest, name)),
            (host(), joined(1, Role::Host, "高橋")),
            (host(), Event::Admitted),
            (guest(), said(words)),
            (host(), said("消した言葉")),
            (host(), Event::PostDeleted { post: 6 }),
            (guest(), Event::FileSent { file, late: false }),
            (host(), Event::Ended { cause: EndCause::Host }),
        ])
    }

    fn time(at: Millis) -> String {
        format!("t{}", at.0 / 1000)
    }

    // R1, R2, T6
    #[test]
    fn the_csvs_have_their_columns_and_no_deleted_word() {
        let (room, _) = story("佐藤", "はい、\"よろしく\"\nどうぞ");
        let participants = String::from_utf8(participants(&room, "みなと精工", time)).unwrap();
        assert_eq!(
            participants,
            "\u{feff}ルーム名,主催者・参加者,名前,接続開始時間,接続終了時間\r\n\
             みなと精工,参加者,佐藤,t2,t9\r\nみなと精工,主催者,高橋,t3,t9\r\n"
        );
        let chat = String::from_utf8(chat(&room, time)).unwrap();
        assert_eq!(
            chat,
            "\u{feff}タイプ,時刻,主催者・参加者,名前,メッセージ\r\n\
             全体,t5,参加者,佐藤,\"はい、\"\"よろしく\"\"\nどうぞ\"\r\n\
             全体,t8,参加者,佐藤,【ファイル送信】履歴書.pdf\r\n"
        );
    }

    // R1, R2
    #[test]
    fn no_cell_is_a_formula() {
        for start in ["=", "+", "-", "@", "＝"] {
            let evil = format!("{start}cmd|' /C calc'!A0");
            let (room, _) = story(&evil, &evil);
            for written in [participants(&room, &evil, time), chat(&room, time)] {
                let written = String::from_utf8(written).unwrap();
                let mut reader = csv::Reader::from_reader(written.trim_start_matches('\u{feff}').as_bytes());
                let cells = reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
                let cells: Vec<_> = cells.collect();
                assert!(cells.iter().any(|cell| *cell == format!("'{evil}")), "{cells:?}");
                assert!(cells.iter().all(|cell| !cell.starts_with(start)), "{cells:?}");
            }
        }
        assert_eq!(harmless("\tx".into()), "'\tx");
        assert_eq!(harmless("\rx".into()), "'\rx");
    }

    // R6
    #[test]
    fn the_audit_names_deeds_and_nothing_that_was_said() {
        let (_, log) = story("佐藤", "秘密");
        let audit = String::from_utf8(audit(&log)).unwrap();
        for word in ["佐藤", "秘密", "消した", "履歴書", "高橋"] {
            assert!(!audit.contains(word), "{audit}");
        }
        let deeds: Vec<serde_json::Value> = audit.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let did: Vec<_> = deeds.iter().map(|line| line["did"].as_str().unwrap()).collect();
        assert_eq!(did, ["knocked", "joined", "joined", "admitted", "deleted_post", "sent_file", "ended"]);
        assert_eq!(deeds[3]["by"]["account"], "takahashi");
    }
}
