//! A candidate without hands: actions from a file or, line by line, from standard input.
//!
//! README.md lists the actions. Each waits until the page on which it makes sense is shown.

mod action;
mod candidate;

pub use action::Action;

use crate::inbox::{Happened, Post};
use crate::status::print;
use anyhow::Context;
use candidate::Candidate;
use engawa_session::view::View;
use serde_json::json;
use std::path::Path;
use tokio::sync::watch;

/// Where the lines come from.
#[derive(Debug)]
pub enum Source {
    /// A file, read and checked before anything begins.
    File(Vec<Action>),
    /// Standard input, as it comes.
    Input,
}

impl Source {
    /// Reads a script whole, or standard input for `-`.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            return Ok(Source::Input);
        }
        let text = std::fs::read_to_string(path).with_context(|| format!("reading the script {}", path.display()))?;
        let lines = text.lines().enumerate().filter(|(_, line)| !is_blank(line));
        let parse =
            |(at, line): (usize, &str)| line.parse().with_context(|| format!("{} line {}", path.display(), at + 1));
        Ok(Source::File(lines.map(parse).collect::<anyhow::Result<_>>()?))
    }
}

/// Plays the script. After the last line the booth stays as it is.
pub async fn play(source: Source, views: watch::Receiver<Option<View>>, post: Post) {
    let mut candidate = Candidate { views, post };
    match source {
        Source::File(actions) => {
            for action in actions {
                if let Err(error) = candidate.act(&action).await {
                    print(&json!({"error": format!("{error:#}")}));
                    return candidate.post.happened(Happened::Stop(2));
                }
            }
        }
        Source::Input => candidate.listen().await,
    }
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty() || line.trim_start().starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_script_is_checked_before_it_begins() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("candidate");
        std::fs::write(&path, "# a candidate\nstart\n\ncompany minato\nname 홍성우\nknock\nwait call 5\nsay 2.5\n")
            .expect("write");
        let Ok(Source::File(actions)) = Source::open(&path) else { panic!("the script is good") };
        assert_eq!(actions.len(), 6);
        assert_eq!(actions[4], Action::Wait("call", Duration::from_secs(5)));
        std::fs::write(&path, "start\nwait for-ever\n").expect("write");
        let error = format!("{:#}", Source::open(&path).expect_err("refused"));
        assert!(error.contains("line 2") && error.contains("out-of-order"), "{error}");
    }

    #[test]
    fn what_an_action_needs_is_named() {
        for (line, word) in [
            ("dance", "dance"),
            ("language fr", "`ko`"),
            ("microphone", "`off`"),
            ("wait call soon", "soon"),
            ("company Minato!", "company"),
            ("name", "name"),
        ] {
            let error = format!("{:#}", line.parse::<Action>().expect_err("refused"));
            assert!(error.contains(word), "{error}");
        }
    }
}
