//! States behind strace's text: each can be distinguished from it, read, and removed.

use std::sync::Arc;

use proptest::option;
use proptest::prelude::*;
use sockscope::event::{
    Body, Call, Errno, Event, PythonFrame, PythonStack, Ret, SocketChange, SocketChanges, SocketState, State,
};
use sockscope::read::text;
use sockscope::syscall;
use sockscope::text::{PythonLines, TextWriter};
use sockscope::value::{Fd, Value};

use crate::arbitrary::{self, with};

fn line(call: Call, state: bool) -> String {
    let mut lines = TextWriter::default();
    lines.state = state;
    let mut out = String::new();
    lines.write(&Event::new(1, Body::Call(call)), &mut out);
    out.pop();
    out
}

/// One or more sockets, each there before or after the call, as a source reports them.
fn sockets() -> impl Strategy<Value = SocketChanges> {
    let state = || arbitrary::socket_state();
    let change = (0i32..9, option::of(state()), option::of(state()), state()).prop_map(|(fd, before, after, some)| {
        let after = if before.is_none() { after.or(Some(some)) } else { after };
        SocketChange { fd, before, after }
    });
    (proptest::collection::vec(change, 1..4), any::<bool>())
        .prop_map(|(changes, truncated)| SocketChanges { changes, truncated })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_states_are_read_back(sockets in sockets(), ret in prop_oneof![
        Just(Ret::Ok(0)), Just(Ret::Err(Errno(libc::EBADF))), Just(Ret::Unfinished),
    ]) {
        let sys = syscall::by_name("listen").unwrap();
        let args = vec![Value::Fd(Fd::new(3)), Value::Int(5)];
        let plain = line(Call::new(sys, args.clone(), ret), true);
        let mut call = Call::new(sys, args, ret);
        call.sockets = Some(Box::new(sockets.clone()));
        let written = line(call, true);
        prop_assert!(written.starts_with(&format!("{plain}  [")), "{written}");
        let Body::Call(read) = text::line(&written) else { panic!("{written}") };
        let shown = read.sockets.as_ref().unwrap();
        prop_assert_eq!(shown.truncated, sockets.truncated);
        prop_assert_eq!(shown.changes.len(), sockets.changes.len(), "{}", written);
        for (was, is) in sockets.changes.iter().zip(&shown.changes) {
            prop_assert_eq!(was.fd, is.fd, "{}", written);
            for (was, is) in [(&was.before, &is.before), (&was.after, &is.after)] {
                prop_assert_eq!(was.as_ref().map(|was| was.state), is.as_ref().map(|is| is.state), "{}", written);
            }
        }
        prop_assert_eq!(line(read.clone(), true), written.clone());
        prop_assert_eq!(line(read, false), plain);
        // A line that was cut off is no line with other states.
        for end in (0..written.len()).filter(|end| written.is_char_boundary(*end)) {
            if let Body::Call(cut) = text::line(&written[..end]) {
                prop_assert!(cut.sockets.is_none(), "{}", &written[..end]);
            }
        }
    }
}

/// States stand behind the Python line, and both are read: behind the call, above the group, and below the call.
#[test]
fn states_and_python_lines_stand_together() {
    let frame = |file: &str, line, function: &str, source: &str, library| {
        Arc::new(with!(PythonFrame::new(file, Some(line), function) => { source: Some(source.into()), library }))
    };
    let frames = vec![
        frame("/usr/lib/python3/socket.py", 9, "create", "s.listen(x[0])  [x]", true),
        frame("server.py", 4, "main", "create()", false),
    ];
    let python = Arc::new(PythonStack::new(frames));
    let state = |state| Some(with!(SocketState::new(state) => { accept_queue: Some(0), backlog: Some(5) }));
    let change = SocketChange { fd: 3, before: Some(SocketState::new(State::CLOSED)), after: state(State::LISTEN) };
    let sockets = Some(Box::new(SocketChanges { changes: vec![change], truncated: false }));
    let sys = syscall::by_name("listen").unwrap();
    let args = vec![Value::Fd(Fd::new(3)), Value::Int(5)];
    let mut call = Call::new(sys, args, Ret::Ok(0));
    (call.sockets, call.python) = (sockets, Some(python));
    let event = Event::new(0, Body::Call(call));
    for (how, group) in [
        (PythonLines::None, false),
        (PythonLines::Caller, false),
        (PythonLines::Full, false),
        (PythonLines::Caller, true),
    ] {
        let mut lines = TextWriter::default();
        (lines.state, lines.python, lines.group) = (true, how, group);
        let mut written = String::new();
        for _ in 0..2 {
            lines.clone().write(&event, &mut written);
        }
        assert_eq!(written.matches("  [CLOSED → LISTEN 0/5]\n").count(), 2, "{written}");
        let mut reader = text::TextReader::new(written.as_bytes(), text::ReadOptions::default());
        let events = reader.by_ref().collect::<Result<Vec<_>, _>>().unwrap();
        assert!(reader.report().form().state && reader.report().is_clean(), "{written}{}", reader.report());
        let mut back = String::new();
        for event in &events {
            let Body::Call(call) = &event.body else { panic!("{event:?}") };
            let change = &call.sockets.as_ref().unwrap().changes[0];
            assert_eq!(change.after.as_ref().unwrap().backlog, Some(5), "{written}");
            assert_eq!(call.python.is_some(), how != PythonLines::None, "{written}");
            lines.clone().write(event, &mut back);
        }
        assert_eq!(back, written);
    }
}
