//! Lines that are not whole: strace's own messages and the program's output within them, and wrapped lines.

use super::{assert_same_in_blocks, lines, read};

const REFUSED: &str = r#"connect(7, {sa_family=AF_INET, sin_port=htons(8125), sin_addr=inet_addr("10.1.2.3")}, 16) = -1 ECONNREFUSED (Connection refused)"#;

#[test]
fn notices_within_a_call_are_taken_out_in_every_spelling() {
    for notice in [
        "strace: Process 31 attached",
        "Process 31 attached",
        "Process 31 attached (waiting for parent)",
        "strace: [ Process PID=31 runs in 32 bit mode. ]",
        "[ Process PID=31 runs in x32 mode. ]",
        "Process 30 suspended",
        "Process 31 resumed (parent 30 ready)",
    ] {
        let text = format!("clone(child_stack=NULL, {notice}\nflags=SIGCHLD) = 31\nclose(3) = 0\n");
        assert_eq!(lines(&text), [notice, "clone(child_stack=NULL, flags=SIGCHLD) = 31", "close(3) = 0"], "{notice}");
        let before_any = format!("vfork({notice}\n <unfinished ...>\n<... vfork resumed>) = 31\n");
        assert_eq!(lines(&before_any), [notice, "vfork() = 31"], "{notice}");
    }
    let two = "clone(child_stack=NULL, Process 31 attached (waiting for parent)\nProcess 31 resumed (parent 30 ready)\nflags=SIGCHLD) = 31\n";
    assert_eq!(lines(two)[2], "clone(child_stack=NULL, flags=SIGCHLD) = 31");
}

#[test]
fn an_interrupted_session_ends_within_a_call() {
    for (text, call) in [
        ("accept(3, ^Cstrace: Process 30 detached\n <detached ...>\n", "accept(3, <detached ...>"),
        ("wait4(-1, ^CProcess 30 detached\n <unfinished ...>\n", "wait4(-1, <unfinished ...>"),
    ] {
        assert_eq!(lines(text)[1], call, "{text}");
    }
}

#[test]
fn wrapped_lines_are_joined() {
    // A mail program wraps words.
    let words = REFUSED.replace(", sin_addr", ",\nsin_addr").replace("(Connection ", "(Connection\n");
    assert_eq!(lines(&words), [REFUSED]);
    assert_eq!(lines(&words.replace('\n', "\r\n")), [REFUSED]);
    assert_eq!(lines(&words.replace('\n', "\n      ")), [REFUSED], "the rest may be indented");
    // A terminal wraps at its width, within words and strings.
    for width in [72, 80] {
        let hard: Vec<_> = REFUSED.as_bytes().chunks(width).map(|part| std::str::from_utf8(part).unwrap()).collect();
        assert_eq!(lines(&hard.join("\n")), [REFUSED], "{width}");
    }
    let string = format!(r#"sendto(3, "{} b", 80, 0, NULL, 0) = 80"#, "a".repeat(78));
    let hard = format!("{}\n{}\n", &string[..80], &string[80..]);
    assert_eq!(lines(&hard), [string]);
    let signal = "--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=31,\nsi_uid=0, si_status=0, si_utime=0, si_stime=0} ---\n";
    assert_eq!(lines(signal), [signal.trim_end().replace('\n', " ")]);
    let unfinished = "[pid 5] poll([{fd=3, events=POLLIN}], 1, -1\n<unfinished ...>\n[pid 6] close(3) = 0\n";
    assert_eq!(lines(unfinished)[0], "[pid 6] close(3) = 0");
    // Three lines of each of two calls.
    let twice = format!("{words}\n{words}\n");
    assert_eq!(lines(&twice), [REFUSED, REFUSED]);
}

#[test]
fn errno_on_a_line_of_its_own_belongs_to_the_result() {
    assert_eq!(lines("close(3) = -1\nEBADF (Bad file descriptor)\n"), ["close(3) = -1 EBADF (Bad file descriptor)"]);
    assert_eq!(lines("close(3) =\n0\nclose(4) = 0\n"), ["close(3) = 0", "close(4) = 0"]);
    // It may never come.
    assert_eq!(lines("foo(3) = -1\nclose(4) = 0\n"), ["foo(3) = -1", "close(4) = 0"]);
}

#[test]
fn what_only_seems_to_be_continued_is_kept_as_it_stands() {
    let text = format!("connect(3, {{sa_family=AF_INET,\nclose(4) = 0\nread(5, \"a\n{REFUSED}\n");
    let (events, report) = read(text.as_bytes());
    assert_eq!((report.calls(), report.unread()), (2, 2), "{report}");
    let at: Vec<u64> = report.troubles().iter().map(sockscope::read::Trouble::line).collect();
    assert_eq!((at, events.len()), (vec![1, 3], 4));
    assert_same_in_blocks(text.as_bytes());
    // Nor does a file of beginnings take long, or get lost.
    // A call on a line of its own is one, also where the string before and behind it would go on around it.
    let (events, report) = read(b"read(5, \"a\nclose(4) = 0\nb\", 15) = 15\n");
    assert_eq!((report.calls(), report.unread(), events.len()), (1, 2, 3), "{report}");
    let beginnings = "read(3, \"abc\n".repeat(20_000);
    let (events, report) = read(beginnings.as_bytes());
    assert_eq!((events.len(), report.unread()), (20_000, 20_000));
    let noise = "read(3, \"abc\n".to_owned() + &"(x = y)\n".repeat(20_000);
    assert_eq!(read(noise.as_bytes()).1.unread(), 20_001);
}

#[test]
fn the_programs_output_within_its_call_is_taken_out() {
    for (text, call) in [
        ("write(1, \"ready\\n\", 6ready\n) = 6\n", r#"write(1, "ready\n", 6) = 6"#),
        ("write(1, \"Name: \", 6Name: ) = 6\n", r#"write(1, "Name: ", 6) = 6"#),
        ("[pid 9] write(2, \"a = b\\n\", 6a = b\n) = 6\n", r#"[pid 9] write(2, "a = b\n", 6) = 6"#),
        ("read(0, ann\n\"ann\\n\", 4096) = 4\n", r#"read(0, "ann\n", 4096) = 4"#),
        ("write(1, \"one\\ntwo\\nth\"..., 14one\ntwo\nthree\n) = 14\n", r#"write(1, "one\ntwo\nth"..., 14) = 14"#),
        (
            "writev(2, [{iov_base=\"a: \", iov_len=3}, {iov_base=\"b\\n\", iov_len=2}], 2a: b\n) = 5\n",
            r#"writev(2, [{iov_base="a: ", iov_len=3}, {iov_base="b\n", iov_len=2}], 2) = 5"#,
        ),
    ] {
        assert_eq!(lines(&format!("{text}close(1) = 0\n"))[0], call, "{text}");
    }
    // What stands before a line without a newline is a remark.
    assert_eq!(lines("Name: read(0, \"ann\\n\", 4096) = 4\n"), ["Name:", r#"read(0, "ann\n", 4096) = 4"#]);
}

#[test]
fn noise_is_no_result() {
    let text = "printf(\"%d\") = printf\nx = f(3) = 7\n$ strace ./a\nsocket(AF_UNIX, SOCK_STREAM, 0) = 3 <--- here\n";
    let (events, report) = read(text.as_bytes());
    assert_eq!((report.calls(), report.unread(), events.len()), (1, 3, 4), "{report}");
}

/// Thread 7 was let go in its call while another thread's line was the last one.
#[test]
fn a_call_that_was_left_after_another_line_is_one_call() {
    let text = "7     recvfrom(3,  <unfinished ...>\n8     poll([{fd=5, events=POLLIN}], 1, 400 <unfinished ...>\n\
                7     <... recvfrom resumed> <detached ...>\n    why: It waits.\n\
                8     <... poll resumed> <detached ...>\n9     <... read resumed> <detached ...>\n";
    let expected = [
        "7 recvfrom(3, <detached ...>",
        "why: It waits.",
        "8 poll([{fd=5, events=POLLIN}], 1, 400 <detached ...>",
        "9 <... read resumed> <detached ...>",
    ];
    assert_eq!(lines(text), expected);
}
