// The list of calls.

views.calls = function (panel) {
  if (!shown.length) panel.append(element("p", { class: "note", at: { padding: "0 14px" } }, word("none")));
  const list = scrolled(panel, shown.length, (layer, first, last) => {
    for (let at = first; at < last; at++) layer.append(callRow(shown[at], (at - first) * ROW));
  }, word("calls"));
  views.calls.reveal = (step) => list.reveal(placeOf(step));
  if (state.chosen >= 0) views.calls.reveal(state.chosen);
};

function callRow(step, top) {
  const kind = trace.step.error[step] >= 0 ? "bad" : trace.step.call[step] < 0 ? "sig" : "";
  const frame = callerOf(step);
  const text = trace.step.text[step];
  return element("div", {
    class: `row${step === state.chosen ? " sel" : ""}`, at: { top: `${top}px` }, "data-step": step, onclick: () => choose(step),
  },
    element("span", { class: "t" }, moment(step)),
    element("span", { class: "who" }, visible(laneTitle(trace.step.lane[step]))),
    element("span", { class: `what ${kind}` }, ...coloured(text.length > 600 ? `${text.slice(0, 600)}…` : text)),
    element("span", { class: "at" }, frame ? visible(frameLine(frame)) : ""));
}
