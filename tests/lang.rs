//! Explanations in Chinese: every sentence of the sources has a translation, and every translation a sentence.
//!
//! Messages are found where they stand: each text between quotes in the files that make sentences is one, unless it is known
//! not to be language. So a new sentence cannot be forgotten, and the code that makes it needs no mark.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;
use sockscope::event::Errno;
use sockscope::internals::explain::sentences;
use sockscope::internals::lang::{CHINESE, Template};
use sockscope::internals::{causes, xlat};
use sockscope::lang::Language;
use sockscope::program::cases;
use sockscope::program::{DOCUMENTS, Document, Role};

/// The files that make sentences, or folders of them.
const SOURCES: &[&str] = &[
    "src/event/why.rs",
    "src/why/causes.rs",
    "src/why/causes",
    "src/why/evidence/file.rs",
    "src/claims.rs",
    "src/sys/namespace.rs",
    "src/sys/setting.rs",
    "src/claims",
    "src/program/cases.rs",
    "src/program/runner.rs",
];

/// Words that are names and not language.
const NAMES: &[&str] = &[
    "tcp",
    "udp",
    "unix",
    "Unix",
    "raw",
    "waiting",
    "lo",
    "type",
    "protocol",
    "domain",
    "level",
    "flags",
    "len",
    "count",
    "optname",
    "optlen",
    "addrlen",
    "epfd",
    "fds",
    "readfds",
    "writefds",
    "exceptfds",
    "missing directory",
    "pid",
    "id",
    "end",
    "short",
    "timeout",
    "unanswered",
    "--why",
    "--why=all",
    "{ms} ms",
    "root",
    "setgroups",
    "deny",
    "rwxrwxrwx",
    "poll",
    "connect",
    "listen",
    "sendto",
    "recvfrom",
    "lseek",
    "udp6",
    "vlen",
    "msgvec",
    "ftp",
    "netstat",
    "lowercase",
    "says",
    "Lab",
    "ListenDrops",
    "ListenOverflows",
    "DelayedACKs",
    // What programs send to each other.
    "one ",
    "two ",
    "one two ",
    "question",
    "answer",
    "data",
    "one packet",
    "there is more",
    "A, the first; ",
    "B, the second",
    "A, the first; B, the second",
    // Calls and values without words.
    " and ",
    "listen({backlog}), {SOMAXCONN} = {somaxconn}",
    "listen(5), {SOMAXCONN} = 2",
    "socket(AF_INET, {name}, 0)",
    "fstat: {errno}",
    "{name} {pf}={af}",
    "{port}",
    "sockscope-twins-",
    "--port",
    "--host",
    "--resolver",
    "127.0.0.1:{port}",
    "getname",
    "stopped",
    "/proc/self/task: {error}",
    "/proc/self/net/{file}: {error}",
    "net/{file}",
    "sockscope: {text}",
    "sockscope {name}",
    "sockscope {}",
    "tip: {what}: {how}",
    "tip: {what}:\n  sockscope trace {how} PROG",
    "reading the trace: {events} events so far; q leaves",
    "{} min {} s",
    "{} h {} min",
    "--- SIGCHLD, {} times before the first call ---",
    // Names in JSON, and the first half of a word whose whole is translated.
    "failed",
];

/// A text between quotes, and the code before it, in which other texts are empty.
struct Literal {
    text: String,
    before: String,
    place: String,
}

/// All texts between quotes of a source, without its tests and comments.
fn literals(path: &Path) -> Vec<Literal> {
    let source = std::fs::read_to_string(path).unwrap();
    literals_of(source.split("#[cfg(test)]").next().unwrap(), &path.display().to_string())
}

fn literals_of(source: &str, name: &str) -> Vec<Literal> {
    let piece =
        Regex::new(r##"(?s)//[^\n]*|/\*.*?\*/|'(?:\\.[^']*|[^'\\])'|b?r#"(.*?)"#|b?r"([^"]*)"|b"(?:[^"\\]|\\.)*"|"((?:[^"\\]|\\.)*)""##)
            .unwrap();
    let (mut found, mut code, mut end) = (Vec::new(), String::new(), 0);
    for captures in piece.captures_iter(source) {
        let whole = captures.get(0).unwrap();
        code += &source[end..whole.start()];
        end = whole.end();
        let raw = captures.get(1).or(captures.get(2)).map(|text| text.as_str().to_owned());
        let Some(text) = raw.or_else(|| captures.get(3).map(|text| unescaped(text.as_str()))) else { continue };
        let line = source[..whole.start()].lines().count();
        let before = code.chars().rev().take(80).collect::<Vec<_>>().into_iter().rev().collect();
        found.push(Literal { text, before, place: format!("{name}:{line}") });
        code += "\"\"";
    }
    found
}

/// What a text between quotes stands for.
fn unescaped(text: &str) -> String {
    static ESCAPE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"(?s)\\(\n\s*|u\{([0-9a-f]+)\}|.)"#).unwrap());
    let plain = ESCAPE.replace_all(text, |captures: &regex::Captures<'_>| match &captures[1] {
        "n" => "\n".to_owned(),
        "t" => "\t".to_owned(),
        wrapped if wrapped.starts_with('\n') => String::new(),
        code if code.starts_with('u') => {
            char::from_u32(u32::from_str_radix(&captures[2], 16).unwrap()).unwrap().to_string()
        }
        other => other.to_owned(),
    });
    plain.into_owned()
}

/// Whether a text is something to be read: it has a word outside of its holes, and is neither a name nor a command.
fn is_language(literal: &Literal) -> bool {
    static FIELD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(\bid: |\berrno: |\b(calls|programs): &\[[^\]]*|\bDemo::\w+\(\s*("",\s*)?|#\[\w+\([^\]]*|(starts|ends)_with\(|by_name\()$"#).unwrap()
    });
    static HOLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\{[^{}]*\}").unwrap());
    static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[a-z]{2}").unwrap());
    static NAME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^/?[a-z0-9*]+([._/][a-z0-9*_]*)+$").unwrap());
    let text = HOLE.replace_all(&literal.text, "");
    WORD.is_match(&text)
        && !FIELD.is_match(&literal.before)
        && !NAME.is_match(&text)
        && !NAMES.contains(&literal.text.as_str())
        && !literal.text.starts_with("sockscope ")
        && !["HTTP/1.1 ", "GET / HTTP/", "220 ", "USER "].iter().any(|start| literal.text.starts_with(start))
}

/// What the command hands to the catalogue itself: the text in `language.text("…")`, or what a format makes of it.
fn of_the_command(folders: &[PathBuf]) -> Vec<Literal> {
    let mut found = Vec::new();
    let handed = Regex::new(
        r#"\b(text|translated|sentences|words)\((&format!\(|\[[^\]]*&format!\(|if [a-z.]+ \{ (""\s*\} else \{ )?)?\s*$|\b(table\(language, |head\(&|in_language\(\s*language,\s*&)\[[^\]]*$"#,
    )
    .unwrap();
    for folder in folders {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                found.extend(of_the_command(&[path]));
            } else {
                let all = literals(&path).into_iter().filter(|literal| handed.is_match(&literal.before));
                found.extend(all.filter(|literal| !NAMES.contains(&literal.text.as_str())));
            }
        }
    }
    found
}

/// What goes wrong with the command, and what it remarks.
fn troubles(root: &Path) -> Vec<Literal> {
    /// Where the library's own errors are.
    const ERRORS: &[&str] = &[
        "src/convert.rs",
        "src/format/name.rs",
        "src/map.rs",
        "src/read.rs",
        "src/replay.rs",
        "src/tracer.rs",
        "src/tracer/attach.rs",
        "src/tracer/select.rs",
        "src/tracer/spawn.rs",
    ];
    let handed = Regex::new(
        r#"(\b(bail!|anyhow!)\(|\b(with_)?context\((\|\| )?(format!\()?|unwrap_or_else\(\|\| (format!\()?|\bsay\((format!\(|format_args!\()?|let text = format!\(|then\(\|\| format!\(|=> format!\(|return format!\(|\bcannot = \|\| format!\(|const STDOUT: &str = |const NO_HANDLER: &str = |=> (\{\s*)?\(|#\[error\(|(if|else) [^{}]*\{\s*(format!\()?|message\(&format!\()\s*$"#,
    )
    .unwrap();
    // Of errors that are values, the sentences.
    let error = Regex::new(r"(#\[error\(|=> format!\(|\{\s*(format!\()?)\s*$").unwrap();
    let of = |path: &Path, handed: &Regex| {
        literals(path).into_iter().filter(|literal| handed.is_match(&literal.before)).collect::<Vec<_>>()
    };
    let mut found: Vec<Literal> = files(&root.join("src/cmd")).iter().flat_map(|path| of(path, &handed)).collect();
    found.extend(of(&root.join("src/cmd.rs"), &handed));
    found.extend(ERRORS.iter().flat_map(|path| of(&root.join(path), &error)));
    // Each sentence of what is wrong with the arguments, and what a reader reports.
    found.extend(of(&root.join("src/cmd/refuse.rs"), &Regex::new(r"format!\(\s*$").unwrap()));
    found.extend(of(&root.join("src/cmd.rs"), &Regex::new(r"format!\(\s*$").unwrap()));
    found.extend(of(&root.join("src/read/report.rs"), &Regex::new(r"format!\(\s*$").unwrap()));
    found.extend(of(&root.join("src/read/text/join.rs"), &Regex::new(r"trouble\([^)]*, $").unwrap()));
    let (word, hole) = (Regex::new(r"[a-z]{2}").unwrap(), Regex::new(r"\{[^{}]*\}").unwrap());
    found.retain(|literal| {
        let text = hole.replace_all(&literal.text, "");
        word.is_match(&text) && text.contains(' ') && !NAMES.contains(&literal.text.as_str())
    });
    found
}

/// Words of the library that the command's tables show: what became of a socket, how calls differ, the map's headings.
fn cells(root: &Path) -> Vec<Literal> {
    let word = Regex::new(r"[a-z]{2}").unwrap();
    let mut found = Vec::new();
    for (file, from, to, handed) in [
        ("src/sockets.rs", "impl Phase {", "\n}", r"(=> |format!\()$"),
        ("src/compare.rs", "impl Verdict {", "\n}", r"=> $"),
        ("src/map/write.rs", "pub fn sheet", "let rows", r"(, |push\()$"),
        ("src/cmd/refuse.rs", "Some(match kind {", "MissingRequiredArgument", r"near\(\s*$"),
        ("src/cmd/merge.rs", "let way = ", ";", r"\{ $"),
        ("src/map/write.rs", "let head = [", "];", r"(,\s*|format!\()$"),
    ] {
        let source = std::fs::read_to_string(root.join(file)).unwrap();
        let part = source.split_once(from).and_then(|(_, rest)| rest.split_once(to)).unwrap().0;
        let handed = Regex::new(handed).unwrap();
        found.extend(literals_of(part, file).into_iter().filter(|literal| handed.is_match(&literal.before)));
    }
    found.retain(|literal| word.is_match(&literal.text) && !NAMES.contains(&literal.text.as_str()));
    found
}

/// The files of a folder and of those in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Every text that may be a message, and whether it is one.
fn messages() -> Vec<(Literal, bool)> {
    let of_sources = sources().into_iter().flat_map(|path| literals(&path)).map(|literal| {
        let language = is_language(&literal);
        (literal, language)
    });
    let errors = causes::all().filter_map(|known| {
        let number = xlat::errno::ERRNO.value(known.errno)?;
        let text = Errno(i32::try_from(number).unwrap()).message()?.to_owned();
        Some(Literal { text, before: String::new(), place: known.errno.to_owned() })
    });
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let command = of_the_command(&["src/cmd", "src/claims", "src/compare"].map(|folder| root.join(folder)));
    let headlines = literals(&root.join("src/claims/report.rs"));
    let headlines = headlines.into_iter().filter(|literal| literal.before.ends_with("=> format!("));
    let about = |document: &'static Document| Literal {
        text: document.about.to_owned(),
        before: String::new(),
        place: format!("src/program.rs, document {}", document.number),
    };
    let errors = errors.chain(headlines).chain(troubles(root)).chain(cells(root)).chain(DOCUMENTS.iter().map(about));
    let run = cases::all().map(|case| (case.doc, format!("{} {}", case.program, case.name)));
    let run = run.chain([Role::Server, Role::Client].map(|role| (role.name(), "src/program.rs".to_owned())));
    let run = run.map(|(text, place)| Literal { text: text.to_owned(), before: String::new(), place });
    let all = errors.chain(command).chain(run).chain(for_beginners());
    of_sources.chain(all.map(|literal| (literal, true))).collect()
}

/// The sentences of `explain`, with the file that is to have them.
fn for_beginners() -> impl Iterator<Item = Literal> {
    sentences().filter(|(_, sentence)| !sentence.is_empty()).map(|(key, sentence)| {
        let kind = key.split(' ').next().unwrap();
        let folder = matches!(kind, "call" | "constant" | "structure");
        let file = if folder { format!("{kind}s/") } else { format!("{kind}s.rs") };
        let place = format!("src/lang/zh/explain/{file} lacks the sentence of `{key}`");
        Literal { text: sentence.to_owned(), before: String::new(), place }
    })
}

fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for source in SOURCES {
        let path = root.join(source);
        if path.is_dir() {
            found.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            found.push(path);
        }
    }
    found.retain(|path| !path.ends_with("claims/report.rs")); // JSON and Markdown, but for one sentence
    found.sort();
    found
}

/// Every template of the tables, with its translation.
fn catalogue() -> BTreeMap<&'static str, &'static str> {
    CHINESE.iter().flat_map(|(_, table)| table.iter().copied()).collect()
}

#[test]
fn every_message_has_a_translation() {
    let catalogue = catalogue();
    let messages = messages();
    let missing: Vec<String> = messages
        .iter()
        .filter(|(literal, language)| *language && !catalogue.contains_key(literal.text.as_str()))
        .map(|(literal, _)| format!("{}: {:?}", literal.place, literal.text))
        .collect();
    assert!(messages.len() > 400, "{}", messages.len());
    assert!(
        missing.is_empty(),
        "add to src/lang/zh/ (to the file that is named, if one is), or to NAMES here:\n{}",
        missing.join("\n")
    );
}

#[test]
fn every_translation_has_a_message() {
    let texts: BTreeSet<String> = messages().into_iter().map(|(literal, _)| literal.text).collect();
    let dead: Vec<&str> = catalogue().into_keys().filter(|english| !texts.contains(*english)).collect();
    assert!(dead.is_empty(), "no source has these any more:\n{}", dead.join("\n"));
}

#[test]
fn translations_have_the_parameters_of_their_templates() {
    let mut wrong = Vec::new();
    for (english, chinese) in catalogue() {
        let names = |text| Template::parse(text).map(|template| template.names().into_iter().collect::<BTreeSet<_>>());
        if names(english) != names(chinese) || names(english).is_none() {
            wrong.push(format!("{english:?} {chinese:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_message_is_translated_twice() {
    let mut seen = BTreeMap::new();
    for (file, table) in CHINESE {
        for (english, _) in *table {
            if let Some(other) = seen.insert(english, file) {
                panic!("{english:?} is in {other} and in {file}");
            }
        }
    }
}

/// Chinese of a kind: characters, full-width punctuation, a space between characters and Latin letters.
#[test]
fn translations_are_chinese() {
    let chinese_word = Regex::new(r"\p{Han}").unwrap();
    let half_width = Regex::new(r"\p{Han}[,;:?!]|[,;:]\p{Han}").unwrap();
    let crowded = Regex::new(r"\p{Han}[A-Za-z0-9`]|[A-Za-z0-9`]\p{Han}").unwrap();
    let name = Regex::new(r"\b[A-Za-z]{2,}\b").unwrap();
    let (hole, word) = (Regex::new(r"\{[^{}]*\}").unwrap(), Regex::new(r"[A-Za-z]{2}").unwrap());
    let mut wrong = Vec::new();
    for (english, chinese) in catalogue() {
        // Chinese has no articles.
        let plain = word.is_match(&hole.replace_all(english, "").replace("the ", ""));
        // Names alone are the same in both.
        let same =
            name.find_iter(english).map(|word| word.as_str()).eq(name.find_iter(chinese).map(|word| word.as_str()));
        if (plain && !same && !chinese_word.is_match(chinese))
            || half_width.is_match(chinese)
            || crowded.is_match(chinese)
        {
            wrong.push(format!("{chinese:?}"));
        }
        if english.ends_with('.') != chinese.ends_with('。') && !english.ends_with("...") {
            wrong.push(format!("{english:?} {chinese:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Sentences as the sources make them, with all that may fill their holes.
#[test]
fn sentences_are_translated_whole() {
    for (english, chinese) in [
        (
            "Pid 25617 (python3 -c s=socket(); s.bind(('127.0.0.1',0)); s.listen()…) has 127.0.0.1:36793 with \
             127.0.0.1:44428 in a connection that is ESTABLISHED; nothing listens there. SO_REUSEADDR and SO_REUSEPORT \
             are set on neither.",
            "进程 25617（python3 -c s=socket(); s.bind(('127.0.0.1',0)); s.listen()…）占用了 127.0.0.1:36793，用于与 \
             127.0.0.1:44428 的一个处于 ESTABLISHED 状态的连接；那里没有套接字在监听。SO_REUSEADDR 和 SO_REUSEPORT \
             在两个套接字上都没有设置。",
        ),
        ("Nothing is there to be read, and MSG_DONTWAIT was given.", "没有数据可读，而给出了 MSG_DONTWAIT。"),
        (
            "Nothing is there to be read, and the socket is nonblocking since `ioctl(3, FIONBIO, [1]) = 0` at a.py:1 (pid \
             7). The other end, 127.0.0.1:80, is ESTABLISHED with 1 byte it has not read; was not accepted yet.",
            "没有数据可读，而套接字是非阻塞的（自 a.py:1 处的 `ioctl(3, FIONBIO, [1]) = 0`（进程 7）起）。对端 127.0.0.1:80 的状态是 \
             ESTABLISHED，有 1 字节它还没有读取；它还没有被 accept。",
        ),
        ("The family of its addresses: which kind of network it is for.", "地址族：它用于哪一种网络。"),
        // A command is no sentence, whatever it is called.
        (
            "Nothing listens on 127.0.0.1:80; pid 7 (listens) listens on 127.0.0.1:81.",
            "没有套接字在 127.0.0.1:80 上监听；进程 7（listens）在 127.0.0.1:81 上监听。",
        ),
        (
            "A connection of 127.0.0.1:1 with 127.0.0.1:2 is in TIME_WAIT for another 59.4 s: its end that used this \
             address closed first.",
            "127.0.0.1:1 与 127.0.0.1:2 的一个连接处于 TIME_WAIT，还要持续 59.4 s：使用该地址的一端先关闭了连接。",
        ),
    ] {
        assert_eq!(Language::Chinese.text(english), chinese);
    }
}

/// Words of ours in a text that is not ours do not make it one.
#[test]
fn templates_leave_other_texts_alone() {
    for text in ["the peer; the usual one", "the client and the server", "server: ready", "second thoughts", "the end"]
    {
        assert_eq!(Language::Chinese.translated(text), None, "{text}");
    }
}
