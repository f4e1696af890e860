//! Python lines in the text: behind the call, as stacks below it, as groups above.

use sockscope::event::{Body, Event};
use sockscope::internals::read::Blocks;
use sockscope::read::text::ReadOptions;
use sockscope::text::PythonLines;

use crate::{assert_identical, assert_same_in_blocks, read};

/// Calls with their Python lines behind them, as `--python` writes them.
const CALLER: &str = r#"7     connect(3, NULL, 0)               = -1 EFAULT (Bad address) <0.000012>  @ client.py:4 <module>  s.connect(('a', 8) = 5)
7     write(1, "x) = 1  @ a.py:3 f", 17) = 17 <0.000012>
7     write(1, "x) = 1  @ a.py:3 f", 17) = 17 <0.000012>  @ my own.py:12 f.<locals>.g  print('  @ b.py:1 h')
7     close(3)                          = 0 <0.000007>  @ get.py:9 fetch  open(a)  [via socket.py:836 in create_connection]
7     close(3)                          = 0 <0.000007>  @ <string>:? <module>
7     close(4)                          = 0 <0.000001>
"#;

/// Whole stacks below the calls.
const FULL: &str =
    " > /usr/lib/python3.11/socket.py:836 create_connection  sock.connect(sa)\n > get.py:9 fetch  open(a)\n";

/// Groups below their Python line.
const GROUPS: &str = r#"7     server.py:5  s.bind(('127.0.0.1', 6666))
7         bind(3, NULL, 0)              = 0
7         listen(3, 5)                  = 0
8     server.py:9 main  start()
8         close(3)                      = 0  [via socket.py:1 in f]
8     close(4)                          = 0
"#;

/// The frames of an event's call, innermost first.
fn frames(event: &Event) -> Vec<String> {
    let Body::Call(call) = &event.body else { return Vec::new() };
    let frames = call.python.iter().flat_map(|stack| &stack.frames);
    frames
        .map(|frame| {
            let source = frame.expression.as_ref().or(frame.source.as_ref());
            let line = frame.line.map_or("?".to_owned(), |line| line.to_string());
            let library = if frame.library { " library" } else { "" };
            format!("{}:{line} {} {}{library}", frame.file, frame.function, source.map_or("-", |source| source))
        })
        .collect()
}

#[test]
fn python_lines_come_back() {
    assert_identical(CALLER.as_bytes(), "behind the calls");
    assert_same_in_blocks(CALLER.as_bytes());
    let (events, report) = read(CALLER.as_bytes());
    assert_eq!((report.verbatim(), report.form().python), (0, PythonLines::Caller), "{report}");
    let found: Vec<_> = events.iter().map(frames).collect();
    assert_eq!(found[0], ["client.py:4 <module> s.connect(('a', 8) = 5)"]);
    assert_eq!((found[1].len(), found[5].len()), (0, 0), "what is in a string is no frame");
    assert_eq!(found[2], ["my own.py:12 f.<locals>.g print('  @ b.py:1 h')"]);
    assert_eq!(found[3], ["socket.py:836 create_connection - library", "get.py:9 fetch open(a)"]);
    assert_eq!(found[4], ["<string>:? <module> -"]);
    // A line that another thread broke off has them behind its second half.
    let halves =
        "1 read(3,  <unfinished ...>\n2 close(3) = 0  @ b.py:2 g\n1 <... read resumed>\"\", 5) = 0  @ a.py:1 f\n";
    let (events, _) = read(halves.as_bytes());
    assert_eq!(events.iter().map(frames).collect::<Vec<_>>(), [["b.py:2 g -"], ["a.py:1 f -"]]);
    assert_same_in_blocks(halves.as_bytes());
}

#[test]
fn python_stacks_come_back() {
    let line = "7     close(3)                          = 0\n";
    let text = format!("{line}{FULL}{line}{line}{FULL} > ...\n7     +++ exited with 0 +++\n");
    assert_identical(text.as_bytes(), "below the calls");
    let (events, report) = read(text.as_bytes());
    assert_eq!((report.remarks(), report.form().python), (0, PythonLines::Full));
    let stack =
        ["/usr/lib/python3.11/socket.py:836 create_connection sock.connect(sa) library", "get.py:9 fetch open(a)"];
    let found: Vec<_> = events.iter().map(frames).collect();
    assert_eq!((&found[0][..], found[1].len(), &found[2][..]), (&stack.map(String::from)[..], 0, &found[0][..]));
    // However the file is read: a call whose frames are in the next stretch waits for them.
    let many = text.repeat(5000);
    let (events, report) = read(many.as_bytes());
    assert_eq!((events.len(), report.remarks(), report.unread()), (20_000, 0, 0), "{report}");
    assert!(events.chunks(4).all(|four| frames(&four[0]) == stack && frames(&four[2]) == stack));
    let mut blocks = Blocks::new(many.leak().as_bytes(), ReadOptions::default(), 2).unwrap();
    let mut found = Vec::new();
    while blocks.read(&mut found).unwrap() {}
    assert!(found.iter().map(frames).eq(events.iter().map(frames)));
    // strace's own stacks are no Python.
    let native = format!("{line} > /usr/lib/libc.so.6(__close+0x14) [0xff]\n");
    let (events, report) = read(native.as_bytes());
    assert_eq!((frames(&events[0]).len(), events.len(), report.remarks()), (0, 1, 0));
}

#[test]
fn groups_come_back() {
    assert_identical(GROUPS.as_bytes(), "groups");
    assert_same_in_blocks(GROUPS.as_bytes());
    let (events, report) = read(GROUPS.as_bytes());
    assert!(report.form().group && report.unread() == 0, "{report}");
    let found: Vec<_> = events.iter().map(frames).collect();
    assert_eq!(found[1], ["server.py:5 <module> s.bind(('127.0.0.1', 6666))"]);
    assert_eq!(found[2], ["socket.py:1 f - library", "server.py:9 main start()"]);
    assert_eq!((events.len(), found[3].len()), (4, 0));
    // A heading without calls is kept as a line.
    let (events, report) = read(b"server.py:5  x()\nclose(3) = 0\nserver.py:6\n");
    let raw = events.iter().filter_map(|event| {
        if let Body::Unread(line) = &event.body { Some((line.raw.len(), line.line)) } else { None }
    });
    assert_eq!((raw.collect::<Vec<_>>(), report.unread(), report.calls()), (vec![(16, 1), (11, 3)], 2, 1));
}
