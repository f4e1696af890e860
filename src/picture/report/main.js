// Builds the page, and listens to keys.

/** The views of this page, in order. */
let VIEWS = [];

function stored(key, value) {
  try {
    if (value !== undefined) localStorage.setItem(`sockscope.${key}`, value);
    return localStorage.getItem(`sockscope.${key}`);
  } catch {
    return null; // a page from a file may be denied it
  }
}

function build() {
  const { about } = trace;
  document.documentElement.lang = language ? "zh" : "en";
  const tabs = element("div", { class: "tabs", role: "tablist", "aria-label": "sockscope", onkeydown: (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    show(VIEWS[(VIEWS.indexOf(state.view) + step + VIEWS.length) % VIEWS.length]);
    document.querySelector("[role=tab][aria-selected=true]").focus();
    event.preventDefault();
    event.stopPropagation();
  } }, ...VIEWS.map((view) => element("button", { type: "button", role: "tab", "data-view": view, "aria-controls": "view", onclick: () => show(view) }, word(view))));
  const filter = element("input", {
    id: "filter", type: "search", placeholder: word("filter"), "aria-label": word("filterLabel"), value: state.filter, spellcheck: "false",
    autocomplete: "off", oninput: (event) => { state.filter = event.target.value; refresh(); },
  });
  const theme = element("button", { type: "button", id: "theme", "aria-label": word("theme"), title: word("theme"), onclick: () => {
    const dark = getComputedStyle(document.documentElement).getPropertyValue("--bg").trim() !== "#fff";
    document.documentElement.dataset.theme = stored("theme", dark ? "light" : "dark") || (dark ? "light" : "dark");
  } }, "◐");
  const other = element("button", { type: "button", id: "language", lang: language ? "en" : "zh", onclick: () => { language = 1 - language; build(); refresh(); } }, word("language"));
  const dialog = element("dialog", { id: "keys", "aria-label": word("keys") }, element("p", {}, word("keyHelp")),
    element("button", { type: "button", onclick: () => dialog.close() }, word("close")));
  const keys = element("button", { type: "button", onclick: () => dialog.showModal(), "aria-label": word("keys") }, "?");
  const unfollow = element("button", { type: "button", id: "unfollow", hidden: state.follow < 0, onclick: () => follow(state.follow) }, followed());
  const hasTrace = trace.count > 0;
  const note = about.left_out ? element("span", { class: "note bad" }, word("leftOut", about.left_out.toLocaleString())) : null;
  document.body.replaceChildren(
    element("header", {}, element("h1", {}, about.lesson?.listed ? element("a", { href: "index.html" }, `‹ ${word("index")}`) : "sockscope"),
      VIEWS.length > 1 ? tabs : null, hasTrace ? filter : null, unfollow, element("span", { class: "note", id: "count", role: "status" }), note, other, theme, keys),
    element("main", {}, element("section", { id: "view", role: "tabpanel", "aria-label": word(state.view) }),
      element("aside", { id: "side", "aria-label": word("details"), tabindex: 0 })),
    dialog);
  details();
}

function show(view) {
  state.view = view;
  redraw();
  details();
}

/** Goes on in the view that is shown. */
function onward(by) {
  if (views[state.view].move) views[state.view].move(by);
  else move(by);
}

/** Goes to another step among those shown. */
function move(by) {
  if (!shown.length) return;
  const at = state.chosen < 0 ? (by > 0 ? 0 : shown.length - 1) : placeOf(state.chosen) + (shown[placeOf(state.chosen)] === state.chosen || by < 0 ? by : 0);
  choose(shown[Math.max(0, Math.min(shown.length - 1, at))], true);
}

/** Goes to the previous or next step of the same socket. */
function along(by) {
  const sock = state.chosen < 0 ? -1 : socketOf(state.chosen);
  if (sock < 0) return;
  const steps = trace.use.ofSocket[sock];
  const next = steps[steps.indexOf(state.chosen) + by];
  if (next !== undefined) choose(next, true);
}

function across() {
  for (const i of trace.link.of.get(state.chosen) || []) {
    const other = trace.link.from[i] === state.chosen ? trace.link.to[i] : trace.link.from[i];
    if (other >= 0) return choose(other, true);
  }
}

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.key === "Escape" && state.filter) {
    state.filter = document.getElementById("filter").value = "";
    refresh();
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = {
    j: () => onward(1), ArrowDown: () => onward(1), k: () => onward(-1), ArrowUp: () => onward(-1), "[": () => along(-1), "]": () => along(1),
    o: across, f: () => state.chosen >= 0 && socketOf(state.chosen) >= 0 && follow(socketOf(state.chosen)),
    "/": () => document.getElementById("filter").focus(), z: () => { state.fold = !state.fold; redraw(); },
    "?": () => document.getElementById("keys").showModal(),
  }[event.key] || (VIEWS[Number(event.key) - 1] ? () => show(VIEWS[Number(event.key) - 1]) : null);
  if (act) {
    act();
    event.preventDefault();
  }
});
window.addEventListener("hashchange", () => { recall(); refresh(); details(); });

unpack().then(() => {
  language = trace.about.lang === "zh" ? 1 : 0;
  VIEWS = trace.about.views;
  state.view = VIEWS[0];
  if (trace.about.lesson) Object.assign(state, { fold: false, chosen: 0 });
  const theme = stored("theme");
  if (theme) document.documentElement.dataset.theme = theme;
  recall();
  build();
  refresh();
  document.body.dataset.ready = "true";
});
