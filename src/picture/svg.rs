//! The lanes as one SVG image, for a page or a slide: nothing moves, nothing is loaded, and every text is selectable.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::ladder::{Arrow, Ladder};
use super::{LaneEvent, StepKind, Story};
use crate::lang::Language;
use crate::sockets::LinkKind;

/// The most steps that are drawn.
pub(crate) const MAX_STEPS: usize = 400;

const ROW: usize = 22;
const TOP: usize = 58;
/// Between two lanes that face each other, and the width of one among many.
const BETWEEN: usize = 230;
const WIDE: usize = 300;
/// The width of a character of the text, in tenths of a pixel.
const CHARACTER: usize = 68;

const STYLE: &str = "\
text{font:11.5px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1f2328}\
.bg{fill:#fff}.h{font-weight:600;font-size:13px}.lane{stroke:#c8cfd8;stroke-width:2}\
.wait{fill:#c9dbf5;stroke:#7fa6dc}.dot{fill:#5b6b7f}.bad{fill:#c62828}.sig{fill:#8a5a00}\
.a{stroke:#2f6fbf;stroke-width:1.6;fill:none}.al{font-size:10.5px;fill:#2f6fbf}\
.connect{stroke:#2e7d32}.connect.al{fill:#2e7d32;stroke:none}.end{stroke:#7a5195;stroke-dasharray:5 3}\
.end.al{fill:#7a5195;stroke:none}.reset{stroke:#c62828}.reset.al{fill:#c62828;stroke:none}\
.halo{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}\
@media (prefers-color-scheme:dark){.bg{fill:#14181d}text{fill:#dde3ea}.lane{stroke:#3c4652}.halo{stroke:#14181d}\
.wait{fill:#22364f;stroke:#4c76ad}.dot{fill:#9fb0c4}.a{stroke:#7fb2f0}.al{fill:#7fb2f0}.bad{fill:#ff7b72}\
.connect{stroke:#6fc276}.connect.al{fill:#6fc276}.end{stroke:#c39be0}.end.al{fill:#c39be0}\
.reset{stroke:#ff7b72}.reset.al{fill:#ff7b72}}";

/// Where the lanes are.
struct Geometry {
    lanes: Vec<usize>,
    width: usize,
    /// Of two lanes that face each other, the first has its texts on the left.
    facing: bool,
}

impl Geometry {
    fn of(story: &Story, ladder: &Ladder) -> Self {
        let wide = |lane: usize| {
            let texts = story.steps.iter().filter(|step| step.lane == lane).map(|step| step.brief.width());
            let title = story.lanes[lane].title(Language::English).width();
            texts.chain([title]).max().unwrap_or(0) * CHARACTER / 10 + 34
        };
        let count = story.lanes.len();
        if count + ladder.outside.len() <= 2 && count > 0 {
            let first = wide(0);
            let second = if count > 1 { wide(1) } else { 120 };
            let lanes = vec![first, first + BETWEEN];
            return Self { lanes, width: first + BETWEEN + second, facing: true };
        }
        let mut lanes = Vec::new();
        let mut at = 24;
        for lane in 0..count {
            lanes.push(at);
            at += wide(lane).clamp(150, WIDE);
        }
        for _ in &ladder.outside {
            lanes.push(at);
            at += 170;
        }
        Self { lanes, width: at + 16, facing: false }
    }

    fn left(&self, lane: usize) -> bool {
        self.facing && lane == 0
    }
}

/// Draws a story.
pub(crate) fn draw(story: &Story, language: Language) -> String {
    let ladder = Ladder::of(story);
    let geometry = Geometry::of(story, &ladder);
    let cut = story.left_out > 0;
    let height = TOP + ladder.height * ROW + 26 + if cut { ROW } else { 0 };
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {height}\" width=\"{w}\" height=\"{height}\" \
         role=\"img\">\n<title>{}</title>\n<style>{STYLE}</style>\n<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n",
        escaped(&title(story, language)),
        w = geometry.width,
    );
    let y = |row: usize| TOP + row * ROW + ROW / 2;
    let titles = story.lanes.iter().map(|lane| lane.title(language)).chain(ladder.outside.iter().cloned());
    for (lane, title) in titles.enumerate() {
        let x = geometry.lanes[lane];
        let (anchor, at) = if geometry.left(lane) { ("end", x + 4) } else { ("start", x - 4) };
        let _ = writeln!(
            out,
            "<text class=\"h\" x=\"{at}\" y=\"32\" text-anchor=\"{anchor}\">{}</text>\
             <line class=\"lane\" x1=\"{x}\" y1=\"42\" x2=\"{x}\" y2=\"{}\"/>",
            escaped(&title),
            TOP + ladder.height * ROW + 8,
        );
    }
    for arrow in &ladder.arrows {
        self::arrow(arrow, &geometry, &y, &mut out);
    }
    for (step, rows) in story.steps.iter().zip(&ladder.rows) {
        self::step(step, *rows, &geometry, &y, &mut out);
    }
    if cut {
        let _ = writeln!(out, "<text x=\"16\" y=\"{}\">{}</text>", height - 14, escaped(&left_out(story, language)));
    }
    out.push_str("</svg>\n");
    out
}

/// What is left out, and where the rest can be seen.
pub(super) fn left_out(story: &Story, language: Language) -> String {
    match language {
        Language::Chinese => format!("还有 {} 步未画出；全部内容见 --format html", story.left_out),
        Language::English => {
            format!("{} more steps are not drawn; --format html shows everything", story.left_out)
        }
    }
}

fn title(story: &Story, language: Language) -> String {
    let names: Vec<String> = story.lanes.iter().map(|lane| lane.title(language)).collect();
    names.join(" – ")
}

fn step(
    step: &LaneEvent,
    (first, last): (usize, usize),
    geometry: &Geometry,
    y: &dyn Fn(usize) -> usize,
    out: &mut String,
) {
    let x = geometry.lanes[step.lane];
    if last > first {
        let height = y(last) - y(first);
        let _ = write!(
            out,
            "<rect class=\"wait\" x=\"{}\" y=\"{}\" width=\"8\" height=\"{height}\" rx=\"3\"/>",
            x - 4,
            y(first)
        );
    }
    let class = match (step.error, step.kind) {
        (Some(_), _) => "bad",
        (_, StepKind::Signal) => "sig",
        _ => "dot",
    };
    let _ = write!(out, "<circle class=\"{class}\" cx=\"{x}\" cy=\"{}\" r=\"3.5\"/>", y(first));
    let (anchor, at) = if geometry.left(step.lane) { ("end", x - 12) } else { ("start", x + 12) };
    let text_class = if class == "dot" { "halo" } else { &format!("halo {class}") };
    let _ = writeln!(
        out,
        "<text class=\"{text_class}\" x=\"{at}\" y=\"{}\" text-anchor=\"{anchor}\">{}<title>{}</title></text>",
        y(first) + 4,
        escaped(&step.brief),
        escaped(&step.text),
    );
}

fn arrow(arrow: &Arrow, geometry: &Geometry, y: &dyn Fn(usize) -> usize, out: &mut String) {
    let class = match arrow.kind {
        LinkKind::Connect => "connect",
        LinkKind::End => "end",
        LinkKind::Reset => "reset",
        LinkKind::Bytes | LinkKind::Datagram => "bytes",
    };
    let (x1, y1) = (geometry.lanes[arrow.from.1], y(arrow.from.0));
    let lost = arrow.to.is_none();
    let (x2, y2) = match arrow.to {
        Some((row, lane)) => (geometry.lanes[lane], y(row)),
        // It ends in the middle.
        None if geometry.left(arrow.from.1) => (x1 + BETWEEN / 2, y1),
        None if geometry.facing => (x1 - BETWEEN / 2, y1),
        None => (x1 + 70, y1),
    };
    if x1 == x2 {
        // To itself: a bow to the side.
        let side = if geometry.left(arrow.from.1) { x1 + 36 } else { x1.saturating_sub(20) };
        let _ = write!(out, "<path class=\"a {class}\" d=\"M{x1} {y1}C{side} {y1} {side} {y2} {x2} {y2}\"/>");
    } else {
        let toward = if x2 > x1 { 1.0 } else { -1.0 };
        let end = x2 as f64 - toward * 6.0;
        let _ = write!(out, "<path class=\"a {class}\" d=\"M{x1} {y1}L{end:.0} {y2}\"/>");
        let (tip, back) = (x2 as f64 - toward * 4.0, x2 as f64 - toward * 12.0);
        if lost {
            let (l, r) = (x2 as f64 - 5.0, x2 as f64 + 5.0);
            let _ = write!(
                out,
                "<path class=\"a reset\" d=\"M{l:.0} {}L{r:.0} {}M{l:.0} {}L{r:.0} {}\"/>",
                y2 - 5,
                y2 + 5,
                y2 + 5,
                y2 - 5
            );
        } else {
            let _ = write!(
                out,
                "<path class=\"a {class}\" d=\"M{back:.0} {}L{tip:.0} {y2}L{back:.0} {}\"/>",
                y2 - 4,
                y2 + 4
            );
        }
    }
    let (x, y) = ((x1 + x2) / 2, (y1 + y2) / 2);
    let _ = writeln!(
        out,
        "<text class=\"halo al {class}\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
        y.saturating_sub(4),
        escaped(&arrow.label)
    );
}

/// Text that cannot become markup; characters that XML does not allow, or that change the order of what is read, stand as
/// what they are called.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if crate::text::is_misleading(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}
