//! Compiles ui/booth with its fonts, pictures and translations into the crate.

use slint_build::{CompilerConfiguration, DefaultTranslationContext, EmbedResourcesKind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const UI: &str = "../../ui/booth";
const PO: &str = "LC_MESSAGES/engawa-screen.po";

#[path = "src/words.rs"]
mod words;

fn main() {
    let lang = prepared_translations();
    let config = CompilerConfiguration::new()
        .embed_resources(EmbedResourcesKind::EmbedFiles)
        .with_default_translation_context(DefaultTranslationContext::None)
        .with_bundled_translations(lang)
        .with_debug_info(std::env::var("PROFILE").is_ok_and(|profile| profile == "debug"));
    if let Err(fault) = slint_build::compile_with_config(format!("{UI}/app.slint"), config) {
        // The compiler has printed what is wrong, with file and line.
        eprintln!("{fault}");
        std::process::exit(1);
    }
}

/// Copies the translations, with the Korean words glued together so that lines break at spaces only.
fn prepared_translations() -> PathBuf {
    let from = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join(UI).join("lang");
    let to = Path::new(&std::env::var("OUT_DIR").expect("cargo sets it")).join("lang");
    for language in ["ja", "ko"] {
        let source = from.join(language).join(PO);
        println!("cargo::rerun-if-changed={}", source.display());
        let text = std::fs::read_to_string(&source).unwrap_or_else(|e| panic!("{}: {e}", source.display()));
        let text: String = text.lines().map(|line| prose(line) + "\n").collect();
        let target = to.join(language).join(PO);
        std::fs::create_dir_all(target.parent().expect("it has a folder")).expect("OUT_DIR can be written");
        std::fs::write(&target, text).expect("OUT_DIR can be written");
        // Slint's compiler has cargo watch these; as new as they are, each build would compile the crate again.
        for made in target.ancestors().take(4) {
            let opened = std::fs::File::open(made).expect("it was just made");
            opened.set_modified(SystemTime::UNIX_EPOCH).expect("OUT_DIR can be written");
        }
    }
    to
}

/// Only sentences wrap; short labels stay as they are, so that a screen reader's search finds them.
fn prose(line: &str) -> String {
    let wraps = line.starts_with("msgstr") && (line.contains("\\n") || line.ends_with(".\"") || line.ends_with("?\""));
    if wraps { words::whole(line) } else { line.to_owned() }
}
