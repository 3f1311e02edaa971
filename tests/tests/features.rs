//! Every row of the feature table that works is named above a test that shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rows that the program delivers so far.
const ROWS: [&str; 64] = [
    "W1", "W2", "W3", "W4", "W5", "W7", "W8", "W9", "W10", "W11", "W12", "W13", "W14", "W15", "W16", "W17", "L1", "L2",
    "L3", "L4", "L5", "L12", "L13", "L17", "L18", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "X1", "X2", "X3",
    "X4", "X5", "X6", "X7", "X8", "X9", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9", "E10", "R1", "R2", "R5", "R6",
    "N2", "N4", "S3", "S4", "P1", "P2", "P3", "P6", "P7",
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the project").flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if !["node_modules", "target", "dist", ".git"].iter().any(|skipped| name == *skipped) {
                files(&path, found);
            }
        } else if path.extension().is_some_and(|ending| ["rs", "ts", "sh"].iter().any(|known| ending == *known)) {
            found.push(path);
        }
    }
}

/// Row names in a comment that stands right above a test.
fn rows(text: &str) -> BTreeSet<String> {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let is_test = |line: &str| {
        line.starts_with("#[test]")
            || line.starts_with("#[tokio::test")
            || line.starts_with("test(")
            || line.starts_with("it(")
            // A test in a shell script is a function of several words.
            || line.strip_suffix("() {").is_some_and(|name| name.contains('_') && !name.contains(' '))
    };
    let mut named = BTreeSet::new();
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| is_test(line)) {
        let above = lines[..at].iter().rev().take_while(|line| line.starts_with("//") || line.starts_with('#'));
        let words = above.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric()));
        named.extend(words.filter(|word| ROWS.contains(word)).map(str::to_owned));
    }
    named
}

#[test]
fn every_row_that_works_is_named_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests stands in the root");
    let mut found = Vec::new();
    for folder in ["src", "tests", "ui/recruiter/src"] {
        files(&root.join(folder), &mut found);
    }
    let mut named = BTreeMap::<String, usize>::new();
    for path in found {
        for row in rows(&fs::read_to_string(&path).expect("a source file")) {
            *named.entry(row).or_default() += 1;
        }
    }
    let missing: Vec<_> = ROWS.iter().filter(|row| !named.contains_key(**row)).collect();
    assert!(missing.is_empty(), "no test names {missing:?}");
}

#[test]
fn only_a_comment_right_above_a_test_counts() {
    assert_eq!(rows("// W1, X5\n#[test]\nfn a() {}"), BTreeSet::from(["W1".to_owned(), "X5".to_owned()]));
    assert_eq!(rows("// W1\n\n#[test]\nfn a() {}"), BTreeSet::new());
    assert_eq!(rows("// W1\nfn a() {}"), BTreeSet::new());
    assert_eq!(rows("# W1\na_card_is_written() {"), BTreeSet::from(["W1".to_owned()]));
}
