// Everything about the step that is chosen.

function details() {
  const side = document.getElementById("side");
  side.hidden = ["claims", "index"].includes(state.view);
  if (state.view === "compare") return;
  const step = state.chosen;
  if (step < 0) {
    side.replaceChildren(element("p", { class: "note" }, word("pick")), element("p", { class: "note" }, word("keyHelp")));
    return;
  }
  const call = trace.step.call[step] >= 0 ? trace.about.calls[trace.step.call[step]] : null;
  const parsed = parseCall(trace.step.text[step]);
  const parts = [element("pre", { class: "mono" }, ...coloured(trace.step.text[step].slice(0, 20000)))];
  if (call && call.doc) parts.push(element("p", { class: "doc" }, inWords(call.doc)));
  const meanings = meaningsOf(step, call);
  const took = trace.step.d[step] > 0 || trace.step.d[step] < 0 ? ` · ${word("took")} ${duration(trace.step.d[step])}` : "";
  parts.push(element("p", { class: "note" },
    `#${trace.step.seq[step]} · ${visible(laneTitle(trace.step.lane[step]))} · +${moment(step)} ms${took}`));
  if (trace.step.error[step] >= 0) {
    const [name, message, meaning] = trace.about.errors[trace.step.error[step]];
    parts.push(element("p", { class: "bad" }, `${name}: ${inWords(message)}`), element("p", { class: "doc" }, inWords(meaning)));
  }
  if (meanings.result.length) parts.push(element("ul", { class: "tree" }, ...meanings.result.map(meaningItem)));
  if (trace.step.why[step] >= 0) parts.push(element("div", { class: "why" }, visible(inWords(trace.about.causes[trace.step.why[step]]))));
  if (trace.step.state[step] >= 0) parts.push(element("h2", {}, word("state")), element("div", { class: "mono" }, visible(trace.about.states[trace.step.state[step]])));
  parts.push(...socketDetails(step));
  const values = [];
  if (call && parsed.args.length) values.push(element("h2", {}, word("arguments")), argumentTree(parsed.args, call, meanings.args));
  const rest = byteDetails(parsed.args);
  const frames = framesOf(step);
  const waits = awaitOf(step);
  if (waits.frames.length) {
    const heading = waits.task === null ? word("awaited") : `${word("awaited")}: ${visible(waits.task)}`;
    rest.push(element("h2", {}, heading), element("ol", { class: "stack" }, ...waits.frames.map(frameItem)));
  }
  if (frames.length) rest.push(element("h2", {}, word("stack")), element("ol", { class: "stack" }, ...frames.map(frameItem)));
  if (call && trace.about.lesson && [...waits.frames, ...frames].every((frame) => frame[4])) rest.push(element("p", { class: "note" }, word("noLine")));
  side.replaceChildren(...[parts, values, rest].filter((group) => group.length).map((group) => element("div", {}, ...group)));
  side.scrollTop = 0;
}

/** A button that leads to a step. */
function go(text, step) {
  return element("button", { class: "go", type: "button", onclick: () => choose(step) }, visible(text));
}

function socketDetails(step) {
  const parts = [];
  for (const use of usesOf(step)) {
    const sock = trace.use.sock[use];
    const socket = trace.sockets[sock];
    const ends = [socket.local, socket.peer].filter(Boolean).join(" → ");
    parts.push(element("h2", {}, `${word("socket")} #${socket.number} ${socket.protocol} ${ends}`));
    const steps = trace.use.ofSocket[sock];
    const at = steps.indexOf(step);
    const line = element("div", {});
    if (at > 0) line.append(go(`‹ ${word("previous")}`, steps[at - 1]));
    if (at >= 0 && at + 1 < steps.length) line.append(go(`${word("next")} ›`, steps[at + 1]));
    line.append(go(`^ ${word("madeBy")}`, socket.made));
    line.append(element("button", { class: "go", type: "button", "aria-pressed": String(state.follow === sock), onclick: () => follow(sock) }, word("follow")));
    parts.push(line);
    if (trace.use.way[use]) {
      const way = word(trace.use.way[use] === 1 ? "sent" : "received");
      const from = trace.use.offset[use];
      parts.push(element("p", { class: "note" }, `${way}: ${trace.use.bytes[use]} B [${from} … ${from + trace.use.bytes[use]})`));
    }
    if (parts.length > 40) break;
  }
  for (const i of (trace.link.of.get(step) || []).slice(0, 20)) {
    const { from, to } = trace.link;
    const other = from[i] === step ? to[i] : from[i];
    const arrow = from[i] === step ? "→" : "←";
    const what = linkLabel(i);
    if (other >= 0) parts.push(go(`${arrow} ${what} ${trace.step.text[other].slice(0, 60)}`, other));
    else {
      const place = trace.link.peer[i] >= 0 ? `${trace.link.places[trace.link.peer[i]]}, ${word("outside")}` : word("lost");
      parts.push(element("p", { class: "note" }, `${arrow} ${what}: ${visible(place)}`));
    }
  }
  return parts;
}

function argumentTree(args, call, meanings) {
  return element("ul", { class: "tree" }, ...args.map((arg, at) => {
    const [name, doc] = (call && call.params[at]) || [arg.name, null];
    // A member's sentence stands at the member.
    const lines = (meanings[at] || []).slice();
    const taken = (member) => {
      const found = lines.findIndex(([, subject]) => subject === member);
      return found < 0 ? "" : inWords(trace.about.sentences[lines.splice(found, 1)[0][2]]);
    };
    const item = treeItem(arg, name, inWords(doc), taken);
    if (lines.length) item.append(element("ul", { class: "tree" }, ...lines.map(meaningItem)));
    return item;
  }));
}

/** What is in each argument and in the result means, where the page has that. */
function meaningsOf(step, call) {
  const found = { args: [], result: [] };
  const lines = trace.step.meaning && call ? trace.about.meanings[trace.step.meaning[step]] : [];
  let at = -1;
  const names = call ? call.params.map(([name]) => name) : [];
  for (const line of lines) {
    const [depth, subject] = line;
    if (depth === 1) at = names.indexOf(subject, at + 1) < 0 ? names.length : names.indexOf(subject, at + 1);
    if (depth === 1 && at < names.length) found.args[at] = [];
    else if (depth > 1 && found.args[at]) found.args[at].push(line);
    else if (depth > 0) found.result.push(line);
  }
  return found;
}

/** A word of strace's, and what it means. */
function meaningItem([, subject, sentence]) {
  return element("li", {}, element("code", {}, visible(subject)), " ", element("span", { class: "doc" }, inWords(trace.about.sentences[sentence])));
}

function treeItem(arg, name, doc, sentenceOf) {
  const value = arg.name && name === arg.name ? arg.text.slice(arg.name.length + 1) : arg.text;
  const item = element("li", {});
  if (name) item.append(element("b", {}, `${name} `));
  if (arg.parts && arg.parts.length) {
    if (doc) item.append(element("div", { class: "doc" }, doc));
    item.append(element("ul", { class: "tree" }, ...arg.parts.slice(0, 200).map((part) => treeItem(part, part.name, sentenceOf(part.name), sentenceOf))));
  } else {
    item.append(...coloured(value.slice(0, 4000)));
    if (doc) item.append(element("div", { class: "doc" }, doc));
  }
  return item;
}

function byteDetails(args) {
  const strings = [];
  const collect = (items) => items.forEach((item) => {
    if (item.string && item.string.length > 2) strings.push(item);
    if (item.parts) collect(item.parts);
  });
  collect(args);
  const parts = [];
  for (const item of strings.slice(0, 8)) {
    const bytes = stringBytes(item.string);
    parts.push(element("h2", {}, `${word("bytes")} (${bytes.length})`));
    parts.push(element("pre", { class: "hex", tabindex: 0 }, hexdump(bytes.subarray(0, 65536))));
    const text = new TextDecoder().decode(bytes);
    if (/[\n\r\u0080-\uffff]/.test(text)) parts.push(element("pre", { class: "mono" }, visible(text.slice(0, 65536))));
    if (item.text.includes('"...')) parts.push(element("p", { class: "note" }, word("cut")));
  }
  return parts;
}

function frameItem(frame) {
  const [file, line, name, source, library] = frame;
  const place = `${trace.about.files[file]}:${line}`;
  return element("li", { class: library ? "dim" : "" }, element("code", {}, visible(`${place} ${name}`)),
    source ? element("pre", { class: "mono" }, visible(source)) : null);
}
