//! JSON lines, read by others than their writer: our reader, JSON Schema, types of this file's own, DuckDB and pandas.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/arbitrary.rs"]
mod arbitrary;
#[path = "json/fields.rs"]
mod fields;
#[path = "support/netlink.rs"]
mod netlink;
#[path = "json/readers.rs"]
mod readers;
mod support;
#[path = "json/values.rs"]
mod values;

use std::sync::{Arc, LazyLock};

use arbitrary::with;
use proptest::prelude::*;
use sockscope::event::{Body, Call, Errno, Event, Exit, PythonFrame, PythonStack, Ret, Signal};
use sockscope::internals::decode::{self, Context, Limits};
use sockscope::internals::value::layout;
use sockscope::internals::xlat;
use sockscope::json;
use sockscope::memory::Lent;
use sockscope::syscall;
use sockscope::value::{Const, Fd, FdTarget, Length, Record, SockAddr, SocketTarget, Timeout, UnixName, Value};

static SCHEMA: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::validator_for(&json::schema()).expect("our schema is a schema"));

fn event_at(seq: u64, ts_ns: u64, (pid, tid): (u32, u32), body: Body) -> Event {
    let mut event = Event::new(pid, body);
    (event.seq, event.ts_ns, event.tid) = (seq, ts_ns, tid);
    event
}

fn line(event: &Event) -> String {
    let mut out = Vec::new();
    json::write(event, &mut out);
    String::from_utf8(out).expect("a line is UTF-8")
}

/// What every reader must agree on.
fn check(event: &Event) -> Result<(), TestCaseError> {
    let line = line(event);
    prop_assert_eq!(line.matches('\n').count(), 1, "one line: {}", line);
    let back = json::read(&line).map_err(|e| TestCaseError::fail(format!("{e}\n{line}")))?;
    prop_assert_eq!(&back, event, "{}", line);
    // What equality leaves out (times, names of descriptors, `via`) is in the line, so it must come back too.
    prop_assert_eq!(self::line(&back), line.clone());
    let json: serde_json::Value = serde_json::from_str(&line).expect("a line is JSON");
    if let Err(error) = SCHEMA.validate(&json) {
        return Err(TestCaseError::fail(format!("{error} at {}\n{line}", error.instance_path())));
    }
    fields::read(&line).map_err(|e| TestCaseError::fail(format!("{e}\n{line}")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_events_survive_all_readers(event in arbitrary::event()) {
        check(&event)?;
    }

    /// Netlink messages: typed as far as they are known, whole or cut off.
    #[test]
    fn netlink_messages_survive_all_readers(
        bytes in netlink::buffer(),
        protocol in proptest::sample::select(vec![Some(0u64), None, Some(4), Some(16)]),
    ) {
        let names = netlink::Netlink(protocol);
        let cx = Context { limits: Limits::default(), names: &names };
        let lent = [(0x1000, bytes.as_slice())];
        let regs = [3, 0x1000, bytes.len() as u64, 0, 0, 0];
        let call = decode::enter(syscall::by_name("sendto").unwrap(), regs, &Lent::new(&lent), &cx);
        let call = call.exit(Ret::Ok(0), &Lent::new(&lent), &cx);
        let mut sent = event_at(1, 2, (3, 4), Body::Call(call));
        sent.prefix = None;
        check(&sent)?;
    }

    #[test]
    fn values_of_every_kind_survive(value in arbitrary::open()) {
        check(&event_of("getsockopt", vec![
            Value::Fd(Fd::new(3)),
            Value::Const(Const { table: &xlat::socket::SOL, raw: 1 }),
            Value::Const(Const { table: &xlat::sockopt::SO, raw: 0xdead }),
            value,
            Value::Length(Length { entry: 4, exit: None }),
        ], Ret::Ok(0)))?;
    }

    #[test]
    fn a_value_of_another_kind_than_promised_survives(value in arbitrary::open()) {
        // At a place for a descriptor, an address, a list and a structure.
        check(&event_of("close", vec![value.clone()], Ret::Unfinished))?;
        let fd = Value::Fd(Fd::new(3));
        check(&event_of("connect", vec![fd.clone(), value.clone(), Value::Int(16)], Ret::Ok(0)))?;
        check(&event_of("poll", vec![value.clone(), Value::Uint(1), Value::Int(-1)], Ret::Ok(0)))?;
        check(&event_of("epoll_ctl", vec![fd.clone(), value.clone(), fd, value], Ret::Ok(0)))?;
    }

    #[test]
    fn no_line_makes_the_reader_panic(event in arbitrary::event(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let line = line(&event);
        for end in (0..line.trim_end().len()).filter(|end| line.is_char_boundary(*end)) {
            prop_assert!(json::read(&line[..end]).is_err(), "{}", &line[..end]);
        }
        let mut bytes = line.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = json::read(&String::from_utf8_lossy(&bytes));
    }
}

fn event_of(name: &str, args: Vec<Value>, ret: Ret) -> Event {
    let sys = syscall::by_name(name).expect("a call of the table");
    let mut call = Call::new(sys, args, ret);
    call.dur_ns = Some(41_200);
    event_at(12, 1764, (7, 7), Body::Call(call))
}

fn inet(port: u16) -> Value {
    Value::SockAddr(SockAddr::Inet { port, ip: [127, 0, 0, 1].into() })
}

/// A value is octets of any kind; the field determines whether they are a hardware address or should be zero.
#[test]
fn octets_have_the_tag_of_their_field() {
    let request = Record::read(&layout::PACKET_MREQ, &[1, 0, 0, 0, 0, 0, 6, 0, 2, 3, 4, 5, 6, 7, 0, 0]);
    let vsock = SockAddr::from_bytes(&[40, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0]);
    let args = vec![Value::Fd(Fd::new(3)), Value::SockAddr(vsock), Value::Int(16)];
    for (event, expected) in [
        (event_of("bind", args, Ret::Ok(0)), r#""svm_zero":{"cut":"01:00:00"}"#),
        (
            event_of("fcntl", vec![Value::Fd(Fd::new(3)), Value::Int(1), Value::Record(request)], Ret::Ok(0)),
            r#""mr_address":{"mac":"02:03:04:05:06:07:00:00","direct":true}"#,
        ),
    ] {
        assert!(line(&event).contains(expected), "{}", line(&event));
        let back = json::read(&line(&event)).unwrap();
        assert_eq!(back, event);
        assert_eq!(line(&back), line(&event));
    }
}

#[test]
fn a_refused_connection() {
    let protocol = Some("TCP".into());
    let socket = FdTarget::Socket(SocketTarget { protocol, inode: Some(5), ..SocketTarget::default() });
    let event = event_of(
        "connect",
        vec![Value::Fd(Fd { raw: 3, target: Some(Arc::new(socket)) }), inet(8080), Value::Int(16)],
        Ret::Err(Errno(libc::ECONNREFUSED)),
    );
    assert_eq!(
        line(&event),
        concat!(
            r#"{"v":1,"seq":12,"ts_ns":1764,"pid":7,"tid":7,"type":"call","syscall":"connect","#,
            r#""args":{"sockfd":3,"sockfd_target":"TCP:[5]","#,
            r#""addr":{"family":"AF_INET","ip":"127.0.0.1","port":8080},"addrlen":16},"#,
            r#""ret":-1,"errno":"ECONNREFUSED","dur_ns":41200}"#,
            "\n"
        )
    );
    check(&event).unwrap();
}

#[test]
fn restarts_and_calls_without_an_end_return_nothing() {
    for (ret, expected) in [
        (Ret::Unfinished, r#""ret":null,"errno":null,"#),
        (Ret::Err(Errno(512)), r#""ret":null,"errno":"#),
        (Ret::Err(Errno(-3)), r#""ret":-1,"errno":"0xfffffffd","#),
    ] {
        let event = event_of("accept", vec![Value::Fd(Fd::new(3))], ret);
        check(&event).unwrap();
        assert!(line(&event).contains(expected), "{}", line(&event));
    }
}

#[test]
fn an_event_of_every_type() {
    let mut with_info = Signal::new(40);
    with_info.info = Some(Record::read(&layout::LINGER, &[0; 8]));
    for body in [
        Body::Signal(Signal::new(libc::SIGPIPE as u32)),
        Body::Signal(with_info),
        Body::Stopped { signal: libc::SIGSTOP as u32 },
        Body::Exit(Exit::Status(-1)),
        Body::Exit(Exit::Killed { signal: 9, core: true }),
        Body::Note("half a line \u{1b}[31m".into()),
    ] {
        check(&event_at(u64::MAX, u64::MAX, (u32::MAX, 0), body)).unwrap();
    }
}

#[test]
fn an_array_is_the_lines_between_brackets() {
    let events =
        [event_of("close", vec![Value::Fd(Fd::new(3))], Ret::Ok(0)), event_of("close", vec![], Ret::Unfinished)];
    for count in 0..=2 {
        let mut out = Vec::new();
        json::write_array(&events[..count], &mut out).unwrap();
        let array: Vec<serde_json::Value> = serde_json::from_slice(&out).unwrap();
        let back: Vec<_> = array.iter().map(|element| json::read(&element.to_string()).unwrap()).collect();
        assert_eq!(back, events[..count]);
    }
}

#[test]
fn what_is_not_an_event_is_reported_in_a_sentence() {
    for (text, expected) in [
        ("", "not JSON: EOF while parsing a value at line 1 column 0"),
        ("[]", "`the line` should be an object"),
        (r#"{"v":2}"#, "version 2 of the event format is not supported; try a newer sockscope"),
        (r#"{"v":1}"#, "the key `seq` is missing"),
        (r#"{"v":1,"seq":0,"ts_ns":0,"pid":1,"tid":1,"type":"party"}"#, "no type of event is called `party`"),
        (r#"{"v":1,"seq":0,"ts_ns":0,"pid":-1,"tid":1,"type":"x"}"#, "`pid` should be a non-negative integer"),
    ] {
        assert_eq!(json::read(text).unwrap_err().to_string(), expected);
    }
}

#[test]
fn what_is_not_in_the_schema_is_refused() {
    let good = event_of("connect", vec![Value::Fd(Fd::new(3)), inet(80), Value::Int(16)], Ret::Ok(0));
    let good = line(&good);
    for (from, to) in [
        ("\"port\":80", "\"port\":\"80\""),
        ("\"port\":80", "\"port\":65536"),
        ("\"port\":80", "\"port\":80,\"sin_zero\":\"\""),
        ("\"sockfd\":3", "\"sockfd\":\"3\""),
        ("\"sockfd\":3", "\"fdsock\":3"),
        ("\"addrlen\":16", "\"addrlen\":16.5"),
        ("\"tid\":7,", ""),
        ("\"ret\":0", "\"ret\":\"?\""),
        ("\"v\":1", "\"v\":1,\"colour\":\"red\""),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from} is not in {good}");
        assert!(!SCHEMA.is_valid(&serde_json::from_str(&bad).unwrap()), "the schema takes {bad}");
        assert!(fields::read(&bad).is_err(), "the second statement takes {bad}");
    }
    assert!(SCHEMA.is_valid(&serde_json::from_str(&good).unwrap()) && fields::read(&good).is_ok());
}

#[test]
fn keys_of_a_later_version_do_no_harm() {
    let line = r#"{"why":{"pid":4},"v":1,"seq":0,"ts_ns":0,"pid":1,"tid":1,"type":"exit","status":3,"python":[]}"#;
    assert_eq!(json::read(line).unwrap().body, Body::Exit(Exit::Status(3)));
}

/// A trace in which every key of interest to a data tool is there, and null in other rows.
fn rows() -> Vec<u8> {
    let mut out = Vec::new();
    let fd = || Value::Fd(Fd::new(3));
    let unix = Value::SockAddr(SockAddr::Unix(UnixName::Path(b"/tmp/s".to_vec())));
    let time = Record { layout: &layout::TIMEVAL, fields: vec![Value::Int(1), Value::Int(5)], cut: None };
    for event in [
        event_of("connect", vec![fd(), inet(8080), Value::Int(16)], Ret::Err(Errno(libc::ECONNREFUSED))),
        event_of("connect", vec![fd(), unix, Value::Int(9)], Ret::Ok(0)),
        event_of("connect", vec![fd(), Value::Pointer(7), Value::Int(16)], Ret::Unfinished),
        event_of("poll", vec![Value::Pointer(0), Value::Uint(0), Value::Int(250)], Ret::Ok(0)),
        event_of(
            "select",
            vec![
                Value::Int(0),
                Value::Pointer(0),
                Value::Pointer(0),
                Value::Pointer(0),
                Value::Timeout(Box::new(Timeout { entry: time, left: None })),
            ],
            Ret::Ok(0),
        ),
        event_at(5, 9, (7, 7), Body::Exit(Exit::Status(0))),
    ] {
        json::write(&event, &mut out);
    }
    out
}

#[test]
fn a_stack_that_many_calls_share_is_written_whole_each_time() {
    let frame = |line: u32| {
        let (file, source, function) = ("a.py", Some("s.listen(5)".into()), "f");
        Arc::new(with!(PythonFrame::new(file, Some(line), function) => { source }))
    };
    let stacks =
        [1, 2].map(|line| Arc::new(with!(PythonStack::new(vec![frame(line), frame(9)]) => { truncated: line == 2 })));
    let mut writer = json::LineWriter::default();
    let (mut together, mut apart) = (Vec::new(), Vec::new());
    for seq in 0..2000 {
        let mut call =
            Call::new(syscall::by_name("listen").unwrap(), vec![Value::Fd(Fd::new(3)), Value::Int(5)], Ret::Ok(0));
        // Every third call has a stack of its own, whose address is used again after it.
        call.python = Some(match seq % 3 {
            2 => Arc::new(PythonStack::new(vec![frame(seq as u32)])),
            at => stacks[at as usize].clone(),
        });
        let event = event_at(seq, 0, (1, 1), Body::Call(call));
        writer.event(&event, &mut together);
        json::write(&event, &mut apart);
    }
    assert!(together == apart, "the lines of one writer differ from lines written one by one");
}

#[test]
fn duckdb_and_pandas_see_typed_columns() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace.jsonl");
    std::fs::write(&file, rows()).unwrap();
    let Some(answer) = readers::ask(include_str!("json/columns.py"), &file) else { return };
    let expected = [
        "duckdb args.addr.port integer [8080]",
        "duckdb args.addr.path VARCHAR ['/tmp/s']",
        "duckdb args.addr_ptr VARCHAR ['0x7']",
        "duckdb args.timeout_ms integer [250]",
        "duckdb args.timeout.tv_usec integer [5]",
        "duckdb ret integer [-1, 0, 0, 0]",
        "duckdb errno VARCHAR ['ECONNREFUSED']",
        "duckdb untyped []",
        "pandas args.addr.port Int64 [8080]",
        "pandas args.timeout_ms Int64 [250]",
        "pandas ret Int64 [-1, 0, 0, 0]",
        "pandas untyped []",
    ];
    assert_eq!(answer.lines().collect::<Vec<_>>(), expected);
}

/// Every recorded case of every program, as the command wrote it.
#[test]
fn the_recorded_traces_are_in_the_schema() {
    let traces = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("traces");
    let mut lines = 0;
    for program in std::fs::read_dir(traces).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        for file in std::fs::read_dir(program.path()).unwrap().flatten() {
            if file.path().extension().is_some_and(|ending| ending == "jsonl") {
                for line in std::fs::read_to_string(file.path()).unwrap().lines() {
                    check(&json::read(line).unwrap())
                        .unwrap_or_else(|error| panic!("{}: {error}", file.path().display()));
                    lines += 1;
                }
            }
        }
    }
    assert!(lines > 500, "{lines} lines");
}

/// What the command prints is the schema that the repository keeps.
#[test]
fn the_command_prints_the_schema() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_sockscope")).arg("schema").output().unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    let kept = include_str!("../src/json/schema.json");
    let differs = printed.lines().zip(kept.lines()).position(|(left, right)| left != right);
    assert!(printed == kept, "it is not src/json/schema.json; the first line that differs: {differs:?}");
}

/// Every field of the evidence filled: what the types of the library hold, the schema and the other reader know too.
#[test]
fn a_cause_and_all_its_evidence() {
    use sockscope::event::{
        Action, Cause, Child, Earlier, Endpoint, Evidence, FileFacts, Interface, Owner, ProcessFacts, Relation, Sysctl,
        Why,
    };
    let text = || Some("\u{1b}\"x".to_owned());
    let (yes, number) = (Some(true), Some(1));
    let endpoint = |relation| {
        with!(Endpoint::default() => {
            relation,
            protocol: "tcp".into(),
            kind: text(),
            local: text(),
            peer: text(),
            state: text(),
            recv_queue: number,
            send_queue: number,
            backlog: number,
            timer_ms: number,
            reuse_address: yes,
            reuse_port: yes,
            broadcast: yes,
            nonblocking: yes,
            recv_timeout_ms: number,
            send_timeout_ms: number,
            send_buffer: number,
            recv_buffer: number,
            mtu: number,
            dont_fragment: yes,
            user_timeout_ms: number,
            keepalive: yes,
            keepalive_idle_s: number,
            keepalive_probes: number,
            rtt_us: number,
            retransmissions: number,
            probes: number,
            unanswered: number,
            v6_only: yes,
            syn_retries: number,
            inode: number,
            uid: Some(0),
            owners: vec![with!(Owner::default() => { pid: 7, command: "python3 s.py".into(), role: Some("server of chat".into()), fd: 3 })],
        })
    };
    let relations = [
        Relation::Own,
        Relation::Listener,
        Relation::Bound,
        Relation::Peer,
        Relation::Holder,
        Relation::OtherAddress,
        Relation::OtherFamily,
        Relation::OtherProtocol,
        Relation::OtherNamespace,
        Relation::OtherPort,
        Relation::Watched,
        Relation::Wakeup,
    ];
    let actions = [
        Action::Made,
        Action::Bound,
        Action::BoundOther,
        Action::ListenedOther,
        Action::Listened,
        Action::Connected,
        Action::BeganToConnect,
        Action::Accepted,
        Action::ShutDown,
        Action::ShutDownReading,
        Action::Closed,
        Action::PeerClosed,
        Action::MadeNonblocking,
        Action::Failed,
        Action::BeganTls,
        Action::SawEnd,
        Action::Opened,
        Action::Replaced,
        Action::Reaped,
        Action::WaitedInVain,
    ];
    let earlier = |did| {
        with!(Earlier::default() => {
            role: Some("server".into()),
            did,
            seq: 1,
            ts_ns: 2,
            pid: 3,
            tid: 4,
            call: "close(3) = 0".into(),
            line: text(),
            bytes: number,
            times: number,
        })
    };
    let evidence = with!(Evidence::default() => {
        live: true,
        searched: true,
        descriptor: Some(3),
        filters: vec!["table ip t, chain o: policy drop".into()],
        socket: Some(endpoint(Relation::Own)),
        sockets: relations.into_iter().map(endpoint).collect(),
        process: Some(with!(ProcessFacts::default() => {
            pid: 7,
            uid: 0,
            threads: number,
            waiting_threads: number,
            children: vec![with!(Child::default() => { pid: 8, command: "sleep 1".into() })],
            ignores_children: yes,
            capabilities: vec!["CAP_NET_RAW".into()],
            open_files: 9,
            open_sockets: 8,
            file_limit: number,
            file_limit_hard: number,
        })),
        settings: vec![with!(Sysctl::default() => { name: "net.ipv4.x".into(), value: "1 2".into() })],
        addresses: vec!["127.0.0.1".into()],
        interfaces: vec![with!(Interface::default() => { name: "lo".into(), up: false })],
        routes: vec!["10.0.0.0/8 dev lo".into()],
        protocols: vec!["TCP".into()],
        file: Some(with!(FileFacts::default() => { path: "/s".into(), kind: "socket".into(), mode: text(), uid: Some(0) })),
        ports_used: number,
        owners_hidden: true,
        earlier: actions.into_iter().map(earlier).collect(),
    });
    let cause = with!(Cause::default() => { cause: "never-open".into(), text: "It \n is.".into(), advice: "Do.".into(), times: 2 });
    for why in [with!(Why::default() => { cause: Some(cause), evidence }), Why::default()] {
        let mut event = event_of("close", vec![Value::Fd(Fd::new(3))], Ret::Err(Errno(libc::EBADF)));
        let Body::Call(call) = &mut event.body else { unreachable!() };
        call.why = Some(Box::new(why.clone()));
        check(&event).unwrap();
        let Body::Call(back) = json::read(&line(&event)).unwrap().body else { unreachable!() };
        assert_eq!(back.why.as_deref(), Some(&why), "equality of events leaves it out, so it is compared here");
    }
    let broken = line(&event_of("close", vec![], Ret::Ok(0))).replace("\"dur_ns\"", "\"why\":[1],\"dur_ns\"");
    assert!(json::read(&broken).unwrap_err().to_string().contains("`why` should be a cause and its evidence"));
}
