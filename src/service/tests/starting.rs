//! The program's words when it cannot start, and its smaller commands.

mod support;

use engawa_service::config::{Config, Flags, hash};
use engawa_session::room::Policy;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};
use support::process::Process;
use support::servers::Servers;
use support::{House, PASSWORD, config_text};

fn service(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_engawa-service"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that needs no input may be gone already.
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    child.wait_with_output().unwrap()
}

/// What the program says when it does not start with this configuration.
fn refusal(text: &str) -> String {
    let house = House::furnish("", "");
    std::fs::write(house.config_file(), text).unwrap();
    let output = service(&["serve", "--config", house.config_file().to_str().unwrap()], "");
    assert!(!output.status.success());
    assert!(output.stdout.is_empty(), "nothing listens");
    let words = String::from_utf8(output.stderr).unwrap();
    words.replace(house.folder.path().to_str().unwrap(), "DIR")
}

#[test]
fn a_wrong_configuration_is_told_with_its_place_and_a_remedy() {
    let good = config_text("", "");
    let nats = |keys: &str| config_text(&format!("[ledger]\nkind = \"nats\"\n{keys}"), "");
    let cases = [
        (good.replace("listen =", "lisen ="), vec!["service.toml: line 1:", "unknown field `lisen`", "`listen`"]),
        (good.replace("127.0.0.1:0", "8080"), vec!["listen: must be an address and a port"]),
        (good.replace("id = \"minato\"", "id = \"Minato\""), vec!["line ", "CompanyId must be 1 to 32 lower-case"]),
        (good.replace("id = \"hokuto\"", "id = \"minato\""), vec!["\"minato\" is there twice"]),
        (good.replace("\"Autumn\"", "\"Au\\ntumn\""), vec!["event.name.en: must be", "on one line"]),
        (good.replace("ko = \"가을\", ", ""), vec!["line ", "missing field `ko`"]),
        (good.replace("token_sha256 = \"", "token_sha256 = \"x"), vec!["64 hexadecimal digits", "device-token"]),
        (good.replace("data = \"data\"\n", ""), vec!["data: is missing"]),
        (config_text("[ledger]\nkind = \"files\"", ""), vec!["line ", "expected `sled` or `nats`"]),
        (config_text("[ledger]\nkind = \"nats\"", ""), vec!["ledger.servers: is missing", "nats://"]),
        (config_text("[ledger]\nservers = [\"nats://x:1\"]", ""), vec!["ledger: ", "kind = \"nats\""]),
        (nats("servers = [\"x:1\"]"), vec!["ledger.servers: must be addresses", "tls://"]),
        (nats("servers = [\"nats://a:secret@x:1\"]"), vec!["ledger.servers: must not hold a password"]),
        (nats("servers = [\"nats://x:1\"]\nreplicas = 2"), vec!["ledger.replicas: must be 1, 3 or 5"]),
        (nats("servers = [\"nats://x:1\"]\nprefix = \"a b\""), vec!["ledger.prefix: "]),
        (nats("servers = [\"nats://x:1\"]\ntls = { key_file = \"k\" }"), vec!["ledger.tls: ", "certificate_file"]),
        (nats("servers = [\"nats://127.0.0.1:1\"]"), vec!["the ledger cannot be opened", "127.0.0.1:1"]),
        (good.replace("page = \"page\"", "page = \"dist\""), vec!["DIR/dist", "make page", "--page"]),
        (config_text("", "knock = 0"), vec!["policy.knock: must be 1 to 86400 seconds"]),
        (config_text("origins = [\"fair.example\"]", ""), vec!["origins", "https://fair.example"]),
        (config_text("proxies = [\"x\"]", ""), vec!["line ", "invalid IP address"]),
        (config_text("ice_servers = [{ urls = [\"http://x\"] }]", ""), vec!["ice_servers[0]", "stun:"]),
        (good.replace("token_sha256", "token_file"), vec!["token_file", "cannot be read"]),
        ("listen = ".to_owned(), vec!["line 1"]),
    ];
    for (text, wanted) in cases {
        let words = refusal(&text);
        assert!(wanted.iter().all(|wanted| words.contains(wanted)), "{words:?} lacks one of {wanted:?}");
        assert!(!words.contains("panicked") && !words.contains("secret@"), "{words}");
    }
    let missing = service(&["serve", "--config", "/nowhere/service.toml"], "");
    assert!(String::from_utf8(missing.stderr).unwrap().contains("/nowhere/service.toml: cannot be read"));
}

#[test]
fn the_example_holds_every_key_and_the_demos_file_is_right() {
    let house = House::furnish("", "");
    for secret in ["notices.secret", "turn.secret", "a-01.token", "a-02.token"] {
        std::fs::write(house.folder.path().join(secret), secret).unwrap();
    }
    let load = |text: &str| {
        std::fs::write(house.config_file(), text).unwrap();
        Config::load(&house.config_file(), Flags::default()).unwrap()
    };
    let example = include_str!("../example.toml");
    let config = load(example);
    assert_eq!(config.policy, Policy::default(), "the example tells the defaults");
    assert_eq!(config.ice_servers[1].credential.as_deref(), Some("turn.secret"));
    let of_a_file = config.booths.iter().find(|booth| booth.token == hash("a-02.token"));
    assert_eq!(of_a_file.map(|booth| booth.name.as_str()), Some("A-02"));
    // The words for an unknown key list all there are.
    let words = refusal(&example.replace("listen =", "lisen ="));
    let (_, keys) = words.split_once("expected one of ").unwrap();
    for key in keys.trim().split(", ").map(|key| key.trim_matches('`')) {
        assert!(example.contains(&format!("{key} = ")) || example.contains(&format!("[{key}]")), "no {key}");
    }
    let demo = load(include_str!("../../../assets/demo/service.toml"));
    assert_eq!((demo.companies.len(), demo.booths.len()), (12, 1));
}

#[tokio::test]
async fn a_folder_that_another_service_uses_is_told() {
    let house = House::open().await;
    let output = tokio::task::spawn_blocking({
        let config = house.config_file();
        move || service(&["serve", "--config", config.to_str().unwrap()], "")
    });
    let words = String::from_utf8(output.await.unwrap().stderr).unwrap();
    assert!(words.contains("in use by another process"), "{words}");
}

#[tokio::test]
async fn nats_servers_that_want_a_token_get_it_from_its_file() {
    let Some(servers) = Servers::start_with("authorization { token: hunter2 }\n") else { return };
    let ledger = |token: &str| {
        let house = House::furnish(
            &format!(
                "[ledger]\nkind = \"nats\"\nservers = {:?}\nreplicas = 1\ntoken_file = \"nats.token\"",
                servers.addresses
            ),
            "",
        );
        std::fs::write(house.folder.path().join("nats.token"), token).unwrap();
        house
    };
    let house = ledger("hunter2\n");
    let process = Process::start(&house).await;
    assert_eq!(support::web::get(process.address, "/").await.status, 200);
    let house = ledger("hunter3\n");
    let config = house.config_file();
    let words = String::from_utf8(service(&["serve", "--config", config.to_str().unwrap()], "").stderr).unwrap();
    let wanted = ["127.0.0.1:", "the servers refuse who we are", "token_file"];
    assert!(wanted.iter().all(|wanted| words.contains(wanted)) && !words.contains("hunter"), "{words}");
}

#[tokio::test]
async fn an_account_made_on_the_command_line_signs_in() {
    let mut house = House::furnish("", "");
    let config = house.config_file();
    let add = |more: &[&str], input: &str| {
        let mut args = vec!["add-host", "--config", config.to_str().unwrap(), "--account", "takahashi"];
        args.extend(["--name", "高橋 めぐみ", "--title", "採用担当", "--password-file", "-"]);
        args.extend(more);
        service(&args, input)
    };
    let words = |output: Output| String::from_utf8(output.stderr).unwrap();
    assert!(words(add(&["--company", "nobody"], PASSWORD)).contains("has no company \"nobody\""));
    assert!(words(add(&["--company", "minato"], "short\n")).contains("at least 8 characters"));
    assert!(add(&["--company", "minato"], "an older one\n").status.success());
    assert!(words(add(&["--company", "minato"], PASSWORD)).contains("--replace"));
    assert!(add(&["--company", "minato", "--replace"], &format!("{PASSWORD}\nnot this")).status.success());
    house.start().await;
    support::web::sign_in(house.address(), "takahashi").await;
}

#[tokio::test]
async fn a_device_token_is_made_where_the_configuration_looks_for_it() {
    let mut house = House::furnish("", "");
    let text = config_text("", "");
    let (before, rest) = text.split_once("token_sha256 = \"").unwrap();
    let text = format!("{before}token_file = \"a-01.token\"{}", &rest[65..]);
    std::fs::write(house.config_file(), text).unwrap();
    let config = house.config_file();
    let args = ["device-token", "--config", config.to_str().unwrap(), "--booth", "a-01"];
    assert!(service(&args, "").status.success());
    let file = house.folder.path().join("a-01.token");
    let token = std::fs::read_to_string(&file).unwrap();
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!service(&args, "").status.success(), "a token that is in use is not overwritten");
    house.start().await;
    let bearer = format!("Bearer {}", token.trim());
    support::client::open(house.address(), &[("authorization", &bearer)]).await.unwrap();
}

// Each connection is an open file.
#[test]
fn the_service_takes_as_many_open_files_as_it_may_have() {
    let house = House::furnish("", "");
    let mut child = Command::new("prlimit")
        .args(["--nofile=256:1024", "setpriv", "--pdeathsig", "KILL"])
        .args([env!("CARGO_BIN_EXE_engawa-service"), "serve", "--config"])
        .arg(house.config_file())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.starts_with("listening on"), "{line}");
    let files = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    assert_eq!(files.split_whitespace().filter(|word| *word == "1024").count(), 2, "{files}");
}
