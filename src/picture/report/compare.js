// Two traces side by side: what differs is marked.

/** Rows of the comparison that are shown: headings of threads, calls, and how many equal ones are left out. */
function comparedRows() {
  const { pairs } = trace.about.compare;
  const rows = [];
  let number = 0;
  for (const pair of pairs) {
    rows.push({ pair });
    const near = new Uint8Array(pair.rows.length);
    pair.rows.forEach((row, at) => {
      if (row[0]) near.fill(1, Math.max(0, at - 3), at + 4);
    });
    let left = 0;
    pair.rows.forEach((row, at) => {
      number++;
      if (!state.same && !near[at]) {
        left++;
        if (at + 1 === pair.rows.length || near[at + 1]) {
          rows.push({ left });
          left = 0;
        }
      } else rows.push({ row, number });
    });
  }
  return rows;
}

const VERDICT_SIGNS = ["", "≠", "≠", "!", "−", "+", "↕"];

views.compare = function (panel) {
  const { names, counts } = trace.about.compare;
  const rows = comparedRows();
  const same = element("button", { type: "button", "aria-pressed": String(Boolean(state.same)), onclick: () => { state.same = !state.same; redraw(); } }, word("showSame"));
  const differ = counts.filter(([name, count]) => count && name !== "same");
  panel.append(element("div", { class: "heads" }, same,
    element("span", { class: differ.length ? "bad" : "good", role: "status" }, differ.length
      ? differ.map(([name, count]) => `${term("verdicts", name)}: ${count.toLocaleString()}`).join(" · ") : word("allSame")),
    element("span", { class: "note" }, `${word("same")}: ${(counts.find(([name]) => name === "same") || [0, 0])[1].toLocaleString()}`)));
  panel.append(element("div", { class: "pairhead" }, element("span", {}), ...names.map((name) => element("b", {}, visible(name)))));
  const pick = (at) => {
    state.row = at;
    list.show();
    list.reveal(at);
    comparedDetails(rows[at]);
  };
  const list = scrolled(panel, rows.length, (layer, first, last) => {
    for (let at = first; at < last; at++) layer.append(comparedRow(rows[at], at, (at - first) * ROW, pick));
  }, word("compare"));
  /** To the next or the previous difference. */
  views.compare.move = (by) => {
    for (let at = (state.row ?? (by > 0 ? -1 : rows.length)) + by; at >= 0 && at < rows.length; at += by) {
      if (rows[at].row && (rows[at].row[0] || state.same)) return pick(at);
    }
  };
  if (state.row !== undefined && rows[state.row]) list.reveal(state.row);
  else if (differ.length) views.compare.move(1);
};

function comparedRow(item, at, top, pick) {
  if (item.pair) {
    return element("div", { class: "row pair head", at: { top: `${top}px` } }, element("span", {}),
      ...item.pair.titles.map((title) => element("span", {}, title ? `${word("thread")} ${title}` : word("noPartner"))));
  }
  if (item.left) return element("div", { class: "row pair dim", at: { top: `${top}px` } }, element("span", {}), element("span", {}, word("sameHere", item.left)));
  const [verdict, left, right, differences] = item.row;
  const names = new Set(differences.map(([part]) => part));
  const side = (text) => element("span", { class: "half" }, ...(text === null ? [] : marked(text, names, item.row[4], brief)));
  return element("div", { class: `row pair v${verdict}${at === state.row ? " sel" : ""}`, at: { top: `${top}px` }, onclick: () => pick(at) },
    element("span", { class: "sign" }, VERDICT_SIGNS[verdict]), side(left), side(right));
}

/** A call whose arguments of these names are marked. */
function marked(text, names, call, short = (part) => part) {
  const shownText = text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
  if (!names.size || call < 0) return coloured(short(shownText));
  const parsed = parseCall(shownText);
  const { params } = trace.about.calls[call];
  const parts = [`${parsed.name}(`];
  parsed.args.forEach((arg, at) => {
    if (at) parts.push(", ");
    const differs = names.has(arg.name) || names.has(params[at]?.[0]);
    parts.push(...(differs ? [element("mark", {}, ...coloured(short(arg.text)))] : coloured(short(arg.text))));
  });
  parts.push(") = ");
  const result = coloured(short(`= ${parsed.result}`).slice(2));
  parts.push(...(names.has("ret") || names.has("errno") ? [element("mark", {}, ...result)] : result));
  return parts;
}

/** What differs in the row that is chosen, with what the arguments are for. */
function comparedDetails(item) {
  const side = document.getElementById("side");
  if (!item || !item.row) {
    side.replaceChildren(element("p", { class: "note" }, word("pickRow")));
    return;
  }
  const [verdict, left, right, differences, call, python] = item.row;
  const { names, verdicts } = trace.about.compare;
  const known = call >= 0 ? trace.about.calls[call] : null;
  const parts = [element("p", { class: verdict ? "bad" : "good" }, term("verdicts", verdicts[verdict]))];
  if (known) parts.push(element("p", { class: "doc" }, inWords(known.doc)));
  [left, right].forEach((text, at) => {
    parts.push(element("h2", {}, visible(names[at])));
    parts.push(text === null ? element("p", { class: "note" }, word("noCall")) : element("pre", { class: "mono" }, ...marked(text, new Set(differences.map(([part]) => part)), call)));
    if (python[at]) parts.push(element("p", { class: "note" }, visible(python[at])));
  });
  for (const [part, ours, theirs] of differences) {
    const doc = known && known.params.find(([name]) => name === part);
    parts.push(element("h2", {}, part === "ret" ? word("result") : part), doc ? element("p", { class: "doc" }, inWords(doc[1])) : null,
      element("pre", { class: "mono" }, `− ${visible(ours)}\n+ ${visible(theirs)}`));
  }
  side.replaceChildren(...parts.filter(Boolean));
  side.scrollTop = 0;
}

/** What failed, or waits for ever, and why. */
views.failures = function (panel) {
  const area = element("div", { class: "scroll page", tabindex: 0, role: "group", "aria-label": word("failures") });
  const all = [];
  for (const step of shown) if (trace.step.why[step] >= 0) all.push(step);
  if (!all.length) area.append(element("p", { class: "note" }, word("noFailures")));
  if (all.length > 1000) area.append(element("p", { class: "note" }, word("firstOnly", 1000, all.length.toLocaleString())));
  for (const step of all.slice(0, 1000)) {
    const frame = callerOf(step);
    area.append(element("article", { class: `failure${step === state.chosen ? " sel" : ""}`, "data-step": step },
      element("button", { type: "button", class: "mono", onclick: () => choose(step) }, ...coloured(brief(trace.step.text[step]).slice(0, 600))),
      element("p", { class: "big" }, visible(inWords(trace.about.causes[trace.step.why[step]]))),
      element("p", { class: "note" }, `+${moment(step)} ms · ${visible(laneTitle(trace.step.lane[step]))}${frame ? ` · ${visible(frameLine(frame))}  ${visible(frame[3] || "")}` : ""}`)));
  }
  panel.append(area);
  views.failures.reveal = (step) => {
    area.querySelectorAll(".failure").forEach((one) => one.classList.toggle("sel", Number(one.dataset.step) === step));
    area.querySelector(".failure.sel")?.scrollIntoView({ block: "nearest" });
  };
};
