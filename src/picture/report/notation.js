// strace's notation, read as far as it is needed to show arguments as a tree and strings as bytes.

/** Cuts `name(arguments) = result` into its parts. */
function parseCall(text) {
  const open = text.indexOf("(");
  if (open < 0) return { name: text, args: [], result: "" };
  const reader = { text, at: open + 1 };
  const args = parseList(reader, ")");
  const result = text.slice(reader.at).replace(/^\)?\s*=\s*/, "").trim();
  return { name: text.slice(0, open), args, result };
}

const CLOSING = { "(": ")", "{": "}", "[": "]", "<": ">" };

/** Items up to a closing sign: each with its text, and parts if it is a structure or a list. */
function parseList(reader, end) {
  const items = [];
  while (reader.at < reader.text.length && reader.text[reader.at] !== end) {
    const item = parseItem(reader, end);
    if (item.text.trim()) items.push(item);
    if (reader.text[reader.at] === ",") reader.at++;
    while (reader.text[reader.at] === " ") reader.at++;
  }
  return items;
}

function parseItem(reader, end) {
  const { text } = reader;
  const start = reader.at;
  let parts = null, name = "", string = null;
  while (reader.at < text.length) {
    const c = text[reader.at];
    if (c === "," || c === end) break;
    if (c === '"') {
      const from = reader.at;
      skipString(reader);
      string = text.slice(from, reader.at);
    } else if (c === "{" || c === "[") {
      reader.at++;
      parts = parseList(reader, CLOSING[c]);
      reader.at++;
    } else if (c === "(") {
      reader.at++;
      parseList(reader, ")");
      reader.at++;
    } else if (c === "<" && /[0-9)]/.test(text[reader.at - 1] || "")) {
      const close = text.indexOf(">", reader.at);
      reader.at = close < 0 ? text.length : close + 1;
    } else if (c === "/" && text[reader.at + 1] === "*") {
      const close = text.indexOf("*/", reader.at);
      reader.at = close < 0 ? text.length : close + 2;
    } else {
      if (c === "=" && !name && text[reader.at + 1] !== ">") name = text.slice(start, reader.at);
      reader.at++;
    }
  }
  return { text: text.slice(start, reader.at).trim(), name: /^\w+$/.test(name) ? name : "", parts, string };
}

function skipString(reader) {
  reader.at++;
  while (reader.at < reader.text.length && reader.text[reader.at] !== '"') reader.at += reader.text[reader.at] === "\\" ? 2 : 1;
  reader.at++;
}

const SIMPLE = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7, b: 8, "\\": 92, '"': 34 };

/** The bytes of a quoted string. */
function stringBytes(quoted) {
  const bytes = [];
  const text = quoted.slice(1, -1);
  const encoder = new TextEncoder();
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c !== "\\") {
      const whole = String.fromCodePoint(text.codePointAt(i));
      i += whole.length - 1;
      bytes.push(...encoder.encode(whole));
      continue;
    }
    const next = text[++i];
    const octal = /^[0-7]{1,3}/.exec(text.slice(i, i + 3));
    const hex = next === "x" ? /^[0-9a-fA-F]{2}/.exec(text.slice(i + 1, i + 3)) : null;
    if (octal) {
      bytes.push(parseInt(octal[0], 8) & 255);
      i += octal[0].length - 1;
    } else if (hex) {
      bytes.push(parseInt(hex[0], 16));
      i += 2;
    } else bytes.push(SIMPLE[next] ?? next.charCodeAt(0));
  }
  return Uint8Array.from(bytes);
}

/** `00000000  48 65 6c 6c 6f  |Hello|`. */
function hexdump(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = Array.from(bytes.subarray(at, at + 16));
    const hex = row.map((b) => b.toString(16).padStart(2, "0")).join(" ");
    const text = row.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : ".")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex.padEnd(47)}  |${text}|`);
  }
  return lines.join("\n");
}

/** A call in a few words: addresses as people write them, without what is nothing or a length of what is there. */
function brief(text) {
  return text
    .replace(/\{sa_family=AF_INET, sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]*)"\)\}/g, "$2:$1")
    .replace(/\{sa_family=AF_INET6, sin6_port=htons\((\d+)\),.*?inet_pton\(AF_INET6, "([^"]*)", &sin6_addr\).*?\}/g, "[$2]:$1")
    .replace(/\{sa_family=AF_UNIX, sun_path=(@?"(?:[^"\\]|\\.)*")\}/g, "$1")
    .replace(/("(?:\.\.\.)?), \d+, 0(?:, NULL, (?:0|NULL))?\)/, "$1)")
    .replace(/("(?:\.\.\.)?), \d+\)/, "$1)")
    .replace(/, (?:\[\d+ => \d+\]|\[\d+\]|16|28|110)(?=[,)])/g, "")
    .replace(/= -1 (E[A-Z0-9]+) \([^()]*\)$/, "= $1");
}

/** A call in so many columns: what its arguments are too long for is left out, and the result stays. */
function fitted(text, most) {
  const result = /\)\s*= \S.{0,24}$/.exec(text);
  const whole = columns(text, most);
  if (whole === text || !result || most < 24) return whole;
  return columns(text.slice(0, result.index), most - result[0].length - 1) + result[0];
}

/** The beginning of a text that is not wider than so many columns. */
function columns(text, most) {
  let width = 0;
  for (let i = 0; i < text.length; i++) {
    width += text.charCodeAt(i) >= 0x1100 ? 2 : 1;
    if (width > most) return `${text.slice(0, i)}…`;
  }
  return text;
}
