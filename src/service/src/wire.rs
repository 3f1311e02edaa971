//! Frames become messages, or a fault with a name.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use engawa_protocol::{ClientMessage, Device, Fault, Signal, Ticket, limits};
use serde_json::{Map, Value};

/// A frame that cannot be taken: what for, and words for the client's log without any content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The kind of fault.
    pub fault: Fault,
    /// Names the message and field.
    pub text: String,
}

fn rejected(fault: Fault, text: impl Into<String>) -> Rejected {
    Rejected { fault, text: text.into() }
}

/// Every message a client may send, with the fields that it must have.
const MESSAGES: [(&str, &[&str]); 11] = [
    ("hello", &["protocol", "client"]),
    ("follow", &["room", "after"]),
    ("unfollow", &["room"]),
    ("command", &["room", "n", "command"]),
    ("signal", &["room", "to", "attempt", "signal"]),
    ("still", &["room", "jpeg"]),
    ("redeem", &["n", "ticket"]),
    ("call_staff", &["on"]),
    ("attend", &["booth", "on"]),
    ("device", &["device"]),
    ("ping", &["n"]),
];
const COMMANDS: [&str; 21] = [
    "knock",
    "cancel_knock",
    "admit",
    "wait",
    "refuse",
    "join",
    "switch",
    "leave",
    "end",
    "say",
    "send_file",
    "delete_post",
    "clear_chat",
    "raise_hand",
    "hold",
    "mute_all",
    "cameras_off",
    "preset",
    "extend",
    "book",
    "cancel_booking",
];
const SIGNALS: [&str; 4] = ["offer", "answer", "candidate", "rebuild"];

/// Reads a frame.
///
/// # Errors
/// The fault, by name.
pub fn parse(text: &str) -> Result<ClientMessage, Rejected> {
    let message = serde_json::from_str(text).map_err(|_| diagnose(text))?;
    check(&message)?;
    Ok(message)
}

fn check(message: &ClientMessage) -> Result<(), Rejected> {
    match message {
        ClientMessage::Signal { signal: Signal::Offer { sdp } | Signal::Answer { sdp }, .. } => {
            if sdp.len() > limits::SDP_BYTES {
                return Err(rejected(Fault::TooLarge, "signal: sdp"));
            }
            // RFC 8866, section 5: a description begins with its version.
            if !(sdp.starts_with("v=0\r\n") || sdp.starts_with("v=0\n")) || sdp.contains('\0') {
                return Err(rejected(Fault::Malformed, "signal: sdp is no session description"));
            }
        }
        ClientMessage::Signal { signal: Signal::Candidate { candidate, .. }, .. } => {
            if candidate.len() > limits::CANDIDATE_BYTES {
                return Err(rejected(Fault::TooLarge, "signal: candidate"));
            }
            if !(candidate.is_empty() || candidate.starts_with("candidate:")) || candidate.contains(char::is_control) {
                return Err(rejected(Fault::Malformed, "signal: candidate is no candidate line"));
            }
        }
        ClientMessage::Still { jpeg, .. } => check_still(jpeg)?,
        ClientMessage::Redeem { ticket: Ticket::Code { code }, .. } if code.chars().count() > limits::CODE_CHARS => {
            return Err(rejected(Fault::TooLarge, "redeem: code"));
        }
        ClientMessage::Redeem { ticket: Ticket::Number { number }, .. }
            if number.len() != limits::NUMBER_DIGITS || !number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            return Err(rejected(Fault::Malformed, "redeem: number is not of four digits"));
        }
        ClientMessage::Device { device } => check_device(device)?,
        _ => {}
    }
    Ok(())
}

fn check_device(device: &Device) -> Result<(), Rejected> {
    let faults = device.faults.as_deref().unwrap_or_default();
    if faults.len() > limits::DEVICE_FAULTS {
        return Err(rejected(Fault::TooLarge, "device: faults"));
    }
    let fallback = device.fallback.iter().flat_map(|fallback| [&fallback.version, &fallback.reason]);
    let mut texts = faults.iter().chain(&device.slot).chain(fallback).chain([&device.version]);
    match texts.any(|text| text.chars().count() > limits::DEVICE_CHARS || text.contains(char::is_control)) {
        true => Err(rejected(Fault::TooLarge, "device: a text is too long or holds control characters")),
        false => Ok(()),
    }
}

fn check_still(jpeg: &str) -> Result<(), Rejected> {
    if jpeg.len() > limits::STILL_BYTES.div_ceil(3) * 4 {
        return Err(rejected(Fault::TooLarge, "still: jpeg"));
    }
    let bytes = BASE64_STANDARD.decode(jpeg).map_err(|_| rejected(Fault::Malformed, "still: jpeg is no base64"))?;
    if bytes.len() > limits::STILL_BYTES {
        return Err(rejected(Fault::TooLarge, "still: jpeg"));
    }
    // ITU-T T.81, B.2.1: start of image, and the next marker.
    if !bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return Err(rejected(Fault::Malformed, "still: jpeg is no JPEG"));
    }
    Ok(())
}

/// Finds out what is wrong with a frame that is no message.
fn diagnose(text: &str) -> Rejected {
    let Ok(Value::Object(frame)) = serde_json::from_str(text) else {
        return rejected(Fault::Malformed, "not a JSON object");
    };
    let Some(name) = name_of(&frame) else {
        return rejected(Fault::Malformed, "type is missing");
    };
    let Some((name, fields)) = MESSAGES.iter().find(|(known, _)| *known == name) else {
        return rejected(Fault::UnknownMessage, "no message of that name");
    };
    if let Some(missing) = fields.iter().find(|field| !frame.contains_key(**field)) {
        return rejected(Fault::Malformed, format!("{name}: {missing} is missing"));
    }
    for (inner, known) in [("command", COMMANDS.as_slice()), ("signal", SIGNALS.as_slice())] {
        let named = frame.get(inner).and_then(Value::as_object).and_then(name_of);
        if *name == inner
            && let Some(named) = named
            && !known.contains(&named)
        {
            return rejected(Fault::UnknownMessage, format!("{name}: no {inner} of that name"));
        }
    }
    rejected(Fault::Malformed, format!("{name}: a field is missing or out of range"))
}

fn name_of(object: &Map<String, Value>) -> Option<&str> {
    object.get("type").and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use engawa_protocol::{
        Booking, Command, InterviewKind, Locale, Millis, NameRule, Peer, Reentry, RoomId, Seat, Slot,
    };

    fn fault(text: &str) -> (Fault, String) {
        let Rejected { fault, text } = parse(text).unwrap_err();
        (fault, text)
    }

    fn room() -> RoomId {
        RoomId::from_random([7; 16])
    }

    fn booking() -> Booking {
        Booking {
            company: "minato".parse().unwrap(),
            kind: InterviewKind::Interview,
            slot: Slot { starts: Millis(1), ends: Millis(2) },
            guest: String::new(),
            locale: None,
            hosts: vec![],
            booth: None,
            reentry: Reentry::NetworkOnly,
            name: NameRule::Required,
        }
    }

    fn signal(signal: Signal) -> String {
        let to = Peer { seat: Seat(1), since: 3 };
        serde_json::to_string(&ClientMessage::Signal { room: room(), to, attempt: 1, signal }).unwrap()
    }

    fn still(bytes: &[u8]) -> String {
        let jpeg = BASE64_STANDARD.encode(bytes);
        serde_json::to_string(&ClientMessage::Still { room: room(), jpeg }).unwrap()
    }

    #[test]
    fn what_is_wrong_is_named_without_its_content() {
        let cases = [
            ("{", Fault::Malformed, "not a JSON object"),
            ("[1]", Fault::Malformed, "not a JSON object"),
            ("{}", Fault::Malformed, "type is missing"),
            (r#"{"type":"secret"}"#, Fault::UnknownMessage, "no message of that name"),
            (r#"{"type":"ping"}"#, Fault::Malformed, "ping: n is missing"),
            (r#"{"type":"ping","n":-1}"#, Fault::Malformed, "ping: a field is missing or out of range"),
            (
                r#"{"type":"follow","room":"secret","after":0}"#,
                Fault::Malformed,
                "follow: a field is missing or out of range",
            ),
        ];
        for (frame, kind, words) in cases {
            assert_eq!(fault(frame), (kind, words.to_owned()), "{frame}");
        }
        let dance = format!(r#"{{"type":"command","room":"{}","n":1,"command":{{"type":"dance"}}}}"#, room());
        assert_eq!(fault(&dance), (Fault::UnknownMessage, "command: no command of that name".to_owned()));
    }

    #[test]
    fn unknown_fields_are_ignored() {
        assert_eq!(parse(r#"{"type":"ping","n":1,"more":true}"#), Ok(ClientMessage::Ping { n: 1 }));
    }

    #[test]
    fn every_part_is_held_to_its_limit() {
        let sdp = |length: usize| format!("v=0\r\n{}", "a".repeat(length - 5));
        assert!(parse(&signal(Signal::Offer { sdp: sdp(limits::SDP_BYTES) })).is_ok());
        assert_eq!(fault(&signal(Signal::Offer { sdp: sdp(limits::SDP_BYTES + 1) })).0, Fault::TooLarge);
        assert_eq!(fault(&signal(Signal::Answer { sdp: "hello".into() })).0, Fault::Malformed);
        let line = |length: usize| format!("candidate:{}", "1".repeat(length - 10));
        let candidate = |candidate| signal(Signal::Candidate { candidate, line: 0 });
        assert!(parse(&candidate(line(limits::CANDIDATE_BYTES))).is_ok());
        assert!(parse(&candidate(String::new())).is_ok());
        assert_eq!(fault(&candidate(line(limits::CANDIDATE_BYTES + 1))).0, Fault::TooLarge);
        assert_eq!(fault(&candidate("candidate:1\n".into())).0, Fault::Malformed);
        let mut jpeg = vec![0; limits::STILL_BYTES];
        jpeg[..3].copy_from_slice(&[0xff, 0xd8, 0xff]);
        assert!(parse(&still(&jpeg)).is_ok());
        jpeg.push(0);
        assert_eq!(fault(&still(&jpeg)).0, Fault::TooLarge);
        assert_eq!(fault(&still(b"GIF89a")), (Fault::Malformed, "still: jpeg is no JPEG".to_owned()));
    }

    /// A message that is added to the protocol is added to the lists here.
    #[test]
    fn the_lists_of_names_hold_every_message() {
        let samples = [
            ClientMessage::Hello { protocol: 1, client: engawa_protocol::ClientId::from_random([1; 16]) },
            ClientMessage::Follow { room: room(), after: 0 },
            ClientMessage::Unfollow { room: room() },
            ClientMessage::Command { room: room(), n: 1, command: Command::Admit, queue: None },
            ClientMessage::Signal {
                room: room(),
                to: Peer { seat: Seat(0), since: 1 },
                attempt: 1,
                signal: Signal::Rebuild,
            },
            ClientMessage::Still { room: room(), jpeg: String::new() },
            ClientMessage::Redeem { n: 1, ticket: Ticket::Number { number: "0427".into() }, take_over: false },
            ClientMessage::CallStaff { on: true },
            ClientMessage::Attend { booth: "a-01".parse().unwrap(), on: true },
            ClientMessage::Device { device: Device::default() },
            ClientMessage::Ping { n: 1 },
        ];
        for (message, (name, fields)) in samples.iter().zip(MESSAGES) {
            // No arm for "any other": a new message does not build until it stands here.
            match message {
                ClientMessage::Hello { .. }
                | ClientMessage::Follow { .. }
                | ClientMessage::Unfollow { .. }
                | ClientMessage::Command { .. }
                | ClientMessage::Signal { .. }
                | ClientMessage::Still { .. }
                | ClientMessage::Redeem { .. }
                | ClientMessage::CallStaff { .. }
                | ClientMessage::Attend { .. }
                | ClientMessage::Device { .. }
                | ClientMessage::Ping { .. } => {}
            }
            let Value::Object(json) = serde_json::to_value(message).unwrap() else { panic!("no object") };
            assert_eq!(name_of(&json), Some(name));
            let optional = usize::from(name == "redeem");
            assert!(fields.iter().all(|field| json.contains_key(*field)), "{name}");
            assert_eq!(json.len(), 1 + fields.len() + optional, "{name}");
        }
        let commands = [
            Command::Knock { company: "minato".parse().unwrap(), name: "a".into(), locale: Locale::Ja },
            Command::CancelKnock,
            Command::Admit,
            Command::Wait { message: String::new() },
            Command::Refuse { message: String::new() },
            Command::Join { receives: vec![], take_over: false },
            Command::Switch { microphone: true, camera: true },
            Command::Leave,
            Command::End,
            Command::Say { text: "a".into() },
            Command::SendFile { file: "0a".repeat(32).parse().unwrap() },
            Command::DeletePost { post: 1 },
            Command::ClearChat,
            Command::RaiseHand { up: true },
            Command::Hold { on: true },
            Command::MuteAll,
            Command::CamerasOff,
            Command::Preset { microphone: true, camera: true, names: true },
            Command::Extend { minutes: 5 },
            Command::Book { booking: booking() },
            Command::CancelBooking,
        ];
        assert_eq!(commands.len(), COMMANDS.len());
        for (command, name) in commands.iter().zip(COMMANDS) {
            assert_eq!(serde_json::to_value(command).unwrap()["type"], name);
        }
    }
}
