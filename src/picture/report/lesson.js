// The lesson: both roles' sources, and between them the lanes with what each line asked of the kernel.

/** The numbers of the lanes of a role. */
const lanesOf = (role) => trace.about.lanes.map((_, lane) => lane).filter((lane) => playerOf(lane)?.role === role);
const playerOf = (lane) => trace.about.lesson.players.find((player) => player.pid === trace.about.lanes[lane].pid);

/** The line of its role's source that made a step, as `file:line`; empty where none did. */
function lineOf(step) {
  const frame = callerOf(step);
  return frame ? `${trace.about.files[frame[0]]}:${frame[1]}` : "";
}

views.lesson = function (panel) {
  const byLine = new Map();
  for (let step = 0; step < trace.count; step++) {
    if (trace.step.call[step] < 0 || !lineOf(step)) continue;
    const key = lineOf(step);
    if (byLine.has(key)) byLine.get(key).push(step);
    else byLine.set(key, [step]);
  }
  const rows = new Map();
  const stage = element("div", { class: "stage" });
  const middle = element("div", { class: "scroll between", tabindex: 0, role: "group", "aria-label": word("lanes") });
  const ties = drawn("svg", { class: "ties", "aria-hidden": "true" });
  stage.append(sourceColumn("server", byLine, rows), middle, sourceColumn("client", byLine, rows), ties);
  panel.append(lessonHead(), stage);

  let drawing = null;
  const plan = layOut();
  const draw = () => {
    const lanes = sides(middle.clientWidth - 2);
    drawing = laneDrawing(plan, lanes, (step) => lineOf(step) && lineOf(step) === lineOf(state.chosen));
    const layer = element("div", { at: { position: "relative", height: `${(plan.rows.length + 1) * ROW}px`, width: `${lanes.width}px` } });
    drawing(layer, 0, plan.rows.length);
    middle.replaceChildren(layer);
    tie();
  };
  /** Ties the line of the step that is chosen to all its calls. */
  const tie = () => {
    ties.replaceChildren();
    for (const row of rows.values()) row.classList.remove("sel");
    const row = state.chosen >= 0 && rows.get(lineOf(state.chosen));
    if (!row) return;
    row.classList.add("sel");
    const box = stage.getBoundingClientRect();
    const seen = middle.getBoundingClientRect();
    const column = row.closest(".code").getBoundingClientRect();
    const place = row.getBoundingClientRect();
    const left = column.left < seen.left;
    const y = Math.max(column.top + 40, Math.min(column.bottom - 8, (place.top + place.bottom) / 2)) - box.top;
    for (const step of byLine.get(lineOf(state.chosen)) || []) {
      const label = middle.querySelector(`[data-step="${step}"] text`);
      if (!label) continue;
      const to = label.getBoundingClientRect();
      const height = (to.top + to.bottom) / 2;
      if (height < seen.top || height > seen.bottom) continue;
      const [x1, x2] = left ? [column.right - 2, to.left - 5] : [column.left + 2, to.right + 5];
      const [from, end] = [x1 - box.left, Math.max(0, x2 - box.left)];
      const y2 = height - box.top;
      ties.append(drawn("path", { class: step === state.chosen ? "tie now" : "tie", d: `M${from} ${y}C${(from + end) / 2} ${y} ${(from + end) / 2} ${y2} ${end} ${y2}` }));
    }
  };
  views.lesson.reveal = (step) => {
    draw();
    rows.get(lineOf(step))?.scrollIntoView({ block: "nearest" });
    const label = middle.querySelector(`[data-step="${step}"]`);
    if (label) label.scrollIntoView({ block: "nearest", inline: "nearest" });
    document.getElementById("place").textContent = word("stepOf", step + 1, trace.count);
    tie();
  };
  stage.querySelectorAll(".scroll").forEach((area) => area.addEventListener("scroll", tie, { passive: true }));
  new ResizeObserver(() => stage.isConnected && draw()).observe(middle);
  draw();
  if (state.chosen >= 0) views.lesson.reveal(state.chosen);
};

/** What it is about, and how it ended. */
function lessonHead() {
  const { lesson } = trace.about;
  const { document: source } = lesson;
  const step = (by, text, name) => element("button", { type: "button", "aria-label": word(name), title: word(name), onclick: () => move(by) }, text);
  return element("div", { class: "intro" },
    element("div", { at: { flex: "1 1 320px" } },
      element("p", { class: "big" }, element("b", {}, lesson.program), ` — ${inWords(lesson.case.doc)}`),
      element("p", { class: "note" }, word("fromDocument", source.number, source.title, inWords(source.about)), ` · ${visible(lesson.host)}`),
      element("p", { class: lesson.expected ? "good" : "bad" }, visible(lesson.ended[language]))),
    element("div", { class: "steps" }, step(-1, "‹", "stepBack"), element("span", { id: "place", class: "note", role: "status" }, word("stepOf", state.chosen + 1, trace.count)),
      step(1, "›", "stepOn")));
}

/** The source of a role; what it printed stands below. */
function sourceColumn(role, byLine, rows) {
  const players = trace.about.lesson.players.filter((player) => player.role === role);
  const column = element("section", { class: `code scroll ${role}`, tabindex: 0, "aria-label": word(role) });
  const [player] = players;
  if (!player) {
    column.append(element("p", { class: "note" }, word("noRole")));
    return column;
  }
  column.append(element("h2", {}, word(role), " ", element("code", {}, visible(player.file))));
  const file = trace.about.files.indexOf(player.file);
  const source = trace.about.sources.find(([number]) => number === file);
  const lines = pythonLines(source ? source[1].replace(/\n$/, "") : "");
  const list = element("ol", {});
  const first = lines.findIndex((_, at) => byLine.has(`${player.file}:${at + 1}`));
  lines.forEach((pieces, at) => {
    const key = `${player.file}:${at + 1}`;
    const steps = byLine.get(key) || [];
    const failed = steps.some((step) => trace.step.error[step] >= 0);
    // Each click leads to the next call of the line.
    const pick = () => choose(steps[(steps.indexOf(state.chosen) + 1) % steps.length]);
    const row = element("li", { class: steps.length ? "made" : "" },
      element("span", { class: "no" }, String(at + 1)),
      steps.length ? element("button", { type: "button", onclick: pick, title: word("callsOf", steps.length) }, ...pieces)
        : element("span", {}, ...pieces, pieces.length ? "" : " "),
      steps.length ? element("span", { class: `many${failed ? " bad" : ""}`, title: word("callsOf", steps.length) }, String(steps.length)) : null);
    rows.set(key, row);
    // What only prepares stands behind a button.
    row.hidden = at < first - 1 && first > 4;
    list.append(row);
  });
  if (first > 4) {
    const more = element("button", { type: "button", class: "more", onclick: () => {
      rows.forEach((row) => { if (list.contains(row)) row.hidden = false; });
      more.remove();
    } }, `⋯ ${word("linesBefore", first - 1)}`);
    column.append(more);
  }
  column.append(list);
  for (const { printed } of players.filter((player) => player.printed)) {
    column.append(element("h2", {}, word("printed")), element("pre", { class: "mono" }, visible(printed.replace(/\n$/, ""))));
  }
  return column;
}

/** The lanes of the server on the left with their calls beside its source, those of the client on the right. */
function sides(width) {
  const [server, client] = [lanesOf("server"), lanesOf("client")];
  const used = trace.about.lanes.map((_, lane) => lane);
  const places = [...new Set(trace.link.peer.filter((peer) => peer >= 0))].slice(0, 3);
  const apart = 16;
  const between = 130 + 36 * places.length;
  const inner = apart * (Math.max(0, server.length - 1) + Math.max(0, client.length - 1));
  const alone = !server.length || !client.length;
  const wide = Math.max(200, ((width - between - inner) / (alone ? 1 : 2)) - 4);
  const first = server.length ? wide : 20;
  const last = first + apart * Math.max(0, server.length - 1) + between + apart * Math.max(0, client.length - 1);
  const xs = used.map((lane) => (server.includes(lane) ? first + apart * server.indexOf(lane) : last - apart * client.indexOf(lane)));
  places.forEach((_, at) => xs.push(first + apart * server.length + 50 + 36 * at));
  return {
    used, places, of: new Map(used.map((lane, at) => [lane, at])), outside: new Map(places.map((place, at) => [place, used.length + at])),
    count: xs.length, width: client.length ? last + wide : last + 20, x: (lane) => xs[lane], left: (lane) => lane < used.length && server.includes(used[lane]),
    label: (lane) => (lane < used.length && server.includes(used[lane]) ? first - 12 : last + 12), lost: (lane) => (server.includes(used[lane]) ? between / 2 : -between / 2), characters: Math.floor((wide - 14) / 7.3),
  };
}
