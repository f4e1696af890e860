//! Decisions as JSON and Markdown.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::{Decision, Trial, Verdict};

/// The version of the JSON. It grows when a key changes its meaning or type, not when keys are added.
const VERSION: u32 = 1;

/// A decision as a JSON object.
#[derive(Serialize)]
struct Line<'a> {
    /// Version of this form.
    v: u32,
    /// The claim's name.
    id: &'a str,
    /// The documents that say it, by their first three digits.
    documents: &'a [&'a str],
    /// What they say.
    says: &'a str,
    /// `confirmed`, `refuted`, `depends` or `undecided`.
    verdict: Verdict,
    /// The same under the settings in force alone; null where no setting matters.
    in_force: Option<Verdict>,
    /// On what, where tries differ; null otherwise.
    depends_on: Option<&'a str>,
    /// The settings in force that were carried into the experiment.
    settings: &'a BTreeMap<String, String>,
    /// What was tried and seen.
    trials: &'a [Trial],
    /// The decisive calls in strace's notation.
    evidence: Vec<String>,
    /// What could not be looked at, or why there is no verdict.
    notes: &'a [String],
    /// Whether it ran in a network namespace of its own.
    namespace: bool,
    /// How long it took, ns.
    took_ns: u64,
}

/// One line of JSON per decision.
pub fn json(decisions: &[Decision]) -> serde_json::Result<String> {
    let mut out = String::new();
    for decision in decisions {
        out += &serde_json::to_string(&Line {
            v: VERSION,
            id: decision.claim.id,
            documents: decision.claim.documents,
            says: decision.claim.says,
            verdict: decision.verdict,
            in_force: decision.in_force,
            depends_on: decision.depends_on(),
            settings: &decision.settings,
            trials: &decision.trials,
            evidence: decision.evidence_lines(),
            notes: &decision.notes,
            namespace: decision.namespace,
            took_ns: u64::try_from(decision.took.as_nanos()).unwrap_or(u64::MAX),
        })?;
        out.push('\n');
    }
    Ok(out)
}

impl Decision {
    /// On what it depends, where tries differ.
    pub fn depends_on(&self) -> Option<&'static str> {
        (self.verdict == Verdict::Depends).then_some(self.claim.depends_on)
    }

    /// The verdict in a line: `depends on …; here, with the settings in force: confirmed`.
    pub fn headline(&self) -> String {
        let mut line = self.verdict.name().to_owned();
        if let Some(on) = self.depends_on() {
            let _ = write!(line, " on {on}");
        }
        if let Some(here) = self.in_force {
            let _ = write!(line, "; with the settings in force: {}", here.name());
        }
        line
    }
}

/// A table of all decisions, and a section for each with what was tried and the decisive calls.
pub fn markdown(decisions: &[Decision]) -> String {
    let mut out = String::from("| claim | document | what it says | verdict |\n|---|---|---|---|\n");
    for decision in decisions {
        let claim = decision.claim;
        let _ = writeln!(
            out,
            "| [{0}](#{0}) | {1} | {2} | {3} |",
            claim.id,
            claim.documents.join(", "),
            cell(claim.says),
            cell(&decision.headline()),
        );
    }
    for decision in decisions {
        let claim = decision.claim;
        let _ = write!(
            out,
            "\n## {}\n\nDocument {} says: {}.\n\n**{}**\n\n",
            claim.id,
            claim.documents.join(", "),
            claim.says,
            decision.headline()
        );
        if !decision.trials.is_empty() {
            out += "| tried | seen | holds |\n|---|---|---|\n";
        }
        for trial in &decision.trials {
            let here = if trial.in_force { " (in force)" } else { "" };
            let holds = if trial.holds { "yes" } else { "no" };
            let _ = writeln!(out, "| {}{here} | {} | {holds} |", cell(&trial.tried), cell(&trial.seen));
        }
        for note in &decision.notes {
            let _ = write!(out, "\nNote: {note}.\n");
        }
        let evidence = decision.evidence_lines();
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
