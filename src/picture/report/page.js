// The page's state, and the pieces that every view is made of.

const state = {
  view: "lanes", chosen: -1, filter: "", follow: -1, fold: true, real: false, hidden: new Set(),
};

/** Steps that are shown, in order. */
let shown = new Int32Array(0);
const views = {};

/** An element with attributes, listeners (`onclick`) and children; text is only ever text. */
function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function drawn(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "at") Object.assign(node.style, value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Text whose strings and numbers have their colours. */
function coloured(text) {
  const parts = [];
  const pattern = /"(?:[^"\\]|\\.)*"(?:\.\.\.)?|\b(?:0x[0-9a-f]+|\d+)\b|E[A-Z0-9]{2,}(?= \()/g;
  let last = 0;
  for (let found; (found = pattern.exec(text)); ) {
    if (found.index > last) parts.push(visible(text.slice(last, found.index)));
    const kind = found[0][0] === '"' ? "str" : found[0][0] === "E" ? "bad" : "num";
    parts.push(element("span", { class: kind }, visible(found[0])));
    last = pattern.lastIndex;
    if (parts.length > 400) break;
  }
  if (last < text.length) parts.push(visible(text.slice(last)));
  return parts;
}

/** What passes the filter, the hidden lanes and the socket that is followed. */
function select() {
  const filter = parseFilter(state.filter);
  const input = document.getElementById("filter");
  if (input) {
    input.classList.toggle("wrong", Boolean(filter.wrong));
    input.title = filter.wrong ? word("unknown", filter.wrong) : "";
  }
  const test = filter.test || (() => true);
  let ofSocket = null;
  if (state.follow >= 0) {
    const other = trace.sockets[state.follow].other;
    ofSocket = new Set([...trace.use.ofSocket[state.follow], ...(other === null ? [] : trace.use.ofSocket[other])]);
  }
  const found = [];
  for (let step = 0; step < trace.count; step++) {
    if (state.hidden.has(trace.step.lane[step]) || (ofSocket && !ofSocket.has(step)) || !test(step)) continue;
    found.push(step);
  }
  shown = Int32Array.from(found);
}

/** The place of a step among those shown, or of the first behind it. */
function placeOf(step) {
  let low = 0, high = shown.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shown[middle] < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Shows everything anew. */
function refresh() {
  select();
  redraw();
}

function redraw() {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    tab.setAttribute("aria-selected", String(tab.dataset.view === state.view));
    tab.tabIndex = tab.dataset.view === state.view ? 0 : -1;
  }
  const panel = document.getElementById("view");
  panel.setAttribute("aria-label", word(state.view));
  panel.parentElement.className = `is-${state.view}`;
  panel.replaceChildren();
  views[state.view](panel);
  document.getElementById("count").textContent = trace.count ? word("shown", shown.length.toLocaleString(), trace.count.toLocaleString()) : "";
  remember();
}

/** What is chosen stands in the address, so that a link leads to it. */
function remember() {
  const parts = [];
  if (state.chosen >= 0) parts.push(`call=${trace.step.seq[state.chosen]}`);
  if (state.view !== VIEWS[0]) parts.push(`view=${state.view}`);
  if (state.follow >= 0) parts.push(`sock=${trace.sockets[state.follow].number}`);
  if (state.filter) parts.push(`filter=${encodeURIComponent(state.filter)}`);
  history.replaceState(null, "", parts.length ? `#${parts.join("&")}` : location.pathname + location.search);
}

function recall() {
  for (const part of location.hash.slice(1).split("&")) {
    const [key, value = ""] = part.split("=");
    if (key === "call") state.chosen = trace.step.seq.indexOf(Number(value));
    if (key === "view" && VIEWS.includes(value)) state.view = value;
    if (key === "sock") state.follow = socketNumbered(value);
    if (key === "filter") state.filter = decodeURIComponent(value);
  }
}

/** Chooses a step; the view scrolls to it. */
function choose(step, focus = false) {
  state.chosen = step;
  details();
  if (views[state.view].reveal) views[state.view].reveal(step, focus);
  else redraw();
  remember();
}

/** Which socket is followed, by its number in the trace. */
function followed() {
  const socket = trace.sockets[state.follow];
  return `${word("followed")}: #${socket ? socket.number : ""} ✕`;
}

/** Follows one socket with its other end, or all again. */
function follow(sock) {
  state.follow = state.follow === sock ? -1 : sock;
  document.getElementById("unfollow").hidden = state.follow < 0;
  document.getElementById("unfollow").textContent = followed();
  refresh();
}
