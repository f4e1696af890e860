// The Python sources, with what each line cost.

/** Calls, bytes, time and errors of each line of the user's own files. */
function lineCosts() {
  const costs = new Map();
  for (let step = 0; step < trace.count; step++) {
    const frame = callerOf(step);
    if (!frame || trace.step.call[step] < 0) continue;
    const key = `${frame[0]}:${frame[1]}`;
    const cost = costs.get(key) || { count: 0, bytes: 0, ns: 0, errors: 0, first: step };
    cost.count++;
    cost.ns += Math.max(0, trace.step.d[step]);
    cost.errors += trace.step.error[step] >= 0 ? 1 : 0;
    for (const use of usesOf(step)) cost.bytes += trace.use.bytes[use];
    costs.set(key, cost);
  }
  return costs;
}

views.source = function (panel) {
  const area = element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": word("source"), at: { padding: "8px 14px" } });
  panel.append(area);
  const costs = lineCosts();
  if (!costs.size) {
    area.append(element("p", { class: "note" }, word("noSource")));
    return;
  }
  const most = Math.max(...[...costs.values()].map((cost) => cost.ns), 1);
  const whole = new Map(trace.about.sources.map(([file, text]) => [file, text.split("\n")]));
  const files = [...new Set([...costs.keys()].map((key) => Number(key.split(":")[0])))];
  files.sort((a, b) => Number(whole.has(b)) - Number(whole.has(a)));
  for (const file of files) {
    area.append(element("h2", {}, visible(trace.about.files[file])));
    const lines = whole.get(file) || seenLines(file);
    const pieces = whole.has(file) ? pythonLines(lines.join("\n")) : [];
    const grid = element("div", { class: "src", role: "table", "aria-label": baseName(trace.about.files[file]) });
    grid.append(element("div", { role: "row" }, ...["line", "count", "bytes", "ns", "errors", "source"].map((name) =>
      element("span", { class: "n", role: "columnheader" }, word(name)))));
    for (let at = 0; at < lines.length; at++) {
      if (lines[at] === undefined) continue;
      grid.append(sourceLine(file, at + 1, lines[at], costs.get(`${file}:${at + 1}`), most, pieces[at] || [visible(lines[at])]));
    }
    area.append(grid);
  }
};

/** Of a file that is not in the page: the lines that frames have. */
function seenLines(file) {
  const lines = [];
  for (const frame of trace.frames) if (frame[0] === file && frame[1] > 0) lines[frame[1] - 1] = frame[3] || "";
  return lines;
}

function sourceLine(file, line, text, cost, most, pieces) {
  const cell = (value) => element("span", { class: "n", role: "cell" }, value);
  const row = element("div", { role: "row" }, cell(String(line)));
  if (!cost) {
    row.append(cell(""), cell(""), cell(""), cell(""), element("span", { role: "cell" }, ...pieces));
    return row;
  }
  const time = cell(duration(cost.ns));
  time.style.color = "var(--fg)";
  time.style.backgroundColor = `rgba(var(--heat), ${(0.08 + 0.5 * Math.sqrt(cost.ns / most)).toFixed(2)})`;
  const pick = () => {
    state.filter = `line=${baseName(trace.about.files[file])}:${line}`;
    document.getElementById("filter").value = state.filter;
    select();
    choose(cost.first);
    document.getElementById("count").textContent = word("shown", shown.length.toLocaleString(), trace.count.toLocaleString());
  };
  row.append(cell(String(cost.count)), cell(cost.bytes ? cost.bytes.toLocaleString() : ""), time,
    element("span", { class: "n bad", role: "cell" }, cost.errors ? String(cost.errors) : ""),
    element("span", { role: "cell" }, element("button", { type: "button", onclick: pick }, ...(text ? pieces : [" "]))));
  return row;
}
