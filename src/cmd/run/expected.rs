//! What a run is to show, before it, and that it did, after it, in sentences.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::show;
use crate::lang::Language;
use crate::program::cases::{Case, ExpectedCall, role_name};
use crate::program::{Program, Role};

/// What is to be seen.
pub(super) fn before(program: &Program, case: &Case, language: Language) -> String {
    let name = if case.name == "default" { String::new() } else { format!(" {}", case.name) };
    format!("{}{name}: {}", program.name, language.text(case.doc))
}

/// What was seen of the processes that play these roles, with what each printed.
pub(super) fn after(case: &Case, played: &[(Role, String)], language: Language) -> String {
    let roles: Vec<Role> = played.iter().map(|(role, _)| *role).collect();
    let of = |(at, (_, printed)): (usize, &(Role, String))| {
        let calls = case.calls.iter().filter(|call| call.process == at).map(|call| outcome(call, language));
        let end = case.endings.get(at).map(|ending| ending.seen(printed));
        let end = end.map(|end| language.text(&end).into_owned());
        let did = calls.chain(end).collect::<Vec<_>>().join(&language.text(" and "));
        language.sentences([&format!("the {}", role_name(&roles, at)), &did])
    };
    let did = played.iter().enumerate().map(of).collect::<Vec<_>>().join(&language.text("; "));
    language.text(&format!("✓ ended as expected: {did}")).into_owned()
}

/// What was seen instead.
pub(super) fn instead(program: &Program, case: &Case, seen: &str, language: Language) -> String {
    let seen = language.text(seen);
    language.text(&format!("✗ {} {} did not end as expected: {seen}", program.name, case.name)).into_owned()
}

/// `got ECONNREFUSED from connect`.
fn outcome(expected: &ExpectedCall, language: Language) -> String {
    match expected.outcome {
        "Timeout" => language.text(&format!("waited in {} until its time was over", expected.call)).into_owned(),
        outcome => language.text(&format!("got {outcome} from {}", expected.call)).into_owned(),
    }
}

/// The file that a program writes, as it was before.
pub(super) struct Saved {
    path: Option<PathBuf>,
    before: Option<SystemTime>,
}

impl Saved {
    /// Looks at it before the program runs in this directory.
    pub(super) fn watch(program: &Program) -> Self {
        let path = program.saves.and_then(|file| std::path::absolute(file).ok());
        let before = path.as_deref().and_then(written);
        Self { path, before }
    }

    /// Says that it was written, if it was.
    pub(super) fn report(&self, language: Language) {
        let Some(path) = &self.path else { return };
        if written(path) != self.before {
            let size = std::fs::metadata(path).map_or(0, |file| file.len());
            show::notice(&language.text(&format!("saved in {} ({size} bytes)", path.display())));
        }
    }
}

fn written(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|file| file.modified()).ok()
}
