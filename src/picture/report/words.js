// What the page says, in both languages.

const WORDS = {
  lesson: ["Lesson", "课程"], claims: ["What the document says", "文档的说法"], index: ["Lessons", "课程"],
  compare: ["Comparison", "比较"], failures: ["What failed", "失败的调用"], showSame: ["Show what is the same, too", "也显示相同的"],
  same: ["same", "相同"], allSame: ["Nothing differs.", "没有不同。"], noPartner: ["no thread to compare with", "没有可比较的线程"],
  sameHere: ["… {} the same", "… {} 个相同"], pickRow: ["Choose a row; j and k lead to the next and the previous difference.", "选择一行；j 和 k 到下一处、上一处不同。"],
  noCall: ["no such call on this side", "这一侧没有这个调用"], noFailures: ["No failed call has a known explanation.", "没有失败的调用有已知的解释。"],
  firstOnly: ["The first {} of {}; filter for others.", "前 {} 个，共 {} 个；请用筛选查看其他。"],
  verdicts: {
    same: "相同", "argument differs": "参数不同", "result differs": "结果不同", "errno differs": "错误不同", "only left": "只有左侧", "only right": "只有右侧",
    "order differs": "顺序不同",
  },
  indexIs: ["Programs of documents about sockets in Python: what each line asks of the kernel, what every call means, and what the documents say beside what happened.",
    "文档中的 Python 套接字程序：每一行向内核请求了什么、每个调用的含义，以及文档的说法与实际发生的情况。"],
  server: ["Server", "服务器"], client: ["Client", "客户端"], printed: ["What it printed", "它打印的内容"],
  noLine: ["No line of the program makes this call: Python makes it by itself, mostly when it ends and closes what is left.",
    "程序中没有哪一行发出这个调用：由 Python 自己发出，多半是在它结束、关闭剩余的套接字时。"],
  noRole: ["This role is not played here.", "这里没有这个角色。"],
  fromDocument: ["From document {} “{}”: {}", "来自文档 {}《{}》：{}"],
  stepOf: ["Step {} of {}", "第 {} 步，共 {} 步"], stepBack: ["Previous step (k)", "上一步（k）"], stepOn: ["Next step (j)", "下一步（j）"],
  callsOf: ["System calls of this line: {}", "这一行的系统调用：{} 个"],
  linesBefore: ["{} lines before: imports and arguments", "之前的 {} 行：导入与参数"],
  claimsAre: ["What the document says about sockets, and what happened when it was tried. The experiments ran on the system that this page names.",
    "文档关于套接字的说法，以及实际试验的结果。实验在本页所示的系统上进行。"],
  documentSays: ["Document {} says", "文档 {} 说"], happened: ["What happened", "实际发生的"],
  confirmed: ["confirmed", "成立"], refuted: ["refuted", "不成立"], depends: ["it depends", "视条件而定"], undecided: ["undecided", "无法判定"],
  dependsOn: ["It depends on {}", "取决于：{}"], inForce: ["With the settings in force: {}", "按现行设置：{}"],
  holds: ["holds", "成立"], fails: ["does not hold", "不成立"], here: ["(in force)", "（现行设置）"], decisive: ["Decisive calls: {}", "决定性的调用：{} 个"],
  chapter: ["Document {} “{}”", "文档 {}《{}》"], sizes: ["claims: {}", "{} 个说法"],
  lanes: ["Lanes", "泳道"], calls: ["Calls", "调用"], source: ["Source", "源代码"], sockets: ["Sockets", "套接字"],
  flame: ["Flame graph", "火焰图"], details: ["Details", "详情"],
  filter: ["Filter: connect, -e trace=%network, fd=3, --peer 127.0.0.1, errno=EAGAIN …",
    "筛选：connect、-e trace=%network、fd=3、--peer 127.0.0.1、errno=EAGAIN …"],
  filterLabel: ["Filter", "筛选"],
  theme: ["Light or dark", "浅色或深色"], language: ["中文", "English"], keys: ["Keys", "按键"],
  fold: ["Fold", "折叠"], time: ["Real time", "按时间"], all: ["All sockets", "全部套接字"],
  follow: ["Follow this socket", "跟踪此套接字"], followed: ["Socket followed", "正在跟踪的套接字"],
  shown: ["{} of {} steps", "{} / {} 步"], none: ["Nothing passes the filter.", "没有符合筛选条件的内容。"],
  pick: ["Choose a call to see its arguments, bytes, Python stack and both ends of its socket.",
    "选择一个调用，查看它的参数、字节、Python 调用栈和套接字两端。"],
  leftOut: ["{} more events are left out of this page; the trace in JSON lines (--format jsonl) has them all.",
    "另有 {} 个事件未包含在此页面中；完整内容见 JSON lines（--format jsonl）。"],
  result: ["Result", "结果"], arguments: ["Arguments", "参数"], bytes: ["Bytes", "字节"], stack: ["Python stack", "Python 调用栈"],
  awaited: ["Awaited by", "等待者"],
  why: ["Why", "原因"], state: ["State", "状态"], socket: ["Socket", "套接字"], time_: ["Time", "时间"], took: ["took", "用时"],
  never: ["did not return", "没有返回"], thread: ["thread", "线程"], process: ["process", "进程"],
  previous: ["Previous on this socket", "此套接字上一个调用"], next: ["Next on this socket", "此套接字下一个调用"],
  twin: ["Other end", "另一端"], madeBy: ["Made", "创建"], lost: ["not received", "未被接收"],
  outside: ["other side not in the trace", "另一端不在记录中"],
  cut: ["The trace holds only the beginning of these bytes (-s keeps more).", "记录中只有这些字节的开头（-s 可保留更多）。"],
  kind: ["Kind", "类型"], local: ["Local", "本地地址"], peer: ["Peer", "对端地址"], other: ["Other end", "另一端"],
  sent: ["Sent", "发送"], received: ["Received", "接收"], became: ["Became", "经过"], life: ["Life", "存续"], failed: ["Failed", "失败"],
  closed: ["closed", "已关闭"], noSource: ["No Python sources are in this trace; record with --python.",
    "此记录中没有 Python 源代码；请用 --python 记录。"],
  count: ["Calls", "次数"], ns: ["Time", "时间"], errors: ["Errors", "错误"], line: ["Line", "行"],
  more: ["… {} calls", "… {} 个调用"], weigh: ["Width", "宽度"], whole: ["everything", "全部"],
  keyHelp: ["j/k or ↓/↑ next and previous step · [ and ] previous and next on the same socket · o other end · f follow its socket · " +
    "1–7 views · / filter · z fold · Esc clear",
    "j/k 或 ↓/↑ 下一步、上一步 · [ 和 ] 同一套接字的上一个、下一个 · o 另一端 · f 跟踪其套接字 · 1–7 视图 · / 筛选 · z 折叠 · Esc 清除"],
  close: ["Close", "关闭"], hide: ["Show or hide", "显示或隐藏"], steps: ["steps", "步"],
  unknown: ["This is not understood: {}", "无法理解：{}"],
  phases: {
    bound: "已绑定", listening: "监听中", connecting: "连接中", connected: "已连接", failed: "失败", "shut down": "已停止发送",
    "peer ended": "对端已结束", closed: "已关闭",
  },
  origins: { socket: "socket", pair: "socketpair", accept: "accept", passed: "由消息传入", found: "记录之前已存在" },
};

let language = 0;

/** A sentence in the page's language, with what fills its holes. */
function word(name, ...holes) {
  const sentence = WORDS[name][language];
  return holes.reduce((text, hole) => text.replace("{}", String(hole)), sentence);
}

/** A sentence of the data, which has it in both languages. */
function inWords(pair) {
  return pair ? pair[language] ?? pair[0] : "";
}

/** A word of the data, in the page's language. */
function term(group, name) {
  return language ? WORDS[group][name] || name : name;
}
