//! Modules use those below them, as ARCHITECTURE.md lists it: who changes one sees there whom it can affect.
//!
//! The list in that file is the only one. It is held both ways: a use that is not listed fails, and so does an entry
//! that nothing needs any more.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

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
