//! What ARCHITECTURE.md promises about the crates, read from the resolved dependencies.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

type Graph = BTreeMap<String, BTreeSet<String>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests stands in the root")
}

fn metadata() -> Value {
    let answer = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    serde_json::from_slice(&answer.stdout).expect("cargo writes JSON")
}

/// Every crate's dependencies in a build (not those of its tests), by name.
fn graph() -> Graph {
    let metadata = metadata();
    let name = |id: &str| {
        let packages = metadata["packages"].as_array().expect("packages");
        let package = packages.iter().find(|package| package["id"] == id).expect("every id is a package");
        package["name"].as_str().expect("a name").to_owned()
    };
    let nodes = metadata["resolve"]["nodes"].as_array().expect("nodes");
    let in_a_build =
        |dep: &&Value| dep["dep_kinds"].as_array().is_some_and(|kinds| kinds.iter().any(|k| k["kind"].is_null()));
    nodes
        .iter()
        .map(|node| {
            let deps = node["deps"].as_array().expect("deps").iter().filter(in_a_build);
            let deps = deps.map(|dep| name(dep["pkg"].as_str().expect("a package"))).collect();
            (name(node["id"].as_str().expect("an id")), deps)
        })
        .collect()
}

/// A crate and everything below it.
fn below(graph: &Graph, top: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut next = vec![top.to_owned()];
    while let Some(name) = next.pop() {
        if let Some(deps) = graph.get(&name) {
            next.extend(deps.iter().filter(|dep| !all.contains(*dep)).cloned());
            all.extend(deps.iter().cloned());
        }
    }
    all
}

fn ours(graph: &Graph, top: &str) -> BTreeSet<String> {
    below(graph, top).into_iter().filter(|name| name.starts_with("engawa-")).collect()
}

#[test]
fn dependencies_point_one_way() {
    let graph = graph();
    let set = |names: &[&str]| names.iter().map(|name| format!("engawa-{name}")).collect::<BTreeSet<_>>();
    let allowed = [
        ("protocol", set(&[])),
        ("session", set(&["protocol"])),
        ("ledger", set(&["protocol"])),
        ("media", set(&["protocol"])),
        ("screen", set(&["protocol", "session"])),
        ("trust", set(&[])),
        ("panel", set(&["protocol", "session"])),
        ("service", set(&["protocol", "session", "ledger"])),
        ("booth", set(&["protocol", "session", "media", "panel", "screen", "trust"])),
        ("updater", set(&["protocol", "session", "trust"])),
    ];
    for (name, allowed) in allowed {
        let found = ours(&graph, &format!("engawa-{name}"));
        assert!(
            found.is_subset(&allowed),
            "engawa-{name} depends on {:?}",
            found.difference(&allowed).collect::<Vec<_>>()
        );
    }
}

#[test]
fn the_service_never_links_gstreamer_or_slint_and_decisions_know_no_io() {
    let graph = graph();
    let has = |top: &str, word: &str| below(&graph, top).iter().any(|name| name.starts_with(word));
    // Otherwise the absences below would prove nothing.
    assert!(has("engawa-booth", "gstreamer") && has("engawa-booth", "slint") && has("engawa-service", "axum"));
    for word in ["gstreamer", "slint", "i-slint"] {
        assert!(!has("engawa-service", word), "the service links {word}");
    }
    for word in ["tokio", "slint", "gstreamer", "axum", "sled", "rustls"] {
        for name in ["engawa-session", "engawa-protocol"] {
            assert!(!has(name, word), "{name} links {word}");
        }
    }
}

#[test]
fn nothing_comes_from_outside_the_registry() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("a lock file");
    let sources: BTreeSet<_> = lock.lines().filter(|line| line.starts_with("source = ")).collect();
    assert_eq!(sources.len(), 1, "{sources:?}");
    assert!(sources.iter().all(|source| source.contains("crates.io-index")), "{sources:?}");
}

/// Whether an SPDX expression is satisfied by the allowed licences.
fn allows(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<_> = spaced.split_whitespace().collect();
    any(&mut words.as_slice(), allowed)
}

fn any(words: &mut &[&str], allowed: &BTreeSet<&str>) -> bool {
    let mut holds = all(words, allowed);
    while let ["OR", rest @ ..] = *words {
        *words = rest;
        holds |= all(words, allowed);
    }
    holds
}

fn all(words: &mut &[&str], allowed: &BTreeSet<&str>) -> bool {
    let mut holds = one(words, allowed);
    while let ["AND", rest @ ..] = *words {
        *words = rest;
        holds &= one(words, allowed);
    }
    holds
}

fn one(words: &mut &[&str], allowed: &BTreeSet<&str>) -> bool {
    match *words {
        ["(", rest @ ..] => {
            *words = rest;
            let holds = any(words, allowed);
            *words = words.strip_prefix(&[")"]).expect("every parenthesis is closed");
            holds
        }
        [licence, "WITH", exception, rest @ ..] => {
            *words = rest;
            allowed.contains(format!("{licence} WITH {exception}").as_str())
        }
        [licence, rest @ ..] => {
            *words = rest;
            allowed.contains(licence)
        }
        [] => false,
    }
}

#[test]
fn every_licence_is_one_that_may_be_part_of_the_whole() {
    let text = std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml");
    let deny: toml::Table = text.parse().expect("deny.toml is TOML");
    let allowed = deny["licenses"]["allow"].as_array().expect("a list").iter();
    let allowed: BTreeSet<_> = allowed.map(|licence| licence.as_str().expect("a name")).collect();
    let metadata = metadata();
    let resolved = metadata["resolve"]["nodes"].as_array().expect("nodes");
    let resolved: BTreeSet<_> = resolved.iter().map(|node| node["id"].as_str().expect("an id")).collect();
    let packages = metadata["packages"].as_array().expect("packages").iter();
    let refused: Vec<_> = packages
        .filter(|package| resolved.contains(package["id"].as_str().expect("an id")))
        .filter(|package| !package["license"].as_str().is_some_and(|licence| allows(licence, &allowed)))
        .map(|package| format!("{} {}", package["name"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "{refused:?}");
}

#[test]
fn a_licence_that_is_not_in_the_list_is_refused() {
    let allowed = BTreeSet::from(["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"]);
    for good in ["MIT", "AGPL-3.0 OR MIT", "MIT/X", "(X OR MIT) AND Zlib", "Apache-2.0 WITH LLVM-exception"] {
        assert!(allows(good, &allowed), "{good}");
    }
    for bad in ["", "X", "MIT AND X", "(MIT OR Zlib) AND X", "Apache-2.0", "MIT WITH X"] {
        assert!(!allows(bad, &allowed), "{bad}");
    }
}
