//! Modules use those below them, never in a circle: whoever changes one finds out by whom it can be noticed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What each top module of the library names, and in which file.
type Uses = BTreeMap<String, BTreeMap<String, String>>;

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
                assert!(!list.contains('{'), "a list in a list is not read: {list}");
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
            if matches!(top.as_str(), "main" | "lib" | "cmd") {
                continue; // the command, which may use all
            }
            for name in named(&std::fs::read_to_string(&path).unwrap()).into_iter().filter(|name| *name != top) {
                uses.entry(top.clone()).or_default().entry(name).or_insert_with(|| within.display().to_string());
            }
        }
    }
}

/// A way from one module back to itself, if there is one.
fn circle(from: &str, uses: &Uses, way: &mut Vec<String>, done: &mut BTreeSet<String>) -> Option<Vec<String>> {
    if let Some(at) = way.iter().position(|module| module == from) {
        return Some(way[at..].to_vec());
    }
    if !done.insert(from.to_owned()) {
        return None;
    }
    way.push(from.to_owned());
    let found = uses.get(from).into_iter().flatten().find_map(|(name, _)| circle(name, uses, way, done));
    way.pop();
    found
}

#[test]
fn no_module_uses_one_that_uses_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut uses = Uses::new();
    collect(&root, &root, &mut uses);
    assert!(uses.len() > 20 && uses["tracer"].contains_key("decode"), "{uses:?}");
    let mut done = BTreeSet::new();
    for module in uses.keys() {
        if let Some(way) = circle(module, &uses, &mut Vec::new(), &mut done) {
            let next = way.iter().cycle().skip(1);
            let told: Vec<_> =
                way.iter().zip(next).map(|(from, to)| format!("{from} uses {to} in {}", uses[from][to])).collect();
            panic!("a circle: {}", told.join(", "));
        }
    }
}

#[test]
fn a_circle_is_found() {
    let uses = |pairs: &[(&str, &str)]| {
        let mut uses = Uses::new();
        for (from, to) in pairs {
            uses.entry((*from).into()).or_default().insert((*to).into(), "x.rs".into());
        }
        circle("a", &uses, &mut Vec::new(), &mut BTreeSet::new())
    };
    assert_eq!(uses(&[("a", "b"), ("b", "c"), ("a", "c")]), None);
    assert_eq!(uses(&[("a", "b"), ("b", "c"), ("c", "b")]), Some(vec!["b".into(), "c".into()]));
    assert_eq!(
        named("use crate::event::Call; // crate::no\nlet x = crate::value::X;\n#[cfg(test)]\nuse crate::no;").len(),
        2
    );
}

/// What differs between formats is behind their writers, or a field of their row.
#[test]
fn nobody_asks_a_format_for_its_name() {
    fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() { files(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 200);
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for format in sockscope::format::FORMATS {
            for asked in
                [format!("== {:?}", format.name), format!("!= {:?}", format.name), format!("{:?} =>", format.name)]
            {
                assert!(!code.contains(&asked), "{}: {asked}", path.display());
            }
        }
    }
}
