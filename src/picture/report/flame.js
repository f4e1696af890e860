// Python stacks by what they cost: the outermost frame at the top.

const WEIGHTS = {
  ns: (step) => Math.max(0, trace.step.d[step]),
  count: () => 1,
  bytes: (step) => usesOf(step).reduce((sum, use) => sum + trace.use.bytes[use], 0),
  errors: (step) => (trace.step.error[step] >= 0 ? 1 : 0),
};
let weight = "ns";
let zoomed = null;

/** The tree of frames; a call is the leaf below its stack. */
function flameTree() {
  const root = { name: word("whole"), value: 0, children: new Map(), first: -1 };
  const weigh = WEIGHTS[weight];
  for (const step of shown) {
    if (trace.step.call[step] < 0) continue;
    const value = weigh(step);
    if (!value) continue;
    const names = framesOf(step).map((frame) => `${frame[2]}  ${frameLine(frame)}`).reverse();
    names.push(callName(step));
    let node = root;
    root.value += value;
    for (const name of names) {
      if (!node.children.has(name)) node.children.set(name, { name, value: 0, children: new Map(), first: step, parent: node });
      node = node.children.get(name);
      node.value += value;
    }
  }
  return root;
}

views.flame = function (panel) {
  const choice = element("select", { "aria-label": word("weigh"), onchange: (event) => { weight = event.target.value; zoomed = null; redraw(); } },
    ...Object.keys(WEIGHTS).map((name) => element("option", { value: name, selected: name === weight }, word(name))));
  panel.append(element("div", { class: "heads" }, element("span", {}, word("weigh")), choice));
  const area = element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": word("flame") });
  panel.append(area);
  const root = flameTree();
  let top = root;
  for (const name of zoomed || []) top = top.children.get(name) || top;
  const width = Math.max(300, area.clientWidth - 20);
  const svg = drawn("svg", { width, role: "img", "aria-label": word("flame") });
  let deepest = 0;
  const show = (value) => (weight === "ns" ? duration(value) : value.toLocaleString());
  const block = (node, x, depth, share) => {
    const wide = width * share;
    if (wide < 1) return;
    deepest = Math.max(deepest, depth);
    const hue = 20 + (Array.from(node.name).reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 997, 7) % 35);
    const text = `${node.name} — ${show(node.value)}`;
    const group = drawn("g", { at: { cursor: "pointer" }, onclick: () => { zoomed = path(node); redraw(); if (node.first >= 0) { state.chosen = node.first; details(); } } },
      drawn("rect", { x, y: depth * 20, width: Math.max(1, wide - 1), height: 19, rx: 2, fill: `hsl(${hue} 80% 62%)` }),
      drawn("title", {}, visible(text)));
    const fits = Math.floor(wide / 7.2) - 1;
    if (fits > 2) group.append(drawn("text", { x: x + 4, y: depth * 20 + 14, fill: "#111", style: null }, visible(node.name.length > fits ? `${node.name.slice(0, fits - 1)}…` : node.name)));
    group.lastChild.style.fill = "#111";
    svg.append(group);
    let at = x;
    for (const child of [...node.children.values()].sort((a, b) => b.value - a.value)) {
      block(child, at, depth + 1, share * child.value / node.value);
      at += width * share * child.value / node.value;
    }
  };
  if (root.value) block(top, 10, 0, (width - 20) / width);
  svg.setAttribute("height", String((deepest + 1) * 20 + 8));
  if (top !== root) area.append(element("button", { type: "button", at: { margin: "6px 10px" }, onclick: () => { zoomed = null; redraw(); } }, `‹ ${word("whole")}`));
  area.append(root.value ? svg : element("p", { class: "note", at: { padding: "0 14px" } }, word("none")));
};

function path(node) {
  const names = [];
  for (let at = node; at.parent; at = at.parent) names.unshift(at.name);
  return names;
}
