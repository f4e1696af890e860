//! A run as a lesson: what its page has beside the trace.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::{Args, expected};
use crate::claims::{self, TestOptions, TestedClaim, report};
use crate::format::{Format, LessonSlot};
use crate::lang::Language;
use crate::picture::report::{Lesson, LessonPlayer};
use crate::program::cases::Case;
use crate::program::runner::{Failure, Player};
use crate::program::{Program, Role, lines};
use crate::sys::setting;

/// Bytes of each buffer that a lesson shows at least.
pub(super) const MIN_STRINGS: usize = 4096;

/// What is known of a run beside its trace.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::cmd) struct Beside {
    /// What it ran on.
    pub(in crate::cmd) host: String,
    /// What each process printed, in order of start.
    pub(in crate::cmd) printed: Vec<String>,
    /// The claims that concern it, tested there: objects of `sockscope claims --format json`.
    pub(in crate::cmd) claims: Vec<serde_json::Value>,
}

/// A lesson that is being made.
pub(super) struct Making {
    pub(super) slot: LessonSlot,
    beside: Option<PathBuf>,
    claims: Vec<serde_json::Value>,
    host: String,
    listed: bool,
}

impl Making {
    /// Tests the claims that concern the program, before it runs and while there is one thread; `None` where no page is
    /// asked for.
    pub(super) fn of(
        args: &Args,
        program: &Program,
        format: &Format,
        players: [&Player; 2],
    ) -> anyhow::Result<Option<Self>> {
        if !format.teaches && args.beside.is_none() {
            return Ok(None);
        }
        let concern = claims::claims().filter(|claim| claim.programs.contains(&program.name));
        let tested: Vec<TestedClaim> =
            concern.filter_map(|claim| claims::test(claim, &TestOptions::default(), &|| false)).collect();
        let text = report::json(&tested, Language::English)?;
        let claims = text.lines().map(serde_json::from_str).collect::<Result<Vec<_>, _>>()?;
        let kernel = setting::get("kernel.osrelease").unwrap_or_default();
        let mut hosts = vec![format!("Linux {kernel}")];
        hosts.extend(players.map(plays));
        hosts.dedup();
        let host = hosts.join(" · ");
        Ok(Some(Self { slot: Arc::default(), beside: args.beside.clone(), claims, host, listed: args.listed }))
    }

    /// The run is over.
    pub(super) fn end(
        self,
        program: &'static Program,
        case: &'static Case,
        played: &[(Role, String)],
        result: &Result<(), Failure>,
    ) -> anyhow::Result<()> {
        let printed = played.iter().map(|(_, printed)| printed.clone()).collect();
        let beside = Beside { host: self.host, printed, claims: self.claims };
        if let Some(path) = &self.beside {
            let text = serde_json::to_string_pretty(&beside)? + "\n";
            std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        let unexpected = match result {
            Ok(()) => None,
            Err(Failure::Unexpected(text)) => Some(text.as_str()),
            Err(Failure::NotRun(_) | Failure::Stopped) => return Ok(()),
        };
        let roles: Vec<Role> = played.iter().map(|(role, _)| *role).collect();
        let _ = self.slot.set(lesson(program, case, &roles, beside, unexpected, self.listed)); // nobody else fills it
        Ok(())
    }
}

/// Who plays a role.
fn plays(player: &Player) -> String {
    let Player::Python(path) = player else { return format!("sockscope {}", env!("CARGO_PKG_VERSION")) };
    let words = "import platform; print(platform.python_implementation(), platform.python_version())";
    let output = Command::new(path).args(["-c", words]).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

/// A lesson of a run by these roles, which ended unexpectedly if so.
pub(in crate::cmd) fn lesson(
    program: &'static Program,
    case: &'static Case,
    roles: &[Role],
    beside: Beside,
    unexpected: Option<&str>,
    listed: bool,
) -> Lesson {
    let played: Vec<(Role, String)> = roles.iter().copied().zip(beside.printed).collect();
    let ended = |language| match unexpected {
        Some(seen) => expected::instead(program, case, seen, language),
        None => expected::after(case, &played, language),
    };
    let ended = [ended(Language::English), ended(Language::Chinese)];
    let player = |(at, (role, printed)): (usize, (Role, String))| LessonPlayer {
        role: role.name(),
        file: program.twin_file(role),
        source: program.twin(role),
        printed,
        lines: lines::lines(program, case.name, at),
    };
    let document = program
        .source_document()
        .map_or([program.document, "", ""], |document| [document.number, document.title, document.about]);
    Lesson {
        program: program.name,
        document,
        case: [case.name, case.doc],
        ended,
        expected: unexpected.is_none(),
        players: played.into_iter().enumerate().map(player).collect(),
        claims: beside.claims,
        host: beside.host,
        listed,
    }
}
