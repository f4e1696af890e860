//! Tested claims as JSON and Markdown.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::{TestedClaim, Trial, Verdict};
use crate::lang::Language;

/// The version of the JSON. It grows when a key changes its meaning or type, not when keys are added.
const VERSION: u32 = 1;

/// A tested claim as a JSON object.
#[derive(Serialize)]
struct JsonLine<'a> {
    /// Version of this schema.
    v: u32,
    /// The claim's id.
    id: &'a str,
    /// The documents that make the claim, by their first three digits.
    documents: &'a [&'a str],
    /// The claim in one sentence.
    #[serde(rename = "says")]
    statement: String,
    /// `confirmed`, `refuted`, `depends` or `undecided`.
    verdict: Verdict,
    /// The verdict under the settings in force alone; null where no setting matters.
    in_force: Option<Verdict>,
    /// What the verdict depends on, where trials differ; null otherwise.
    depends_on: Option<String>,
    /// The settings in force that were copied into the experiment's namespace.
    settings: &'a BTreeMap<String, String>,
    /// What was tried and observed.
    trials: Vec<Trial>,
    /// The decisive calls in strace's notation.
    evidence: Vec<String>,
    /// What could not be tested, or why there is no verdict.
    notes: Vec<String>,
    /// Whether it ran in a network namespace of its own.
    namespace: bool,
    /// How long it took, ns.
    took_ns: u64,
}

/// One line of JSON per tested claim, its sentences in this language.
pub fn json(tested: &[TestedClaim], language: Language) -> serde_json::Result<String> {
    let words = |text: &str| language.text(text).into_owned();
    let trial = |trial: &Trial| Trial { tried: words(&trial.tried), seen: words(&trial.seen), ..trial.clone() };
    let mut out = String::new();
    for result in tested {
        out += &serde_json::to_string(&JsonLine {
            v: VERSION,
            id: result.claim.id,
            documents: result.claim.documents,
            statement: words(result.claim.statement),
            verdict: result.verdict,
            in_force: result.in_force,
            depends_on: result.depends_on().map(words),
            settings: &result.settings,
            trials: result.trials.iter().map(trial).collect(),
            evidence: result.evidence_lines(),
            notes: result.notes.iter().map(|note| words(note)).collect(),
            namespace: result.namespace,
            took_ns: u64::try_from(result.took.as_nanos()).unwrap_or(u64::MAX),
        })?;
        out.push('\n');
    }
    Ok(out)
}

impl TestedClaim {
    /// What the verdict depends on, where trials differ.
    pub fn depends_on(&self) -> Option<&'static str> {
        (self.verdict == Verdict::Depends).then_some(self.claim.depends_on)
    }

    /// The verdict in one line: `depends on …; with the settings in force: confirmed`.
    pub fn headline(&self) -> String {
        match (self.depends_on(), self.in_force.map(Verdict::name)) {
            (None, None) => self.verdict.name().to_owned(),
            (None, Some(here)) => format!("{}; with the settings in force: {here}", self.verdict.name()),
            (Some(on), None) => format!("depends on {on}"),
            (Some(on), Some(here)) => format!("depends on {on}; with the settings in force: {here}"),
        }
    }
}

/// A table of all tested claims, and a section for each with its trials and the decisive calls, in this language.
pub fn markdown(tested: &[TestedClaim], language: Language) -> String {
    let words = |text: &str| language.text(text).into_owned();
    let head = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| words(name)).collect();
        format!("| {} |\n|{}\n", names.join(" | "), "---|".repeat(names.len()))
    };
    let mut out = head(&["claim", "document", "statement", "verdict"]);
    for result in tested {
        let claim = result.claim;
        let _ = writeln!(
            out,
            "| [{0}](#{0}) | {1} | {2} | {3} |",
            claim.id,
            claim.documents.join(", "),
            cell(&words(claim.statement)),
            cell(&words(&result.headline())),
        );
    }
    for result in tested {
        let claim = result.claim;
        let says = language
            .text(&format!("Document {} claims: {}.", claim.documents.join(", "), claim.statement))
            .into_owned();
        let _ = write!(out, "\n## {}\n\n{says}\n\n**{}**\n\n", claim.id, words(&result.headline()));
        if !result.trials.is_empty() {
            out += &head(&["tried", "seen", "holds"]);
        }
        for trial in &result.trials {
            let here = if trial.in_force { words(" (in force)") } else { String::new() };
            let holds = words(if trial.holds { "yes" } else { "no" });
            let (tried, seen) = (cell(&words(&trial.tried)), cell(&words(&trial.seen)));
            let _ = writeln!(out, "| {tried}{here} | {seen} | {holds} |");
        }
        for note in &result.notes {
            let note = language.text(&format!("Note: {note}.")).into_owned();
            let _ = write!(out, "\n{note}\n");
        }
        let evidence = result.evidence_lines();
        if !evidence.is_empty() {
            let _ = write!(out, "\n```\n{}\n```\n", evidence.join("\n"));
        }
    }
    out
}

/// Text inside a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
