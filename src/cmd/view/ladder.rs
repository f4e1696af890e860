//! The lanes of the terminal view: a column for each thread, time downwards, an arrow in the row of the call that takes what
//! another sent.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr;

use super::draw::{cut, step_style};
use super::screen::Screen;
use crate::sockets::LinkKind;
use crate::text::visible_text;

/// The narrowest column.
const NARROWEST: u16 = 24;

/// Where lanes stand: those of the rows that are visible, as many as fit.
struct Columns {
    lanes: Vec<usize>,
    width: u16,
    left: u16,
}

impl Columns {
    fn of(screen: &Screen, area: Rect) -> Self {
        let mut lanes = Vec::new();
        let most = usize::from((area.width / NARROWEST).max(1));
        // The chosen one's first, then those around it, so that a busy trace shows the lanes that are looked at.
        let visible = screen.shown.iter().skip(screen.top).take(usize::from(area.height));
        let chosen = screen.chosen();
        for step in chosen.iter().chain(visible) {
            let lane = screen.story.steps[*step].lane;
            if !lanes.contains(&lane) && lanes.len() < most {
                lanes.push(lane);
            }
        }
        lanes.sort_unstable();
        let width = area.width / u16::try_from(lanes.len()).unwrap_or(1).max(1);
        Self { lanes, width, left: area.x }
    }

    /// Where a lane's line is.
    fn x(&self, lane: usize) -> Option<u16> {
        let at = self.lanes.iter().position(|known| *known == lane)?;
        Some(self.left + 1 + self.width * u16::try_from(at).ok()?)
    }
}

/// Draws the visible rows; the first line has the lanes' names.
pub(super) fn draw(screen: &Screen, area: Rect, buffer: &mut Buffer) {
    let columns = Columns::of(screen, area);
    let names = Style::new().add_modifier(Modifier::BOLD);
    for lane in &columns.lanes {
        let Some(x) = columns.x(*lane) else { continue };
        let name = screen.story.lanes[*lane].title(screen.language);
        let most = usize::from(columns.width.saturating_sub(1));
        buffer.set_stringn(x, area.y, cut(&visible_text(&name), most), most, names);
    }
    for row in 1..area.height {
        let y = area.y + row;
        let at = screen.top + usize::from(row) - 1;
        for lane in &columns.lanes {
            if let Some(x) = columns.x(*lane) {
                buffer.set_stringn(x, y, "│", 1, Style::new().fg(Color::DarkGray));
            }
        }
        let Some(step) = screen.shown.get(at) else { continue };
        draw_step(screen, &columns, *step, y, area, buffer);
        if at == screen.at {
            buffer.set_style(Rect { y, height: 1, ..area }, Style::new().add_modifier(Modifier::REVERSED));
        }
    }
}

fn draw_step(screen: &Screen, columns: &Columns, at: usize, y: u16, area: Rect, buffer: &mut Buffer) {
    let step = &screen.story.steps[at];
    let Some(x) = columns.x(step.lane) else { return };
    let style = step_style(screen, at);
    let last = columns.lanes.last() == Some(&step.lane);
    let room = if last { area.right().saturating_sub(x + 2) } else { columns.width.saturating_sub(3) };
    let brief = visible_text(&step.brief).into_owned();
    let text = cut(&brief, usize::from(room));
    buffer.set_stringn(x, y, if step.error.is_some() { "✗" } else { "●" }, 1, style);
    buffer.set_stringn(x + 2, y, &text, usize::from(room), style);
    let end = x + 2 + u16::try_from(text.width()).unwrap_or(room);
    for link in screen.links_of(at) {
        let link = &screen.story.sockets.links[*link];
        let (Some((from, _)), Some((to, _))) = (link.from, link.to) else { continue };
        // In the row of the later one: a call that waited began before what it took.
        if from.max(to) != at {
            continue;
        }
        let other = screen.story.steps[from.min(to)].lane;
        let Some(there) = columns.x(other).filter(|_| other != step.lane) else { continue };
        let label = match link.kind {
            LinkKind::Bytes | LinkKind::Datagram => format!(" {} B ", link.bytes),
            LinkKind::Connect => " connect ".to_owned(),
            LinkKind::End => " FIN ".to_owned(),
            LinkKind::Reset => " RST ".to_owned(),
        };
        let colour = match link.kind {
            LinkKind::Connect => Color::Green,
            LinkKind::Reset => Color::Red,
            _ => Color::Blue,
        };
        let (first, end) = if there < x { (there + 1, x) } else { (end + 1, there) };
        // It points at where it is taken.
        let head = if (to == at) == (there < x) { "▶" } else { "◀" };
        line(buffer, y, (first, end), head, &label, Style::new().fg(colour));
    }
}

/// An arrow from column to column, with its label in the middle where there is room.
fn line(buffer: &mut Buffer, y: u16, (first, end): (u16, u16), head: &str, label: &str, style: Style) {
    if first + 2 > end {
        return;
    }
    let length = usize::from(end - first);
    buffer.set_stringn(first, y, "─".repeat(length), length, style);
    if length > label.width() + 3 {
        let middle = first + ((length - label.width()) / 2) as u16;
        buffer.set_stringn(middle, y, label, label.width(), style);
    }
    let at = if head == "▶" { end - 1 } else { first };
    buffer.set_stringn(at, y, head, 1, style);
}
