//! The public surface, item by item, so that growth is seen: what a user may rely on is what `tests/public_api.txt`
//! says, and a change of it is a change of that file.
//!
//! The lint `unreachable_pub` holds that whatever is marked `pub` can be reached, and rustfmt holds how items are laid
//! out, so the marked lines of the public modules are the surface. Hidden modules (the command's and the tests') and
//! private ones are left out, except what a public module takes from a private one by `pub use`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Set to have the listing written anew.
const ACCEPT: &str = "SOCKSCOPE_ACCEPT_API";

/// The lines of a file without comments, attributes and tests, each with its depth; a head over several lines as one.
fn lines(text: &str) -> Vec<(usize, String)> {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut joined: Vec<(usize, String)> = Vec::new();
    let mut open: Option<usize> = None;
    for line in code.lines() {
        let (depth, text) = ((line.len() - line.trim_start().len()) / 4, line.trim());
        if text.is_empty() || text.starts_with("//") || text.starts_with("#[") {
            continue;
        }
        match (open, joined.last_mut()) {
            (Some(begun), Some((_, head))) => {
                if !head.ends_with('(') && !text.starts_with([')', '>']) {
                    head.push(' ');
                }
                head.push_str(text);
                if depth == begun && text.ends_with(['{', ';', '}']) {
                    open = None;
                }
            }
            _ => {
                joined.push((depth, text.to_owned()));
                let begins = text.starts_with("pub ") || text.starts_with("impl") || text.starts_with("fn ");
                open = (begins && text.ends_with(['(', '<', '='])).then_some(depth);
            }
        }
    }
    joined
}

/// What a head declares, without its body.
fn head(text: &str) -> String {
    let text = text.replace("(, ", "(").replace(",)", ")").replace(", )", ")");
    let end = if text.starts_with("pub use") {
        text.len()
    } else if text.contains("static ") || text.contains("const ") && !text.contains("fn ") {
        text.find(" = ").unwrap_or(text.len())
    } else {
        text.find(" {").unwrap_or(text.len())
    };
    text[..end].trim_end_matches([';', ',']).to_owned()
}

/// The name that a head declares.
fn name(head: &str) -> &str {
    let words = ["pub", "struct", "enum", "trait", "union", "fn", "const", "static", "type", "unsafe", "impl", "mod"];
    let word = head.split([' ', '(', '<', ':', ';']).find(|word| !words.contains(word) && !word.is_empty());
    word.unwrap_or_default()
}

/// The public items of a file, each with what belongs to it; methods with their type.
fn items(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // The item whose body we are in, and which lines of it are public.
    let mut within: Option<(String, &str)> = None;
    let mut variant = String::new();
    for (depth, text) in lines(text) {
        if depth == 0 {
            within = None;
            let opens = text.ends_with('{');
            if let Some(rest) = text.strip_prefix("impl").filter(|rest| !rest.contains(" for ") && opens) {
                let ty = if rest.starts_with('<') { rest.split_once("> ").map_or("", |(_, ty)| ty) } else { rest };
                within = Some((name(ty.trim()).to_owned(), "pub "));
            } else if text.starts_with("pub ") && !text.starts_with("pub mod") && !text.starts_with("pub use") {
                let item = name(&head(&text)).to_owned();
                found.entry(item.clone()).or_default().insert(head(&text));
                let all = if text.contains("enum ") || text.contains("trait ") { "" } else { "pub " };
                within = opens.then_some((item, all));
            }
        } else if let Some((item, mark)) = &within
            && text.starts_with(mark)
            && (depth == 1 || depth == 2 && mark.is_empty())
        {
            let declares = |text: &str| text.starts_with(|c: char| c.is_uppercase()) || text.starts_with("fn ");
            if *mark == "pub " {
                found.entry(item.clone()).or_default().insert(format!("{item}: {}", head(&text)));
            } else if depth == 1 && declares(&text) {
                variant = head(&text);
                found.entry(item.clone()).or_default().insert(format!("{item}: {variant}"));
            } else if depth == 2 && !variant.starts_with("fn ") && text.ends_with(',') && text.contains(": ") {
                found.entry(item.clone()).or_default().insert(format!("{item}: {variant}: {}", head(&text)));
            }
        }
    }
    found
}

/// Items of private modules that a public one takes by name, each with its module.
fn taken(path: &str, text: &str) -> Vec<(String, String)> {
    let mut taken = Vec::new();
    for rest in text.split("\npub use ").skip(1) {
        let list = rest.split(';').next().unwrap_or_default().replace(['\n', '}'], " ");
        let (module, names) = match list.split_once("::{") {
            Some(parts) => parts,
            None => list.rsplit_once("::").unwrap_or_default(),
        };
        let module = match module.strip_prefix("crate::") {
            Some(whole) => whole.to_owned(),
            None => format!("{path}::{module}"),
        };
        for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            taken.push((module.clone(), name.split(" as ").next().unwrap_or(name).to_owned()));
        }
    }
    taken
}

/// Reads a module's files and those below it, and which of them are public.
fn collect(path: &str, file: &Path, folder: &Path, all: &mut BTreeMap<String, (bool, String)>, public: bool) {
    let text = fs::read_to_string(file).unwrap();
    let mut hidden = false;
    for line in text.split("#[cfg(test)]").next().unwrap().lines() {
        if line.starts_with("#[") {
            hidden |= line == "#[doc(hidden)]";
            continue;
        }
        let hidden = std::mem::take(&mut hidden);
        let below = line.strip_prefix("pub ").unwrap_or(line);
        let below = below.strip_prefix("pub(crate) ").or(below.strip_prefix("pub(super) ")).unwrap_or(below);
        let Some(name) = below.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) else { continue };
        if hidden || name == "tests" {
            continue;
        }
        let below = if path.is_empty() { name.to_owned() } else { format!("{path}::{name}") };
        let public = public && line.starts_with("pub mod");
        collect(&below, &folder.join(format!("{name}.rs")), &folder.join(name), all, public);
    }
    all.insert(path.to_owned(), (public, text));
}

/// The listing, and how many items and fields it has.
fn listing() -> (String, usize, usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = BTreeMap::new();
    collect("", &root.join("lib.rs"), &root, &mut all, true);
    let wanted: BTreeSet<_> =
        all.iter().filter(|(_, (public, _))| *public).flat_map(|(path, (_, text))| taken(path, text)).collect();
    let found: Vec<_> = all.iter().map(|(path, (public, text))| (path, *public, items(text))).collect();
    // Types by the top module: methods may stand in another file than their type.
    let top = |path: &str| path.split("::").next().unwrap_or_default().to_owned();
    let declares = |lines: &BTreeSet<String>| lines.iter().any(|line| line.starts_with("pub "));
    let mut types = BTreeSet::new();
    for (path, public, items) in &found {
        for (item, lines) in items {
            if declares(lines) && (*public || wanted.contains(&((*path).clone(), item.clone()))) {
                types.insert((top(path), item.clone()));
            }
        }
    }
    let mut out = BTreeSet::new();
    for (path, public, items) in found {
        for (item, lines) in items {
            let listed = match declares(&lines) {
                true => public || wanted.contains(&(path.clone(), item.clone())),
                false => types.contains(&(top(path), item)),
            };
            if listed {
                out.extend(lines.into_iter().map(|line| format!("{path}  {line}")));
            }
        }
        let text = &all[path].1;
        for (_, line) in lines(text).iter().filter(|(depth, line)| public && *depth == 0 && line.starts_with("pub use"))
        {
            out.insert(format!("{path}  {}", head(line)));
        }
    }
    let fields = out.iter().filter(|line| line.split("  ").nth(1).is_some_and(is_field)).count();
    let text = out.iter().fold(String::new(), |text, line| text + line + "\n");
    (text, out.len(), fields)
}

/// Whether a line is a field: `Type: pub name: …`, or `Type: Variant: name: …`.
fn is_field(line: &str) -> bool {
    let mut parts = line.splitn(3, ": ").skip(1);
    let (Some(second), Some(_)) = (parts.next(), parts.next()) else { return false };
    !second.contains("fn ") && !second.contains("const ")
}

#[test]
fn the_public_surface_is_the_committed_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/public_api.txt");
    let (found, items, fields) = listing();
    assert!(items > 100 && fields > 50, "{items} items and {fields} fields are too few to be all:\n{found}");
    if std::env::var_os(ACCEPT).is_some() {
        fs::write(&path, &found).unwrap();
    }
    let listed = fs::read_to_string(&path).unwrap_or_default();
    let (found, listed): (BTreeSet<_>, BTreeSet<_>) = (found.lines().collect(), listed.lines().collect());
    let more = found.difference(&listed).map(|line| format!("+ {line}\n"));
    let changes: String = more.chain(listed.difference(&found).map(|line| format!("- {line}\n"))).collect();
    assert!(
        changes.is_empty(),
        "the public surface has changed ({items} items, {fields} of them fields). Make pub(crate) what no user of the \
         library needs, then accept the rest with\n    {ACCEPT}=1 cargo test --test library surface\n{changes}"
    );
}

#[test]
fn a_listing_has_items_fields_variants_and_methods() {
    let text = "\
/// A.
#[derive(Debug)]
pub struct A<T> {
    /// B.
    pub b: u8,
    c: T,
}

pub struct Pair(pub i32);

impl<T: Clone> A<T> {
    pub fn long(
        &self,
        other: u8,
    ) -> bool {
        pub_like: 1
    }
    fn hidden(&self) {}
}

impl Clone for Pair {
    fn clone(&self) -> Self {}
}

pub enum E {
    One,
    Two {
        three: u8,
    },
}

pub trait T {
    fn asked(&self) -> u8;
    fn given(&self) -> u8 {
        let x = y(a, b: c);
    }
}

pub(crate) struct Not {
    pub x: u8,
}
pub static S: &[u8] = &[1];

#[cfg(test)]
mod tests {
    pub struct Test;
}
";
    let found: Vec<_> = items(text).into_values().flatten().collect();
    assert_eq!(
        found,
        [
            "A: pub b: u8",
            "A: pub fn long(&self, other: u8) -> bool",
            "pub struct A<T>",
            "E: One",
            "E: Two",
            "E: Two: three: u8",
            "pub enum E",
            "pub struct Pair(pub i32)",
            "pub static S: &[u8]",
            "T: fn asked(&self) -> u8",
            "T: fn given(&self) -> u8",
            "pub trait T",
        ]
    );
    assert_eq!(found.iter().filter(|line| is_field(line)).collect::<Vec<_>>(), ["A: pub b: u8", "E: Two: three: u8"]);
}
