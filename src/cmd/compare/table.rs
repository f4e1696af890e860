//! `sockscope compare --all`: every program and case against its Python twin, as a table.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use anyhow::bail;

use super::runs::{self, Interpreter, Pairs, STRINGS, all_same};
use super::verdict;
use crate::cmd::programs;
use crate::compare::{CompareOptions, Twins};
use crate::program::cases::{self, Case};

/// Cases at a time: most of them wait for the kernel.
const SIDE_BY_SIDE: usize = 4;

/// How often a case whose calls depend on time may be run.
const TRIES: u32 = 3;

/// What came of a case: with each interpreter, or why it was not run at all.
type CaseOutcome = anyhow::Result<Vec<anyhow::Result<Pairs>>>;

/// Whether a case was run, and each interpreter made the same calls.
fn is_same(outcome: &CaseOutcome) -> bool {
    outcome.as_ref().is_ok_and(|all| all.iter().all(|pairs| pairs.as_ref().is_ok_and(all_same)))
}

/// Every program and case, a line each as soon as it and those before it are known, and then what differs.
pub(super) fn every_case(options: &CompareOptions, paths: &[PathBuf], quiet: bool) -> anyhow::Result<ExitCode> {
    let interpreters = runs::interpreters(paths)?;
    let line = |text: &str| if quiet { Ok(()) } else { writeln!(io::stdout(), "{}", text.trim_end()) };
    let versions: String = interpreters.iter().map(|python| format!("  {:8}", python.version)).collect();
    line(&format!("{:12} {:18} {:>9} {:>5}{versions}", "PROGRAM", "CASE", "PROCESSES", "CALLS"))?;
    let (mut differences, mut failures) = (Vec::new(), Vec::new());
    outcomes(options, &interpreters, |case, outcome| {
        let name = format!("{:12} {:18}", case.program, case.name);
        let outcomes = match outcome {
            Ok(outcomes) => outcomes,
            Err(error) => {
                failures.push(format!("{} {}: {error:#}", case.program, case.name));
                return line(&format!("{name} {:>9} {:>5}  not run", "", ""));
            }
        };
        let calls = |pairs: &Pairs| pairs.iter().map(|(_, twins)| twins.comparison.rows().count()).sum::<usize>();
        let first = outcomes.iter().flatten().next();
        let (processes, calls) = first.map_or((0, 0), |pairs| (pairs.len(), calls(pairs)));
        let mut cells = String::new();
        for (python, outcome) in interpreters.iter().zip(&outcomes) {
            let word = match outcome {
                Ok(pairs) if all_same(pairs) => "same",
                Ok(pairs) => {
                    let differing = pairs.iter().filter(|(_, twins)| !twins.comparison.is_same());
                    let differing: Vec<_> = differing.map(|(name, twins)| summary(name, twins)).collect();
                    differences.push((python.version.clone(), case, differing.join("; ")));
                    "differs"
                }
                Err(error) => {
                    failures.push(format!("{} {} with Python {}: {error:#}", case.program, case.name, python.version));
                    "not run"
                }
            };
            cells += &format!("  {word:8}");
        }
        line(&format!("{name} {processes:>9} {calls:>5}{cells}"))
    })?;
    for (version, case, difference) in &differences {
        line(&format!("Python {version}, {} {}: {difference}", case.program, case.name))?;
    }
    if failures.is_empty() { Ok(verdict(differences.is_empty())) } else { bail!("{}", failures.join("\n")) }
}

/// Runs all cases, several at a time, and reports them in order. The client of udp-remote gives a reply a tenth of
/// a second; its cases have the machine to themselves, after the others, and further tries.
fn outcomes(
    options: &CompareOptions,
    interpreters: &[Interpreter],
    mut report: impl FnMut(&'static Case, CaseOutcome) -> io::Result<()>,
) -> anyhow::Result<()> {
    let cases: Vec<&Case> = cases::all().collect();
    let (alone, together): (Vec<usize>, Vec<usize>) =
        (0..cases.len()).partition(|at| cases[*at].program == "udp-remote");
    let outcome = |at: usize| -> CaseOutcome {
        let case = cases[at];
        runs::runs(programs::find(case.program)?, case, options, STRINGS, interpreters)
    };
    let (next, waiting) = (AtomicUsize::new(0), std::sync::Barrier::new(SIDE_BY_SIDE));
    let (results, received) = channel();
    std::thread::scope(|scope| {
        for worker in 0..SIDE_BY_SIDE {
            let results = results.clone();
            let (next, waiting, together, alone, outcome) = (&next, &waiting, &together, &alone, &outcome);
            scope.spawn(move || {
                while let Some(at) = together.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let _ = results.send((*at, outcome(*at))); // the receiver may have given up
                }
                waiting.wait();
                for at in alone.iter().filter(|_| worker == 0) {
                    // A reply that came too late on a busy machine is no difference between the two.
                    let mut tries = (1..=TRIES).map(|n| (n == TRIES, outcome(*at)));
                    if let Some((_, outcome)) = tries.find(|(last, outcome)| *last || is_same(outcome)) {
                        let _ = results.send((*at, outcome));
                    }
                }
            });
        }
        drop(results);
        let (mut early, mut next) = (BTreeMap::new(), 0);
        for (at, outcome) in received {
            early.insert(at, outcome);
            while let Some(outcome) = early.remove(&next) {
                report(cases[next], outcome)?;
                next += 1;
            }
        }
        Ok(())
    })
}

/// A short summary of what differs between two processes.
fn summary(name: &str, twins: &Twins) -> String {
    let counts = twins.comparison.counts().into_iter().filter(|(name, count)| *name != "same" && *count > 0);
    let counts: Vec<_> = counts.map(|(name, count)| format!("{count} {name}")).collect();
    format!("{name}: {}", counts.join(", "))
}
