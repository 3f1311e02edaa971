//! Every text of the booth has its Japanese and its Korean.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A text's context and its English.
type Id = (String, String);

fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/booth")
}

// E9
#[test]
fn every_text_is_translated_and_nothing_else_is() {
    let used = used();
    assert!(used.len() > 60, "only {} texts were found", used.len());
    for language in ["ja", "ko"] {
        let path = ui().join("lang").join(language).join("LC_MESSAGES/engawa-screen.po");
        let translated = translated(&std::fs::read_to_string(&path).expect("the translations can be read"));
        let known: BTreeSet<Id> = translated.keys().cloned().collect();
        let missing: Vec<_> = used.difference(&known).collect();
        let idle: Vec<_> = known.difference(&used).collect();
        assert!(missing.is_empty(), "{language} lacks {missing:?}");
        assert!(idle.is_empty(), "{language} translates what nobody says: {idle:?}");
        for ((_, english), text) in &translated {
            assert!(!text.is_empty(), "{language} has nothing for {english:?}");
            assert_eq!(holes(english), holes(text), "{language} fills {english:?} otherwise");
        }
    }
}

/// The fixed wording of the manuals, letter by letter.
// W5, W10, W11, L12, L17, E7, E8, X2, X4, X5
#[test]
fn the_fixed_words_are_as_they_were_fixed() {
    let read = |language: &str| {
        let path = ui().join("lang").join(language).join("LC_MESSAGES/engawa-screen.po");
        let all = translated(&std::fs::read_to_string(path).expect("the translations can be read"));
        all.into_values().map(|text| text.replace("\\n", " ")).collect::<BTreeSet<String>>()
    };
    let ja = read("ja");
    for words in [
        "周囲の騒音を低減します",
        "管理者はまだ参加していません",
        "参加をリクエストする",
        "管理者の承認をお待ちください",
        "マイクがオフのままです",
        "退出しますか",
        "この機械から、すべて消しました",
        "管理者によって保留中に 設定されました",
        "受付可能時間外です",
        "既に通話画面に接続されています。",
    ] {
        assert!(ja.contains(words), "{words}");
    }
    let ko = read("ko");
    for words in [
        "{}님의 합격을 응원합니다",
        "나가실 경우 재입장이 불가합니다. 그래도 나가시겠습니까?",
        "이 기기에서 모두 지웠습니다",
        "면접 종료 5분전입니다.",
        "면접 시간이 끝났습니다. 종료된 면접은 재진행이 불가하오니 참고하시기 바랍니다.",
    ] {
        assert!(ko.contains(words), "{words}");
    }
}

/// Every `@tr(…)` of the sources.
fn used() -> BTreeSet<Id> {
    let mut found = BTreeSet::new();
    let mut folders = vec![ui()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "slint") {
                let source = std::fs::read_to_string(&path).expect("the source can be read");
                found.extend(source.split("@tr(").skip(1).map(text));
            }
        }
    }
    found
}

/// The context and the English at the start of what follows `@tr(`.
fn text(source: &str) -> Id {
    let (first, rest) = quoted(source).expect("@tr begins with a text");
    match rest.trim_start().strip_prefix("=>") {
        Some(rest) => (first, quoted(rest).expect("a text follows its context").0),
        None => (String::new(), first),
    }
}

/// A quoted text without its quotes, escapes as written, and what follows.
fn quoted(source: &str) -> Option<(String, &str)> {
    let inner = source.trim_start().strip_prefix('"')?;
    let mut escaped = false;
    let end = inner.find(|letter| {
        let ends = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        ends
    })?;
    Some((inner[..end].to_owned(), &inner[end + 1..]))
}

/// The entries of a PO file that has one line a text.
fn translated(po: &str) -> BTreeMap<Id, String> {
    let mut all = BTreeMap::new();
    for entry in po.split("\n\n").skip(1) {
        let line = |start: &str| {
            let rest = entry.lines().find_map(|line| line.strip_prefix(start))?;
            Some(quoted(rest).expect("the text is quoted").0)
        };
        let id = (line("msgctxt ").unwrap_or_default(), line("msgid ").expect("an entry has a text"));
        let text = line("msgstr ").or_else(|| line("msgstr[0] ")).expect("an entry has a translation");
        assert!(all.insert(id.clone(), text).is_none(), "{id:?} stands twice");
    }
    all
}

/// The placeholders of a text, in any order.
fn holes(text: &str) -> Vec<&str> {
    let mut holes: Vec<&str> = text.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
    holes.sort_unstable();
    holes
}
