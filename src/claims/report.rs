//! Tested claims as JSON and Markdown.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::{TestedClaim, Trial, Verdict};

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
    statement: &'a str,
    /// `confirmed`, `refuted`, `depends` or `undecided`.
    verdict: Verdict,
    /// The verdict under the settings in force alone; null where no setting matters.
    in_force: Option<Verdict>,
    /// What the verdict depends on, where trials differ; null otherwise.
    depends_on: Option<&'a str>,
    /// The settings in force that were copied into the experiment's namespace.
    settings: &'a BTreeMap<String, String>,
    /// What was tried and observed.
    trials: &'a [Trial],
    /// The decisive calls in strace's notation.
    evidence: Vec<String>,
    /// What could not be tested, or why there is no verdict.
    notes: &'a [String],
    /// Whether it ran in a network namespace of its own.
    namespace: bool,
    /// How long it took, ns.
    took_ns: u64,
}

/// One line of JSON per tested claim.
pub fn json(tested: &[TestedClaim]) -> serde_json::Result<String> {
    let mut out = String::new();
    for result in tested {
        out += &serde_json::to_string(&JsonLine {
            v: VERSION,
            id: result.claim.id,
            documents: result.claim.documents,
            statement: result.claim.statement,
            verdict: result.verdict,
            in_force: result.in_force,
            depends_on: result.depends_on(),
            settings: &result.settings,
            trials: &result.trials,
            evidence: result.evidence_lines(),
            notes: &result.notes,
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

/// A table of all tested claims, and a section for each with its trials and the decisive calls.
pub fn markdown(tested: &[TestedClaim]) -> String {
    let mut out = String::from("| claim | document | statement | verdict |\n|---|---|---|---|\n");
    for result in tested {
        let claim = result.claim;
        let _ = writeln!(
            out,
            "| [{0}](#{0}) | {1} | {2} | {3} |",
            claim.id,
            claim.documents.join(", "),
            cell(claim.statement),
            cell(&result.headline()),
        );
    }
    for result in tested {
        let claim = result.claim;
        let _ = write!(
            out,
            "\n## {}\n\nDocument {} claims: {}.\n\n**{}**\n\n",
            claim.id,
            claim.documents.join(", "),
            claim.statement,
            result.headline()
        );
        if !result.trials.is_empty() {
            out += "| tried | seen | holds |\n|---|---|---|\n";
        }
        for trial in &result.trials {
            let here = if trial.in_force { " (in force)" } else { "" };
            let holds = if trial.holds { "yes" } else { "no" };
            let _ = writeln!(out, "| {}{here} | {} | {holds} |", cell(&trial.tried), cell(&trial.seen));
        }
        for note in &result.notes {
            let _ = write!(out, "\nNote: {note}.\n");
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
