//! The documents' claims, tested by the real command on this kernel.
//!
//! The right verdict depends on the kernel, so these tests check what holds on every kernel: two runs give the same
//! verdicts, every claim of the documents is there, another setting gives another verdict, the JSON has the schema
//! stated here a second time, and nothing is left behind.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;
use sockscope::lang::Language;
use support::interruptible;
use support::needs::{Need, have};

/// The claims found in the documents, and which of the five make them.
const CLAIMS: &[(&str, &[&str])] = &[
    ("port-range", &["004"]),
    ("privileged-ports", &["001", "004"]),
    ("time-wait", &["001"]),
    ("listen-in-use", &["001"]),
    ("listen-unbound", &["001"]),
    ("backlog-established", &["001", "002"]),
    ("backlog-half-open", &["004"]),
    ("syn-backlog", &["001"]),
    ("queue-full-refused", &["001", "002"]),
    ("server-first", &["001"]),
    ("connected-at-accept", &["000", "002"]),
    ("thread-per-connection", &["000"]),
    ("listener-survives", &["000"]),
    ("not-open-at-listen", &["002"]),
    ("name-before-sendto", &["000"]),
    ("promiscuous-recvfrom", &["000"]),
    ("udp-connect", &["000"]),
    ("udp-max", &["000"]),
    ("nonblocking-raises", &["002"]),
    ("connect-ex-code", &["002"]),
    ("send-short", &["002"]),
    ("send-loses", &["004"]),
    ("sendall-recursive", &["002", "004"]),
    ("recv-empty", &["003"]),
    ("recvfrom-address", &["002"]),
    ("timeout-before-connect", &["002"]),
    ("close-disconnects", &["001"]),
    ("socket-is-file", &["000", "001", "002"]),
    ("pf-equals-af", &["001"]),
    ("ip-is-u32", &["000"]),
    ("endpoint-unique", &["002", "003", "004"]),
    ("ports-in-ip", &["003"]),
    ("three-way-handshake", &["001"]),
    ("ack-at-once", &["004"]),
    ("tcp-reliable", &["001", "003", "004"]),
    ("udp-faster", &["004"]),
    ("message-boundaries", &["001"]),
    ("http-short", &["001"]),
    ("ftp-is-transport", &["000"]),
];

/// Claims that change settings or capture segments.
const NEED_NAMESPACE: &[&str] = &[
    "privileged-ports",
    "time-wait",
    "listen-unbound",
    "backlog-established",
    "backlog-half-open",
    "syn-backlog",
    "queue-full-refused",
    "name-before-sendto",
    "three-way-handshake",
    "ack-at-once",
    "tcp-reliable",
    "ports-in-ip",
];

/// The JSON schema, stated a second time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TestedClaim {
    v: u32,
    id: String,
    documents: Vec<String>,

    #[serde(rename = "says")]
    statement: String,
    verdict: Verdict,
    in_force: Option<Verdict>,
    depends_on: Option<String>,
    settings: BTreeMap<String, String>,
    trials: Vec<Trial>,
    evidence: Vec<String>,
    notes: Vec<String>,
    namespace: bool,
    took_ns: u64,
}

#[derive(Debug, Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Confirmed,
    Refuted,
    Depends,
    Undecided,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Trial {
    tried: String,
    seen: String,
    holds: bool,
    in_force: bool,
}

fn sockscope() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    command.arg("claims");
    command
}

fn run(command: &mut Command) -> Output {
    command.output().expect("the command starts")
}

fn read(output: &Output) -> Vec<TestedClaim> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")));
    let claims: Vec<TestedClaim> = lines.collect();
    // Whatever is seen can be said in Chinese; a setting with its value is no language.
    for claim in &claims {
        let trials = claim.trials.iter().flat_map(|trial| [&trial.tried, &trial.seen]);
        for text in trials.chain(&claim.notes).chain([&claim.statement]).chain(&claim.depends_on) {
            let names = !text.contains(' ')
                || text.contains(") = ")
                || text.contains(" = ")
                || !text.contains(char::is_lowercase);
            let calls = text.starts_with("socket(") || text.starts_with("listen(");
            assert!(Language::Chinese.translated(text).is_some() || names || calls, "no template fits {text:?}");
        }
    }
    claims
}

fn tested(args: &[&str]) -> Vec<TestedClaim> {
    let output = run(sockscope().args(["--format", "json"]).args(args));
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    read(&output)
}

/// Runs the command in a namespace in which `script` has been run first. `None`, which is a skip, where this kernel gives
/// no namespaces to this user.
#[track_caller]
fn inside(script: &str, args: &[&str]) -> Option<Output> {
    if !have(Need::Namespaces) {
        return None;
    }
    let script = format!("set -e; {script}; exec \"$@\"");
    let mut command = Command::new("unshare");
    command.args(["-Urn", "sh", "-c", &script, "sh", env!("CARGO_BIN_EXE_sockscope"), "claims", "--format", "json"]);
    Some(run(command.args(args)))
}

/// One claim under a setting that is really in force where the command is called.
#[track_caller]
fn under(setting: &str, value: &str, id: &str) -> Option<TestedClaim> {
    let file = format!("/proc/sys/{}", setting.replace('.', "/"));
    let output = inside(&format!("echo '{value}' > {file}"), &[id])?;
    assert!(output.status.success(), "{setting}={value} {id}: {}", String::from_utf8_lossy(&output.stderr));
    let claim = read(&output).pop().expect("a tested claim");
    assert_eq!(claim.settings.get(setting).map(String::as_str), Some(value), "{id} did not use the setting in force");
    Some(claim)
}

/// What was seen under the settings in force.
fn seen_in_force(claim: &TestedClaim) -> Vec<&str> {
    claim.trials.iter().filter(|trial| trial.in_force).map(|trial| trial.seen.as_str()).collect()
}

#[test]
fn every_claim_is_tested_and_two_runs_agree() {
    let [first, second] = [tested(&[]), tested(&[])];
    let ids = |results: &[TestedClaim]| results.iter().map(|d| d.id.clone()).collect::<BTreeSet<_>>();
    let wanted: BTreeSet<String> = CLAIMS.iter().map(|(id, _)| (*id).to_owned()).collect();
    assert_eq!((ids(&first), ids(&second)), (wanted.clone(), wanted));
    let namespaces = have(Need::Namespaces);
    for (one, two) in first.iter().zip(&second) {
        assert_eq!((&one.id, one.verdict, one.in_force), (&two.id, two.verdict, two.in_force), "{one:#?}\n{two:#?}");
        let documents = CLAIMS.iter().find(|(id, _)| *id == one.id).unwrap().1;
        assert_eq!(one.documents, documents, "{}", one.id);
        assert!(one.v == 1 && one.took_ns > 0 && !one.statement.is_empty());
        if namespaces {
            assert_ne!(one.verdict, Verdict::Undecided, "{one:#?}");
            assert!(one.namespace, "{}", one.id);
        }
        if one.verdict == Verdict::Undecided {
            assert!(!one.notes.is_empty(), "{} has no reason", one.id);
            continue;
        }
        assert!(!one.evidence.is_empty() && !one.trials.is_empty(), "{one:#?}");
        assert_eq!(one.depends_on.is_some(), one.verdict == Verdict::Depends, "{}", one.id);
        let held = one.trials.iter().filter(|trial| trial.holds).count();
        let follows = match (held, one.trials.len() - held) {
            (_, 0) => Verdict::Confirmed,
            (0, _) => Verdict::Refuted,
            _ => Verdict::Depends,
        };
        assert_eq!(one.verdict, follows, "{}", one.id);
        assert!(one.trials.iter().all(|trial| !trial.tried.is_empty() && !trial.seen.is_empty()), "{one:#?}");
    }
}

#[test]
fn evidence_is_strace_text_of_the_calls_made() {
    let claim = tested(&["recvfrom-address"]).pop().unwrap();
    let [udp, tcp, peer] = &claim.evidence[..] else { panic!("{claim:#?}") };
    for line in [udp, tcp] {
        assert!(line.starts_with("recvfrom(") && line.contains("\"hello\"") && line.ends_with(" = 5"), "{line}");
    }
    assert!(udp.contains("{sa_family=AF_INET, ") && udp.contains("inet_addr(\"127.0.0.1\")"), "{udp}");
    assert!(tcp.contains("[16 => 0]"), "{tcp}");
    assert!(peer.starts_with("getpeername(") && peer.ends_with(" = 0"), "{peer}");
}

#[test]
fn the_first_unprivileged_port_decides_who_may_have_80() {
    const NAME: &str = "net.ipv4.ip_unprivileged_port_start";
    let Some(usual) = under(NAME, "1024", "privileged-ports") else { return };
    assert_eq!(usual.in_force, Some(Verdict::Confirmed), "{usual:#?}");
    let open = under(NAME, "0", "privileged-ports").unwrap();
    assert_eq!(open.in_force, Some(Verdict::Refuted), "{open:#?}");
    let moved = under(NAME, "443", "privileged-ports").unwrap();
    assert_eq!(seen_in_force(&moved), ["EACCES for 1, 80; bind succeeds for 443, 1023, 1024"]);
}

#[test]
fn syncookies_decide_what_limits_half_open_connections() {
    const NAME: &str = "net.ipv4.tcp_syncookies";
    let Some(without) = under(NAME, "0", "syn-backlog") else { return };
    assert_eq!(without.in_force, Some(Verdict::Confirmed), "{without:#?}");
    for value in ["1", "2"] {
        assert_eq!(under(NAME, value, "syn-backlog").unwrap().in_force, Some(Verdict::Refuted), "{value}");
    }
    let [stored, cookies] = ["0", "2"].map(|value| under(NAME, value, "backlog-half-open").unwrap());
    assert_ne!(seen_in_force(&stored), seen_in_force(&cookies));
    assert_eq!(seen_in_force(&cookies), ["0 half-open connections (SYN_RECV)"]);
}

#[test]
fn abort_on_overflow_decides_whether_a_late_client_is_reset() {
    const NAME: &str = "net.ipv4.tcp_abort_on_overflow";
    let Some(silent) = under(NAME, "0", "queue-full-refused") else { return };
    let abort = under(NAME, "1", "queue-full-refused").unwrap();

    let seen = seen_in_force(&silent);
    assert!(!seen.is_empty() && seen.iter().all(|seen| !seen.contains("ECONNRESET")), "{silent:#?}");
    assert!(seen_in_force(&abort).iter().any(|seen| seen.contains("ECONNRESET")), "{abort:#?}");
}

#[test]
fn somaxconn_cuts_the_backlog() {
    const NAME: &str = "net.core.somaxconn";
    let Some(usual) = under(NAME, "4096", "backlog-established") else { return };
    let small = under(NAME, "1", "backlog-established").unwrap();
    assert_ne!(seen_in_force(&usual), seen_in_force(&small));
    assert_eq!(seen_in_force(&usual).last(), Some(&"6 established connections wait"));
    assert_eq!(seen_in_force(&small).last(), Some(&"2 established connections wait"));
}

#[test]
fn without_room_for_time_wait_an_address_is_free_at_once() {
    const NAME: &str = "net.ipv4.tcp_max_tw_buckets";
    let Some(usual) = under(NAME, "4096", "time-wait") else { return };
    assert_eq!(usual.in_force, Some(Verdict::Confirmed), "{usual:#?}");
    assert_eq!(under(NAME, "0", "time-wait").unwrap().in_force, Some(Verdict::Refuted));
}

#[test]
fn the_local_port_range_is_used() {
    const NAME: &str = "net.ipv4.ip_local_port_range";
    for id in ["listen-unbound", "name-before-sendto"] {
        let Some(claim) = under(NAME, "20000 20099", id) else { return };
        assert_eq!(claim.in_force, Some(Verdict::Confirmed), "{claim:#?}");
        assert!(claim.trials.iter().any(|trial| trial.in_force && trial.tried.contains("20000 20099")), "{claim:#?}");
        assert!(claim.evidence.iter().any(|line| line.contains("htons(200")), "{claim:#?}");
    }
}

#[test]
fn a_setting_can_be_tried_without_being_in_force() {
    if !have(Need::Namespaces) {
        return;
    }
    const NAME: &str = "net.ipv4.ip_unprivileged_port_start";
    let before = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap();
    let open = tested(&["privileged-ports", "--set", &format!("{NAME}=0")]).pop().unwrap();
    assert_eq!(open.in_force, Some(Verdict::Refuted));
    assert_eq!(std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap(), before);
    let bad = run(sockscope().args(["time-wait", "--set", "kernel.hostname=x"]));
    assert_eq!(bad.status.code(), Some(2));
}

#[test]
fn without_namespaces_the_rest_runs_and_the_others_give_the_reason() {
    let none =
        "echo 0 > /proc/sys/user/max_user_namespaces; echo 0 > /proc/sys/user/max_net_namespaces; ip link set lo up";
    let Some(output) = inside(none, &[]) else { return };
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    for claim in read(&output) {
        let needs = NEED_NAMESPACE.contains(&claim.id.as_str());
        assert_eq!(claim.verdict == Verdict::Undecided, needs, "{claim:#?}");
        assert!(!claim.namespace);
        let notes = claim.notes.join(" ");
        assert!(notes.contains("namespace"), "{claim:#?}");
        assert!(!needs || complaint.contains(&claim.id), "{} is not among: {complaint}", claim.id);
    }
}

#[test]
fn an_unknown_claim_gets_a_suggestion() {
    let output = run(sockscope().arg("time-wiat"));
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("time-wiat") && error.contains("did you mean 'time-wait'?"), "{error}");
    assert!(output.stdout.is_empty());
}

#[test]
fn traces_are_written_as_json_and_as_text() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(sockscope().args(["udp-connect", "-o"]).arg(folder.path()));
    assert!(output.status.success());
    let lines = |ending: &str| {
        let path = folder.path().join(format!("udp-connect.{ending}"));
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let (json, text) = (lines("jsonl"), lines("strace"));
    assert_eq!(json.lines().count(), text.lines().count());
    for (number, line) in json.lines().enumerate() {
        let event = sockscope::json::read(line).unwrap();
        assert_eq!(event.seq, number as u64);
    }
    assert!(text.contains("EDESTADDRREQ") && text.contains("connect("), "{text}");
    // The table of one claim shows its evidence, which is part of the trace.
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("connect(") && shown.contains("document 000"), "{shown}");
}

#[test]
fn markdown_has_every_claim_asked_for() {
    let output = run(sockscope().args(["--format", "markdown", "port-range", "udp-max"]));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("| claim | document |"), "{text}");
    for id in ["port-range", "udp-max"] {
        assert!(text.contains(&format!("\n## {id}\n")), "{text}");
    }
    assert!(text.contains("```\n"), "{text}");
}

#[test]
fn claims_are_in_chinese_in_every_format() {
    let shown = |args: &[&str], locale: &str| {
        let output = run(sockscope().args(args).args(["port-range", "privileged-ports"]).env("LC_ALL", locale));
        String::from_utf8(output.stdout).unwrap()
    };
    let english = regex::Regex::new("[a-z]+ [a-z]+ [a-z]+ [a-z]+").unwrap();
    for format in ["table", "markdown", "json"] {
        let text = shown(&["--format", format, "--lang", "zh"], "C");
        let words = text.replace("OverflowError: bind(): port must be 0-65535.", "");
        assert!(!english.is_match(&words), "{:?} in {text}", english.find(&words));
        assert!(text.contains("端口"), "{text}");
    }
    let page = shown(&["--format", "markdown"], "zh_CN.UTF-8");
    assert!(
        page.starts_with("| 说法 | 文档 | 内容 | 判定 |\n|---|---|---|---|\n| [port-range](#port-range) | 004 | "),
        "{page}"
    );
    // Other programs read JSON, wherever they run.
    assert!(shown(&["--format", "json"], "zh_CN.UTF-8").contains("\"says\":\"a port number is 0 – 65536\""));
}

/// How many processes have this mark in their environment.
fn marked(mark: &str) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let environments = processes.filter_map(|entry| std::fs::read(entry.path().join("environ")).ok());
    environments.filter(|bytes| bytes.windows(mark.len()).any(|window| window == mark.as_bytes())).count()
}

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < deadline, "timed out waiting for {what}");
        std::thread::yield_now();
    }
}

/// Tests all claims with a mark in the environment, and sends `signal` once the first is tested.
fn interrupted_by(signal: nix::sys::signal::Signal, mark: &str, folder: &Path) -> Output {
    let (name, value) = mark.split_once('=').unwrap();
    let mut command = interruptible(env!("CARGO_BIN_EXE_sockscope"));
    command.args(["claims", "--format", "json", "-o"]).arg(folder).env(name, value);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for("the first trace", || folder.join("port-range.strace").exists());
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(child.id() as i32), signal).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn ctrl_c_shows_what_was_tested_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mark = format!("SOCKSCOPE_CLAIMS_INT={}", std::process::id());
    let output = interrupted_by(nix::sys::signal::Signal::SIGINT, &mark, folder.path());
    assert_eq!(output.status.code(), Some(2));
    let results = read(&output);
    assert!((1..CLAIMS.len()).contains(&results.len()), "{}", results.len());
    assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted"));
    assert_eq!(marked(&mark), 0);
}

#[test]
fn a_killed_command_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mark = format!("SOCKSCOPE_CLAIMS_KILL={}", std::process::id());
    interrupted_by(nix::sys::signal::Signal::SIGKILL, &mark, folder.path());
    wait_for("the end of the experiment", || marked(&mark) == 0);
}
