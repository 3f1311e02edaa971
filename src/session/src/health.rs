//! Whether a booth works (S4): what is looked at, what was found, and what follows.
//!
//! `engawa-booth check`, the staff's screen, the unit that makes an update permanent and the service
//! are all told of one [`Report`].

use serde::{Deserialize, Serialize};

/// What is looked at, in the order in which it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Frames are drawn on the display.
    Screen,
    /// Pictures come from the camera.
    Camera,
    /// Samples come from the microphone.
    Microphone,
    /// The speaker takes samples.
    Speaker,
    /// A call inside the booth, from one webrtcbin to another, passes picture and sound.
    Call,
    /// The service answers.
    Service,
    /// The booth's own disk takes what is written.
    Disk,
    /// Presence sensor, button, lamps.
    Panel,
}

impl Part {
    /// Every part, in order.
    pub const ALL: [Self; 8] = [
        Self::Screen,
        Self::Camera,
        Self::Microphone,
        Self::Speaker,
        Self::Call,
        Self::Service,
        Self::Disk,
        Self::Panel,
    ];

    /// As in JSON and in what the service is told.
    pub fn name(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::Camera => "camera",
            Self::Microphone => "microphone",
            Self::Speaker => "speaker",
            Self::Call => "call",
            Self::Service => "service",
            Self::Disk => "disk",
            Self::Panel => "panel",
        }
    }
}

/// What was found of one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Finding {
    /// It works.
    Good {
        /// What was measured, such as `1280×720 30/s`; may be empty.
        figure: String,
    },
    /// It does not.
    Failed {
        /// What is wrong and what to do, in English: for logs and the table.
        reason: String,
    },
    /// This booth has none, by its configuration.
    Absent,
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Of what.
    pub part: Part,
    /// What was found.
    #[serde(flatten)]
    pub finding: Finding,
}

/// Everything that a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// One a part, in the order of [`Part`].
    pub checks: Vec<Check>,
}

/// Parts without which nobody can be interviewed. A fair whose booths have no panel, or whose panel
/// fails, still holds interviews.
const NEEDED: [Part; 7] =
    [Part::Screen, Part::Camera, Part::Microphone, Part::Speaker, Part::Call, Part::Service, Part::Disk];

impl Report {
    /// Every part that an interview needs was looked at and works.
    pub fn is_healthy(&self) -> bool {
        NEEDED.iter().all(|part| matches!(self.finding(*part), Some(Finding::Good { .. })))
    }

    /// What was found of a part; none when it was not looked at.
    pub fn finding(&self, part: Part) -> Option<&Finding> {
        self.checks.iter().find(|check| check.part == part).map(|check| &check.finding)
    }

    /// The parts that do not work.
    pub fn faults(&self) -> impl Iterator<Item = Part> + '_ {
        self.checks.iter().filter(|check| matches!(check.finding, Finding::Failed { .. })).map(|check| check.part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(failed: Option<Part>) -> Report {
        let finding = |part| match failed == Some(part) {
            true => Finding::Failed { reason: "no frame came".into() },
            false => Finding::Good { figure: String::new() },
        };
        let all = NEEDED.into_iter().chain([Part::Panel]);
        Report { checks: all.map(|part| Check { part, finding: finding(part) }).collect() }
    }

    // S4
    #[test]
    fn each_part_that_an_interview_needs_makes_the_booth_unhealthy() {
        assert!(report(None).is_healthy());
        assert!(NEEDED.iter().all(|part| !report(Some(*part)).is_healthy()));
        assert!(report(Some(Part::Panel)).is_healthy(), "an interview needs no lamp");
    }

    #[test]
    fn what_was_not_looked_at_is_not_healthy() {
        let mut report = report(None);
        report.checks.retain(|check| check.part != Part::Call);
        assert!(!report.is_healthy());
    }
}
