//! What may differ between two traces of the same program, and nothing else. The one place for exceptions.

use std::collections::BTreeMap;

use regex::{Captures, Regex};

/// The lines of each thread, in the order in which threads appear; the thread's number is taken off.
pub fn by_thread(lines: &[String]) -> Vec<Vec<String>> {
    let mut threads: BTreeMap<&str, usize> = BTreeMap::new();
    let mut result: Vec<Vec<String>> = Vec::new();
    for line in lines {
        let (tid, rest) = line.split_once(' ').unwrap_or(("", line));
        let at = *threads.entry(tid).or_insert_with(|| {
            result.push(Vec::new());
            result.len() - 1
        });
        result[at].push(rest.trim_start().to_owned());
    }
    result
}

/// Our own log against strace's trace of the same process. Two exceptions:
/// - a thread of ours that made no call of a program (the one that waits for signals, the reader of nothing) ends too,
///   and strace shows it; the layer records only the process's end;
/// - how strace shows that a call was cut off by the process's death (`= ?`, with the kernel's restart code, or the
///   signal's own line), where the layer knows only that it did not return.
pub fn witnessed(lines: &[String]) -> Vec<Vec<String>> {
    let mut threads = by_thread(lines);
    for thread in &mut threads {
        thread.retain(|line| !line.starts_with("--- "));
        for line in thread.iter_mut() {
            if line.contains(" = ?") || line.ends_with("<unfinished ...>") {
                let known = line.split(',').next().unwrap_or_default();
                *line = format!("{known} never returned");
            }
        }
    }
    for thread in threads.iter_mut().skip(1) {
        thread.retain(|line| !line.starts_with("+++ "));
    }
    threads.retain(|thread| !thread.is_empty());
    threads
}

/// A Rust role's log against its twin's: descriptors are kept, which must be equal too. What differs from run to run
/// is replaced: ports, by the order in which they appear; addresses in memory; the random bytes of a question to a name
/// server; how many milliseconds of a timeout are left; the column
/// of the result, which depends on the length of the process's number.
pub fn normalised(lines: &[String]) -> Vec<Vec<String>> {
    let ports = Regex::new(r"htons\((\d+)\)|(', )(\d+)\)").unwrap();
    let pointer = Regex::new(r"0x[0-9a-f]{6,}").unwrap();
    // A question for the address (type A, class IN) of a name, and whatever answers it.
    let question = Regex::new(r#""([^"\\]|\\.)*\\0\\0\\1\\0\\1([^"\\]|\\.)*"(\.\.\.)?"#).unwrap();
    let padding = Regex::new(r" += ").unwrap();
    let left = Regex::new(r"(\], 1, )(\d+)\)").unwrap();
    let mut seen: Vec<String> = Vec::new();
    let mut name = |port: &str| {
        if port == "0" {
            return "0".to_owned();
        }
        let at = seen.iter().position(|known| known == port).unwrap_or_else(|| {
            seen.push(port.to_owned());
            seen.len() - 1
        });
        format!("PORT{at}")
    };
    let line = |line: &String| {
        let line = ports.replace_all(line, |c: &Captures<'_>| match c.get(1) {
            Some(port) => format!("htons({})", name(port.as_str())),
            None => format!("{}{})", &c[2], name(&c[3])),
        });
        let line = pointer.replace_all(&line, "POINTER");
        let line = question.replace_all(&line, "MESSAGE");
        let line = padding.replace(&line, " = ");
        let line = left.replace_all(&line, |c: &Captures<'_>| {
            let ms: u64 = c[2].parse().unwrap();
            format!("{}{})", &c[1], ms.div_ceil(100) * 100)
        });
        line.into_owned()
    };
    let lines: Vec<String> = lines.iter().map(line).collect();
    let mut threads = witnessed(&lines);
    if let Some((_, others)) = threads.split_first_mut() {
        others.sort(); // threads that do the same are not in a fixed order
    }
    threads
}
