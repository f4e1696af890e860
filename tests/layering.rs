//! Modules use those below them, as ARCHITECTURE.md lists it: who changes one sees there whom it can affect.
//!
//! The list in that file is the only one. It is held both ways: a use that is not listed fails, and so does an entry
//! that nothing needs any more.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// What each top module of the library names, and in which file.
type Uses = BTreeMap<String, BTreeMap<String, String>>;

/// The line of ARCHITECTURE.md behind which the list stands.
const MARK: &str = "<!-- layers -->";
/// What stands for every module below.
const EVERYTHING: &str = "everything";

/// The words behind `crate::` in a file, without comments and without its tests, which may use anything.
fn named(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let code: String = code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            None => _ = found.insert(word(rest)),
            Some(list) => {
                let list = list.split('}').next().unwrap_or_default();
                assert!(!list.contains('{'), "a list in a list is not supported: {list}");
                found.extend(list.split(',').map(|item| word(item.trim())).filter(|name| !name.is_empty()));
            }
        }
    }
    found
}

fn collect(folder: &Path, root: &Path, uses: &mut Uses) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, root, uses);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            let within = path.strip_prefix(root).unwrap();
            let top = within.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
            if matches!(top.as_str(), "main" | "lib") {
                continue;
            }
            let of = uses.entry(top.clone()).or_default();
            for name in named(&std::fs::read_to_string(&path).unwrap()).into_iter().filter(|name| *name != top) {
                of.entry(name).or_insert_with(|| within.display().to_string());
            }
        }
    }
}

/// The list: modules from the top to the bottom, each with those it may use.
fn layers(page: &str) -> Vec<(String, BTreeSet<String>)> {
    let list = page.split(MARK).nth(1).expect("the page has the mark").split("```").nth(1).expect("a list follows");
    let line = |line: &str| {
        let (module, uses) = line.split_once('→')?;
        Some((module.trim().to_owned(), uses.split_whitespace().map(str::to_owned).collect()))
    };
    list.lines().filter_map(line).collect()
}

/// Every way in which the sources and the list differ, as sentences.
fn differences(uses: &Uses, layers: &[(String, BTreeSet<String>)]) -> Vec<String> {
    let mut found = Vec::new();
    let place: BTreeMap<&str, usize> = layers.iter().enumerate().map(|(at, (name, _))| (name.as_str(), at)).collect();
    for (name, of) in uses {
        let Some(at) = place.get(name.as_str()) else {
            found.push(format!("{name} is not in the list"));
            continue;
        };
        let allowed = &layers[*at].1;
        for (used, file) in of {
            if !allowed.contains(used) && !allowed.contains(EVERYTHING) {
                found.push(format!("{file} uses {used}: the list does not allow it to {name}"));
            }
        }
        for used in allowed.iter().filter(|used| *used != EVERYTHING && !of.contains_key(*used)) {
            found.push(format!("{name} may use {used}, which it no longer does: take it off the list"));
        }
        for used in allowed.iter().filter(|used| place.get(used.as_str()).is_some_and(|below| below <= at)) {
            found.push(format!("{name} uses {used}, which does not stand below it in the list"));
        }
    }
    let gone = place.keys().filter(|name| !uses.contains_key(**name));
    found.extend(gone.map(|name| format!("{name} is in the list and not in src")));
    found
}

#[test]
fn modules_use_what_the_list_allows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut uses = Uses::new();
    collect(&root.join("src"), &root.join("src"), &mut uses);
    assert!(uses.len() > 20 && uses["tracer"].contains_key("decode"), "{uses:?}");
    let layers = layers(&std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap());
    let found = differences(&uses, &layers);
    assert!(found.is_empty(), "ARCHITECTURE.md and src differ:\n{}", found.join("\n"));
}

#[test]
fn each_kind_of_difference_is_found() {
    let page = format!("{MARK}\n```text\ntop → everything\na   → b c\nb   → c\nc   →\n```\n");
    let layers = layers(&page);
    let uses = |pairs: &[(&str, &str)]| {
        let mut uses: Uses = ["top", "a", "b", "c"].iter().map(|name| ((*name).to_owned(), BTreeMap::new())).collect();
        for (from, to) in pairs {
            uses.entry((*from).into()).or_default().insert((*to).into(), format!("{from}.rs"));
        }
        differences(&uses, &layers)
    };
    assert_eq!(uses(&[("top", "c"), ("a", "b"), ("a", "c"), ("b", "c")]), [""; 0]);
    assert_eq!(uses(&[("a", "b"), ("a", "c"), ("b", "c"), ("c", "a")]).len(), 1); // upwards
    assert_eq!(uses(&[("a", "b"), ("b", "c")]).len(), 1); // allowed and not used
    assert_eq!(uses(&[("a", "b"), ("a", "c"), ("b", "c"), ("d", "a")]).len(), 1); // not in the list
    let circle = crate::layers(&format!("{MARK}\n```text\na → b\nb → a\n```\n"));
    assert_eq!(
        differences(
            &Uses::from([
                ("a".into(), BTreeMap::from([("b".into(), "a.rs".into())])),
                ("b".into(), BTreeMap::from([("a".into(), "b.rs".into())])),
            ]),
            &circle
        )
        .len(),
        1
    );
    assert_eq!(
        named("use crate::event::Call; // crate::no\nlet x = crate::value::X;\n#[cfg(test)]\nuse crate::no;").len(),
        2
    );
}

/// Every file of the library and its program, by its place in `src`, without comments and without its tests.
fn sources() -> BTreeMap<String, String> {
    fn walk(folder: &Path, root: &Path, found: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, root, found);
            } else if !path.ends_with("tests.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
                let within = path.strip_prefix(root).unwrap().display().to_string();
                found.insert(within, lines.collect::<Vec<_>>().join("\n"));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    walk(&root, &root, &mut found);
    assert!(found.len() > 200);
    found
}

/// What differs between formats is behind their writers, or a field of their row.
#[test]
fn nobody_asks_a_format_for_its_name() {
    for (file, code) in sources() {
        for format in sockscope::format::FORMATS {
            for asked in
                [format!("== {:?}", format.name), format!("!= {:?}", format.name), format!("{:?} =>", format.name)]
            {
                assert!(!code.contains(&asked), "{file}: {asked}");
            }
        }
    }
}

/// Where names of calls are words of something else, or are not asked of a call.
const MAY_NAME_CALLS: [(&str, &str); 8] = [
    ("cmd", "words of the command line, which are the user's"),
    ("json/read.rs", "`exit` is a type of event"),
    ("normalize.rs", "`times` is an option"),
    ("sys/proc.rs", "`nanosleep` is in what /proc calls the place where a thread sleeps"),
    ("why/evidence/watch.rs", "`eventfd` and `pipe` are what /proc calls a descriptor's target"),
    ("summary.rs", "`time` is a column"),
    ("program", "the calls and the lines that a case of the documentation shows"),
    ("text/target", "`socket` is what /proc calls a descriptor's target"),
];

/// The lines that compare something with the name of a call, or match on it.
fn asks_for_names(code: &str) -> Vec<String> {
    let names: Vec<_> = sockscope::syscall::table()
        .flat_map(|sys| [format!("\"{}\"", sys.name()), format!("\"{}(", sys.name())])
        .collect();
    let asks = ["==", "!=", "=>", " | ", "matches!", "starts_with", "contains"];
    code.lines()
        .filter(|line| {
            // What an arm evaluates to is no question.
            let asked = line.split_once("=>").map_or(*line, |(pattern, _)| pattern);
            asks.iter().any(|word| line.contains(word)) && names.iter().any(|name| asked.contains(name.as_str()))
        })
        .map(str::to_owned)
        .collect()
}

/// Code that has to recognise a call by its name has found a column missing from the table: calls are classified by their
/// [`Effect`](sockscope::syscall::Effect), and what they take and return by the types of their row.
#[test]
fn no_call_is_recognised_by_its_name() {
    let mut used = BTreeSet::new();
    let rust = |file: &str| file.ends_with(".rs") && !file.starts_with("syscall");
    for (file, code) in sources().into_iter().filter(|(file, _)| rust(file)) {
        let found = asks_for_names(&code);
        match MAY_NAME_CALLS.iter().find(|(place, _)| file.starts_with(place)) {
            Some((place, _)) if !found.is_empty() => _ = used.insert(*place),
            Some(_) => {}
            None => assert!(found.is_empty(), "{file} asks for the names of calls:\n{}", found.join("\n")),
        }
    }
    let idle: Vec<_> = MAY_NAME_CALLS.iter().map(|(place, _)| *place).filter(|place| !used.contains(place)).collect();
    assert!(idle.is_empty(), "no call is named any more in {idle:?}: take them off the list");
    for asked in [
        r#"if call.sys.name() == "connect" {"#,
        r#""accept" | "accept4" if quiet => {"#,
        r#"("socket", Ret::Ok(new)) => (Some(new), None),"#,
        r#"let sends = matches!(name, "sendto");"#,
        r#"failed.call.starts_with("connect(")"#,
    ] {
        assert_eq!(asks_for_names(asked), [asked]);
    }
    for fine in [r#"    calls: &["connect", "sendto"],"#, r#"kind if kind.is_socket() => "socket","#] {
        assert_eq!(asks_for_names(fine), [""; 0]);
    }
}

/// The page leads to files that are there.
#[test]
fn every_file_that_the_page_names_exists() {
    fn files(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() { files(&path, found) } else { found.push(path.display().to_string()) }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    files(&root.join("src"), &mut found);
    files(&root.join("tests"), &mut found);
    let page = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let named: Vec<&str> =
        page.split('`').filter(|word| word.ends_with(".rs") && !word.contains(['<', ' ', '\n'])).collect();
    assert!(named.len() > 30, "{named:?}");
    for name in named {
        assert!(found.iter().any(|path| path.ends_with(&format!("/{name}"))), "there is no {name}");
    }
}

/// What the sources of the libc crate declare for another processor.
fn libc_of(processor: &str) -> String {
    // Without packages of other systems, which nothing has fetched.
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform", &platform])
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let libc = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == "libc").unwrap();
    let root = Path::new(libc["manifest_path"].as_str().unwrap()).parent().unwrap();
    let folder = root.join("src/unix/linux_like/linux/gnu/b64").join(processor);
    ["mod.rs", "lp64.rs"].map(|file| std::fs::read_to_string(folder.join(file)).unwrap()).concat()
}

/// A call that only x86_64 has stands as `old!(SYS_…)` or in arch.rs, or nothing builds elsewhere.
#[test]
fn every_call_number_is_there_on_aarch64() {
    let theirs = libc_of("aarch64");
    let mut found = 0;
    for (file, text) in sources().into_iter().filter(|(file, _)| file != "sys/arch.rs") {
        for rest in text.split("libc::SYS_").skip(1) {
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(theirs.contains(&format!("SYS_{name}:")), "{file}: aarch64 has no {name}; use old!(SYS_{name})");
            found += 1;
        }
    }
    // The witness is what it is taken for.
    assert!(found > 200 && !theirs.contains("SYS_poll:"), "{found}");
}
