//! What the screen shows, as JSON lines on standard output for whoever runs a script, and as PNG.
//!
//! Written only beside a script: the lines hold what the candidate sees, names included.

use anyhow::Context;
use engawa_screen::Picture;
use engawa_session::health::Finding;
use engawa_session::view::{
    Alert, Chat, Countdown, Dialog, DocumentState, End, Lamp, Line, LineBody, LineState, Loss, Notice, NumberRefused,
    Other, PartTile, PinRefused, Screen, Staff, Uplink, View,
};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use tokio::sync::watch;

/// Tells every change of the view.
#[derive(Debug)]
pub struct Status {
    views: Option<watch::Sender<Option<View>>>,
    told: std::cell::RefCell<Value>,
}

impl Status {
    /// The status and the newest view; with `told` false nothing is told.
    pub fn new(told: bool) -> (Self, watch::Receiver<Option<View>>) {
        let (views, newest) = watch::channel(None);
        (Self { views: told.then_some(views), told: Value::Null.into() }, newest)
    }

    /// Tells the view. Seconds and levels go to the script, but make no line of their own.
    pub fn tell(&self, view: &View) {
        let Some(views) = &self.views else { return };
        let line = line(view);
        // Whoever reads the line finds its view, and reads it before what an action makes of that.
        let mut out = std::io::stdout().lock();
        views.send_replace(Some(view.clone()));
        if *self.told.borrow() != line {
            write(&mut out, &line);
            self.told.replace(line);
        }
    }
}

/// Writes one line to standard output, whole. Nobody reading it is no fault.
pub fn print(line: &Value) {
    write(&mut std::io::stdout().lock(), line);
}

fn write(out: &mut std::io::StdoutLock, line: &Value) {
    writeln!(out, "{line}").and_then(|()| out.flush()).ok();
}

/// The page's name as scripts call it.
pub fn page(screen: &Screen) -> &'static str {
    match screen {
        Screen::Welcome => "welcome",
        Screen::Companies { .. } => "companies",
        Screen::Number { .. } => "number",
        Screen::NotOpen { .. } => "not-open",
        Screen::Name { .. } => "name",
        Screen::Ready { .. } => "ready",
        Screen::Waiting { .. } => "waiting",
        Screen::Refused { .. } => "refused",
        Screen::Call { .. } => "call",
        Screen::Reconnecting { .. } => "reconnecting",
        Screen::Ended { .. } => "ended",
        Screen::OutOfOrder { .. } => "out-of-order",
        Screen::StaffPin { .. } => "staff-pin",
        Screen::StaffMenu(_) => "staff-menu",
    }
}

fn line(view: &View) -> Value {
    let mut line = json!({
        "screen": page(&view.screen),
        "locale": view.locale.tag(),
        "online": view.online,
        "awake": view.awake,
        "lamp": match view.lamp {
            Lamp::Free => "free",
            Lamp::Taken => "taken",
            Lamp::Help => "help",
            Lamp::Dark => "dark",
        },
        "staff": match &view.staff {
            Staff::Away => "away",
            Staff::Free => "free",
            Staff::Called => "called",
            Staff::Coming { .. } => "coming",
        },
        "dialog": view.dialog.map(|dialog| match dialog {
            Dialog::Leave { may_return } => json!({"may_return": may_return}),
            Dialog::TakeOver => json!("take-over"),
        }),
        "notice": view.notice.as_ref().map(notice),
        "countdown": view.countdown.map(|countdown| match countdown {
            Countdown::Starts(_) => "starts",
            Countdown::Ends { soon: false, .. } => "ends",
            Countdown::Ends { soon: true, .. } => "ends-soon",
        }),
        "alert": view.alert.map(|alert| match alert {
            Alert::Muted => "muted",
            Alert::SourceLost => "source-lost",
            Alert::ShutterClosed => "shutter-closed",
        }),
        "chat": view.chat.as_ref().map(chat),
        "document": view.document.as_ref().map(|document| match document.state {
            DocumentState::Loading => "loading",
            DocumentState::Here => "here",
            DocumentState::Failed => "failed",
        }),
    });
    let more = match &view.screen {
        Screen::Companies { tiles, page, pages, .. } => {
            let tiles: Vec<_> = tiles
                .iter()
                .map(|tile| json!({"company": tile.company, "here": tile.here, "waiting": tile.waiting, "booked": tile.booked}))
                .collect();
            json!({"tiles": tiles, "page": page, "pages": pages})
        }
        Screen::Name { keyboard, ready } => {
            json!({"text": keyboard.text.clone() + &keyboard.composing, "ready": ready})
        }
        Screen::Ready { name, hosts, devices, ready, can_ask, refused, .. } => json!({
            "name": name, "who": hosts, "hosts": hosts.len(), "ready": ready, "can_ask": can_ask, "refused": refused,
            "microphone": devices.microphone, "camera": devices.camera, "noise": devices.noise,
        }),
        Screen::Waiting { place, note, .. } => {
            json!({"place": place, "note": note.as_ref().map(|note| &note.text)})
        }
        Screen::Refused { note, unanswered, .. } => {
            json!({"note": note.as_ref().map(|note| &note.text), "unanswered": unanswered})
        }
        Screen::Call { name, others, enlarged, devices, held, hand, names, .. } => json!({
            "name": name, "held": held, "hand": hand, "names": names,
            "others": others.iter().map(other).collect::<Vec<_>>(), "enlarged": enlarged,
            "microphone": devices.microphone, "camera": devices.camera, "noise": devices.noise,
        }),
        Screen::Ended { end, may_return, .. } => json!({"may_return": may_return, "end": match end {
            End::Done => "done",
            End::Left => "left",
            End::Lost => "lost",
            End::SlotOver => "slot-over",
            End::Cancelled => "cancelled",
            End::TakenOver => "taken-over",
        }}),
        Screen::OutOfOrder { fault } => json!({"fault": fault}),
        Screen::Number { digits, asking, refused, .. } => {
            json!({"digits": digits.len(), "asking": asking, "refused": refused.map(number_refused)})
        }
        Screen::NotOpen { company, slot, opens, .. } => json!({"company": company, "slot": slot, "opens": opens}),
        Screen::Reconnecting { reason, .. } => json!({"reason": match reason {
            Loss::Line => "line",
            Loss::Booth => "booth",
            Loss::Left => "left",
        }}),
        Screen::StaffPin { typed, refused } => json!({"digits": typed, "refused": refused.map(|refused| match refused {
            PinRefused::Wrong => "wrong",
            PinRefused::Wait { .. } => "wait",
        })}),
        Screen::StaffMenu(menu) => {
            let failed = |tile: &&PartTile| matches!(tile.finding, Some(Finding::Failed { .. }));
            let faults: Vec<_> = menu.tiles.iter().filter(failed).map(|tile| tile.part.name()).collect();
            json!({
                "healthy": menu.healthy, "checking": menu.checking, "faults": faults, "device": menu.device,
                "sounding": menu.sounding, "identifying": menu.identifying, "uplink": menu.uplink.map(uplink),
            })
        }
        Screen::Welcome => json!({}),
    };
    if let (Value::Object(line), Value::Object(more)) = (&mut line, more) {
        line.extend(more);
    }
    line
}

/// The seconds that the page counts: to or in the slot, or until the door opens.
pub fn seconds(view: &View) -> Option<u32> {
    match (&view.screen, view.countdown) {
        (Screen::NotOpen { seconds, .. }, _) => Some(*seconds),
        (_, Some(Countdown::Starts(seconds) | Countdown::Ends { seconds, .. })) => Some(seconds),
        (_, None) => None,
    }
}

fn notice(notice: &Notice) -> Value {
    match notice {
        Notice::EndsSoon => json!({"kind": "ends-soon"}),
        Notice::Extended { ends } => json!({"kind": "extended", "ends": ends}),
        Notice::Silenced { microphone, camera } => {
            json!({"kind": "silenced", "microphone": microphone, "camera": camera})
        }
        Notice::Resumed => json!({"kind": "resumed"}),
        Notice::HandRaised { name } => json!({"kind": "hand-raised", "name": name}),
        Notice::QueueFull => json!({"kind": "queue-full"}),
    }
}

fn uplink(uplink: Uplink) -> &'static str {
    match uplink {
        Uplink::Away => "away",
        Uplink::Ethernet => "ethernet",
        Uplink::Wifi => "wifi",
        Uplink::Mobile => "mobile",
        Uplink::Other => "other",
    }
}

fn number_refused(refused: NumberRefused) -> &'static str {
    match refused {
        NumberRefused::Unknown => "unknown",
        NumberRefused::Expired => "expired",
        NumberRefused::Used => "used",
        NumberRefused::OtherBooth => "other-booth",
        NumberRefused::TooManyTries { .. } => "too-many-tries",
        NumberRefused::Unavailable => "unavailable",
    }
}

fn chat(chat: &Chat) -> Value {
    let waits = |line: &&Line| matches!(line.state, LineState::Waiting | LineState::Sending { .. });
    json!({
        "lines": chat.lines.len(), "unread": chat.unread,
        "deleted": chat.lines.iter().filter(|line| line.body == LineBody::Deleted).count(),
        "waiting": chat.lines.iter().filter(waits).count(),
        "failed": chat.lines.iter().filter(|line| matches!(line.state, LineState::Failed(_))).count(),
    })
}

fn other(other: &Other) -> Value {
    json!({
        "seat": other.seat, "name": other.name, "microphone": other.microphone, "camera": other.camera,
        "picture": other.picture, "lost": other.lost, "hand": other.hand,
    })
}

/// Writes a picture of the screen.
pub fn write_png(path: &Path, picture: &Picture) -> anyhow::Result<()> {
    let file = std::fs::File::create(path).with_context(|| format!("writing {}", path.display()))?;
    let mut encoder = png::Encoder::new(std::io::BufWriter::new(file), picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().context("writing the PNG's head")?;
    writer.write_image_data(&picture.rgba).context("writing the PNG's pixels")?;
    writer.finish().context("finishing the PNG")
}
