//! What is known of the machine: told by the updater in a file, or by the image itself.

use crate::inbox::Post;
use engawa_protocol::{Device, limits};
use engawa_session::booth::Input;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Written by the updater at the start and whenever it changes.
pub const TOLD: &str = "/run/engawa-updater/device.json";
/// The image's own word, where no updater has written yet.
const IMAGE: &str = "/etc/os-release";
/// The file is looked at so often.
const LOOK: Duration = Duration::from_secs(5);
/// Longer files are none of ours.
const BYTES: u64 = 16 * 1024;

/// Tells the session what the machine is, and again whenever that changes.
pub async fn watch(told: PathBuf, post: Post) {
    let mut known = Device::default();
    loop {
        let device = read(&told);
        if device != known {
            known = device.clone();
            post.input(Input::Device(device));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Version, slot and last fallback, as far as they are known.
pub fn read(told: &Path) -> Device {
    let from_updater = text(told).and_then(|text| {
        let read = serde_json::from_str::<Device>(&text);
        read.inspect_err(|error| tracing::warn!(%error, "the updater's file is not understood")).ok()
    });
    bounded(from_updater.unwrap_or_else(|| Device {
        version: text(Path::new(IMAGE)).map(|text| image_version(&text)).unwrap_or_default(),
        ..Device::default()
    }))
}

fn text(path: &Path) -> Option<String> {
    let mut text = String::new();
    let mut file = std::fs::File::open(path).ok()?.take(BYTES);
    file.read_to_string(&mut text).ok()?;
    Some(text)
}

/// `IMAGE_VERSION` of os-release(5).
fn image_version(text: &str) -> String {
    let value = text.lines().find_map(|line| line.strip_prefix("IMAGE_VERSION="));
    value.unwrap_or_default().trim_matches(['"', '\'']).to_owned()
}

/// The service refuses what is longer. Faults are the booth's own to tell.
fn bounded(mut device: Device) -> Device {
    let cut = |text: &mut String| *text = text.chars().take(limits::DEVICE_CHARS).collect();
    cut(&mut device.version);
    device.slot.iter_mut().for_each(cut);
    device.fallback.iter_mut().for_each(|fallback| {
        cut(&mut fallback.version);
        cut(&mut fallback.reason);
    });
    Device { faults: None, ..device }
}

#[cfg(test)]
mod tests {
    use super::*;

    // P3
    #[test]
    fn the_updaters_file_is_read_and_bounded() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("device.json");
        let long = "x".repeat(1000);
        let text = format!(
            r#"{{"version":"1.2","slot":"B","faults":["x"],"fallback":{{"version":"1.3","reason":"{long}"}}}}"#
        );
        std::fs::write(&path, text).expect("write");
        let device = read(&path);
        assert_eq!((device.version.as_str(), device.slot.as_deref(), device.faults), ("1.2", Some("B"), None));
        assert_eq!(device.fallback.expect("a fallback").reason.len(), limits::DEVICE_CHARS);
        std::fs::write(&path, "{").expect("write");
        assert_eq!(read(&path).slot, None, "a broken file is as good as none");
    }

    #[test]
    fn without_an_updater_the_image_says_its_version() {
        assert_eq!(image_version("ID=engawa\nIMAGE_VERSION=\"0.1.0\"\nX=1"), "0.1.0");
        assert_eq!(image_version("ID=debian"), "");
    }
}
