// The sockets: a row each.

views.sockets = function (panel) {
  const first = trace.step.begin[0] || 0;
  const last = trace.count ? Math.max(trace.step.begin[trace.count - 1], first + 1) : 1;
  const head = ["#", "kind", "madeBy", "local", "peer", "other", "sent", "received", "became", "life"];
  const number = new Set(["sent", "received", "other"]);
  const rows = trace.sockets.slice(0, 5000).map((socket, sock) => socketRow(socket, sock, first, last));
  const table = element("table", {},
    element("caption", { class: "vh" }, word("sockets")),
    element("thead", {}, element("tr", {}, ...head.map((name) => element("th", { scope: "col", class: number.has(name) ? "n" : null },
      name === "#" ? "#" : word(name))))),
    element("tbody", {}, ...rows));
  panel.append(element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": word("sockets") }, table));
};

function socketRow(socket, sock, first, last) {
  const count = ([calls, bytes]) => (calls ? `${bytes.toLocaleString()} B / ${calls}` : "");
  const made = socket.line ? `${baseName(socket.line[0])}:${socket.line[1]}` : term("origins", socket.origin);
  const became = socket.phases.map(([, phase]) => term("phases", phase));
  if (socket.closed !== null) became.push(term("phases", "closed"));
  const x = (step) => 2 + 116 * (trace.step.begin[step] - first) / (last - first);
  const begin = x(socket.made);
  const end = socket.closed === null ? 118 : x(socket.closed);
  const life = drawn("svg", { width: 120, height: 16, "aria-hidden": "true" },
    drawn("rect", { class: "life", x: begin, y: 4, width: Math.max(2, end - begin), height: 8, rx: 2 }));
  const open = () => { follow(sock); choose(socket.made); };
  const cell = (text, kind) => element("td", { class: kind }, visible(text || ""));
  return element("tr", {
    tabindex: 0, class: state.follow === sock ? "sel" : null, onclick: open,
    onkeydown: (event) => event.key === "Enter" && open(),
  }, cell(`#${socket.number}`), cell(socket.protocol), cell(`${socket.pid} ${made}`), cell(socket.local), cell(socket.peer),
  cell(socket.other === null ? "" : `#${trace.sockets[socket.other].number}`, "n"), cell(count(socket.sent), "n"), cell(count(socket.received), "n"),
  cell(became.join(", ")), element("td", {}, life));
}
