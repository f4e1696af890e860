//! What a run is to show, before it, and that it did, after it, in sentences.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::show;
use crate::program::cases::{Case, Ending, ExpectedCall, role_name};
use crate::program::{Program, Role};

/// What is to be seen.
pub(super) fn before(program: &Program, case: &Case) -> String {
    let name = if case.name == "default" { String::new() } else { format!(" {}", case.name) };
    format!("{}{name}: {}", program.name, case.doc)
}

/// What was seen, of the processes that played these roles.
pub(super) fn after(case: &Case, roles: &[Role]) -> String {
    let of = |at: usize| {
        let calls: Vec<String> = case.calls.iter().filter(|call| call.process == at).map(outcome).collect();
        let end = case.endings.get(at).map(Ending::to_string);
        format!("the {} {}", role_name(roles, at), calls.into_iter().chain(end).collect::<Vec<_>>().join(" and "))
    };
    format!("✓ ended as expected: {}", (0..roles.len()).map(of).collect::<Vec<_>>().join("; "))
}

/// `got ECONNREFUSED from connect`.
fn outcome(expected: &ExpectedCall) -> String {
    match expected.outcome {
        "Timeout" => format!("waited in {} until its time was over", expected.call),
        outcome => format!("got {outcome} from {}", expected.call),
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
    pub(super) fn report(&self) {
        let Some(path) = &self.path else { return };
        if written(path) != self.before {
            let size = std::fs::metadata(path).map_or(0, |file| file.len());
            show::notice(&format!("saved in {} ({size} bytes)", path.display()));
        }
    }
}

fn written(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|file| file.modified()).ok()
}
