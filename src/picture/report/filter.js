// What is shown: strace's own words, and a few for sockets. Words of a filter are joined by "and".

/** A test of a step, or a word that is not understood. */
function parseFilter(text) {
  const tests = [];
  const words = text.match(/"[^"]*"|\S+/g) || [];
  for (let i = 0; i < words.length; i++) {
    let item = words[i];
    if (["-e", "-P", "--peer", "-p"].includes(item)) {
      const value = words[++i];
      if (value === undefined) return { wrong: item };
      item = { "-e": value, "-P": `path=${value}`, "--peer": `peer=${value}`, "-p": `pid=${value}` }[item];
    }
    item = item.replace(/^--?(?=trace=|status=)/, "");
    const test = parseWord(item);
    if (!test) return { wrong: item };
    tests.push(test);
  }
  return { test: (step) => tests.every((test) => test(step)) };
}

function parseWord(item) {
  const equals = item.indexOf("=");
  const key = equals > 0 ? item.slice(0, equals) : "";
  const value = item.slice(equals + 1);
  const text = trace.step.text;
  switch (key) {
    case "trace": case "t": return ofCalls(value);
    case "status": {
      const wanted = { failed: true, successful: false }[value];
      return wanted === undefined ? null : (step) => trace.step.call[step] >= 0 && trace.step.error[step] >= 0 === wanted;
    }
    case "errno": {
      const wanted = new Set(value.split(",").map((name) => trace.about.errors.findIndex((error) => error[0] === name)));
      return (step) => trace.step.error[step] >= 0 && wanted.has(trace.step.error[step]);
    }
    case "fd": {
      const wanted = value.split(",").map(Number);
      if (wanted.some(Number.isNaN)) return null;
      const head = new RegExp(`^\\w+\\((?:\\w+=)?(?:${wanted.join("|")})[,)<]`);
      return (step) => head.test(text[step]);
    }
    case "sock": {
      const wanted = socketNumbered(value.replace("#", ""));
      return (step) => usesOf(step).some((use) => trace.use.sock[use] === wanted);
    }
    case "peer": return (step) => usesOf(step).some((use) => {
      const socket = trace.sockets[trace.use.sock[use]];
      return (socket.peer || "").includes(value) || (socket.local || "").includes(value);
    });
    case "path": return (step) => text[step].includes(`"${value}`) || text[step].includes(`<${value}`);
    case "pid": return (step) => {
      const lane = trace.about.lanes[trace.step.lane[step]];
      return String(lane.pid) === value || String(lane.tid) === value;
    };
    case "line": return (step) => [...awaitOf(step).frames, ...framesOf(step)].some((frame) => frameLine(frame) === value);
  }
  if (/^[!%]/.test(item)) return ofCalls(item);
  const plain = item.replace(/^"|"$/g, "").toLowerCase();
  return (step) => text[step].toLowerCase().includes(plain) || laneTitle(trace.step.lane[step]).toLowerCase().includes(plain);
}

/** `%network,!close`: names, classes and /expressions/, as strace takes them. */
function ofCalls(list) {
  const not = list.startsWith("!");
  const wanted = new Set();
  for (const item of list.replace(/^!/, "").split(",")) {
    const { calls, classes } = trace.about;
    const group = item === "%net" ? "network" : item.replace(/^%/, "");
    if (item === "all") calls.forEach((_, at) => wanted.add(at));
    else if (item.startsWith("/")) {
      let expression;
      try {
        expression = new RegExp(item.slice(1));
      } catch {
        return null;
      }
      calls.forEach((call, at) => expression.test(call.name) && wanted.add(at));
    } else if (classes[group] && (item.startsWith("%") || !calls.some((call) => call.name === item))) {
      classes[group].forEach((at) => wanted.add(at));
    } else calls.forEach((call, at) => call.name === item && wanted.add(at));
  }
  return (step) => trace.step.call[step] >= 0 && wanted.has(trace.step.call[step]) !== not;
}
