//! The binary and its settings: what it says of a file, invitations, and SIGHUP.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a broken expectation is how a test fails"
)]

mod common;

use common::*;
use duologue_core::wire::{ClientMsg, ServerMsg, close};
use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, ChildStderr, Command, Output, Stdio},
};
use tempfile::TempDir;

/// Ends with the test, whatever becomes of it.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// With nothing set but what the test says.
fn duologue() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duologue"));
    command.env_clear();
    command
}

fn run(arguments: &[&str]) -> Output {
    duologue().args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn path(file: &Path) -> &str {
    file.to_str().unwrap()
}

/// A server with this file, where it is, and what it says on stderr from now on.
fn start(arguments: &[&str]) -> (Process, SocketAddr, BufReader<ChildStderr>) {
    let mut command = duologue();
    let command = command
        .args(["--listen", "127.0.0.1:0"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = Process(command.spawn().unwrap());
    let mut line = String::new();
    let mut out = BufReader::new(process.0.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    let (_, address) = line.trim_end().split_once("http://").unwrap();
    let said = BufReader::new(process.0.stderr.take().unwrap());
    (process, address.parse().unwrap(), said)
}

/// Tells the server to read its settings again, and comes back with what it says to that.
fn hang_up(process: &Process, said: &mut BufReader<ChildStderr>) -> String {
    let id = process.0.id().to_string();
    let sent = Command::new("kill").args(["-HUP", &id]).status().unwrap();
    assert!(sent.success());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    line.trim_start_matches("duologue: ").trim_end().to_owned()
}

#[test]
fn a_right_file_is_said_to_be_ok_with_what_it_comes_to_and_no_secret() {
    let folder = TempDir::new().unwrap();
    let (file, password) = (folder.path().join("a.toml"), folder.path().join("word"));
    fs::write(&password, "open sesame\n").unwrap();
    let lines = format!(
        "max-clients = 5\npassword-file = {:?}\nstate = {:?}\nturn = 'turn:a.example?secret=north'\n",
        path(&password),
        path(folder.path())
    );
    fs::write(&file, lines).unwrap();
    for arguments in [
        ["check-config", "--config", path(&file)],
        ["--config", path(&file), "check-config"],
    ] {
        let output = run(&arguments);
        let said = text(&output.stdout);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(
            said.contains("max-clients = \"5\"  # file, line 1\n"),
            "{said}"
        );
        assert!(said.ends_with("OK\n"), "{said}");
        assert!(
            !said.contains("north") && !said.contains("sesame"),
            "{said}"
        );
    }
    // Looking makes nothing.
    assert!(!folder.path().join("invite-key").exists());
}

#[test]
fn a_wrong_file_is_told_with_its_line_and_serves_nobody() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a.toml");
    fs::write(&file, "# mine\nmax-client = 5\n").unwrap();
    let wrong = format!(
        "duologue: {}, line 2: there is no setting max-client; did you mean max-clients?\n",
        file.display()
    );
    for arguments in [vec!["check-config"], vec![]] {
        let mut command = duologue();
        command.env("DUOLOGUE_CONFIG", &file).args(arguments);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(text(&output.stderr), wrong);
    }
    let missing = run(&["check-config", "--config", "/nowhere/a.toml"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("cannot read /nowhere/a.toml"));
    let missing = run(&["check-config", "--password-file", "/nowhere/word"]);
    // Options of a server stand before what else it can do.
    assert_eq!(missing.status.code(), Some(2));
    let missing = run(&["--password-file", "/nowhere/word", "check-config"]);
    assert_eq!(missing.status.code(), Some(1));
}

#[tokio::test]
async fn an_invitation_lets_in_and_its_key_is_the_hosts_alone() {
    let folder = TempDir::new().unwrap();
    let state = path(folder.path());
    let early = run(&["--state", state, "invite"]);
    assert_eq!(early.status.code(), Some(1));
    assert!(text(&early.stderr).contains("there is no key"));

    let (_process, address, _said) = start(&["--state", state, "--invite-only"]);
    let key = folder.path().join("invite-key");
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let link = run(&[
        "--state",
        state,
        "invite",
        "--days",
        "1",
        "--page",
        "https://calls.example.org/",
    ]);
    let link = text(&link.stdout);
    let pass = link
        .trim_end()
        .strip_prefix("https://calls.example.org/#/invite/")
        .unwrap();
    let shown = format!("duologue, pass.{pass}");
    let headers = [("sec-websocket-protocol", shown.as_str())];
    let mut ana = Client::<ServerMsg>::open_with(address, "ws", &headers)
        .await
        .unwrap();
    let (version, token) = (1, token(1));
    ana.say(&ClientMsg::Hello { version, token }).await;
    assert!(matches!(ana.hear().await, ServerMsg::Welcome { .. }));
    let mut ben = Client::open(address).await;
    assert_eq!(ben.closed().await, close::PASS_WANTED);
}

#[tokio::test]
async fn sighup_takes_up_what_it_can_names_what_waits_and_keeps_everybody() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a.toml");
    fs::write(&file, "max-clients = 2\n").unwrap();
    let (process, address, mut said) = start(&["--config", path(&file)]);
    let (mut ana, _) = Client::welcomed(address, 1).await;
    let (mut ben, _) = Client::welcomed(address, 2).await;

    fs::write(
        &file,
        "max-clients = 1\ndirectory = 'off'\nring-seconds = 9\n",
    )
    .unwrap();
    let line = hang_up(&process, &mut said);
    assert_eq!(
        line,
        "the settings were read again; what changed of directory waits for the next start"
    );
    for client in [&mut ana, &mut ben] {
        client.say(&ClientMsg::Ping).await;
        assert_eq!(client.hear().await, ServerMsg::Pong);
    }
    drop(ben);
    let mut cem = Client::open(address).await;
    assert_eq!(cem.closed().await, close::SERVER_FULL);
    let config = http(address, "GET /config.json", &[]).await;
    assert!(text(&config.body).contains(r#""ring_seconds":9"#));

    fs::write(&file, "max-clients = 'none'\nring-seconds = 7\n").unwrap();
    let line = hang_up(&process, &mut said);
    assert!(line.starts_with("nothing was changed: "), "{line}");
    assert!(line.contains("line 1: invalid value 'none'"), "{line}");
    let config = http(address, "GET /config.json", &[]).await;
    assert!(text(&config.body).contains(r#""ring_seconds":9"#));

    fs::write(&file, "max-clients = 3\n").unwrap();
    assert_eq!(hang_up(&process, &mut said), "the settings were read again");
    Client::welcomed(address, 3).await;
}

#[test]
fn no_secret_is_printed_whatever_is_asked_and_however_wrong_it_is() {
    let relay = "turn:a.example?transport=udp&secret=north";
    let nats = "tls://ana:south@nats.example.org:4222";
    let with = |relay: &str, nats: &str, arguments: &[&str]| {
        let mut command = duologue();
        command
            .env("DUOLOGUE_TURN", relay)
            .env("DUOLOGUE_CLUSTER", nats);
        let output = command.args(arguments).output().unwrap();
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(!said.contains("north") && !said.contains("south"), "{said}");
        said
    };
    let said = with(relay, nats, &["check-config"]);
    assert!(
        said.contains("cluster = \"tls://…@nats.example.org:4222\"  # environment"),
        "{said}"
    );
    assert!(said.ends_with("OK\n"), "{said}");
    with(relay, nats, &["--help"]);
    // What is wrong is said all the same.
    let wrong = with(
        "turn:a.example?secret=north&transport=smoke",
        nats,
        &["check-config"],
    );
    assert!(
        wrong.contains("'turn:a.example?secret=…&transport=smoke'"),
        "{wrong}"
    );
    let wrong = with(
        relay,
        "http://ana:south@nats.example.org",
        &["check-config"],
    );
    assert!(wrong.contains("'http://…@nats.example.org'"), "{wrong}");

    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a.toml");
    fs::write(&file, "cluster = 'http://ana:north@nats.example.org'\n").unwrap();
    let output = run(&["check-config", "--config", path(&file)]);
    let wrong = text(&output.stderr);
    assert!(
        wrong.contains("line 1") && !wrong.contains("north"),
        "{wrong}"
    );
}

#[test]
fn a_certificate_that_no_browser_could_be_shown_is_found_before_the_start() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        path(&file).to_owned()
    };
    let make = || rcgen::generate_simple_self_signed(["calls.example".to_owned()]).unwrap();
    let (one, other) = (make(), make());
    let certificate = file("certificate", &one.cert.pem());
    let key = file("key", &one.signing_key.serialize_pem());
    let others = file("other", &other.signing_key.serialize_pem());
    let (rubbish, empty) = (file("rubbish", "rubbish"), file("empty", ""));
    let cut = file("cut", &one.cert.pem().replace("\nM", "\nN"));
    let check = |certificate: &str, key: &str| {
        let output = run(&["--tls", &format!("{certificate},{key}"), "check-config"]);
        (output.status.success(), text(&output.stderr))
    };
    assert_eq!(check(&certificate, &key), (true, String::new()));
    for (certificate, key, why) in [
        (&certificate, &others, "do not go together"),
        (&key, &key, "certificate"),
        (&rubbish, &key, "certificate"),
        (&empty, &key, "certificate"),
        (&cut, &key, "do not go together"),
        (&certificate, &certificate, "is no private key"),
        (&certificate, &rubbish, "is no private key"),
        (&"/nowhere".to_owned(), &key, "cannot read /nowhere"),
    ] {
        let (is_ok, said) = check(certificate, key);
        assert!(!is_ok && said.contains(why), "{certificate} {key}: {said}");
    }
}

/// The user that the unit runs as reads no file of root's: each secret that the server takes from a file has a
/// line by which systemd hands it over, and is named where that puts it.
#[test]
fn the_unit_knows_how_to_hand_over_every_secret() {
    let unit = include_str!("../../../deploy/duologue.service");
    assert!(unit.contains("\nDynamicUser=yes\n"));
    assert!(unit.contains("\nExecReload=kill -HUP $MAINPID\n"));
    let lines =
        |of: &str| -> Vec<&str> { unit.lines().filter_map(|it| it.strip_prefix(of)).collect() };
    let handed = lines("#LoadCredential=");
    let named = lines("#Environment=");
    for (variable, files) in [
        ("DUOLOGUE_PASSWORD_FILE", 1),
        ("DUOLOGUE_INVITE_KEY_FILE", 1),
        ("DUOLOGUE_TURN", 1),
        ("DUOLOGUE_CLUSTER_SECRET_FILE", 1),
        ("DUOLOGUE_CLUSTER_CREDENTIALS", 1),
        ("DUOLOGUE_TLS", 2),
    ] {
        let mut values = named.iter().filter_map(|it| it.split_once('='));
        let (_, value) = values.find(|(name, _)| *name == variable).unwrap();
        let places: Vec<&str> = value.split("%d/").skip(1).collect();
        assert_eq!(places.len(), files, "{variable}");
        for place in places {
            let place = place.trim_end_matches(',');
            let is_it = |it: &&str| it.split_once(':').is_some_and(|(name, _)| name == place);
            assert!(handed.iter().any(is_it), "{place} is handed over by nobody");
        }
    }
    let environment = include_str!("../../../deploy/environment");
    assert!(environment.contains("/run/credentials/duologue.service/"));
}

#[test]
fn help_names_every_option_under_a_heading() {
    let help = text(&run(&["--help"]).stdout);
    for said in [
        "Where it is:",
        "What it offers:",
        "Who may use it:",
        "Limits:",
        "Limits of the relay inside:",
        "Waiting:",
        "Several servers:",
        "--trusted-proxy",
        "--max-rooms",
        "check-config",
        "invite",
        "DUOLOGUE_MAX_CLIENTS",
    ] {
        assert!(help.contains(said), "{said} in {help}");
    }
}
