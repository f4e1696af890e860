// Python sources with their colours: strings, comments, keywords, numbers.

const PYTHON = new RegExp([
  "([bfruBFRU]{0,2}(?:\"\"\"[^]*?\"\"\"|'''[^]*?'''|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])*'))", "(#[^\\n]*)",
  "\\b(and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|not|or|pass|raise|return|try|while|with|yield|None|True|False)\\b",
  "\\b(\\d[\\d_.]*)\\b",
].join("|"), "g");

/** The lines of a source, each as texts and coloured pieces. */
function pythonLines(source) {
  const lines = [[]];
  const add = (text, kind) => text.split("\n").forEach((part, at) => {
    if (at) lines.push([]);
    if (part) lines[lines.length - 1].push(kind ? element("span", { class: kind }, visible(part)) : visible(part));
  });
  let last = 0;
  for (const found of source.matchAll(PYTHON)) {
    add(source.slice(last, found.index), "");
    add(found[0], found[1] ? "str" : found[2] ? "dim" : found[3] ? "word" : "num");
    last = found.index + found[0].length;
  }
  add(source.slice(last), "");
  return lines;
}
