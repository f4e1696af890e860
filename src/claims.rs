//! The documents' claims, tested on the running kernel.
//!
//! A claim is an experiment: a function that makes calls on the layer and records each trial, what it observed and
//! whether the claim held. The verdict follows from these trials alone, so it is measured every time and never
//! stored. Each experiment runs in a process of its own and, where the kernel allows it, in a network namespace of
//! its own, so that experiments do not affect the machine or each other and may change kernel settings. The settings
//! in force where the command was called are copied into the namespace first, so they do affect the verdict.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::event::{Errno, Event, Trace};
use crate::sys::{namespace, setting};
use crate::{json, text};

mod address;
mod connect;
mod datagram;
mod filter;
mod lab;
mod listen;
mod ports;
mod protocol;
pub mod report;
mod segment;
mod speed;
mod transfer;
mod witness;

use lab::Lab;

/// A claim of the documents, and the experiment that tests it.
#[derive(Debug)]
pub struct Claim {
    /// Its name on the command line.
    pub id: &'static str,
    /// The first three digits of the documents that make it.
    pub documents: &'static [&'static str],
    /// The document programs in whose lessons it stands.
    pub programs: &'static [&'static str],
    /// The claim in one sentence.
    pub statement: &'static str,
    /// What it depends on, shown where trials differ.
    pub depends_on: &'static str,
    /// The kernel settings that matter, by their sysctl(8) names; their values are copied into the namespace.
    pub settings: &'static [&'static str],
    /// What the experiment requires.
    pub needs: Needs,
    /// The experiment.
    run: fn(&mut Lab) -> Result<()>,
}

/// What an experiment requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it runs in any process, in a namespace where there is one.
    Nothing,
    /// A network namespace of its own, since it changes settings or captures segments.
    Namespace,
}

/// Whether a claim holds on this kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It held in every trial.
    Confirmed,
    /// It held in no trial.
    Refuted,
    /// It held in some trials; [`Claim::depends_on`] names the condition.
    Depends,
    /// The experiment could not be completed; the notes have the reason.
    Undecided,
}

impl Verdict {
    /// The verdict that follows from trials.
    pub fn of<'a>(trials: impl IntoIterator<Item = &'a Trial>) -> Self {
        let (mut held, mut failed) = (false, false);
        for trial in trials {
            if trial.holds { held = true } else { failed = true }
        }
        match (held, failed) {
            (true, false) => Self::Confirmed,
            (false, true) => Self::Refuted,
            (true, true) => Self::Depends,
            (false, false) => Self::Undecided,
        }
    }

    /// Its name in JSON and in tables, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Refuted => "refuted",
            Self::Depends => "depends",
            Self::Undecided => "undecided",
        }
    }
}

/// One trial of an experiment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// What was tried, under which conditions.
    pub tried: String,
    /// What happened.
    pub seen: String,
    /// Whether the claim held.
    pub holds: bool,
    /// Whether the conditions are the settings in force where the command was called.
    pub in_force: bool,
}

/// A claim with its verdict and the evidence for it.
#[derive(Debug)]
pub struct TestedClaim {
    /// The claim.
    pub claim: &'static Claim,
    /// The verdict over all trials.
    pub verdict: Verdict,
    /// The verdict over the trials under the settings in force, where it depends on settings.
    pub in_force: Option<Verdict>,
    /// The settings in force that were copied into the experiment's namespace.
    pub settings: BTreeMap<String, String>,
    /// The trials, in the order they were made.
    pub trials: Vec<Trial>,
    /// What could not be tested, or why there is no verdict.
    pub notes: Vec<String>,
    /// Whether it ran in a network namespace of its own.
    pub namespace: bool,
    /// Positions of the decisive calls in the trace.
    pub evidence: Vec<u64>,
    /// Every call the experiment made.
    pub trace: Trace,
    /// How long it took.
    pub took: Duration,
}

impl TestedClaim {
    /// The decisive calls in strace's notation.
    pub fn evidence_lines(&self) -> Vec<String> {
        let decisive = self.trace.iter().filter(|event| self.evidence.contains(&event.seq));
        decisive.map(line).collect()
    }
}

/// An event in strace's notation.
fn line(event: &Event) -> String {
    let mut line = String::new();
    text::write(event, &text::Style { align: 0, ..text::Style::default() }, &mut line);
    line
}

/// Why an experiment could not be completed, as one sentence.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{text}")]
pub struct ExperimentError {
    text: String,
    /// Set when a call failed unexpectedly: the trace has it.
    from_call: bool,
}

impl ExperimentError {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), from_call: false }
    }
}

impl From<Errno> for ExperimentError {
    fn from(errno: Errno) -> Self {
        Self { text: errno.to_string(), from_call: true }
    }
}

impl From<crate::pysocket::Error> for ExperimentError {
    fn from(error: crate::pysocket::Error) -> Self {
        Self { from_call: error.errno().is_some(), text: error.to_string() }
    }
}

/// The result of a step of an experiment.
type Result<T> = std::result::Result<T, ExperimentError>;

/// How claims are tested.
#[derive(Debug, Clone)]
pub struct TestOptions {
    /// Settings treated as in force instead of the kernel's own: name and value.
    pub set: Vec<(String, String)>,
    /// How long one experiment may take before it is stopped.
    pub limit: Duration,
}

impl Default for TestOptions {
    fn default() -> Self {
        Self { set: Vec::new(), limit: Duration::from_secs(10) }
    }
}

/// Every claim, grouped by family.
pub fn claims() -> impl Iterator<Item = &'static Claim> + Clone {
    [
        ports::CLAIMS,
        listen::CLAIMS,
        connect::CLAIMS,
        datagram::CLAIMS,
        transfer::CLAIMS,
        address::CLAIMS,
        segment::CLAIMS,
        speed::CLAIMS,
        protocol::CLAIMS,
    ]
    .into_iter()
    .flatten()
}

/// The claim with this id.
pub fn find(id: &str) -> Option<&'static Claim> {
    claims().find(|claim| claim.id == id)
}

/// What the child process sends to its parent.
#[derive(Debug, Serialize, Deserialize)]
struct ExperimentReport {
    settings: BTreeMap<String, String>,
    trials: Vec<Trial>,
    notes: Vec<String>,
    namespace: bool,
    finished: bool,
    evidence: Vec<u64>,
    trace: Vec<String>,
}

/// Tests a claim. `stop` is polled several times a second; once it returns true, the result is `None`.
pub fn test(claim: &'static Claim, options: &TestOptions, stop: &dyn Fn() -> bool) -> Option<TestedClaim> {
    let began = Instant::now();
    let made = namespace::in_child(options.limit, stop, || {
        let report = experiment(claim, options);
        serde_json::to_vec(&report).unwrap_or_default()
    });
    let report = match made {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| error.to_string()),
        Err(namespace::ChildFailure::Interrupted) => return None,
        Err(failure) => Err(failure.to_string()),
    };
    let report = report.unwrap_or_else(|why| ExperimentReport {
        settings: BTreeMap::new(),
        trials: Vec::new(),
        notes: vec![why],
        namespace: false,
        finished: false,
        evidence: Vec::new(),
        trace: Vec::new(),
    });
    let mut notes = report.notes;
    let trace = report.trace.iter().filter_map(|line| match json::read(line) {
        Ok(event) => Some(event),
        Err(error) => {
            notes.push(format!("cannot read a call of the trace back: {error}"));
            None
        }
    });
    let trace = trace.collect();
    let verdict = if report.finished { Verdict::of(&report.trials) } else { Verdict::Undecided };
    let here: Vec<&Trial> = report.trials.iter().filter(|trial| trial.in_force).collect();
    let in_force = (report.finished && !here.is_empty()).then(|| Verdict::of(here));
    Some(TestedClaim {
        claim,
        verdict,
        in_force,
        settings: report.settings,
        trials: report.trials,
        notes,
        namespace: report.namespace,
        evidence: report.evidence,
        trace,
        took: began.elapsed(),
    })
}

/// What the child does: reads settings, enters a namespace, runs the experiment.
fn experiment(claim: &Claim, options: &TestOptions) -> ExperimentReport {
    let mut settings = BTreeMap::new();
    let mut notes = Vec::new();
    let mut ready = Ok(());
    for name in claim.settings {
        match setting::get(name) {
            Ok(value) => _ = settings.insert((*name).to_owned(), value),
            Err(why) => ready = Err(ExperimentError::new(why)),
        }
    }
    settings.extend(options.set.iter().cloned());
    let namespace = match namespace::enter(namespace::NamespaceUser::Root) {
        Ok(()) => true,
        Err(why) if claim.needs == Needs::Namespace || !options.set.is_empty() => {
            ready = ready.and(Err(ExperimentError::new(why)));
            false
        }
        Err(_) => {
            notes.push("it ran in the caller's network, since this kernel gives no namespace".to_owned());
            false
        }
    };
    let mut lab = Lab::new(settings.clone());
    if namespace {
        ready = ready.and_then(|()| lab.restore());
    }
    let result = ready.and_then(|()| (claim.run)(&mut lab));
    if let Err(error) = &result {
        let call = lab.last_failure().filter(|_| error.from_call);
        lab.note(match call {
            Some(event) => format!("a call the experiment needs failed: {}", line(&event)),
            None => error.to_string(),
        });
    }
    notes.append(&mut lab.notes);
    let trials = std::mem::take(&mut lab.trials);
    let (trace, evidence) = lab.finish();
    let trace = trace.iter().map(|event| {
        let mut line = Vec::new();
        json::write(event, &mut line);
        String::from_utf8_lossy(&line).into_owned()
    });
    let trace = trace.collect();
    ExperimentReport { settings, trials, notes, namespace, finished: result.is_ok(), evidence, trace }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_documents_named() {
        let mut ids = std::collections::HashSet::new();
        for claim in claims() {
            assert!(ids.insert(claim.id), "{} is listed twice", claim.id);
            assert!(
                !claim.documents.is_empty() && !claim.statement.is_empty() && !claim.depends_on.is_empty(),
                "{}",
                claim.id
            );
            assert!(claim.programs.iter().all(|name| crate::program::find(name).is_some()), "{}", claim.id);
            assert!(claim.settings.is_empty() || claim.needs == Needs::Namespace, "{} changes settings", claim.id);
        }
    }

    #[test]
    fn every_lesson_has_a_claim() {
        for program in crate::program::PROGRAMS {
            assert!(claims().any(|claim| claim.programs.contains(&program.name)), "{}", program.name);
        }
    }

    #[test]
    fn the_verdict_follows_from_the_trials() {
        let trial = |holds| Trial { tried: String::new(), seen: String::new(), holds, in_force: false };
        assert_eq!(Verdict::of(&[trial(true), trial(true)]), Verdict::Confirmed);
        assert_eq!(Verdict::of(&[trial(false)]), Verdict::Refuted);
        assert_eq!(Verdict::of(&[trial(true), trial(false)]), Verdict::Depends);
        assert_eq!(Verdict::of(&[]), Verdict::Undecided);
    }
}
