//! The text of source lines.
//!
//! A code object only names its file. The text is searched where Python's own traceback would, but from outside:
//! relative names start at the directory in which the program was executed (before 3.9 the script's name stays as it
//! was typed), files are opened in the process's own root, modules inside an archive are read from it, and programs
//! from `-c` or a redirected standard input are read again from there. A text that may not be the right one is not
//! used: a file that was written after the program began may differ from what the program has read.

use super::process::Process;
use super::{OwnCode, own, standard};
use encoding_rs::Encoding;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Larger files are cut off.
const MAX_BYTES: u64 = 1 << 25;

/// One source text, by lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SourceText {
    text: String,
    lines: Vec<Range<usize>>,
}

impl SourceText {
    pub(super) fn new(bytes: &[u8]) -> Self {
        let text = decode(bytes);
        let mut lines = Vec::new();
        let mut start = 0;
        let mut ends = text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'\n' | b'\r')).peekable();
        while let Some((at, byte)) = ends.next() {
            lines.push(start..at);
            start = at + 1;
            if byte == b'\r' && ends.next_if_eq(&(start, b'\n')).is_some() {
                start += 1;
            }
        }
        lines.push(start..text.len());
        Self { text, lines }
    }

    /// How many lines it has.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.lines.len()).unwrap_or(u32::MAX)
    }

    /// A line, counted from 1, without its end.
    pub(super) fn line(&self, number: u32) -> Option<&str> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        self.lines.get(index).map(|range| &self.text[range.clone()])
    }

    /// Whether a function or class of this name may begin on this line: with its decorator, or with its head.
    fn begins(&self, number: u32, name: &str) -> bool {
        let Some(line) = self.line(number).map(str::trim_start) else {
            return false;
        };
        let head = line.strip_prefix("async").map_or(line, str::trim_start);
        let name_of = |word| head.strip_prefix(word).filter(|rest: &&str| rest.starts_with([' ', '\t']));
        line.starts_with('@')
            || ["def", "class"].into_iter().filter_map(name_of).any(|rest| {
                let rest = rest.trim_start().strip_prefix(name).map(str::trim_start);
                rest.is_some_and(|rest| rest.starts_with(['(', ':', '[']))
            })
    }

    /// Whether this is a script that an installer makes for a package's entry point: it imports a function, cleans up
    /// `sys.argv[0]` and calls the function.
    pub(super) fn is_launcher(&self) -> bool {
        let mut lines = self.lines.iter().map(|range| self.text[range.clone()].trim()).peekable();
        std::iter::from_fn(|| Some((lines.next()?, lines.peek().copied()))).any(|(line, next)| {
            line.starts_with("sys.argv[0] =") && next.is_some_and(|next| next.starts_with("sys.exit("))
        })
    }

    /// Whether the text may compile code from strings, which could not be distinguished from its own.
    fn makes_code(&self) -> bool {
        ["exec", "eval", "compile"].iter().any(|word| self.text.contains(word))
    }
}

/// Decodes the text as Python does: as UTF-8, or as PEP 263 declares. Where the encoding is unknown, bytes that are not
/// ASCII become U+FFFD. Columns count the bytes of UTF-8 in either case.
fn decode(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return String::from_utf8_lossy(rest).into_owned();
    }
    let Some(name) = declared(bytes).filter(|name| !is_called(name, &["utf-8", "utf8", "u8", "utf"])) else {
        return String::from_utf8_lossy(bytes).into_owned();
    };
    if is_called(&name, &["latin-1", "latin1", "iso-8859-1", "iso8859-1", "iso-latin-1", "l1", "cp819"]) {
        return bytes.iter().copied().map(char::from).collect();
    }
    let encoding = if is_called(&name, &["ascii", "us-ascii"]) { None } else { encoding(&name) };
    let decoded = encoding.and_then(|known| known.decode_without_bom_handling_and_without_replacement(bytes));
    let only_ascii = |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER };
    decoded.map_or_else(|| bytes.iter().map(only_ascii).collect(), Cow::into_owned)
}

/// Whether an encoding's name is one of these; editors append the line ending, as in `latin-1-unix`.
fn is_called(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
}

/// The encoding by the name that Python gives it.
fn encoding(name: &str) -> Option<&'static Encoding> {
    let name = match name {
        "cp932" | "ms932" => "shift-jis",
        "cp936" | "936" => "gbk",
        "cp949" | "uhc" | "euckr" => "euc-kr",
        "cp950" => "big5",
        "eucjp" | "ujis" => "euc-jp",
        "latin9" => "iso-8859-15",
        _ => name,
    };
    // Programs cannot be written in an encoding that is not a superset of ASCII.
    Encoding::for_label(name.as_bytes()).filter(|encoding| encoding.is_ascii_compatible())
}

/// The encoding that the first line declares, or the second if the first is empty or a comment.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).replace("\r\n", "\n");
    for line in head.split(['\n', '\r']).take(2).map(|line| line.trim_start_matches([' ', '\t', '\x0c'])) {
        if !line.is_empty() && !line.starts_with('#') {
            return None;
        }
        let declares = |(at, word): (usize, &str)| {
            let rest = line[at + word.len()..].strip_prefix([':', '='])?.trim_start_matches([' ', '\t']);
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)).unwrap_or(rest.len());
            (end > 0).then(|| rest[..end].to_ascii_lowercase().replace('_', "-"))
        };
        if let Some(name) = line.match_indices("coding").find_map(declares) {
            return Some(name);
        }
    }
    None
}

/// What a `python` command runs.
#[derive(Debug, Clone, PartialEq, Eq)]
enum MainProgram {
    /// `-c`, with the text.
    Command(Vec<u8>),
    /// Standard input, as a whole.
    Stdin,
    /// A script, a module, a prompt, or no Python command at all: the source is in the file that the code names.
    Elsewhere,
}

impl MainProgram {
    /// Reads the arguments as CPython's own option parser does.
    fn of(arguments: &[Vec<u8>]) -> Self {
        let mut rest = arguments.iter().skip(1);
        let mut interactive = false;
        while let Some(argument) = rest.next() {
            let Some(letters) = argument.strip_prefix(b"-") else {
                return Self::Elsewhere;
            };
            match letters {
                b"" => break,
                b"-" => {
                    return if rest.len() == 0 { Self::stdin(interactive) } else { Self::Elsewhere };
                }
                b"-check-hash-based-pycs" => {
                    rest.next();
                    continue;
                }
                _ if letters.starts_with(b"-") => continue,
                _ => {}
            }
            for (at, letter) in letters.iter().enumerate() {
                let rest_of_word = &letters[at + 1..];
                match letter {
                    b'c' => {
                        let text =
                            if rest_of_word.is_empty() { rest.next().map(Vec::as_slice) } else { Some(rest_of_word) };
                        return text.map_or(Self::Elsewhere, |text| Self::Command(text.to_vec()));
                    }
                    b'm' => return Self::Elsewhere,
                    b'i' => interactive = true,
                    // These take the rest of the word, or the next one. (`-Q` went with Python 2.)
                    b'W' | b'X' | b'Q' => {
                        if rest_of_word.is_empty() {
                            rest.next();
                        }
                        break;
                    }
                    _ => {}
                }
            }
        }
        Self::stdin(interactive)
    }

    /// An interactive interpreter compiles each statement on its own and counts its lines from 1.
    fn stdin(interactive: bool) -> Self {
        if interactive { Self::Elsewhere } else { Self::Stdin }
    }
}

/// The parts of a code object that identify its text.
#[derive(Debug, Clone, Copy)]
pub(super) struct CodeName<'a> {
    /// Its file name.
    pub file: &'a str,
    /// Its function name, or `<module>` and the like.
    pub function: &'a str,
    /// Its first line, counted from 1.
    pub first_line: u32,
    /// It belongs to the outermost frame of the main thread.
    pub outermost: bool,
}

/// The source texts of one process.
#[derive(Debug, Clone)]
pub(super) struct Sources {
    /// The working directory when the program was executed.
    directory: Option<PathBuf>,
    main: MainProgram,
    /// Python is embedded in another program.
    embedded: bool,
    /// When the program began; what was written later may be another text than the one that runs.
    began: Option<SystemTime>,
    /// What the user declared to be own code or a library's.
    own: Arc<OwnCode>,
    texts: HashMap<Arc<str>, Option<Arc<SourceText>>>,
}

impl Sources {
    /// Records what can change later: the working directory, and the arguments, which programs may overwrite.
    pub(super) fn new(process: &dyn Process, began: Option<SystemTime>, own: Arc<OwnCode>) -> Self {
        // The options of a program that embeds Python are its own.
        let is_python = process
            .executable()
            .is_ok_and(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("python")));
        let arguments = if is_python { process.command_line().ok() } else { None };
        let main = arguments.map_or(MainProgram::Elsewhere, |arguments| MainProgram::of(&arguments));
        Self { directory: process.current_dir().ok(), main, embedded: !is_python, began, own, texts: HashMap::new() }
    }

    /// Whether a program of another name runs Python: one that has it as a library, or was frozen with it.
    pub(super) fn is_embedded(&self) -> bool {
        self.embedded
    }

    /// What the user declared of a file's code: whether it is own.
    pub(super) fn declared(&self, file: &str) -> Option<bool> {
        self.own.of(&self.directory.as_deref().filter(|_| !file.starts_with('<')).unwrap_or(Path::new("")).join(file))
    }

    /// Whether this is the program that the user gave with `-c`. What such a program compiles from strings has the same
    /// file name; `has_text` is whether it has a text, as the program's own functions do, if not always its lambdas.
    pub(super) fn is_command(&self, code: CodeName<'_>, has_text: bool) -> bool {
        let MainProgram::Command(text) = &self.main else { return false };
        code.file == "<string>"
            && !own::is_bootstrap(&String::from_utf8_lossy(text))
            && (has_text || code.function.starts_with('<') && code.function != "<module>")
    }

    /// The text that a code object was made from.
    pub(super) fn of_code(&mut self, process: &dyn Process, code: CodeName<'_>) -> Option<Arc<SourceText>> {
        let text = self.text(process, code.file)?;
        // Any program may call its strings `<string>`, and a file may have been edited since it was imported.
        let is_pseudo_file = code.file.starts_with('<');
        let fits = match code.function {
            "<module>" => !is_pseudo_file || code.outermost,
            name if name.starts_with('<') => !is_pseudo_file || !text.makes_code(),
            name => text.begins(code.first_line, name),
        };
        fits.then_some(text)
    }

    fn text(&mut self, process: &dyn Process, file: &str) -> Option<Arc<SourceText>> {
        if let Some(text) = self.texts.get(file) {
            return text.clone();
        }
        let text = self.load(process, file).map(|bytes| Arc::new(SourceText::new(&bytes)));
        self.texts.insert(file.into(), text.clone());
        text
    }

    fn load(&self, process: &dyn Process, file: &str) -> Option<Vec<u8>> {
        match (file, &self.main) {
            ("<string>", MainProgram::Command(text)) => return Some(text.clone()),
            ("<stdin>", MainProgram::Stdin) => {
                return self.unchanged(process.open_stdin().ok()?).and_then(|file| whole(file).ok());
            }
            _ if file.starts_with('<') => return None,
            // The module was frozen into the program, so a file of that name here is another.
            _ if self.embedded && standard::is_module(file) => return None,
            _ => {}
        }
        let path = self.directory.as_deref().unwrap_or(Path::new("")).join(file);
        if !path.is_absolute() {
            return None;
        }
        match process.open(&path) {
            Ok(file) => self.unchanged(file).and_then(|file| whole(file).ok()),
            Err(_) => self.archived(process, &path),
        }
    }

    /// The file, unless it was written after the program began. A time in the future comes from another clock.
    fn unchanged(&self, file: File) -> Option<File> {
        let written = file.metadata().and_then(|metadata| metadata.modified()).ok();
        let later =
            written.zip(self.began).is_some_and(|(written, began)| (began..=SystemTime::now()).contains(&written));
        (!later).then_some(file)
    }

    /// Reads `/a/b.pyz/package/module.py` from the archive, the part of the path that is a file.
    fn archived(&self, process: &dyn Process, path: &Path) -> Option<Vec<u8>> {
        let (archive, file) = path.ancestors().skip(1).find_map(|above| Some((above, process.open(above).ok()?)))?;
        let inside = path.strip_prefix(archive).ok()?;
        let names: Option<Vec<&str>> = inside
            .components()
            .map(|part| match part {
                Component::Normal(name) => name.to_str(),
                _ => None,
            })
            .collect();
        let mut archive = zip::ZipArchive::new(self.unchanged(file)?).ok()?;
        let member = archive.by_name(&names?.join("/")).ok()?;
        let mut bytes = Vec::new();
        member.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}

fn whole(file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_python_ends_them() {
        let text = SourceText::new(b"\xef\xbb\xbfone\r\ntwo\rthree\n\nfive");
        let lines: Vec<_> = (0..=6).map(|number| text.line(number)).collect();
        assert_eq!(lines, [None, Some("one"), Some("two"), Some("three"), Some(""), Some("five"), None]);
    }

    #[test]
    fn declared_latin_1_is_read_as_such() {
        assert_eq!(SourceText::new(b"# -*- coding: latin-1 -*-\ns = '\xe9'").line(2), Some("s = 'é'"));
        assert_eq!(SourceText::new(b"s = '\xe9'").line(1), Some("s = '\u{fffd}'"));
        // Declared is declared, even if it could be UTF-8 as well.
        assert_eq!(SourceText::new(b"# coding: Latin_1-unix\ns = '\xc3\xa9'").line(2), Some("s = '\u{c3}\u{a9}'"));
        assert_eq!(SourceText::new(b"\xef\xbb\xbf# coding: utf8\ns = '\xc3\xa9'").line(2), Some("s = 'é'"));
    }

    #[test]
    fn a_text_is_in_the_encoding_it_declares() {
        let second = |head: &str, bytes: &[u8]| {
            let text = [head.as_bytes(), b"\n", bytes].concat();
            SourceText::new(&text).line(2).map(str::to_owned)
        };
        for (declared, bytes, text) in [
            ("# -*- coding: gbk -*-", &b"\xb7\xfe\xce\xf1\xc6\xf7"[..], "服务器"),
            ("# coding=gb2312", b"\xb7\xfe", "服"),
            ("# vim: set fileencoding=cp936 :", b"\xb7\xfe", "服"),
            ("  # coding: big5", b"\xa5\x5c", "功"),
            ("# coding: shift_jis", b"\x83\x5c\x95\x5c", "ソ表"),
            ("# coding: euc_jp", b"\xa5\xbd", "ソ"),
            ("# coding: euckr", b"\xbc\xad", "서"),
            ("# coding: koi8-r", b"\xd0\xd2\xc9", "при"),
            ("# coding: cp1252", b"\x80", "€"),
            ("# coding: iso-8859-15", b"\xa4", "€"),
            ("# coding: nonsense", b"x = '\xe9\xc3\xa9'", "x = '\u{fffd}\u{fffd}\u{fffd}'"),
            ("# coding: ascii", b"\xc3\xa9", "\u{fffd}\u{fffd}"),
            ("coding = latin_1", b"\xc3\xa9", "é"),
            ("# encoding is declared below", b"\xc3\xa9 # coding: latin-1", "é # coding: latin-1"),
        ] {
            assert_eq!(second(declared, bytes).as_deref(), Some(text), "{declared}");
        }
        let third = SourceText::new(b"#!/usr/bin/python\r\n# coding: koi8-r\r\n'\xd0'");
        assert_eq!(third.line(3), Some("'п'"));
    }

    #[test]
    fn a_file_written_after_the_program_began_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("server.py");
        std::fs::write(&file, "import socket\n").unwrap();
        let mut archive = zip::ZipWriter::new(File::create(folder.path().join("app.pyz")).unwrap());
        archive.start_file("a/b.py", zip::write::SimpleFileOptions::default()).unwrap();
        io::Write::write_all(&mut archive, b"import socket\n").unwrap();
        archive.finish().unwrap();
        let process = super::super::Live::new(nix::unistd::gettid().as_raw());
        let written = std::fs::metadata(&file).unwrap().modified().unwrap();
        let day = std::time::Duration::from_secs(86400);
        for (began, is_text) in [(None, true), (Some(written + day), true), (Some(written - day), false)] {
            for name in ["server.py", "app.pyz/a/b.py"] {
                let file = folder.path().join(name);
                let text = Sources::new(&process, began, Arc::default()).text(&process, file.to_str().unwrap());
                assert_eq!(text.is_some(), is_text, "{name} {began:?}");
            }
        }
        File::options().write(true).open(&file).unwrap().set_modified(SystemTime::now() + day).unwrap();
        let text = Sources::new(&process, Some(written), Arc::default()).text(&process, file.to_str().unwrap());
        assert!(text.is_some(), "its time comes from another clock");
    }

    #[test]
    fn the_scripts_of_installers_are_recognised() {
        let is = |text: &str| SourceText::new(text.as_bytes()).is_launcher();
        assert!(is("import re, sys\nfrom a import run\nif __name__ == '__main__':\n    \
                    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])\n    sys.exit(run())\n"));
        assert!(is("if __name__ == \"__main__\":\n    elif sys.argv[0].endswith('.exe'):\n        \
                    sys.argv[0] = sys.argv[0][:-4]\n    sys.exit(run())\n"));
        assert!(!is("import sys\nfrom a import run\nif __name__ == '__main__':\n    sys.exit(run())\n"));
        assert!(!is("sys.argv[0] = 'x'\nserve()\nsys.exit(0)\n"));
    }

    fn main(arguments: &[&str]) -> MainProgram {
        MainProgram::of(&arguments.iter().map(|argument| argument.as_bytes().to_vec()).collect::<Vec<_>>())
    }

    #[test]
    fn the_command_line_as_python_reads_it() {
        let command = |text: &str| MainProgram::Command(text.into());
        assert_eq!(main(&["python", "-c", "x"]), command("x"));
        assert_eq!(main(&["python", "-cx", "y"]), command("x"));
        assert_eq!(main(&["python", "-Ic", "x", "-c", "y"]), command("x"));
        assert_eq!(main(&["python", "-W", "ignore", "-X", "dev", "-c", "x"]), command("x"));
        assert_eq!(main(&["python", "-Wc", "-B", "-c", "x"]), command("x"));
        assert_eq!(main(&["python", "--check-hash-based-pycs", "never", "-c", "x"]), command("x"));
        assert_eq!(main(&["python", "-m", "x", "-c", "y"]), MainProgram::Elsewhere);
        assert_eq!(main(&["python", "x.py", "-c", "y"]), MainProgram::Elsewhere);
        assert_eq!(main(&["python", "--", "x.py"]), MainProgram::Elsewhere);
        assert_eq!(main(&["python", "-c"]), MainProgram::Elsewhere);
        assert_eq!(main(&["python", "-u", "-", "x"]), MainProgram::Stdin);
        assert_eq!(main(&["python"]), MainProgram::Stdin);
        assert_eq!(main(&["python", "-i"]), MainProgram::Elsewhere);
    }

    #[test]
    fn a_function_fits_where_it_begins() {
        let text = SourceText::new(
            b"@decorated\ndef f(x):\n  pass\nasync  def  g():\nclass C :\nexec('def h(): pass')\ndef ff():",
        );
        let fits = |line, name| text.begins(line, name);
        assert!(fits(1, "f") && fits(2, "f") && fits(4, "g") && fits(5, "C") && fits(7, "ff"));
        assert!(!fits(3, "f") && !fits(6, "h") && !fits(7, "f") && !fits(8, "f") && !fits(0, "f"));
    }
}
