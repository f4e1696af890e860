//! Whose lines they are, and when.

use sockscope::event::{Body, Errno, Event, Ret};

use super::{assert_same_in_blocks, lines, read, write};

#[test]
fn a_half_is_resumed_by_its_own_thread_only() {
    for (one, two) in [("[pid    61] ", "[pid    62] "), ("61    ", "62    "), ("61 12:00:00 ", "62 12:00:00 ")] {
        let text = format!(
            "{one}recvfrom(5,  <unfinished ...>\n{two}<... recvfrom resumed>\"fig\", 9, 0, NULL, NULL) = 3\n\
             {one}<... recvfrom resumed>\"plum\", 9, 0, NULL, NULL) = 4\n"
        );
        let (events, report) = read(text.as_bytes());
        let found: Vec<_> = events
            .iter()
            .map(|event| match &event.body {
                Body::Call(call) => (event.tid, call.ret, call.args.len()),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(found, [(62, Ret::Ok(3), 0), (61, Ret::Ok(4), 6)], "{one}");
        assert_eq!(report.unread(), 0);
        assert_same_in_blocks(text.as_bytes());
    }
}

#[test]
fn a_call_that_began_earlier_is_one_of_its_thread() {
    let text = "8     <... epoll_wait resumed>[], 64, 5000) = 0 <5.000000>\n8     close(3)                          = 0\n\
                9     <... futex resumed>)              = -1 EAGAIN (Resource temporarily unavailable)\n";
    let (events, report) = read(text.as_bytes());
    assert_eq!((report.calls(), report.unread(), report.unfinished()), (3, 0, 0));
    let Body::Call(first) = &events[0].body else { panic!("{:?}", events[0]) };
    assert_eq!(
        (first.sys.name(), first.ret, first.dur_ns, events[0].tid),
        ("epoll_wait", Ret::Ok(0), Some(5_000_000_000), 8)
    );
    assert_eq!(first.text.as_ref().unwrap().resumed.as_deref(), Some("[], 64, 5000"));
    let Body::Call(last) = &events[2].body else { panic!("{:?}", events[2]) };
    assert_eq!((last.sys.name(), last.ret, events[2].tid), ("futex", Ret::Err(Errno(libc::EAGAIN)), 9));
    assert_eq!(lines(text)[0], "8 <... epoll_wait resumed>[], 64, 5000) = 0 <5.000000>");
    let json: Vec<u8> = events.iter().fold(Vec::new(), |mut out, event| {
        sockscope::json::write(event, &mut out);
        out
    });
    let again: Vec<Event> =
        String::from_utf8(json).unwrap().lines().map(|line| sockscope::json::read(line).unwrap()).collect();
    assert_eq!(write(&again, report.form()), write(&events, report.form()), "by way of JSON");
}

/// A terminal shows no number while there is one process; the first one's becomes known later.
#[test]
fn the_main_process_of_a_terminals_log_is_one_throughout() {
    let child = "[pid    52] close(4)                    = 0\n[pid    52] +++ exited with 0 +++\n";
    let chld = "--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=52, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---\n";
    for (make, made) in [
        ("clone(child_stack=NULL, flags=SIGCHLDstrace: Process 52 attached\n) = 52\n", ""),
        ("vfork(strace: Process 52 attached\n <unfinished ...>\n", "[pid    51] <... vfork resumed>)        = 52\n"),
        (
            "clone(Process 52 attached\n <unfinished ...>\n",
            "[pid    51] <... clone resumed> child_stack=0, flags=SIGCHLD) = 52\n",
        ),
        ("fork() = 52\n", ""), // -q: nothing is said
    ] {
        let text = format!(
            "socket(AF_INET, SOCK_STREAM, 0) = 4\n{make}{made}[pid    51] wait4(-1,  <unfinished ...>\n{child}\
             <... wait4 resumed>NULL, 0, NULL) = 52\n{chld}close(4) = 0\n"
        );
        let (events, report) = read(text.as_bytes());
        let of = |tid| events.iter().filter(|event| event.tid == tid && event.pid == tid).count();
        assert_eq!((of(51), of(52), report.unread()), (5, 2, 0), "{text}");
        assert!(lines(&text).iter().all(|line| !line.contains("[pid 0]")));
    }
    // Attached to by its number.
    let attached = "strace: Process 51 attached\naccept(3, NULL, NULL) = 4\nfork() = 52\nstrace: Process 52 attached\n[pid    52] close(3) = 0\n";
    assert_eq!(lines(attached)[1], "[pid 51] accept(3, NULL, NULL) = 4");
    // It may never be named: then it has no number, in text neither.
    let unnamed = "close(3) = 0\nfork() = 52\n[pid    52] close(4) = 0\n";
    assert_eq!(lines(unnamed), ["close(3) = 0", "fork() = 52", "[pid 52] close(4) = 0"]);
}

#[test]
fn a_clock_that_runs_on_is_not_added_up() {
    let times = |text: &str| read(text.as_bytes()).0.iter().map(|event| event.ts_ns / 1000).collect::<Vec<_>>();
    let calls = ["close(3) = 0", "close(4) = 0", "close(5) = 0"];
    let with =
        |times: [&str; 3]| times.iter().zip(calls).map(|(time, call)| format!("{time} {call}\n")).collect::<String>();
    assert_eq!(times(&with(["0.000100", "0.250000", "3.000000"])), [100, 250_000, 3_000_000], "ts -s %.s");
    assert_eq!(times(&with(["     0.000100", "     0.250000", "     3.000000"])), [100, 250_100, 3_250_100], "-r");
    assert_eq!(
        times(&with(["7          0.000100", "7          0.250000", "7          3.000000"])),
        [100, 250_100, 3_250_100]
    );
}

#[test]
fn a_time_that_is_missing_is_not_written() {
    assert_eq!(lines("12:00:01.5 close(3) = 0\nclose(4) = 0\n"), ["12:00:01.500000 close(3) = 0", "close(4) = 0"]);
    let relative = "     0.000000 close(3) = 0\n     0.500000 close(4) = 0\nclose(5) = 0\n     0.250000 close(6) = 0\n";
    let times = ["0.000000 close(3) = 0", "0.500000 close(4) = 0", "close(5) = 0", "0.250000 close(6) = 0"];
    assert_eq!(lines(relative), times);
}
