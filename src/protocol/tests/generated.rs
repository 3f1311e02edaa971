//! Writes the page's TypeScript from the Rust types, and holds the samples against both.
//!
//! `cargo test -p engawa-protocol` fails when a committed file differs;
//! `ENGAWA_WRITE=1 cargo test -p engawa-protocol` writes them anew.

use engawa_protocol::*;
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt::Debug, fs, path::PathBuf};
use ts_rs::{Config, TS};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a generated text with the committed file, or writes it when asked to.
fn agree(path: &str, text: &str) {
    let file = root().join(path);
    if std::env::var_os("ENGAWA_WRITE").is_some() {
        fs::create_dir_all(file.parent().expect("a file has a folder")).expect("make the folder");
        fs::write(&file, text).expect("write the generated file");
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == text, "{path} is stale: run ENGAWA_WRITE=1 cargo test -p engawa-protocol");
}

fn room() -> RoomId {
    RoomId::from_random([0xab; 16])
}

fn client() -> ClientId {
    ClientId::from_random([0x01; 16])
}

fn peer(seat: u32, since: u32) -> Peer {
    Peer { seat: Seat(seat), since }
}

fn company() -> CompanyId {
    "minato".parse().expect("a valid id")
}

fn file() -> FileCard {
    FileCard {
        file: "5d".repeat(32).parse().expect("a valid hash"),
        name: "職務経歴書.pdf".into(),
        size: 284_112,
        media_type: "application/pdf".into(),
    }
}

fn booking() -> Booking {
    Booking {
        company: company(),
        kind: InterviewKind::Interview,
        slot: Slot { starts: Millis(1_795_235_400_000), ends: Millis(1_795_237_200_000) },
        guest: "佐藤花子".into(),
        locale: Some(Locale::Ja),
        hosts: vec!["takahashi".parse().expect("a valid id")],
        booth: Some("a-03".parse().expect("a valid id")),
        reentry: Reentry::NetworkOnly,
        name: NameRule::Required,
    }
}

fn command(n: u32, command: Command) -> ClientMessage {
    ClientMessage::Command { room: room(), n, command, queue: None }
}

fn signal(signal: Signal) -> ClientMessage {
    ClientMessage::Signal { room: room(), to: peer(1, 4), attempt: 1, signal }
}

fn client_samples() -> Vec<ClientMessage> {
    vec![
        ClientMessage::Hello { protocol: PROTOCOL, client: client() },
        ClientMessage::Follow { room: room(), after: 0 },
        ClientMessage::Unfollow { room: room() },
        command(1, Command::Knock { company: company(), name: "佐藤花子".into(), locale: Locale::Ja }),
        command(2, Command::CancelKnock),
        command(3, Command::Admit),
        command(4, Command::Wait { message: "あと5分で始めます。".into() }),
        command(5, Command::Refuse { message: "15時ごろ、もう一度お越しください。".into() }),
        command(6, Command::Join { receives: vec![Codec::H264, Codec::Vp8], take_over: true }),
        command(7, Command::Switch { microphone: false, camera: true }),
        command(8, Command::Leave),
        command(9, Command::End),
        command(10, Command::Say { text: "ありがとうございます。".into() }),
        ClientMessage::Command {
            room: room(),
            n: 1,
            command: Command::SendFile { file: file().file },
            queue: Some(ClientId::from_random([0x02; 16])),
        },
        command(12, Command::DeletePost { post: 14 }),
        command(13, Command::ClearChat),
        command(14, Command::RaiseHand { up: true }),
        command(15, Command::Hold { on: true }),
        command(16, Command::MuteAll),
        command(17, Command::CamerasOff),
        command(18, Command::Preset { microphone: false, camera: true, names: true }),
        command(19, Command::Extend { minutes: 10 }),
        command(20, Command::Book { booking: booking() }),
        command(21, Command::CancelBooking),
        ClientMessage::Redeem { n: 1, ticket: Ticket::Number { number: "0427".into() }, take_over: false },
        ClientMessage::Redeem { n: 2, ticket: Ticket::Code { code: "engawa:1:q6u".into() }, take_over: true },
        signal(Signal::Offer { sdp: "v=0\r\n".into() }),
        signal(Signal::Answer { sdp: "v=0\r\n".into() }),
        signal(Signal::Candidate { candidate: "candidate:1 1 UDP 1 192.0.2.1 9 typ host".into(), line: 0 }),
        signal(Signal::Rebuild),
        ClientMessage::Still { room: room(), jpeg: "/9j/".into() },
        ClientMessage::CallStaff { on: true },
        ClientMessage::Attend { booth: "a-03".parse().expect("a valid id"), on: true },
        ClientMessage::Device { device: device() },
        ClientMessage::Ping { n: 7 },
    ]
}

fn device() -> Device {
    let fallback = Fallback { version: "1.4.3".into(), reason: "camera, call".into() };
    let slot = Some("A".into());
    Device { version: "1.4.2".into(), slot, faults: Some(vec!["panel".into()]), fallback: Some(fallback) }
}

fn localized(ja: &str, ko: &str, en: &str) -> Localized {
    Localized { ja: ja.into(), ko: ko.into(), en: en.into() }
}

/// One interview from the first knock to the end, every kind of event in it.
fn log() -> Vec<Recorded> {
    let guest = || Actor::Guest { booth: "a-03".parse().expect("a valid id") };
    let host = || Actor::Host { account: "takahashi".parse().expect("a valid id") };
    let takahashi = "高橋 めぐみ";
    let knock = || Event::Knocked { company: company(), name: "佐藤花子".into(), locale: Locale::Ja };
    let switched = |seat, microphone| Event::Switched { seat: Seat(seat), microphone, camera: true };
    let elsewhere = || Actor::Guest { booth: "a-04".parse().expect("a valid id") };
    let guest_joined = |returns| Event::Joined {
        seat: Seat::GUEST,
        role: Role::Guest,
        name: "佐藤花子".into(),
        title: String::new(),
        receives: vec![Codec::H264, Codec::Vp8],
        returns,
    };
    let host_joined = |seat, name: &str, receives, returns| Event::Joined {
        seat: Seat(seat),
        role: Role::Host,
        name: name.into(),
        title: "採用担当".into(),
        receives,
        returns,
    };
    let staff = || Actor::Staff { account: "desk".parse().expect("a valid id") };
    let ends = Millis(1_795_237_800_000);
    let both = || vec![Codec::H264, Codec::Vp8];
    let silenced = |microphones| Event::Silenced { microphones, cameras: !microphones, except: Seat(1) };
    let events = vec![
        (staff(), Event::Booked { booking: booking() }),
        (guest(), knock()),
        (guest(), guest_joined(None)),
        (guest(), Event::KnockCancelled),
        (guest(), knock()),
        (Actor::Service, Event::Rang { account: Some("takahashi".parse().expect("a valid id")) }),
        (Actor::Service, Event::Rang { account: None }),
        (host(), Event::AskedToWait { message: "あと5分で始めます。".into(), from: takahashi.into() }),
        (host(), Event::Preset { microphone: true, camera: false, names: true }),
        (host(), host_joined(1, takahashi, both(), None)),
        (host(), Event::Admitted),
        (host(), host_joined(2, "田中 修", vec![Codec::Vp8], None)),
        (guest(), switched(0, false)),
        (guest(), Event::Said { text: "聞こえますか。".into(), late: false }),
        (guest(), Event::FileSent { file: file(), late: false }),
        (guest(), Event::PostDeleted { post: 14 }),
        (guest(), Event::HandRaised { seat: Seat::GUEST }),
        (guest(), Event::HandLowered { seat: Seat::GUEST }),
        (host(), silenced(true)),
        (host(), silenced(false)),
        (host(), Event::Held),
        (host(), Event::Resumed),
        (Actor::Service, Event::Lost { seat: Seat(1) }),
        (Actor::Service, Event::Back { seat: Seat(1) }),
        (host(), Event::Left { seat: Seat(1), cause: LeaveCause::TakenOver }),
        (host(), host_joined(1, takahashi, both(), Some(LeaveCause::TakenOver))),
        (elsewhere(), Event::GuestMoved),
        (elsewhere(), guest_joined(Some(LeaveCause::TakenOver))),
        (host(), Event::Left { seat: Seat(2), cause: LeaveCause::Button }),
        (Actor::Service, Event::EndsSoon { ends: booking().slot.ends }),
        (host(), Event::Extended { ends }),
        (host(), Event::ChatCleared),
        (host(), Event::Ended { cause: EndCause::Host }),
        (guest(), Event::Said { text: "ありがとうございました。".into(), late: true }),
    ];
    let numbered = events.into_iter().zip(1u32..).map(|((by, event), seq)| Recorded {
        seq,
        at: Millis(1_795_235_400_000 + u64::from(seq) * 1_000),
        command: (by != Actor::Service).then(|| CommandId { client: client(), n: seq }),
        by,
        event,
    });
    numbered.collect()
}

fn floor() -> ServiceMessage {
    let booth = |id: &str, name: &str, called_at, attended_by: Option<&str>| FloorBooth {
        booth: id.parse().expect("a valid id"),
        name: name.into(),
        here: true,
        in_use: attended_by.is_none(),
        called_at,
        attended_by: attended_by.map(str::to_owned),
    };
    let knock = |at, waiting| FloorKnock {
        room: room(),
        company: localized("みなと精工", "미나토 정공", "Minato Precision"),
        booth: "A-03".into(),
        at: Millis(at),
        waiting,
    };
    ServiceMessage::Floor {
        booths: vec![
            booth("a-03", "A-03", None, None),
            booth("a-04", "A-04", Some(Millis(1_795_235_390_000)), Some("西村 誠")),
        ],
        knocks: vec![knock(1_795_235_300_000, true), knock(1_795_235_100_000, false)],
    }
}

fn service_samples() -> Vec<ServiceMessage> {
    let ice = IceServer {
        urls: vec!["turn:turn.example:3478".into()],
        username: Some("booth".into()),
        credential: Some("secret".into()),
    };
    let welcome = |you| ServiceMessage::Welcome {
        protocol: PROTOCOL,
        you,
        event: localized("合同面接会", "합동 면접회", "Job fair"),
        ice_servers: vec![ice.clone()],
        now: Millis(1_795_235_400_000),
    };
    let card = HostCard { name: "高橋 めぐみ".into(), title: "採用担当".into() };
    let summary = RoomSummary {
        room: room(),
        booth: "A-03".into(),
        guest: "佐藤花子".into(),
        locale: Locale::Ja,
        progress: Progress::Knocking,
        since: Millis(1_795_235_401_000),
        opened: Millis(1_795_235_401_000),
        hosts: vec!["高橋 めぐみ".into()],
        lost: false,
        kind: Some(InterviewKind::Interview),
        slot: Some(booking().slot),
        held: false,
        ring: Ring::Host { account: "takahashi".parse().expect("a valid id") },
    };
    let walk_up = RoomSummary { kind: None, slot: None, ring: Ring::All, ..summary.clone() };
    let log = log();
    let last = log.len() as Seq;
    vec![
        welcome(You::Booth { booth: "a-03".parse().expect("a valid id"), name: "A-03".into() }),
        welcome(You::Host {
            account: "takahashi".parse().expect("a valid id"),
            name: "高橋 めぐみ".into(),
            title: "採用担当".into(),
            company: company(),
        }),
        welcome(You::Staff { account: "desk".parse().expect("a valid id"), name: "西村 誠".into() }),
        ServiceMessage::Directory {
            companies: vec![CompanyState {
                company: company(),
                name: localized("みなと精工", "미나토 정공", "Minato Precision"),
                hosts: vec![card],
                waiting: 1,
                walk_up: true,
            }],
        },
        ServiceMessage::Lobby {
            rooms: vec![summary, walk_up],
            booths: vec![BoothState {
                booth: "a-03".parse().expect("a valid id"),
                name: "A-03".into(),
                here: true,
                taken: true,
            }],
        },
        ServiceMessage::Queue { room: room(), place: 2 },
        ServiceMessage::Events { room: room(), events: log, last },
        ServiceMessage::Done { room: room(), n: 1, queue: None },
        ServiceMessage::Done { room: room(), n: 1, queue: Some(ClientId::from_random([0x02; 16])) },
        ServiceMessage::Refused { room: room(), n: 3, reason: Refusal::WrongMoment, queue: None },
        ServiceMessage::Refused { room: room(), n: 20, reason: Refusal::NextSlot, queue: None },
        ServiceMessage::Invited {
            n: 1,
            room: room(),
            booking: booking(),
            goes_on: false,
            now: Millis(1_795_235_100_000),
        },
        ServiceMessage::NotInvited { n: 2, reason: TicketRefusal::AlreadyHere },
        ServiceMessage::NotInvited { n: 3, reason: TicketRefusal::TooManyTries { retry_after_ms: 60_000 } },
        ServiceMessage::Signal {
            room: room(),
            from: peer(0, 2),
            to: peer(1, 6),
            attempt: 1,
            signal: Signal::Offer { sdp: "v=0\r\n".into() },
        },
        ServiceMessage::Still { room: room(), jpeg: "/9j/".into() },
        floor(),
        ServiceMessage::StaffCall { called: true, attended_by: Some("西村 誠".into()) },
        ServiceMessage::StaffCall { called: false, attended_by: None },
        ServiceMessage::Pong { n: 7, now: Millis(1_795_235_400_000) },
        ServiceMessage::Fault { fault: Fault::UnknownMessage, text: "no message is called \"dance\"".into() },
    ]
}

#[test]
fn the_page_has_todays_types() {
    let config = Config::default();
    let mut text =
        String::from("// Generated from src/protocol by its test `the_page_has_todays_types`; not edited by hand.\n");
    macro_rules! declare {
        ($($name:ty),*) => { $(
            text.push_str(&format!("\nexport {}\n", <$name>::decl(&config)));
        )* };
    }
    text.push_str(&format!("\nexport const PROTOCOL = {PROTOCOL};\n"));
    text.push_str(&format!(
        "\nexport const LIMITS = {{ nameChars: {}, textChars: {}, hosts: {}, fileBytes: {}, fileNameChars: {}, extendMinutes: {}, bookingHosts: {}, slotMs: {}, pingEveryMs: {}, silenceMs: {} }} as const;\n",
        limits::NAME_CHARS,
        limits::TEXT_CHARS,
        limits::HOSTS,
        limits::FILE_BYTES,
        limits::FILE_NAME_CHARS,
        limits::EXTEND_MINUTES,
        limits::BOOKING_HOSTS,
        limits::SLOT_MS,
        limits::PING_EVERY_MS,
        limits::SILENCE_MS,
    ));
    text.push_str(&format!(
        "\nexport const CLOSE = {{ faults: {}, hello: {}, version: {}, rate: {}, silent: {}, slow: {}, signedOut: {}, replaced: {}, restart: {}, internal: {} }} as const;\n",
        CloseCode::Faults as u16,
        CloseCode::Hello as u16,
        CloseCode::Version as u16,
        CloseCode::Rate as u16,
        CloseCode::Silent as u16,
        CloseCode::Slow as u16,
        CloseCode::SignedOut as u16,
        CloseCode::Replaced as u16,
        CloseCode::Restart as u16,
        CloseCode::Internal as u16,
    ));
    declare!(
        RoomId,
        ClientId,
        BoothId,
        CompanyId,
        AccountId,
        Seat,
        Millis,
        Locale,
        Localized,
        Peer,
        Codec,
        Signal,
        Slot,
        InterviewKind,
        Reentry,
        NameRule,
        Booking,
        Ring,
        FileId,
        FileCard,
        Ticket,
        TicketRefusal,
        Fallback,
        Device,
        Command,
        ClientMessage,
        CommandId,
        Actor,
        Role,
        LeaveCause,
        EndCause,
        Event,
        Recorded,
        You,
        IceServer,
        HostCard,
        CompanyState,
        Progress,
        RoomSummary,
        BoothState,
        Refusal,
        Fault,
        FloorBooth,
        FloorKnock,
        ServiceMessage,
        SignIn,
        AccountRole,
        Me
    );
    agree("ui/recruiter/src/protocol.ts", &text);
}

#[test]
fn the_samples_are_read_as_they_were_written() {
    fn round<T: Serialize + DeserializeOwned + PartialEq + Debug>(samples: &[T]) -> String {
        for sample in samples {
            let text = serde_json::to_string(sample).expect("a sample becomes JSON");
            assert_eq!(&serde_json::from_str::<T>(&text).expect("and is read again"), sample);
        }
        serde_json::to_string_pretty(samples).expect("samples become JSON") + "\n"
    }
    let (client, service) = (round(&client_samples()), round(&service_samples()));
    agree("src/protocol/samples/client.json", &client);
    agree("src/protocol/samples/service.json", &service);
    // The same again as TypeScript, so that the compiler holds the types against real messages.
    let text = format!(
        "// Generated from src/protocol by its test `the_samples_are_read_as_they_were_written`; not edited by hand.\n\
         import type {{ ClientMessage, ServiceMessage }} from './protocol';\n\n\
         export const client: ClientMessage[] = {client};\nexport const service: ServiceMessage[] = {service};\n"
    );
    agree("ui/recruiter/src/samples.ts", &text.replace("]\n;", "];"));
}

#[test]
fn an_unknown_field_is_ignored_and_an_unknown_message_is_not() {
    let ping: ClientMessage = serde_json::from_str(r#"{"type":"ping","n":1,"later":true}"#).expect("ignored");
    assert_eq!(ping, ClientMessage::Ping { n: 1 });
    let error = serde_json::from_str::<ClientMessage>(r#"{"type":"dance"}"#).expect_err("refused");
    assert!(error.to_string().contains("dance"), "{error}");
}

#[test]
fn a_malformed_id_is_refused_by_name() {
    let error = serde_json::from_str::<ClientMessage>(r#"{"type":"follow","room":"../etc","after":0}"#);
    assert!(error.expect_err("refused").to_string().contains("RoomId"));
}
