//! Tries a panel by hand or by script: every input is a line of JSON on standard output, every line of standard input
//! is what to light. `--for SECONDS` ends it; the end of standard input does not.
//!
//! ```text
//! cargo run -p engawa-panel --example try -- '{"adapter": "cdev", "chip": "/dev/gpiochip0"}' [--for 10]
//! {"lamp": "free", "button_lamp": false, "ring": 60, "shutter_indicator": true}
//! ```

use engawa_panel::{Config, Panel};
use engawa_session::panel::{Outputs, PanelInput};
use engawa_session::view::Lamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::error::Error;
use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lights {
    lamp: Colour,
    #[serde(default)]
    button_lamp: bool,
    #[serde(default)]
    ring: u8,
    #[serde(default)]
    shutter_indicator: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Colour {
    Free,
    Taken,
    Help,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let config: Config = serde_json::from_str(&words.next().unwrap_or_else(|| "{}".into()))?;
    let seconds = match (words.next().as_deref(), words.next()) {
        (Some("--for"), Some(seconds)) => seconds.parse()?,
        _ => u64::MAX >> 32,
    };
    let until = Instant::now() + Duration::from_secs(seconds);
    let start = Instant::now();
    let panel = Panel::open(config, move |input| {
        print(&match input {
            PanelInput::Presence(here) => json!({"presence": here}),
            PanelInput::Button { pressed, at } => {
                json!({"button": pressed, "at_ms": at.saturating_duration_since(start).as_millis() as u64})
            }
            PanelInput::Shutter(closed) => json!({"shutter": closed}),
            PanelInput::Failed => json!({"failed": true}),
        });
    })?;
    let (tell, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if tell.send(line).is_err() {
                return;
            }
        }
        // Whoever gives no lights still sees the inputs.
        std::thread::park();
    });
    let mut found = Value::Null;
    while Instant::now() < until {
        let finding = serde_json::to_value(panel.finding())?;
        if finding != found {
            found = finding;
            print(&json!({"panel": found}));
        }
        let Ok(line) = lines.recv_timeout(Duration::from_millis(100)) else { continue };
        match serde_json::from_str(&line) {
            Ok(Lights { lamp, button_lamp, ring, shutter_indicator }) => {
                let lamp = match lamp {
                    Colour::Free => Lamp::Free,
                    Colour::Taken => Lamp::Taken,
                    Colour::Help => Lamp::Help,
                };
                panel.show(Outputs { lamp, button_lamp, ring, shutter_indicator });
                print(&json!({"shown": true}));
            }
            Err(error) => print(&json!({"refused": error.to_string()})),
        }
    }
    Ok(())
}

fn print(line: &Value) {
    let mut out = std::io::stdout().lock();
    // Nobody reading it is no fault.
    writeln!(out, "{line}").and_then(|()| out.flush()).ok();
}
