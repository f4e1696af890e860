//! `sockscope convert`: what a trace may come as, what tables and jq make of one, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

mod support;

use support::needs::{Need, have};

/// A trace with a call of each awkward kind: without a result, with NULLs, with a structure of several forms.
const TRACE: &str = r#"7     1795242115.106573 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3 <0.000009>
7     1795242115.106836 accept4(3, NULL, NULL, SOCK_CLOEXEC) = -1 EAGAIN (Resource temporarily unavailable) <0.000008>
7     1795242115.106900 fcntl(3, F_GETFD) = 0x1 (flags FD_CLOEXEC) <0.000007>
7     1795242115.107080 setsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=5}, 8) = 0 <0.000007>
7     1795242115.107090 ioctl(3, SIOCGIFINDEX, {ifr_name="lo", ifr_ifindex=1}) = 0 <0.000007>
7     1795242115.107100 ioctl(3, SIOCGIFNAME, {ifr_ifindex=1, ifr_name="lo"}) = 0 <0.000007>
7     1795242115.107200 sendto(3, "a,\"b\"\r\n\377", 7, 0, NULL, 0) = 7 <0.000007>
7     1795242115.107300 sendmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="x", iov_len=1}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 1 <0.000007>
7     1795242115.107400 uname({sysname="Linux", nodename="n", ...}) = 0 <0.000007>
7     1795242115.107500 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=8, si_uid=0, si_status=3, si_utime=0, si_stime=0} ---
7     1795242115.107600 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=9, si_uid=0, si_status=SIGKILL, si_utime=0, si_stime=0} ---
7     1795242115.107650 --- SIGALRM {si_signo=SIGALRM, si_code=SI_KERNEL} ---
7     1795242115.107700 --- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL} ---
7     1795242115.107800 accept(3,  <unfinished ...>) = ?
7     1795242115.107900 +++ killed by SIGTERM +++
"#;

/// A folder with the trace as text and in every form.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        fs::write(files.path("trace.strace"), TRACE).unwrap();
        for form in ["jsonl", "json", "csv"] {
            fs::write(files.path(&format!("trace.{form}")), files.read("trace.strace", form)).unwrap();
        }
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A file of the folder in this format; nothing of it may be unreadable.
    fn read(&self, name: &str, format: &str) -> String {
        let out = convert(self.0.path(), &[name, "--format", format, "--columns", "0"]);
        assert!(out.status.success() && out.stderr.is_empty(), "{name}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    fn line_with(&self, text: &str) -> String {
        let lines = fs::read_to_string(self.path("trace.jsonl")).unwrap();
        lines.lines().find(|line| line.contains(text)).unwrap().to_owned()
    }
}

fn convert(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    command.arg("convert").args(arguments).current_dir(folder).stdin(Stdio::null());
    command.output().unwrap()
}

/// The message of a command that fails.
fn refusal(out: &Output) -> String {
    assert_eq!(out.status.code(), Some(2));
    String::from_utf8(out.stderr.clone()).unwrap()
}

#[test]
fn every_form_holds_everything() {
    let files = Files::new();
    for form in ["strace", "jsonl", "json", "csv"] {
        assert_eq!(files.read(&format!("trace.{form}"), "strace"), TRACE, "{form}");
    }
    let (from_text, from_table) = (files.read("trace.strace", "jsonl"), files.read("trace.csv", "jsonl"));
    assert_eq!(from_text, from_table);
}

#[test]
fn what_a_signal_tells_has_names_and_one_type_a_key() {
    let files = Files::new();
    let exited = files.line_with("CLD_EXITED");
    assert!(exited.contains(r#""si_code":"CLD_EXITED","#) && exited.contains(r#""si_status":3,"#), "{exited}");
    let killed = files.line_with("CLD_KILLED");
    assert!(killed.contains(r#""si_status":null,"si_status_other":{"signal":"SIGKILL","direct":true}"#), "{killed}");
}

#[test]
fn objects_may_be_laid_out_as_jq_does() {
    let files = Files::new();
    let lines = fs::read_to_string(files.path("trace.jsonl")).unwrap();
    let parsed = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let pretty: String = parsed.map(|event| format!("{event:#}\n")).collect();
    fs::write(files.path("pretty"), &pretty).unwrap();
    assert_eq!(files.read("pretty", "strace"), TRACE);
    fs::write(files.path("array"), format!("[\n{}]", pretty.replace("\n}\n{", "\n},\n{"))).unwrap();
    assert_eq!(files.read("array", "strace"), TRACE);
    // A line that was cut is one line's trouble, although an object continues in it.
    let cut = &lines[..lines.len() - 20];
    fs::write(files.path("cut"), cut).unwrap();
    let out = convert(files.0.path(), &["cut"]);
    let stderr = String::from_utf8(out.stderr).unwrap();
    assert!(out.status.success() && stderr.contains("1 lines kept as they are"), "{stderr}");
}

#[test]
fn a_byte_order_mark_does_no_harm() {
    let files = Files::new();
    for name in ["trace.strace", "trace.jsonl", "trace.json", "trace.csv"] {
        let marked = [b"\xef\xbb\xbf".as_slice(), &fs::read(files.path(name)).unwrap()].concat();
        fs::write(files.path("marked"), marked).unwrap();
        assert_eq!(files.read("marked", "strace"), TRACE, "{name}");
    }
}

/// DuckDB gives every line the keys of all, and null to those it has not; in structures, too.
#[test]
fn lines_that_a_table_wrote_are_read() {
    let files = Files::new();
    let lines = fs::read_to_string(files.path("trace.jsonl")).unwrap();
    let mut rows: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    fill(&mut rows.iter_mut().collect::<Vec<_>>());
    let filled: String = rows.iter().map(|row| format!("{row}\n")).collect();
    assert!(filled.contains(r#""si_addr_ptr":null"#) || filled.contains(r#""si_status_other":null"#), "{filled}");
    fs::write(files.path("filled"), filled).unwrap();
    // It cannot distinguish a NULL in a structure with several forms from a missing field.
    assert_eq!(files.read("filled", "strace"), TRACE.replace(", si_addr=NULL", ""));
}

/// Gives all objects the keys of each, and so on inside of them.
fn fill(objects: &mut [&mut serde_json::Value]) {
    let keys: std::collections::BTreeSet<String> =
        objects.iter().filter_map(|object| object.as_object()).flat_map(|object| object.keys().cloned()).collect();
    for key in &keys {
        for object in objects.iter_mut().filter_map(|object| object.as_object_mut()) {
            object.entry(key).or_insert(serde_json::Value::Null);
        }
        let mut inner: Vec<&mut serde_json::Value> =
            objects.iter_mut().filter_map(|object| object.get_mut(key)).filter(|value| value.is_object()).collect();
        fill(&mut inner);
    }
}

/// Where a column has gaps, pandas has no integers.
#[test]
fn whole_numbers_may_be_written_as_doubles() {
    let files = Files::new();
    let lines = fs::read_to_string(files.path("trace.jsonl")).unwrap();
    let doubles = lines.replace(r#""ret":3,"#, r#""ret":3.0,"#).replace(r#""dur_ns":7000"#, r#""dur_ns":7000.0"#);
    assert_ne!(doubles, lines);
    fs::write(files.path("doubles"), doubles).unwrap();
    assert_eq!(files.read("doubles", "strace"), TRACE);
    fs::write(files.path("half"), lines.replace(r#""ret":3,"#, r#""ret":3.5,"#)).unwrap();
    let stderr = String::from_utf8(convert(files.0.path(), &["half"]).stderr).unwrap();
    assert!(stderr.contains("`ret` should be an integer"), "{stderr}");
}

#[test]
fn columns_may_stand_in_any_order() {
    let files = Files::new();
    let table = fs::read(files.path("trace.csv")).unwrap();
    let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_slice());
    // As `to_csv` writes them with an index, and quoted whole, without the text, the last first.
    let mut turned = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    for (at, row) in rows.records().enumerate() {
        let row = row.unwrap();
        let mut cells: Vec<&str> = row.iter().take(21).collect();
        cells.reverse();
        let index = if at == 0 { String::new() } else { at.to_string() };
        cells.insert(0, &index);
        turned.write_record(cells).unwrap();
    }
    fs::write(files.path("turned"), turned.into_inner().unwrap()).unwrap();
    assert_eq!(files.read("turned", "strace"), TRACE);
}

#[test]
fn tables_may_be_put_one_after_the_other() {
    let files = Files::new();
    let table = fs::read_to_string(files.path("trace.csv")).unwrap();
    fs::write(files.path("twice"), table.repeat(2)).unwrap();
    assert_eq!(files.read("twice", "strace"), TRACE.repeat(2));
}

#[test]
fn a_table_is_what_other_readers_of_csv_expect() {
    let files = Files::new();
    let table = fs::read(files.path("trace.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(table.as_slice());
    assert_eq!(rows.headers().unwrap().iter().collect::<Vec<_>>(), sockscope::format::csv::COLUMNS);
    let lines = fs::read_to_string(files.path("trace.jsonl")).unwrap();
    let rows: Vec<_> = rows.records().collect();
    assert!(!rows.is_empty() && rows.len() == lines.lines().count(), "{} rows of\n{lines}", rows.len());
    for (row, line) in rows.into_iter().zip(lines.lines()) {
        let (row, event) = (row.unwrap(), serde_json::from_str::<serde_json::Value>(line).unwrap());
        for (column, cell) in ["syscall", "errno", "type"].iter().zip([&row[6], &row[8], &row[5]]) {
            assert_eq!(cell, event[column].as_str().unwrap_or_default(), "{line}");
        }
        for (column, cell) in ["seq", "dur_ns", "ret"].iter().zip([&row[0], &row[2], &row[7]]) {
            let expected = event[column].as_i64().map_or(String::new(), |n| n.to_string());
            assert_eq!(cell, expected, "{line}");
        }
        if event["type"] == "call" {
            // The same bytes, in the same order.
            assert!(line.contains(&format!("\"args\":{}", &row[19])), "{line}");
        }
    }
}

#[test]
fn what_is_read_is_not_overwritten() {
    let files = Files::new();
    let link = files.path("link");
    std::os::unix::fs::symlink(files.path("trace.strace"), &link).unwrap();
    fs::hard_link(files.path("trace.strace"), files.path("hard")).unwrap();
    for to in ["trace.strace", "link", "hard"] {
        let refused = refusal(&convert(files.0.path(), &["trace.strace", "-o", to]));
        assert!(refused.contains(to) && refused.contains("write to another file"), "{refused}");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    let own = fs::OpenOptions::new().append(true).open(&link).unwrap();
    command.arg("convert").arg("-").stdin(fs::File::open(&link).unwrap()).stdout(own);
    assert!(refusal(&command.output().unwrap()).contains("standard output: refusing to overwrite the input"));
    assert_eq!(fs::read_to_string(files.path("trace.strace")).unwrap(), TRACE);
    // A copy may be replaced.
    fs::copy(files.path("trace.strace"), files.path("copy")).unwrap();
    assert!(convert(files.0.path(), &["trace.strace", "-o", "copy"]).status.success());
}

#[test]
fn packings_that_are_not_read_are_named() {
    let files = Files::new();
    for (front, name, undo) in [
        (&b"BZh91AY"[..], "bzip2", "bzip2 -d"),
        (b"\xfd7zXZ\0\0", "xz", "xz -d"),
        (b"PK\x03\x04\x14", "ZIP", "unzip"),
        (b"\xff\xfe{\0\"\0", "UTF-16", "iconv"),
    ] {
        fs::write(files.path("packed"), front).unwrap();
        let refused = refusal(&convert(files.0.path(), &["packed"]));
        assert!(
            refused.contains("cannot read packed") && refused.contains(name) && refused.contains(undo),
            "{refused}"
        );
    }
}

#[test]
fn a_cause_is_stderr_once() {
    let files = Files::new();
    let missing = refusal(&convert(files.0.path(), &["missing"]));
    assert_eq!(missing, "sockscope: cannot open missing: No such file or directory (os error 2)\n");
    let folder = refusal(&convert(files.0.path(), &["."]));
    assert_eq!(folder, "sockscope: cannot read .: Is a directory (os error 21)\n");
    let full = refusal(&convert(files.0.path(), &["trace.strace", "-o", "/dev/full"]));
    assert_eq!(full.matches("No space left on device").count(), 1, "{full}");
}

#[test]
fn standard_input_may_be_anything_that_a_file_may() {
    let files = Files::new();
    for name in ["trace.strace", "trace.jsonl", "trace.json", "trace.csv"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
        command.args(["convert", "-", "--columns", "0"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(&fs::read(files.path(name)).unwrap()).unwrap();
        assert_eq!(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap(), TRACE, "{name}");
    }
}

/// What another program unpacks from a file of ours.
fn unpacked(path: &Path, packing: &str) -> Option<String> {
    let mut command = match packing {
        ".gz" => Command::new("gunzip"),
        ".zst" if have(Need::Zstd) => Command::new("zstd"),
        ".zst" => return None,
        _ => return Some(fs::read_to_string(path).unwrap()),
    };
    // What is not whole is a failure of theirs.
    let out = command.args(["-dc"]).arg(path).output().unwrap();
    assert!(out.status.success(), "{}: {out:?}", path.display());
    Some(String::from_utf8(out.stdout).unwrap())
}

#[test]
fn what_the_outputs_name_says_is_what_is_written() {
    let files = Files::new();
    for (ending, format) in [
        ("jsonl", "jsonl"),
        ("ndjson", "jsonl"),
        ("json", "json"),
        ("csv", "csv"),
        ("strace", "strace"),
        ("txt", "strace"),
        ("JSONL", "jsonl"),
    ] {
        let expected = files.read("trace.strace", format);
        for packing in ["", ".gz", ".zst"] {
            let name = format!("out.{ending}{packing}");
            let out = convert(files.0.path(), &["trace.strace", "--columns", "0", "-o", &name]);
            assert!(out.status.success(), "{name}: {out:?}");
            if let Some(text) = unpacked(&files.path(&name), packing) {
                assert_eq!(text, expected, "{name}");
            }
            assert_eq!(files.read(&name, "strace"), TRACE, "{name} is read back");
        }
    }
    // The packing is the name's with a format of its own, too.
    let out = convert(files.0.path(), &["trace.strace", "--format", "csv", "-o", "out.gz"]);
    assert!(out.status.success(), "{out:?}");
    assert_eq!(unpacked(&files.path("out.gz"), ".gz").unwrap(), files.read("trace.strace", "csv"));
}

#[test]
fn a_name_that_says_nothing_known_is_refused_before_anything_is_written() {
    let files = Files::new();
    for (name, words) in [
        ("out.xml", ["no format has the ending .xml", ".jsonl, .ndjson", ".gz or .zst", "--format"]),
        ("out.jsonn.gz", ["no format has the ending .jsonn", ".strace", ".csv", "--format"]),
        ("out.jsonl.xz", ["packing as .xz is not supported", ".gz", ".zst", "cannot write out.jsonl.xz"]),
    ] {
        let refused = refusal(&convert(files.0.path(), &["trace.strace", "-o", name]));
        for word in words {
            assert!(refused.contains(word), "{name}: {word}: {refused}");
        }
        for command in [["trace", "-o", name, "true"], ["run", "tcp-hello", "-o", name]] {
            let mut ours = Command::new(env!("CARGO_BIN_EXE_sockscope"));
            let out = ours.args(command).current_dir(files.0.path()).stdin(Stdio::null()).output().unwrap();
            assert_eq!(refusal(&out), refused, "{command:?}");
        }
        assert!(!files.path(name).exists());
    }
    assert!(convert(files.0.path(), &["trace.strace", "--format", "csv", "-o", "out.xml"]).status.success());
}

#[test]
fn the_log_of_a_run_is_packed_as_its_name_says() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, call) in
        [(&["--port", "0", "tcp-hello"][..], "bind"), (&["--port", "1", "tcp-hello", "client"], "connect")]
    {
        let log = folder.path().join("log.jsonl.gz");
        let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
        command.args(["run", "-o"]).arg(&log).args(arguments).current_dir(folder.path());
        let out = command.stdin(Stdio::null()).output().unwrap();
        let text = unpacked(&log, ".gz").unwrap();
        assert!(
            text.contains(&format!("\"syscall\":\"{call}\"")) && text.lines().all(|line| line.starts_with("{\"v\":")),
            "{out:?}{text}"
        );
        fs::remove_file(&log).unwrap();
    }
}

/// Two recorders' traces: a call is in its own when it ended, and by time where it began.
#[test]
fn traces_are_joined_by_the_times_at_which_calls_began() {
    let files = Files::new();
    let server = "7 1795242000.000001 accept(3, NULL, NULL) = 4 <0.000500>\n7 1795242000.000600 recvfrom(4, \"hi\", 9, 0, NULL, NULL) = 2 <0.000010>\n";
    let client = "8 1795242000.000002 connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0 <0.000100>\n8 1795242000.000400 sendto(3, \"hi\", 2, 0, NULL, 0) = 2 <0.000010>\n";
    fs::write(files.path("server.strace"), server).unwrap();
    fs::write(files.path("client.strace"), client).unwrap();
    for name in ["server", "client"] {
        let (text, json) = (format!("{name}.strace"), format!("{name}.jsonl.gz"));
        assert!(convert(files.0.path(), &[&text, "-o", &json]).status.success());
    }
    for [one, other] in [["server.strace", "client.strace"], ["client.jsonl.gz", "server.strace"]] {
        let out = convert(files.0.path(), &[one, other, "--format", "jsonl"]);
        assert!(out.status.success() && out.stderr.is_empty(), "{out:?}");
        let text = String::from_utf8(out.stdout).unwrap();
        let events: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let calls: Vec<_> = events.iter().map(|event| event["syscall"].as_str().unwrap()).collect();
        assert_eq!(calls, ["accept", "connect", "sendto", "recvfrom"]);
        assert!(events.iter().enumerate().all(|(at, event)| event["seq"] == at), "{text}");
    }
    let twice = refusal(&convert(files.0.path(), &["server.strace", "client.strace", "-o", "client.strace"]));
    assert!(twice.contains("refusing to overwrite the input"), "{twice}");
    fs::write(files.path("bare"), "8 close(3) = 0\n").unwrap();
    let undated = refusal(&convert(files.0.path(), &["server.strace", "bare"]));
    assert!(undated.contains("cannot join bare by time") && undated.contains("-ttt"), "{undated}");
    assert!(refusal(&convert(files.0.path(), &["server.strace", "missing"])).contains("cannot open missing"));
}

/// Recorded once, read later: everything that `trace` would have shown.
#[test]
fn what_was_recorded_is_shown_when_it_is_asked_for() {
    let files = Files::new();
    let program =
        "import socket\ns = socket.socket()\ntry:\n    s.connect(('127.0.0.1', 1))\nexcept OSError:\n    pass\n";
    fs::write(files.path("client.py"), program).unwrap();
    let python = support::interpreters::python3();
    let trace = |options: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
        command.arg("trace").args(options).arg(python).arg("client.py").current_dir(files.0.path());
        let out = command.stdin(Stdio::null()).output().unwrap();
        assert!(out.status.success(), "{out:?}");
    };
    let read = |options: &[&str]| {
        let out = convert(files.0.path(), &[&["rec.jsonl"], options].concat());
        assert!(out.status.success() && out.stderr.is_empty(), "{options:?}: {out:?}");
        String::from_utf8(out.stdout).unwrap()
    };
    trace(&["--python", "--state", "--why", "-e", "trace=connect", "-o", "rec.jsonl"]);
    assert!(!read(&[]).contains("client.py"), "as before without the option");
    assert!(read(&["--python"]).contains("  @ client.py:4"), "{}", read(&["--python"]));
    let group = read(&["--group", "python"]);
    assert!(group.lines().any(|line| line.contains("client.py:4") && !line.contains(" = ")), "{group}");
    assert!(
        read(&["--python=full"]).lines().any(|line| line.trim_start().starts_with("> ")),
        "{}",
        read(&["--python=full"])
    );
    assert!(read(&["--state"]).contains("CLOSED") && read(&["--why"]).contains("why: "), "{}", read(&["--state"]));
    assert!(read(&["-X", "raw"]).contains("connect(3, {sa_family=0x2,"), "{}", read(&["-X", "raw"]));
    assert!(read(&["-T", "-N", "-xx"]).contains("sockfd=3") || read(&["-N"]).contains("fd=3"), "{}", read(&["-N"]));
    let clock = read(&["-t"]);
    let second = clock.lines().next().and_then(|line| line.split_whitespace().nth(1)).unwrap_or_default().to_owned();
    assert!(second.len() == 8 && second.matches(':').count() == 2, "{clock}");
    // What was not recorded cannot be shown, which is said.
    trace(&["-e", "trace=connect", "-o", "rec.jsonl"]);
    let out = convert(files.0.path(), &["rec.jsonl", "--python", "--state"]);
    let stderr = String::from_utf8(out.stderr).unwrap();
    for words in ["has no Python lines; record it with `sockscope trace --python`", "no states of sockets"] {
        assert!(stderr.contains(words), "{stderr}");
    }
    let refused = refusal(&convert(files.0.path(), &["rec.jsonl", "--group", "python", "--format", "jsonl"]));
    assert!(refused.contains("--group is for strace's text"), "{refused}");
}

/// On a terminal a bar shows how far a file is, but not among what stands behind a pipe, which may write there too.
#[test]
fn a_bar_is_shown_while_a_file_is_written_and_not_into_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("a.strace");
    fs::write(&trace, "7 close(3) = 0\n".repeat(200_000)).unwrap();
    let says = |to: &[&str], out: Stdio| {
        let terminal = nix::pty::openpty(None, None).unwrap();
        let mut master = fs::File::from(terminal.master);
        let mut child = Command::new(env!("CARGO_BIN_EXE_sockscope"))
            .arg("convert")
            .arg(&trace)
            .args(to)
            .env("TERM", "xterm")
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(terminal.slave)
            .spawn()
            .unwrap();
        let drained = child
            .stdout
            .take()
            .map(|mut out| std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink())));
        let mut said = Vec::new();
        // The end of a terminal that nobody has open any more is an error.
        let _ = std::io::Read::read_to_end(&mut master, &mut said);
        assert!(child.wait().unwrap().success());
        drained.map(|drained| drained.join().unwrap().unwrap());
        String::from_utf8_lossy(&said).into_owned()
    };
    assert_eq!(says(&["--format", "jsonl"], Stdio::piped()), "");
    let bar = says(&["-o", "a.jsonl"], Stdio::null());
    assert!(bar.contains("/2.8"), "{bar:?}");
}
