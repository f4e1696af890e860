//! What was decoded can be encoded, and is decoded from that as it was: for every call of the table, with memory as a
//! program may have it, and for every call of the golden traces.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use sockscope::encode::{self, AsRecorded, Encoded, Error, Problem};
use sockscope::event::{Body, Call, Ret};
use sockscope::internals::decode::{self, Context, Limits, Names};
use sockscope::memory::Lent;
use sockscope::read::{self, text};
use sockscope::syscall::{self, Class, Dir, Ty};
use sockscope::value::{Array, Const, Fd, Length, MsgHdr, SockAddr, UnixName, Value};

#[path = "support/arbitrary.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod arbitrary;
#[path = "encode/raw.rs"]
mod raw;

/// Knows no names: those of interfaces are not in a call's memory.
struct Nameless;

impl Names for Nameless {
    fn interface(&self, _: u32) -> Option<String> {
        None
    }
}

/// What the decoder makes of an encoded call and of the recorded results.
fn decoded(encoded: &Encoded, ret: Ret, strings: usize) -> Call {
    let cx = Context { limits: Limits::of_strings(strings).abbreviating(false), names: &Nameless };
    let (before, after) = (encoded.memory(), encoded.recorded());
    decode::enter(encoded.sys(), encoded.regs(), &Lent::new(&before), &cx).exit(ret, &Lent::new(&after), &cx)
}

/// Addresses are others now: one is as good as another.
fn without_addresses(value: &mut Value) {
    let message = |msg: &mut MsgHdr| {
        [&mut msg.name, &mut msg.iov].into_iter().chain(&mut msg.control).for_each(without_addresses);
    };
    match value {
        Value::Pointer(address) => *address = (*address).min(1),
        Value::Array(Array { items, .. }) => items.iter_mut().for_each(without_addresses),
        Value::Record(record) => record.fields.iter_mut().for_each(without_addresses),
        Value::MsgHdr(msg) => message(msg),
        Value::MmsgHdr(msg) => message(&mut msg.hdr),
        // The name of an interface is not part of what is passed.
        Value::Interface { name, .. } => *name = None,
        _ => {}
    }
}

fn arguments(call: &Call) -> Vec<Value> {
    let mut args = call.args.clone();
    args.iter_mut().for_each(without_addresses);
    args
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Every row of the table, with registers and memory made by walking its types.
    #[test]
    fn every_row_comes_back(tape in proptest::collection::vec(any::<u8>(), 2000)) {
        for sys in syscall::table() {
            let raw = raw::Raw::new(sys, &tape);
            let (before, after) = raw.memory();
            let cx = Context { limits: Limits::of_strings(1 << 16).abbreviating(false), names: &Nameless };
            let call = decode::enter(sys, raw.regs, &Lent::new(&before), &cx).exit(raw.ret, &Lent::new(&after), &cx);
            // Some families' addresses are not shown in full.
            let shown = format!("{:?}", call.args);
            let cut = ["truncated: true", "Elided", "Short"].iter().any(|mark| shown.contains(mark));
            match encode::encode(&call, &AsRecorded) {
                Ok(encoded) => {
                    let again = decoded(&encoded, raw.ret, 1 << 16);
                    prop_assert!(cut || arguments(&again) == arguments(&call), "{}: {again:?}\n{shown}", sys.name());
                }
                // What goes in and comes out is only shown once the call returned.
                Err(Error::Argument { problem: Problem::Missing, .. })
                    if raw.ret == Ret::Unfinished
                        && sys.params()[call.args.len()..].iter().any(|param| param.dir() == Dir::InOut) => {}
                // As strace, the decoder does not look at the mask of a call that failed.
                Err(Error::Argument { argument: "sigmask", problem: Problem::Unread, .. })
                    if matches!(raw.ret, Ret::Err(_)) => {}
                Err(Error::Call { .. }) => prop_assert!(!sys.class().contains(Class::SOCKETS), "{}", sys.name()),
                Err(error) => prop_assert!(cut, "{}: {error}: {shown}", sys.name()),
            }
        }
    }

    /// Calls that no kernel was ever passed, lengths that lie among them.
    #[test]
    fn anything_is_encoded_or_refused(call in arbitrary::call()) {
        if let Ok(encoded) = encode::encode(&call, &AsRecorded) {
            let bytes: usize = encoded.memory().iter().map(|(_, bytes)| bytes.len()).sum();
            prop_assert!(bytes <= 1 << 28);
            decoded(&encoded, call.ret, 32);
        }
    }
}

/// The length at which the recording cut a buffer.
fn cut_at(value: &Value) -> Option<usize> {
    match value {
        Value::Bytes(bytes) if bytes.truncated => Some(bytes.data.len()),
        Value::Array(array) => array.items.iter().find_map(cut_at),
        Value::Record(record) => record.fields.iter().find_map(cut_at),
        Value::MsgHdr(msg) => cut_at(&msg.iov),
        Value::MmsgHdr(msg) => cut_at(&msg.hdr.iov),
        _ => None,
    }
}

#[test]
fn every_golden_call_comes_back() {
    let (mut same, mut cut) = (0, 0);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("traces");
    let programs = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
    for file in programs.flat_map(|program| std::fs::read_dir(program).unwrap().flatten()) {
        let mut source = read::open(&file.path(), |_| {}).unwrap();
        let mut events = Vec::new();
        while source.read(&mut events).unwrap() {}
        for event in &events {
            let Body::Call(call) = &event.body else { continue };
            let place = format!("{}: {} {:?}", file.path().display(), event.seq, call);
            match encode::encode(call, &AsRecorded) {
                Ok(encoded) => {
                    let strings = call.args.iter().find_map(cut_at).unwrap_or(1 << 16);
                    let mut again = decoded(&encoded, call.ret, strings);
                    again.args.truncate(call.args.len());
                    assert_eq!(arguments(&again), arguments(call), "{place}");
                    same += 1;
                }
                Err(Error::Argument { problem: Problem::Cut { kept: 100 }, .. }) => cut += 1,
                Err(Error::Call { .. }) if !call.sys.is_known() => {}
                Err(error) => panic!("{place}: {error}"),
            }
        }
    }
    assert!(same > 1000 && cut < same / 10, "{same} came back, {cut} were cut");
}

/// A name may say that it is longer than any there is; what is behind the longest is not part of it.
#[test]
fn a_received_name_longer_than_any_comes_back() {
    let name = "a".repeat(107);
    let line = format!(
        "recvmmsg(3, [{{msg_hdr={{msg_name={{sa_family=AF_UNIX, sun_path=@\"{name}\"}}, msg_namelen=115 => 111, \
         msg_iov=[{{iov_base=\"x\", iov_len=1}}], msg_iovlen=1, msg_controllen=0, msg_flags=0}}, msg_len=1}}], 1, 0, NULL) \
         = 1"
    );
    let Body::Call(call) = text::line(&line) else { panic!("{line}") };
    let encoded = encode::encode(&call, &AsRecorded).unwrap();
    let again = decoded(&encoded, call.ret, 1 << 16);
    assert!(line.contains("115 => 111") && format!("{:?}", call.args).contains("Abstract"), "{call:?}");
    assert_eq!(arguments(&again), arguments(&call));
}

#[test]
fn what_is_not_recorded_in_full_is_named() {
    let refused = |line: &str| {
        let Body::Call(call) = text::line(line) else { panic!("{line}") };
        match encode::encode(&call, &AsRecorded) {
            Err(Error::Argument { argument, problem, .. }) => (argument, problem),
            other => panic!("{line}: {other:?}"),
        }
    };
    assert_eq!(refused(r#"sendto(3, "abc"..., 9, 0, NULL, 0) = 9"#), ("buf", Problem::Cut { kept: 3 }));
    assert_eq!(refused(r#"sendto(3, "abc", 9, 0, NULL, 0) = 9"#), ("buf", Problem::Length));
    assert_eq!(refused("write(3, 0x7ffe00001000, 9) = -1 EFAULT (Bad address)"), ("buf", Problem::Unread));
    assert_eq!(refused("poll([{fd=3, events=POLLIN}, ...], 9, 0) = 0 (Timeout)"), ("fds", Problem::Elided));
    assert_eq!(refused("ioctl(3, TIOCGSERIAL, 0x7ffe00001000) = 0"), ("arg", Problem::Undescribed));
    // F_GET_RW_HINT fills eight bytes behind what here poses as a number.
    let Ty::Const(table) = syscall::by_name("fcntl").unwrap().params()[1].ty() else { panic!("fcntl has no commands") };
    let hint = Value::Const(Const { table, raw: 1035 });
    let hint = Call::new(
        syscall::by_name("fcntl").unwrap(),
        vec![Value::Fd(Fd::new(3)), hint, Value::Int(0x7ffe_0000_1000)],
        Ret::Ok(0),
    );
    let error = encode::encode(&hint, &AsRecorded).unwrap_err();
    assert!(matches!(error, Error::Argument { argument: "arg", problem: Problem::Undescribed, .. }), "{error}");
    assert_eq!(refused("bind(3, {sa_family=AF_UNIX, sun_path=@\"a\"}, 9) = 0"), ("addr", Problem::Length));
    // A hostile trace asks for more memory than there is.
    let long = [
        r#"readv(3, [{iov_base="x", iov_len=9223372036854775807}], 1) = 1"#,
        "read(3, \"x\", 18446744073709551615) = 1",
        r#"recvmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="x", iov_len=9223372036854775807}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 1"#,
        r#"recvmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="x", iov_len=1}], msg_iovlen=1, msg_control=0x1, msg_controllen=9223372036854775807, msg_flags=0}, 0) = 1"#,
        "getsockopt(3, SOL_SOCKET, SO_PEERSEC, \"x\", [2147483647 => 1]) = 0",
        "epoll_wait(3, [], 2147483647, 0) = 0",
    ];
    for line in long {
        let (_, problem) = refused(line);
        assert!(matches!(problem, Problem::TooLong { .. }), "{line}: {problem}");
    }
    // Of the longest name what is behind it does not count.
    let name = SockAddr::Unix(UnixName::Abstract(vec![b'a'; 107]));
    let bind = Call::new(
        syscall::by_name("bind").unwrap(),
        vec![Value::Fd(Fd::new(3)), Value::SockAddr(name), Value::Int(120)],
        Ret::Ok(0),
    );
    assert_eq!(encode::encode(&bind, &AsRecorded).unwrap().memory()[0].1.len(), 120);
    // A length that the kernel takes for another one has the room of that.
    let length = Value::Length(Length { entry: -(1 << 32) + 100, exit: None });
    let call = Call::new(
        syscall::by_name("getsockname").unwrap(),
        vec![Value::Fd(Fd::new(3)), Value::Pointer(1), length],
        Ret::Ok(0),
    );
    let encoded = encode::encode(&call, &AsRecorded).unwrap();
    let lengths: Vec<usize> = encoded.memory().iter().map(|(_, bytes)| bytes.len()).collect();
    assert_eq!((lengths, encoded.memory()[1].1), (vec![100, 4], &100i32.to_ne_bytes()[..]));
    let call = Call::new(syscall::other("getpid", 39).unwrap(), Vec::new(), Ret::Ok(1));
    assert_eq!(encode::encode(&call, &AsRecorded).unwrap_err(), Error::Call { call: "getpid" });
}
