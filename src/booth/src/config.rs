//! The configuration file, and the flags that go before it.

use crate::machine;
use anyhow::{Context, anyhow, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use engawa_booth::access::Access;
use engawa_booth::identity::Identity;
use engawa_booth::service::Service;
use engawa_media as media;
use engawa_panel as panel;
use engawa_protocol::Locale;
use engawa_session::booth::{self, Pin};
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Engawa's booth.
#[derive(Debug, Clone, Parser)]
#[command(name = "engawa-booth", version)]
pub struct Flags {
    /// Something else than running the booth.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The configuration file (TOML).
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Where to show the screen.
    #[arg(long)]
    pub view: Option<View>,
    /// The service, such as `https://fair.example`.
    #[arg(long, value_name = "URL")]
    service: Option<String>,
    /// A file with the booth's device token.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The folder for what must outlive a crash.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A candidate's actions, one a line; `-` reads them from standard input as they come.
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// The socket for programs beside the booth; `booth.sock` in systemd's runtime directory, or none.
    #[arg(long, value_name = "PATH")]
    control: Option<PathBuf>,
    /// The file in which the updater tells version and slot.
    #[arg(long, value_name = "FILE", default_value = machine::TOLD)]
    pub device: PathBuf,
}

/// Something else than running the booth.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Tells whether the booth works; exits with 0 when it does, 1 when not, 2 when that cannot be told.
    Check(CheckFlags),
    /// Trades the one-time token of the booth's card for being known by a key of its own. Exits with 75 when
    /// the service does not answer, to be tried again.
    Enrol,
}

/// How to look.
#[derive(Debug, Clone, Args)]
pub struct CheckFlags {
    /// Print one JSON object instead of a table.
    #[arg(long)]
    pub json: bool,
    /// The running booth's socket.
    #[arg(long, value_name = "PATH", default_value = "/run/engawa/booth.sock")]
    pub control: PathBuf,
    /// The file in which the updater tells version and slot.
    #[arg(long, value_name = "FILE", default_value = machine::TOLD)]
    pub device: PathBuf,
}

impl Flags {
    /// Where programs beside the booth may ask; none where nobody said so.
    pub fn control(&self) -> Option<PathBuf> {
        let runtime = || {
            let folders = std::env::var_os("RUNTIME_DIRECTORY")?;
            // systemd lists them with colons between.
            Some(std::env::split_paths(&folders).next()?.join("booth.sock"))
        };
        self.control.clone().or_else(runtime)
    }
}

/// Where the screen is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// In a window of a desktop.
    Window,
    /// On the display itself (DRM/KMS).
    Kms,
    /// Nowhere; it can be written as a picture.
    Headless,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    service: Option<String>,
    name: Option<String>,
    token_file: Option<PathBuf>,
    identity: Option<PathBuf>,
    ca_file: Option<PathBuf>,
    data: Option<PathBuf>,
    view: Option<View>,
    locale: Locale,
    check_minutes: Option<u32>,
    timezone: Option<String>,
    // Any value: what the parser says of a wrong one would show it.
    staff_pin: Option<toml::Value>,
    video: Video,
    audio: Audio,
    speaker: Speaker,
    media: Media,
    panel: panel::Config,
    sleep_seconds: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Video {
    source: VideoSource,
    device: Option<String>,
    file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum VideoSource {
    #[default]
    Camera,
    Clip,
    Test,
    None,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Audio {
    source: AudioSource,
    device: Option<String>,
    file: Option<PathBuf>,
    hz: f64,
}

impl Default for Audio {
    fn default() -> Self {
        Self { source: AudioSource::default(), device: None, file: None, hz: 1000.0 }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AudioSource {
    #[default]
    Microphone,
    Clip,
    Tone,
    None,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Speaker {
    sink: SpeakerSink,
    device: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SpeakerSink {
    #[default]
    Auto,
    Silent,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Media {
    width: u32,
    height: u32,
    fps: u32,
    bitrate_min: u32,
    bitrate_max: u32,
    encoders: Vec<String>,
    listen_hz: Option<f64>,
}

impl Default for Media {
    fn default() -> Self {
        Self {
            width: 1280,
            height: 720,
            fps: 30,
            bitrate_min: 250_000,
            bitrate_max: 2_000_000,
            encoders: Vec::new(),
            listen_hz: None,
        }
    }
}

/// How the booth proves who it is.
#[derive(Debug)]
enum Secret {
    /// A file with a device token.
    Token(PathBuf),
    /// A folder with a key of its own.
    Identity(PathBuf),
}

/// Everything a booth needs to know, checked.
#[derive(Debug)]
pub struct Config {
    service: String,
    /// Where the screen is shown.
    pub view: View,
    /// The folder for what must outlive a crash.
    pub data: PathBuf,
    name: String,
    secret: Secret,
    ca_file: Option<PathBuf>,
    locale: Locale,
    clip: bool,
    sleep: Option<Duration>,
    check_every: Option<Duration>,
    /// The zone of every time of day on the screen.
    pub timezone: TimeZone,
    staff_pin: Option<Pin>,
    media: media::Config,
    panel: panel::Config,
}

impl Config {
    /// Reads the file, puts the flags over it and checks the whole.
    pub fn load(flags: &Flags) -> anyhow::Result<Self> {
        let (file, base) = match &flags.config {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
                let file = parse(&text).with_context(|| format!("in {}", path.display()))?;
                (file, path.parent().unwrap_or(Path::new("")).to_owned())
            }
            None => (File::default(), PathBuf::new()),
        };
        // Paths in the file are meant from the file's own folder.
        let from_file = |path: &PathBuf| base.join(path);
        let missing = |what: &str, flag: &str| format!("no {what}: set `{what}` in the configuration or give {flag}");
        let service = flags.service.clone().or(file.service.clone()).context(missing("service", "--service URL"))?;
        if !(service.starts_with("http://") || service.starts_with("https://")) {
            bail!("service {service:?} must begin with http:// or https://");
        }
        file.panel.check().context("in the configuration")?;
        let secret = match (&flags.token_file, &file.token_file, &file.identity) {
            (Some(token), ..) => Secret::Token(token.clone()),
            (None, Some(_), Some(_)) => bail!("token_file and identity are two ways to sign in: leave one of them out"),
            (None, Some(token), None) => Secret::Token(from_file(token)),
            (None, None, Some(identity)) => Secret::Identity(from_file(identity)),
            (None, None, None) => bail!("{}, or `identity`", missing("token_file", "--token-file FILE")),
        };
        let data = flags.data.clone().or(file.data.as_ref().map(from_file));
        Ok(Self {
            service: service.trim_end_matches('/').to_owned(),
            view: flags.view.or(file.view).unwrap_or(View::Window),
            secret,
            ca_file: file.ca_file.as_ref().map(from_file),
            data: data.context(missing("data", "--data DIR"))?,
            name: file.name.clone().unwrap_or_default(),
            locale: file.locale,
            check_every: check_every(file.check_minutes)?,
            timezone: timezone(file.timezone.as_deref()),
            staff_pin: staff_pin(file.staff_pin.as_ref())?,
            clip: file.video.source != VideoSource::Camera || file.audio.source != AudioSource::Microphone,
            sleep: file.sleep_seconds.map(sleep).transpose()?,
            media: media_config(&file, &from_file)?,
            panel: file.panel.clone(),
        })
    }

    /// The way to the service.
    pub fn service(&self) -> anyhow::Result<Service> {
        Service::new(&self.service, self.ca_file.as_deref()).with_context(|| format!("service {:?}", self.service))
    }

    /// What the booth bears there.
    pub fn access(&self, service: &Service) -> anyhow::Result<Access> {
        match &self.secret {
            Secret::Token(file) => token(file),
            Secret::Identity(folder) => Ok(Access::by_key(Identity::new(folder), service.clone())),
        }
    }

    /// The booth's own identity.
    pub fn identity(&self) -> anyhow::Result<Identity> {
        match &self.secret {
            Secret::Identity(folder) => Ok(Identity::new(folder)),
            Secret::Token(_) => bail!("a booth with a token_file does not enrol: set `identity` instead"),
        }
    }

    /// What the session is set to.
    pub fn session(&self) -> booth::Config {
        let default = booth::Config::default();
        booth::Config {
            name: self.name.clone(),
            locale: self.locale,
            clip: self.clip,
            sleep: self.sleep.unwrap_or(default.sleep),
            check_every: self.check_every,
            staff_pin: self.staff_pin.clone(),
            ..default
        }
    }

    /// What the media is set to.
    pub fn media(&self) -> media::Config {
        self.media.clone()
    }

    /// What the panel is wired to.
    pub fn panel(&self) -> panel::Config {
        self.panel.clone()
    }
}

/// The settings as they stand in the file.
fn parse(text: &str) -> anyhow::Result<File> {
    toml::from_str(text).map_err(|error| {
        // The error's own form would quote the line, which may hold the PIN.
        let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
        let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        anyhow!("{place}{}", error.message())
    })
}

/// How long nobody has to be seen before the screen goes dark.
fn sleep(seconds: u64) -> anyhow::Result<Duration> {
    if !(5..=86_400).contains(&seconds) {
        bail!("sleep_seconds must be within 5 and 86400");
    }
    Ok(Duration::from_secs(seconds))
}

/// By its name of the IANA's database; the machine's own when none is given, or none that is known: a wrong
/// hour is no reason for a booth not to start.
fn timezone(name: Option<&str>) -> TimeZone {
    let Some(name) = name else { return TimeZone::system() };
    TimeZone::get(name).unwrap_or_else(|_| {
        tracing::error!(timezone = name, "this zone is not known; one is Asia/Tokyo");
        TimeZone::system()
    })
}

/// The staff's PIN; what stands in its place is never shown, a mistyped PIN is one, too.
fn staff_pin(value: Option<&toml::Value>) -> anyhow::Result<Option<Pin>> {
    let pin = |value: &toml::Value| value.as_str().unwrap_or_default().parse().context("staff_pin");
    value.map(pin).transpose()
}

/// How often an empty booth looks at itself; 0 is never.
fn check_every(minutes: Option<u32>) -> anyhow::Result<Option<Duration>> {
    match minutes {
        None => Ok(booth::Config::default().check_every),
        Some(0) => Ok(None),
        Some(minutes @ 1..=1440) => Ok(Some(Duration::from_secs(u64::from(minutes) * 60))),
        Some(_) => bail!("check_minutes must be within 0–1440; 0 looks only when asked to"),
    }
}

fn token(file: &Path) -> anyhow::Result<Access> {
    let path = file.display();
    let token = std::fs::read_to_string(file).with_context(|| format!("reading the token in {path}"))?;
    let token = token.trim();
    if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
        bail!("{path} holds no device token: one line of letters and digits is expected");
    }
    Ok(Access::by_token(token)?)
}

fn media_config(file: &File, from_file: &impl Fn(&PathBuf) -> PathBuf) -> anyhow::Result<media::Config> {
    let clip = |path: &Option<PathBuf>, section: &str| {
        let path = path
            .as_ref()
            .map(from_file)
            .with_context(|| format!("[{section}] source = \"clip\" needs `file`, the path of the clip"))?;
        if !path.is_file() {
            bail!("[{section}] file {} does not exist", path.display());
        }
        Ok(path)
    };
    let video = match file.video.source {
        VideoSource::Camera => media::VideoSource::Camera { device: file.video.device.clone() },
        VideoSource::Clip => media::VideoSource::File(clip(&file.video.file, "video")?),
        VideoSource::Test => media::VideoSource::Test,
        VideoSource::None => media::VideoSource::None,
    };
    let audio = match file.audio.source {
        AudioSource::Microphone => media::AudioSource::Microphone { device: file.audio.device.clone() },
        AudioSource::Clip => media::AudioSource::File(clip(&file.audio.file, "audio")?),
        AudioSource::Tone => media::AudioSource::Tone { hz: file.audio.hz },
        AudioSource::None => media::AudioSource::None,
    };
    let speaker = match file.speaker.sink {
        SpeakerSink::Auto => media::Speaker::Device { device: file.speaker.device.clone() },
        SpeakerSink::Silent => media::Speaker::Silent,
    };
    let Media { width, height, fps, bitrate_min, bitrate_max, encoders, listen_hz } = &file.media;
    if !(160..=1920).contains(width) || !(90..=1920).contains(height) || !(5..=60).contains(fps) {
        bail!("[media] width, height and fps must be within 160–1920, 90–1920 and 5–60");
    }
    if bitrate_min > bitrate_max || *bitrate_min < 50_000 || *bitrate_max > 20_000_000 {
        bail!("[media] bitrate_min and bitrate_max must rise and be within 50000–20000000 bit/s");
    }
    let default = media::Config::default();
    Ok(media::Config {
        video,
        audio,
        speaker,
        width: *width,
        height: *height,
        fps: *fps,
        bitrate: *bitrate_min..=*bitrate_max,
        encoders: if encoders.is_empty() { default.encoders.clone() } else { encoders.clone() },
        listen: *listen_hz,
        ..default
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, flags: &[&str]) -> Result<Config, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("booth.toml");
        std::fs::write(&path, text).expect("write the file");
        let mut words = vec!["engawa-booth", "--config", path.to_str().expect("a plain path")];
        words.extend(flags);
        Config::load(&Flags::parse_from(words)).map_err(|error| format!("{error:#}"))
    }

    const GOOD: &str = "service = \"http://127.0.0.1:1\"\ntoken_file = \"t\"\ndata = \"d\"\n";

    #[test]
    fn flags_go_before_the_file() {
        let config = load(GOOD, &["--service", "https://fair.example/", "--view", "headless"]).expect("good");
        assert_eq!((config.service.as_str(), config.view), ("https://fair.example", View::Headless));
    }

    // P5
    #[test]
    fn a_mistyped_pin_is_not_shown() {
        for wrong in ["1234567", "\"12345a\"", "[123456]"] {
            let error = load(&format!("{GOOD}staff_pin = {wrong}"), &[]).expect_err("refused");
            assert!(error.contains("6 digits"), "{error}");
            assert!(!error.contains("12345"), "{error}");
        }
        let broken = load(&format!("{GOOD}staff_pin = \"123456"), &[]).expect_err("refused");
        assert!(broken.contains("line 4") && !broken.contains("12345"), "{broken}");
        let config = load(&format!("{GOOD}staff_pin = \"012345\""), &[]).expect("good");
        assert_eq!(config.session().staff_pin, "012345".parse().ok());
        assert!(!format!("{config:?}").contains("012345"));
        assert_eq!(load(GOOD, &[]).expect("good").session().staff_pin, None, "without one there is no menu");
    }

    #[test]
    fn times_of_day_are_of_the_zone_that_is_set() {
        let config = load(&format!("{GOOD}timezone = \"Asia/Tokyo\""), &[]).expect("good");
        assert_eq!(config.timezone.iana_name(), Some("Asia/Tokyo"));
        assert_eq!(load(GOOD, &[]).expect("good").timezone, TimeZone::system());
        let unknown = load(&format!("{GOOD}timezone = \"Asia/Edo\""), &[]).expect("good all the same");
        assert_eq!(unknown.timezone, TimeZone::system());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let says = |text: &str, word: &str| {
            let error = load(text, &[]).expect_err("refused");
            assert!(error.contains(word), "{error}");
        };
        says("", "--service URL");
        says("service = \"ftp://x\"\ntoken_file = \"t\"\ndata = \"d\"", "http://");
        says(&format!("{GOOD}colour = 1"), "colour");
        says(&format!("{GOOD}identity = \"i\""), "leave one of them out");
        says("service = \"http://127.0.0.1:1\"\ndata = \"d\"", "`identity`");
        says(&format!("{GOOD}[video]\nsource = \"clip\""), "`file`");
        says(&format!("{GOOD}[video]\nsource = \"clip\"\nfile = \"no.mkv\""), "no.mkv");
        says(&format!("{GOOD}[media]\nbitrate_min = 9000000"), "bitrate_min");
        says(&format!("{GOOD}check_minutes = 2000"), "check_minutes");
        says(&format!("{GOOD}staff_pin = \"12345\""), "staff_pin");
        says(&format!("{GOOD}view = \"wall\""), "wall");
        says(&format!("{GOOD}sleep_seconds = 1"), "sleep_seconds");
        says(&format!("{GOOD}[panel]\nadapter = \"spi\""), "spi");
        says(&format!("{GOOD}[panel]\nbutton = {{ line = 17 }}"), "line 17");
    }
}
