//! What other tools and people put before a line.

use super::{lines, read};

const CALLS: [&str; 3] = [
    "socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3",
    r#"connect(3, {sa_family=AF_INET, sin_port=htons(8125), sin_addr=inet_addr("10.1.2.3")}, 16) = -1 ETIMEDOUT (Connection timed out)"#,
    "close(3) = 0",
];

/// The calls, each after what `before` gives for its number.
fn dressed(before: impl Fn(usize) -> String) -> String {
    CALLS.iter().enumerate().map(|(at, call)| format!("{}{call}\n", before(at))).collect()
}

#[test]
fn quotation_marks_comments_indentation_and_colours_are_taken_off() {
    for before in
        ["> ", ">", "> > ", ">> ", "  ", "\t", "        ", "> \t", "# ", "#", "\x1b[33m", "web-1  | ", "strace[8]: "]
    {
        assert_eq!(lines(&dressed(|_| before.into())), CALLS, "{before:?}");
    }
    assert_eq!(lines(&dressed(|at| " ".repeat(9 * at))), CALLS, "a terminal's staircase");
    // One comment among calls is none of them.
    let (_, report) = read(format!("{}\n# close(4) = 0\n{}\n", CALLS[0], CALLS[2]).as_bytes());
    assert_eq!((report.calls(), report.remarks()), (2, 1));
    // Wrapped within a quotation.
    let wrapped =
        dressed(|_| "> ".into()).replace(", sin_addr", ",\n> sin_addr").replace("(Connection ", "(Connection\n> ");
    assert_eq!(lines(&wrapped), CALLS);
}

#[test]
fn numbers_of_lines_are_no_processes() {
    type Number = fn(usize) -> String;
    let numbers: [(&str, Number); 6] = [
        ("an editor's", |at| format!("{:3} ", at + 1)),
        ("cat -n", |at| format!("{:6}\t", at + 9)),
        ("grep -n", |at| format!("{}:", 3 * at + 5)),
        ("grep -n of files", |at| format!("a.log:{}:", 3 * at + 5)),
        ("less -N", |at| format!("{:7} ", at + 100)),
        ("a web page's", |at| format!("{}  ", at + 1)),
    ];
    for (what, number) in numbers {
        let text = dressed(number);
        assert_eq!(lines(&text), CALLS, "{what}");
        let (events, _) = read(text.as_bytes());
        assert!(events.iter().all(|event| event.tid == 0), "{what}");
    }
    // With a process behind them, and processes alone.
    assert_eq!(lines(&dressed(|at| format!("{} 700 ", at + 1)))[2], "700 close(3) = 0");
    assert_eq!(lines(&dressed(|at| format!("{:<5} ", at + 700)))[2], "702 close(3) = 0");
}

#[test]
fn headers_of_logs_give_the_time() {
    let journal = dressed(|at| format!("Nov 27 12:00:0{at} box strace[77]: "));
    let times: Vec<_> = CALLS.iter().enumerate().map(|(at, call)| format!("12:00:0{at} {call}")).collect();
    assert_eq!(lines(&journal), times);
    assert_eq!(lines(&dressed(|at| format!("Nov  3 12:00:0{at} "))), times, "ts");
    let processes = lines(&dressed(|at| format!("Nov 27 12:00:0{at} box strace[77]: [pid   8{at}] ")));
    assert_eq!(processes[2], "[pid 82] 12:00:02 close(3) = 0");
    // A time of strace's own is the better one.
    let both = lines(&dressed(|at| format!("Nov 27 12:00:0{at} box strace[77]: 11:59:5{at}.000001 ")));
    assert_eq!(both[2], "11:59:52.000001 close(3) = 0");
    for before in ["2026-11-27T12:00:00.25Z ", "2026-11-27T13:00:00.250000+01:00 stderr F ", "1795780800.250000 "] {
        let (events, _) = read(dressed(|_| before.into()).as_bytes());
        assert_eq!((events.len(), events[0].ts_ns), (3, 1_795_780_800_250_000_000), "{before}");
    }
}

/// Two processes on a terminal, and in a file.
const PROCESSES: [&str; 2] = [
    "[pid   800] read(3,  <unfinished ...>\nstrace: Process 801 attached\n[pid   801] close(4)                    = 0\n\
     [pid   800] <... read resumed>\"abc\", 100) = 3\n[pid   801] +++ exited with 0 +++\nclose(3) = 0\n",
    "800   read(3,  <unfinished ...>\nstrace: Process 801 attached\n801   close(4)                          = 0\n\
     800   <... read resumed>\"abc\", 100)     = 3\n801   +++ exited with 0 +++\n800   close(3) = 0\n",
];

/// Thread and time of each event but notes, in seconds, of processes whose lines stand behind what `before` gives.
fn stamped(text: &str, before: impl Fn(usize) -> String) -> Vec<(u32, u64)> {
    let dressed: String = text.lines().enumerate().map(|(at, line)| format!("{}{line}\n", before(at))).collect();
    let (events, report) = read(dressed.as_bytes());
    assert_eq!(report.unread(), 0, "{dressed}");
    let events = events.iter().filter(|event| !matches!(event.body, sockscope::event::Body::Note(_)));
    events.map(|event| (event.tid, event.ts_ns / 1_000_000_000)).collect()
}

/// `ts`, journals, containers and kernels put their time before the process.
#[test]
fn a_clock_before_the_process_is_read() {
    type Before = fn(usize) -> String;
    const TEN: u64 = 1_795_860_000; // 2026-11-28 10:00:00 UTC
    // The call that began first is known last.
    let at = |seconds: [u64; 5]| [801, 800, 801, 800].into_iter().zip([2, 0, 4, 5].map(|line| seconds[line.min(4)]));
    let tools: [(&str, Before, u64); 13] = [
        ("ts -s", |at| format!("00:00:0{at} "), 0),
        ("ts -s %H:%M:%.S", |at| format!("00:00:0{at}.250000 "), 0),
        ("ts -s %.s", |at| format!("{at}.250000 "), 0),
        ("ts %s", |at| format!("{} ", TEN + at as u64), TEN),
        ("ts %.s", |at| format!("{}.250000 ", TEN + at as u64), TEN),
        ("docker logs -t", |at| format!("2026-11-28T10:00:0{at}.123456789Z "), TEN),
        ("compose", |at| format!("web-1  | 2026-11-28T10:00:0{at}.123456789Z "), TEN),
        ("kubectl --prefix --timestamps", |at| format!("[pod/web-0/app] 2026-11-28T10:00:0{at}.123456789Z "), TEN),
        ("journalctl -o short-unix", |at| format!("{}.5 box strace[77]: ", TEN + at as u64), TEN),
        ("journalctl -o short-full", |at| format!("Sat 2026-11-28 10:00:0{at} UTC box strace[77]: "), TEN),
        ("dmesg", |at| format!("[    {at}.250000] "), 0),
        ("dmesg, its numbers growing", |at| format!("[{:>5}.250000] ", 9_998 + at), 9_998),
        ("rfc5424", |at| format!("<13>1 2026-11-28T10:00:0{at}.123Z box strace 77 - - "), TEN),
    ];
    for (what, before, first) in tools {
        let expected: Vec<_> = at([0, 1, 2, 3, 4]).map(|(tid, s)| (tid, first + s)).collect();
        for text in PROCESSES {
            let mut found = stamped(text, before);
            assert_eq!(found.pop(), Some((800, first + 5)), "{what}");
            assert_eq!(found, expected[..3], "{what}\n{text}");
        }
    }
    // `ts -i`: differences, those before messages among them.
    for text in PROCESSES {
        let found = stamped(text, |at| format!("00:00:0{}.000009 ", [0, 3, 1, 0, 2, 0][at]));
        assert_eq!(found, [(801, 4), (800, 0), (801, 6), (800, 6)], "{text}");
    }
    // A time of day is none of these, and one of strace's own is the better one.
    for text in PROCESSES {
        let found = stamped(text, |at| format!("10:00:0{at} "));
        assert!(found.iter().all(|(_, at)| at % 86_400 >= 5), "{found:?}");
        let found = stamped(&text.replace("close(", "1700000000.000001 close("), |at| format!("10:00:0{at} "));
        assert_eq!((found[0], found[3]), ((801, 1_700_000_000), (800, 1_700_000_000)));
    }
}

#[test]
fn what_any_tool_puts_before_every_line_is_taken_off() {
    for before in [
        "[pod/web-0/app] ",
        "web-0 app ",
        "Nov 27 12:00:00 box strace: ",
        "12:00:00,123 INFO strace: ",
        "E/strace  ( 77): ",
        "‣ ",
    ] {
        assert_eq!(stamped(PROCESSES[0], |_| before.into()).len(), 4, "{before}");
        assert_eq!(stamped(PROCESSES[1], |_| before.into())[3].0, 800, "{before}");
    }
}

#[test]
fn frames_of_native_code_belong_to_their_call() {
    let text = "connect(3, NULL, 0) = -1 EFAULT (Bad address)\n > /lib/libc.so.6(connect+0x14) [0x1024]\n \
                > /opt/a b(Pool<Tcp>::open(char const*)+0x20) [0x40]\n > /opt/app(main+0x9) [0x99] main.c:12\n\
                close(3) = 0\n > /lib/libc.so.6(close+0x1) [0x2]\n";
    let (events, report) = read(text.as_bytes());
    let frames = |at: usize| match &events[at].body {
        sockscope::event::Body::Call(call) => call.text.as_ref().map_or(0, |text| text.frames.len()),
        other => panic!("{other:?}"),
    };
    assert_eq!((events.len(), frames(0), frames(1), report.remarks()), (2, 3, 1, 0));
    assert_eq!(lines(text).len(), 6, "and are written below it");
    assert_eq!(
        lines(&text.replace("\n ", "\n>  ").replacen("connect", "> connect", 1))[1],
        "> /lib/libc.so.6(connect+0x14) [0x1024]"
    );
}
