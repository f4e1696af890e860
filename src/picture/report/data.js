// The trace: columns unpacked from the page, and what is looked up in them.

/** @type {any} */
let trace = null;

async function unpack() {
  const text = document.getElementById("data").textContent;
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  trace = JSON.parse(await new Response(stream).text());
  document.getElementById("data").textContent = "";
  const step = trace.step;
  trace.count = step.t.length;
  const begin = new Float64Array(trace.count);
  let t = 0;
  for (let i = 0; i < trace.count; i++) begin[i] = t += step.t[i];
  step.begin = begin;
  for (const name of ["lane", "waits"]) step[name] = Uint32Array.from(step[name]);
  for (const name of ["call", "error", "stack", "why", "state", "meaning"]) if (step[name]) step[name] = Int32Array.from(step[name]);
  step.d = Float64Array.from(step.d);
  connect();
}

/** Uses of each step and socket, links of each step: places in their columns, found by halving. */
function connect() {
  const { use, link } = trace;
  let at = 0;
  use.step = Int32Array.from(use.step, (d) => (at += d));
  use.ofSocket = trace.sockets.map(() => []);
  for (let i = 0; i < use.step.length; i++) use.ofSocket[use.sock[i]].push(use.step[i]);
  link.of = new Map();
  const add = (step, i) => {
    if (step < 0) return;
    const known = link.of.get(step);
    if (known) known.push(i);
    else link.of.set(step, [i]);
  };
  for (let i = 0; i < link.kind.length; i++) {
    add(link.from[i], i);
    if (link.to[i] !== link.from[i]) add(link.to[i], i);
  }
}

/** The uses of a step, as numbers in the columns of `use`. */
function usesOf(step) {
  const steps = trace.use.step;
  let low = 0, high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] < step) low = middle + 1;
    else high = middle;
  }
  const found = [];
  for (let i = low; i < steps.length && steps[i] === step; i++) found.push(i);
  return found;
}

/** The socket that a step is about, or -1. */
function socketOf(step) {
  const uses = usesOf(step);
  return uses.length ? trace.use.sock[uses[0]] : -1;
}

function endOf(step) {
  const took = trace.step.d[step];
  return took < 0 ? Infinity : trace.step.begin[step] + took;
}

function callName(step) {
  const call = trace.step.call[step];
  return call < 0 ? "" : trace.about.calls[call].name;
}

/** The frames of a step's stack, the innermost first. */
function framesOf(step) {
  const stack = trace.step.stack[step];
  return stack < 0 ? [] : trace.stacks[stack].map((frame) => trace.frames[frame]);
}

/** The place of the socket that has a number in the trace, as its JSON has it too; -1 if there is none. */
function socketNumbered(number) {
  return trace.sockets.findIndex((socket) => String(socket.number) === number);
}

/** The coroutines that await what a step does, the innermost first, and the name of their task. */
function awaitOf(step) {
  const [frames, task] = trace.about.awaits[trace.step.stack[step]] || [[], null];
  return { frames: frames.map((frame) => trace.frames[frame]), task };
}

/** The frame to show: the innermost of the user's own, those that await it first. */
function callerOf(step) {
  const frames = framesOf(step);
  return [...awaitOf(step).frames, ...frames].find((frame) => !frame[4]) || frames[0];
}

const baseName = (path) => path.slice(path.lastIndexOf("/") + 1);
const frameLine = (frame) => `${baseName(trace.about.files[frame[0]])}:${frame[1]}`;

/** `1.234 ms`. */
function duration(ns) {
  if (ns < 0) return word("never");
  if (ns < 1e3) return `${ns} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toFixed(1)} µs`;
  if (ns < 1e9) return `${(ns / 1e6).toFixed(2)} ms`;
  return `${(ns / 1e9).toFixed(3)} s`;
}

const moment = (step) => (trace.step.begin[step] / 1e6).toFixed(3);

function laneTitle(lane) {
  const { pid, tid, name } = trace.about.lanes[lane];
  if (trace.about.lesson && playerOf(lane)) {
    const { players } = trace.about.lesson;
    const same = players.filter((player) => player.role === playerOf(lane).role);
    const threads = trace.about.lanes.filter((other) => other.pid === pid);
    const role = word(playerOf(lane).role) + (same.length > 1 ? ` ${same.indexOf(playerOf(lane)) + 1}` : "");
    return threads.length > 1 ? `${role}, ${word("thread")} ${threads.indexOf(trace.about.lanes[lane]) + 1}` : role;
  }
  if (trace.oneProcess === undefined) trace.oneProcess = trace.about.lanes.every((lane) => lane.pid === pid);
  if (trace.oneProcess && pid !== tid && !name) return `${word("thread")} ${tid}`;
  const thread = pid === tid ? "" : `, ${word("thread")} ${tid}`;
  return name ? `${name} (${pid}${thread})` : `${word("process")} ${pid}${thread}`;
}

const LINKS = ["connect", "bytes", "datagram", "FIN", "RST"];

/** What stands at an arrow. */
function linkLabel(i) {
  const { bytes, kind } = trace.link;
  return ["bytes", "datagram"].includes(LINKS[kind[i]]) ? `${bytes[i]} B` : LINKS[kind[i]];
}

/** Characters that cannot be seen for what they are, made visible. */
function visible(text) {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (c) => (c === "\n" || c === "\t" ? c : `\\u{${c.charCodeAt(0).toString(16)}}`));
}
