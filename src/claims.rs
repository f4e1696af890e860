//! What the documents claim, decided on the kernel it runs on.
//!
//! A claim is an experiment: a function that makes calls on the layer and writes down what it tried, what it saw and
//! whether the claim held there. The verdict follows from these tries alone, so it is measured every time and never
//! stored. Each experiment runs in a process of its own and, wherever the kernel gives one, in a network namespace
//! of its own: it disturbs nobody, nobody disturbs it, and it may turn kernel settings. The settings in force where
//! the command was called are carried into the namespace first, so they do change the answer.

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

/// A claim of the documents.
#[derive(Debug)]
pub struct Claim {
    /// Its name on the command line.
    pub id: &'static str,
    /// The first three digits of the documents that say it.
    pub documents: &'static [&'static str],
    /// What they say.
    pub says: &'static str,
    /// What it depends on, told where tries differ.
    pub depends_on: &'static str,
    /// The kernel settings that matter, as sysctl(8) names them; those in force are carried into the namespace.
    pub settings: &'static [&'static str],
    /// What the experiment cannot do without.
    pub needs: Needs,
    /// The experiment.
    run: fn(&mut Lab) -> Result<()>,
}

/// What an experiment cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Any process can do it; a namespace is only cleaner.
    Nothing,
    /// It turns settings or looks at segments: only in a network namespace of its own.
    Namespace,
}

/// What came of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It held in every try.
    Confirmed,
    /// It held in none.
    Refuted,
    /// It held in some.
    Depends,
    /// The experiment could not be made; the report says why.
    Undecided,
}

impl Verdict {
    /// The verdict that follows from tries.
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

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Refuted => "refuted",
            Self::Depends => "depends",
            Self::Undecided => "undecided",
        }
    }
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Under which conditions.
    pub tried: String,
    /// What happened.
    pub seen: String,
    /// Whether the claim held.
    pub holds: bool,
    /// Whether the conditions are the settings in force where the command was called.
    pub in_force: bool,
}

/// A claim, decided.
#[derive(Debug)]
pub struct Decision {
    /// Which.
    pub claim: &'static Claim,
    /// What came of it.
    pub verdict: Verdict,
    /// What came of it under the settings in force, where it depends on settings.
    pub in_force: Option<Verdict>,
    /// The settings in force that were carried into the experiment.
    pub settings: BTreeMap<String, String>,
    /// What was tried.
    pub trials: Vec<Trial>,
    /// What could not be looked at, or why there is no verdict.
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

impl Decision {
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

/// Why an experiment could not be finished: a sentence.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{text}")]
pub struct Trouble {
    text: String,
    /// Set where a call failed that should not have: the trace has it.
    from_call: bool,
}

impl Trouble {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), from_call: false }
    }
}

impl From<Errno> for Trouble {
    fn from(errno: Errno) -> Self {
        Self { text: errno.to_string(), from_call: true }
    }
}

impl From<crate::pysocket::Error> for Trouble {
    fn from(error: crate::pysocket::Error) -> Self {
        Self { from_call: error.errno().is_some(), text: error.to_string() }
    }
}

/// A result of a step of an experiment.
type Result<T> = std::result::Result<T, Trouble>;

/// How claims are decided.
#[derive(Debug, Clone)]
pub struct Options {
    /// Settings taken to be in force instead of those that are: name and value.
    pub set: Vec<(String, String)>,
    /// The longest one experiment may take.
    pub limit: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { set: Vec::new(), limit: Duration::from_secs(10) }
    }
}

/// Every claim, family by family.
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

/// Looks a claim up.
pub fn find(id: &str) -> Option<&'static Claim> {
    claims().find(|claim| claim.id == id)
}

/// What the child tells its parent.
#[derive(Debug, Serialize, Deserialize)]
struct Message {
    settings: BTreeMap<String, String>,
    trials: Vec<Trial>,
    notes: Vec<String>,
    namespace: bool,
    finished: bool,
    evidence: Vec<u64>,
    trace: Vec<String>,
}

/// Decides a claim. `stop` is asked several times a second whether to give up; then the result is `None`.
pub fn decide(claim: &'static Claim, options: &Options, stop: &dyn Fn() -> bool) -> Option<Decision> {
    let began = Instant::now();
    let made = namespace::in_child(options.limit, stop, || {
        let message = experiment(claim, options);
        serde_json::to_vec(&message).unwrap_or_default()
    });
    let message = match made {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| error.to_string()),
        Err(namespace::Failure::Interrupted) => return None,
        Err(failure) => Err(failure.to_string()),
    };
    let message = message.unwrap_or_else(|why| Message {
        settings: BTreeMap::new(),
        trials: Vec::new(),
        notes: vec![why],
        namespace: false,
        finished: false,
        evidence: Vec::new(),
        trace: Vec::new(),
    });
    let mut notes = message.notes;
    let trace = message.trace.iter().filter_map(|line| match json::read(line) {
        Ok(event) => Some(event),
        Err(error) => {
            notes.push(format!("a call of the trace was lost on its way: {error}"));
            None
        }
    });
    let trace = trace.collect();
    let verdict = if message.finished { Verdict::of(&message.trials) } else { Verdict::Undecided };
    let here: Vec<&Trial> = message.trials.iter().filter(|trial| trial.in_force).collect();
    let in_force = (message.finished && !here.is_empty()).then(|| Verdict::of(here));
    Some(Decision {
        claim,
        verdict,
        in_force,
        settings: message.settings,
        trials: message.trials,
        notes,
        namespace: message.namespace,
        evidence: message.evidence,
        trace,
        took: began.elapsed(),
    })
}

/// The child's part: settings, namespace, experiment.
fn experiment(claim: &Claim, options: &Options) -> Message {
    let mut settings = BTreeMap::new();
    let mut notes = Vec::new();
    let mut ready = Ok(());
    for name in claim.settings {
        match setting::get(name) {
            Ok(value) => _ = settings.insert((*name).to_owned(), value),
            Err(why) => ready = Err(Trouble::new(why)),
        }
    }
    settings.extend(options.set.iter().cloned());
    let namespace = match namespace::enter() {
        Ok(()) => true,
        Err(why) if claim.needs == Needs::Namespace || !options.set.is_empty() => {
            ready = ready.and(Err(Trouble::new(why)));
            false
        }
        Err(_) => {
            notes.push("it ran in the network it was called in, since there was no namespace to be had".to_owned());
            false
        }
    };
    let mut lab = Lab::new(settings.clone());
    if namespace {
        ready = ready.and_then(|()| lab.restore());
    }
    let result = ready.and_then(|()| (claim.run)(&mut lab));
    if let Err(trouble) = &result {
        let call = lab.last_failure().filter(|_| trouble.from_call);
        lab.note(match call {
            Some(event) => format!("a call the experiment needs failed: {}", line(&event)),
            None => trouble.to_string(),
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
    Message { settings, trials, notes, namespace, finished: result.is_ok(), evidence, trace }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_documents_named() {
        let mut ids = std::collections::HashSet::new();
        for claim in claims() {
            assert!(ids.insert(claim.id), "{} stands twice", claim.id);
            assert!(
                !claim.documents.is_empty() && !claim.says.is_empty() && !claim.depends_on.is_empty(),
                "{}",
                claim.id
            );
            assert!(claim.settings.is_empty() || claim.needs == Needs::Namespace, "{} turns settings", claim.id);
        }
    }

    #[test]
    fn the_verdict_follows_from_the_tries() {
        let trial = |holds| Trial { tried: String::new(), seen: String::new(), holds, in_force: false };
        assert_eq!(Verdict::of(&[trial(true), trial(true)]), Verdict::Confirmed);
        assert_eq!(Verdict::of(&[trial(false)]), Verdict::Refuted);
        assert_eq!(Verdict::of(&[trial(true), trial(false)]), Verdict::Depends);
        assert_eq!(Verdict::of(&[]), Verdict::Undecided);
    }
}
