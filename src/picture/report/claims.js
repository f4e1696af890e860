// What a document said beside what happened.

const VERDICTS = { confirmed: "✓", refuted: "✗", depends: "±", undecided: "?" };

views.claims = function (panel) {
  const area = element("div", { class: "scroll page", tabindex: 0, role: "group", "aria-label": word("claims") });
  area.append(element("p", { class: "note" }, word("claimsAre")), ...trace.about.claims.map(claimCard));
  panel.append(area);
};

function claimCard(claim) {
  const verdict = word(claim.verdict);
  const depends = claim.depends_on ? element("p", {}, word("dependsOn", inWords(claim.depends_on))) : null;
  const force = claim.in_force ? element("p", { class: "note" }, word("inForce", word(claim.in_force))) : null;
  const trials = claim.trials.map((trial) => element("li", { class: trial.holds ? "holds" : "fails" },
    element("span", { class: "mark", "aria-label": word(trial.holds ? "holds" : "fails") }, trial.holds ? "✓" : "✗"),
    element("span", {}, visible(inWords(trial.tried)), trial.in_force ? ` ${word("here")}` : ""),
    element("span", {}, visible(inWords(trial.seen)))));
  const evidence = claim.evidence.length ? element("details", {}, element("summary", {}, word("decisive", claim.evidence.length)),
    element("pre", {}, ...claim.evidence.flatMap((line) => [...coloured(line), "\n"]))) : null;
  return element("article", { class: `claim ${claim.verdict}` },
    element("div", { class: "said" },
      element("p", { class: "note" }, word("documentSays", claim.documents.join(", ")), ` · ${claim.id}`),
      element("p", { class: "big" }, visible(inWords(claim.says))),
      element("p", { class: "verdict" }, element("span", { "aria-hidden": "true" }, VERDICTS[claim.verdict]), ` ${verdict}`)),
    element("div", { class: "seen" }, element("h2", {}, word("happened")), depends, force,
      element("ul", { class: "trials" }, ...trials), ...claim.notes.map((note) => element("p", { class: "note" }, visible(inWords(note)))), evidence));
}

/** The list of lessons: by document, with a link to each. */
views.index = function (panel) {
  const area = element("div", { class: "scroll page", tabindex: 0, role: "group", "aria-label": word("index") });
  area.append(element("p", { class: "big" }, word("indexIs")));
  for (const { number, title, about, lessons } of trace.about.index) {
    area.append(element("h2", { class: "chapter" }, word("chapter", number, title)), element("p", { class: "note" }, inWords(about)),
      element("div", { class: "cards" }, ...lessons.map((lesson) => element("a", { class: "card", href: lesson.href },
        element("b", {}, lesson.name), element("span", {}, inWords(lesson.doc)),
        element("span", { class: "note" }, `${lesson.transport} ${lesson.port} · ${word("sizes", lesson.claims)}`)))));
  }
  panel.append(area);
};
