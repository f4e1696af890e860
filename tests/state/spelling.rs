//! States behind strace's text: any of them can be told from it, read, and taken away.

use proptest::option;
use proptest::prelude::*;
use sockscope::event::{Body, Call, Errno, Event, Ret, SocketChange, Sockets};
use sockscope::syscall;
use sockscope::text::{Lines, parse};
use sockscope::value::{Fd, Value};

use crate::arbitrary;

fn line(call: Call, state: bool) -> String {
    let mut lines = Lines::default();
    lines.state = state;
    let mut out = String::new();
    lines.write(&Event { seq: 0, ts_ns: 0, pid: 1, tid: 1, body: Body::Call(call) }, &mut out);
    out.pop();
    out
}

/// One or more sockets, each there before or after the call, as a source tells them.
fn sockets() -> impl Strategy<Value = Sockets> {
    let state = || arbitrary::socket_state();
    let change = (0i32..9, option::of(state()), option::of(state()), state()).prop_map(|(fd, before, after, some)| {
        let after = if before.is_none() { after.or(Some(some)) } else { after };
        SocketChange { fd, before, after }
    });
    (proptest::collection::vec(change, 1..4), any::<bool>())
        .prop_map(|(changes, truncated)| Sockets { changes, truncated })
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
        let written = line(Call { sockets: Some(Box::new(sockets.clone())), ..Call::new(sys, args, ret) }, true);
        prop_assert!(written.starts_with(&format!("{plain}  [")), "{written}");
        let Body::Call(read) = parse::line(&written) else { panic!("{written}") };
        let told = read.sockets.as_ref().unwrap();
        prop_assert_eq!(told.truncated, sockets.truncated);
        for (was, is) in sockets.changes.iter().zip(&told.changes) {
            prop_assert_eq!(was.fd, is.fd, "{}", written);
            for (was, is) in [(&was.before, &is.before), (&was.after, &is.after)] {
                prop_assert_eq!(was.as_ref().map(|was| was.state), is.as_ref().map(|is| is.state), "{}", written);
            }
        }
        prop_assert_eq!(line(read.clone(), true), written.clone());
        prop_assert_eq!(line(read, false), plain);
        // A line that was cut off is no line with other states.
        for end in (0..written.len()).filter(|end| written.is_char_boundary(*end)) {
            if let Body::Call(cut) = parse::line(&written[..end]) {
                prop_assert!(cut.sockets.is_none(), "{}", &written[..end]);
            }
        }
    }
}
