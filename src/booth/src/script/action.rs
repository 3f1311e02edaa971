//! What one line of a script says.

use anyhow::{Context, anyhow, bail};
use engawa_protocol::limits::NUMBER_DIGITS;
use engawa_protocol::{CompanyId, Locale};
use engawa_session::booth::PIN_DIGITS;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// `wait` without a number waits this long.
const WAIT: Duration = Duration::from_secs(600);
const PAGES: [&str; 14] = [
    "welcome",
    "companies",
    "number",
    "not-open",
    "name",
    "ready",
    "waiting",
    "refused",
    "call",
    "reconnecting",
    "ended",
    "out-of-order",
    "staff-pin",
    "staff-menu",
];

/// One line of a script.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    Language(Locale),
    Start,
    Company(CompanyId),
    Name(String),
    Knock,
    Cancel,
    Wait(&'static str, Duration),
    WaitPicture(Duration),
    Say(Duration),
    Write(String),
    Send(PathBuf),
    Open,
    TakeBack,
    Hand,
    Number(Vec<u8>),
    CallStaff,
    TakeOver,
    Hold(bool),
    Pin(Vec<u8>),
    Check,
    Identify,
    Restart,
    Microphone(bool),
    Camera(bool),
    Noise(bool),
    TestSound,
    Back,
    Leave,
    Ask,
    Stay,
    Return,
    OtherCompanies,
    Finish,
    Seconds,
    Screen(PathBuf),
    Figures,
    Quit,
}

impl FromStr for Action {
    type Err = anyhow::Error;

    fn from_str(line: &str) -> anyhow::Result<Self> {
        let line = line.trim();
        let (verb, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let seconds = |text: &str, default: Duration| match text {
            "" => Ok(default),
            text => text
                .parse::<f64>()
                .ok()
                .filter(|seconds| (0.0..=86_400.0).contains(seconds))
                .map(Duration::from_secs_f64)
                .ok_or_else(|| anyhow!("{text:?} is no number of seconds")),
        };
        let switch = || match rest {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err(anyhow!("{verb} needs `on` or `off`")),
        };
        Ok(match verb {
            "language" => {
                let locale = Locale::ALL.into_iter().find(|locale| locale.tag() == rest);
                Action::Language(locale.context("language needs `ja`, `ko` or `en`")?)
            }
            "start" => Action::Start,
            "company" => Action::Company(rest.parse().context("company needs the company's id")?),
            "name" if rest.is_empty() => bail!("name needs a name"),
            "name" => Action::Name(rest.to_owned()),
            "knock" => Action::Knock,
            "cancel" => Action::Cancel,
            "wait" => {
                let (what, time) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                let time = seconds(time.trim(), WAIT)?;
                match PAGES.into_iter().find(|page| *page == what) {
                    Some(page) => Action::Wait(page, time),
                    None if what == "picture" => Action::WaitPicture(time),
                    None => bail!("wait needs `picture` or one of {}", PAGES.join(", ")),
                }
            }
            "say" => Action::Say(seconds(rest, Duration::from_secs(5))?),
            "write" if rest.is_empty() => bail!("write needs a line of text"),
            "write" => Action::Write(rest.to_owned()),
            "send" if rest.is_empty() => bail!("send needs the path of a file"),
            "send" => Action::Send(rest.into()),
            "open" => Action::Open,
            "take-back" => Action::TakeBack,
            "hand" => Action::Hand,
            "number" => Action::Number(digits(rest, NUMBER_DIGITS).context("number needs four digits")?),
            "call-staff" => Action::CallStaff,
            "hold" => Action::Hold(switch()?),
            "pin" => Action::Pin(digits(rest, PIN_DIGITS).context("pin needs six digits")?),
            "check" => Action::Check,
            "identify" => Action::Identify,
            "restart" => Action::Restart,
            "take-over" => Action::TakeOver,
            "microphone" => Action::Microphone(switch()?),
            "camera" => Action::Camera(switch()?),
            "noise" => Action::Noise(switch()?),
            "sound" => Action::TestSound,
            "back" => Action::Back,
            "leave" => Action::Leave,
            "ask-leave" => Action::Ask,
            "stay" => Action::Stay,
            "return" => Action::Return,
            "other" => Action::OtherCompanies,
            "finish" => Action::Finish,
            "screen" if rest.is_empty() => bail!("screen needs the path of a PNG file"),
            "screen" => Action::Screen(rest.into()),
            "seconds" => Action::Seconds,
            "figures" => Action::Figures,
            "quit" => Action::Quit,
            other => bail!("there is no action {other:?}"),
        })
    }
}

fn digits(text: &str, count: usize) -> Option<Vec<u8>> {
    let digits: Option<Vec<_>> = text.chars().map(|c| c.to_digit(10).map(|digit| digit as u8)).collect();
    digits.filter(|digits| digits.len() == count)
}
