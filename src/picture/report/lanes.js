// The lanes: a line per thread, time downwards, arrows from call to call.

const BETWEEN = 240;
const KINDS = ["connect", "bytes", "bytes", "end", "reset"];

/** Where everything stands: rows of steps, folded runs, arrows by row. */
function layOut() {
  const { link } = trace;
  const waits = new Uint8Array(trace.count);
  for (let i = 0; i < link.kind.length; i++) {
    const { from, to } = { from: link.from[i], to: link.to[i] };
    if (from >= 0 && to >= 0 && trace.step.begin[from] > trace.step.begin[to]) waits[to] = 1;
  }
  const ends = [];
  for (const step of shown) if ((trace.step.waits[step] || waits[step]) && trace.step.d[step] >= 0) ends.push(step);
  ends.sort((a, b) => endOf(a) - endOf(b) || a - b);
  const first = new Int32Array(trace.count).fill(-1);
  const last = new Int32Array(trace.count).fill(-1);
  const rows = [];
  let next = 0;
  let before = -1;
  const finish = (until) => {
    for (; next < ends.length && endOf(ends[next]) <= until; next++) {
      const step = ends[next];
      if (first[step] < 0) continue;
      if (before !== step) rows.push({ step, end: true });
      last[step] = rows.length - 1;
      before = step;
    }
  };
  const quiet = (step) => state.fold && !link.of.has(step) && trace.step.error[step] < 0 && trace.step.call[step] >= 0 &&
    !trace.step.waits[step];
  for (let at = 0; at < shown.length; at++) {
    const step = shown[at];
    finish(trace.step.begin[step] - 1e-9);
    let run = at;
    while (quiet(step) && run + 1 < shown.length && quiet(shown[run + 1]) &&
      trace.step.lane[shown[run + 1]] === trace.step.lane[step]) run++;
    if (run - at >= 4) {
      for (let i = at; i <= run; i++) first[shown[i]] = last[shown[i]] = rows.length;
      rows.push({ step, folded: run - at + 1 });
      at = run;
      before = -1;
      continue;
    }
    first[step] = last[step] = rows.length;
    rows.push({ step });
    before = step;
  }
  finish(Infinity);
  for (const step of shown) if (trace.step.d[step] < 0 && trace.step.waits[step]) last[step] = rows.length - 1;
  return { rows, first, last };
}

/** Arrows whose ends are shown, by the rows they touch: sorted by their first row, with the longest span. */
function layOutArrows(plan, lanes) {
  const { link } = trace;
  const arrows = [];
  let longest = 0;
  for (let i = 0; i < link.kind.length; i++) {
    const from = link.from[i] >= 0 ? plan.first[link.from[i]] : -1;
    const to = link.to[i] >= 0 ? plan.last[link.to[i]] : -1;
    if (from < 0 && to < 0) continue;
    if ((link.from[i] >= 0 && from < 0) || (link.to[i] >= 0 && to < 0)) continue;
    const place = lanes.outside.get(link.peer[i]);
    const start = from >= 0 ? [from, lanes.of.get(trace.step.lane[link.from[i]])] : place === undefined ? null : [to, place];
    const end = to >= 0 ? [to, lanes.of.get(trace.step.lane[link.to[i]])] : place === undefined ? null : [from, place];
    if (!start) continue;
    const top = Math.min(start[0], end ? end[0] : start[0]);
    longest = Math.max(longest, Math.abs((end ? end[0] : start[0]) - start[0]));
    arrows.push({ i, start, end, top });
  }
  arrows.sort((a, b) => a.top - b.top);
  return { arrows, longest };
}

/** Where the lanes stand: two that face each other have their texts outside, of more each has its own on the right. */
function placed(wide) {
  const used = trace.about.lanes.map((_, lane) => lane).filter((lane) => !state.hidden.has(lane));
  const places = [...new Set(trace.link.peer.filter((peer) => peer >= 0))].slice(0, 6);
  const count = used.length + places.length;
  const facing = count === 2 && used.length === 2;
  const widest = facing ? Math.max(260, (wide - BETWEEN) / 2) : Math.max(230, Math.min(420, wide / count));
  const x = (lane) => (facing ? widest + lane * BETWEEN : 30 + lane * widest);
  const left = (lane) => facing && lane === 0;
  return {
    used, places, of: new Map(used.map((lane, at) => [lane, at])), outside: new Map(places.map((place, at) => [place, used.length + at])),
    count, x, left, width: facing ? 2 * widest + BETWEEN : 30 + count * widest, label: (lane) => x(lane) + (left(lane) ? -12 : 12),
    lost: (lane) => (!facing ? 60 : left(lane) ? BETWEEN / 2 : -BETWEEN / 2), characters: Math.floor((facing ? widest : widest - 24) / 7.3),
  };
}

views.lanes = function (panel) {
  const plan = layOut();
  const lanes = placed(panel.clientWidth);
  const { used, places, width, x, left } = lanes;
  panel.append(laneButtons());
  const heads = drawn("svg", { width, height: 26, "aria-hidden": "true" });
  [...used.map(laneTitle), ...places.map((place) => trace.link.places[place])].forEach((title, lane) => {
    heads.append(drawn("text", { class: "head", x: x(lane) + (left(lane) ? 4 : -4), y: 17, "text-anchor": left(lane) ? "end" : "start" },
      visible(title)));
  });
  const holder = element("div", { at: { overflow: "hidden", flex: "none" } }, heads);
  panel.append(holder);
  if (!shown.length) panel.append(element("p", { class: "note", at: { padding: "0 14px" } }, word("none")));
  const list = scrolled(panel, plan.rows.length, laneDrawing(plan, lanes, () => false), word("lanes"));
  list.area.addEventListener("scroll", () => { holder.scrollLeft = list.area.scrollLeft; }, { passive: true });
  list.area.firstChild.style.minWidth = `${width}px`;
  views.lanes.reveal = (step) => {
    if (plan.first[step] >= 0) list.reveal(plan.first[step]);
    else list.show();
  };
  if (state.chosen >= 0) views.lanes.reveal(state.chosen);
};

/** A function that draws rows of the lanes; steps for which `beside` holds are marked with the one that is chosen. */
function laneDrawing(plan, lanes, beside) {
  const { used, count, width, x, left, characters } = lanes;
  const { arrows, longest } = layOutArrows(plan, lanes);
  return draw;

  function draw(layer, from, to) {
    const height = (to - from) * ROW + ROW;
    const svg = drawn("svg", { class: "lanes", width, height, role: "img", "aria-label": word("lanes") });
    const y = (row) => (row - from) * ROW + ROW / 2;
    const clamp = (row) => Math.max(-ROW, Math.min(height + ROW, y(row)));
    for (let row = from; row < to; row++) {
      const { step, end } = plan.rows[row];
      const chosen = step === state.chosen && plan.first[step] === row;
      if (chosen || (!end && state.chosen >= 0 && beside(step))) {
        svg.append(drawn("rect", { class: chosen ? "pick" : "pick too", x: 0, y: y(row) - ROW / 2, width, height: ROW }));
      }
    }
    for (let lane = 0; lane < count; lane++) svg.append(drawn("line", { class: "lane", x1: x(lane), x2: x(lane), y1: 0, y2: height }));
    // A wait may begin before the first row that is seen.
    for (const step of waiting(from, to)) {
      const lane = lanes.of.get(trace.step.lane[step]);
      const top = clamp(plan.first[step]);
      svg.append(drawn("rect", { class: "wait", x: x(lane) - 4, y: top, width: 8, height: Math.max(0, clamp(plan.last[step]) - top), rx: 3 }));
    }
    for (let i = lowerBound(arrows, from - longest); i < arrows.length && arrows[i].top < to; i++) arrow(svg, arrows[i], from, to, y);
    for (let row = from; row < to; row++) label(svg, plan.rows[row], y(row));
    layer.append(svg);
  }

  function waiting(from, to) {
    const found = new Set();
    for (const lane of used) {
      // The last step of the lane that begins above may last until here.
      let row = Math.min(from, plan.rows.length - 1);
      for (let tries = 0; row >= 0 && tries < 4000; row--, tries++) {
        const step = plan.rows[row].step;
        if (trace.step.lane[step] === lane) {
          if (plan.last[step] > from) found.add(step);
          break;
        }
      }
    }
    for (let row = from; row < to; row++) {
      const step = plan.rows[row].step;
      if (plan.last[step] > plan.first[step]) found.add(step);
    }
    return found;
  }

  function label(svg, row, y) {
    const { step } = row;
    const lane = lanes.of.get(trace.step.lane[step]);
    const bad = trace.step.error[step] >= 0;
    const kind = bad ? " bad" : trace.step.call[step] < 0 ? " sig" : "";
    const group = drawn("g", { "data-step": step, onclick: () => choose(step), at: { cursor: "pointer" } });
    const place = { x: lanes.label(lane), y: y + 4, "text-anchor": left(lane) ? "end" : "start" };
    if (row.folded) {
      group.append(drawn("circle", { class: "fold", cx: x(lane), cy: y, r: 9 }));
      group.append(drawn("text", { x: x(lane), y: y + 4, "text-anchor": "middle", class: "dim" }, String(row.folded)));
      group.append(drawn("text", { ...place, x: place.x + (left(lane) ? -6 : 6), class: "halo dim" }, word("more", row.folded)));
      group.addEventListener("click", () => { state.fold = false; redraw(); choose(step); });
    } else {
      group.append(drawn("circle", { class: `dot${kind}`, cx: x(lane), cy: y, r: 3.5 }));
      const text = visible(row.end ? `… ${callName(step)}${trace.step.text[step].replace(/^.*\)\s*=/s, " =")}` : trace.step.text[step]);
      const cut = fitted(brief(text), characters);
      group.append(drawn("text", { ...place, class: `halo${row.end ? " dim" : kind}` }, cut, drawn("title", {}, text)));
    }
    svg.append(group);
  }

  function arrow(svg, { i, start, end }, from, to, y) {
    const kind = KINDS[trace.link.kind[i]];
    const x1 = x(start[1]), y1 = y(start[0]);
    const lost = !end;
    const x2 = lost ? x1 + lanes.lost(start[1]) : x(end[1]);
    const y2 = lost ? y1 : y(end[0]);
    if (Math.max(y1, y2) < -ROW || Math.min(y1, y2) > (to - from + 2) * ROW) return;
    const toward = x2 >= x1 ? 1 : -1;
    if (x1 === x2) {
      const side = x1 + (left(start[1]) ? 40 : -22);
      svg.append(drawn("path", { class: `a ${kind}`, d: `M${x1} ${y1}C${side} ${y1} ${side} ${y2} ${x2} ${y2}` }));
    } else {
      svg.append(drawn("path", { class: `a ${kind}`, d: `M${x1} ${y1}L${x2 - toward * 5} ${y2}` }));
      const head = lost ? `M${x2 - 5} ${y2 - 5}l10 10m0 -10l-10 10` : `M${x2 - toward * 12} ${y2 - 4}L${x2 - toward * 4} ${y2}L${x2 - toward * 12} ${y2 + 4}`;
      svg.append(drawn("path", { class: `a ${lost ? "reset" : kind}`, d: head }));
    }
    const text = linkLabel(i);
    svg.append(drawn("text", { class: `halo al ${kind}`, x: (x1 + x2) / 2, y: (y1 + y2) / 2 - 4, "text-anchor": "middle" }, text));
  }
}

function lowerBound(arrows, top) {
  let low = 0, high = arrows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (arrows[middle].top < top) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Buttons that hide lanes. */
function laneButtons() {
  const buttons = trace.about.lanes.slice(0, 24).map((_, lane) => element("button", {
    type: "button", "aria-pressed": String(!state.hidden.has(lane)), title: word("hide"),
    onclick: () => {
      if (state.hidden.has(lane)) state.hidden.delete(lane);
      else state.hidden.add(lane);
      refresh();
    },
  }, visible(laneTitle(lane))));
  const fold = element("button", { type: "button", "aria-pressed": String(state.fold), onclick: () => { state.fold = !state.fold; redraw(); } }, word("fold"));
  return element("div", { class: "heads" }, ...buttons, fold);
}
