//! The screen: what is shown above, the list or the lanes, what is known of the chosen step, and what a key can do.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Borders, Clear, Paragraph, Wrap};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::screen::{Program, Screen};
use super::words::{KEYS, either};
use super::{details, ladder};
use crate::lang::Language;
use crate::picture::{LaneEvent, StepKind};
use crate::text::visible_text;

/// Columns from which on details stand beside the list.
const WIDE: u16 = 160;
/// Columns of the Python line at the right.
const LINE: usize = 26;

/// While the trace is read.
pub(super) fn waiting(frame: &mut Frame<'_>, language: Language, events: usize) {
    let text = match language {
        Language::English => format!("reading the trace: {events} events so far; q leaves"),
        Language::Chinese => format!("正在读取跟踪：已有 {events} 个事件；q 退出"),
    };
    frame.render_widget(Paragraph::new(text), frame.area());
}

/// The whole screen.
pub(super) fn screen(frame: &mut Frame<'_>, screen: &mut Screen) {
    let area = frame.area();
    let printed = screen.program.as_ref().map_or(0, |program| match program.printed.len() {
        0 => u16::from(program.is_typed_to) * 2,
        lines => lines as u16 + 1,
    });
    let [top, middle, output, bottom] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(1),
        Constraint::Length(printed.min(area.height / 3)),
        Constraint::Length(1),
    ])
    .areas(area);
    let (list, about) = match screen.details {
        false => (middle, None),
        true if area.width >= WIDE => {
            let parts: [Rect; 2] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(middle);
            (parts[0], Some((parts[1], Borders::LEFT)))
        }
        true => {
            let parts: [Rect; 2] = Layout::vertical([Constraint::Fill(5), Constraint::Fill(4)]).areas(middle);
            (parts[0], Some((parts[1], Borders::TOP)))
        }
    };
    scroll(screen, usize::from(list.height).saturating_sub(usize::from(screen.as_lanes)));
    title(screen, top, frame.buffer_mut());
    if screen.story.steps.is_empty() {
        let text = ("no call so far", "尚无调用");
        frame.render_widget(Paragraph::new(either(screen.language, text.0, text.1)), list);
    } else if screen.shown.is_empty() {
        let text = ("nothing fits; Esc shows everything", "没有符合的内容；按 Esc 显示全部");
        frame.render_widget(Paragraph::new(either(screen.language, text.0, text.1)), list);
    } else if screen.as_lanes {
        ladder::draw(screen, list, frame.buffer_mut());
    } else {
        rows(screen, list, frame.buffer_mut());
    }
    if let Some((area, border)) = about {
        let lines = details::lines(screen);
        screen.details_top = screen.details_top.min(lines.len().saturating_sub(1));
        let block = Block::new().borders(border).border_style(Style::new().fg(Color::DarkGray));
        let top = u16::try_from(screen.details_top).unwrap_or(u16::MAX);
        frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }).scroll((top, 0)).block(block), area);
    }
    if let Some(program) = &screen.program {
        prints(program, screen.language, output, frame);
    }
    foot(screen, bottom, frame);
    if screen.help {
        help(screen.language, middle, frame);
    }
}

/// What the program has printed.
fn prints(program: &Program, language: Language, area: Rect, frame: &mut Frame<'_>) {
    if area.height < 2 {
        return;
    }
    let title = match program.is_typed_to {
        true => either(language, " typing to the program; Ctrl-] ends that ", " 正在向程序输入；Ctrl-] 结束 "),
        false => either(language, " the program's output ", " 程序的输出 "),
    };
    let style = Style::new().fg(if program.is_typed_to { Color::Yellow } else { Color::DarkGray });
    let block = Block::new().borders(Borders::TOP).border_style(style).title(title);
    let inner = block.inner(area);
    let skipped = program.printed.len().saturating_sub(inner.height.into());
    let lines: Vec<Line<'_>> = program.printed[skipped..].iter().map(|line| Line::raw(visible_text(line))).collect();
    frame.render_widget(Paragraph::new(lines).block(block), area);
    if program.is_typed_to {
        let (column, row) = program.cursor;
        let y = inner.y + row.saturating_sub(skipped as u16).min(inner.height.saturating_sub(1));
        frame.set_cursor_position((inner.x + column.min(inner.width.saturating_sub(1)), y));
    }
}

/// Keeps the chosen row on the screen.
fn scroll(screen: &mut Screen, height: usize) {
    screen.height = height;
    if screen.at < screen.top {
        screen.top = screen.at;
    } else if screen.at >= screen.top + height {
        screen.top = screen.at + 1 - height.max(1);
    }
    screen.top = screen.top.min(screen.shown.len().saturating_sub(height));
}

fn title(screen: &Screen, area: Rect, buffer: &mut Buffer) {
    let count = format!("{} / {}", screen.shown.len(), screen.story.steps.len());
    let mut text = format!(" {}  {count}", visible_text(&screen.name));
    if let Some(program) = &screen.program {
        text += &format!("  [{}]", program.status);
    }
    let only = screen.restrictions();
    if !only.is_empty() {
        text += &format!("  {} {}", either(screen.language, "only:", "仅："), visible_text(&only));
    }
    if screen.story.left_out > 0 {
        text += &format!("  ({} {})", screen.story.left_out, either(screen.language, "more left out", "个未显示"));
    }
    let style = Style::new().add_modifier(Modifier::REVERSED);
    buffer.set_style(area, style);
    buffer.set_stringn(area.x, area.y, cut(&text, area.width.into()), area.width.into(), style);
}

/// The list: when, who, the call, and the Python line at the right where there is room.
fn rows(screen: &Screen, area: Rect, buffer: &mut Buffer) {
    let start_ns = screen.story.steps.iter().map(|step| step.begin_ns).find(|ns| *ns > 0).unwrap_or(0);
    let several = screen.story.lanes.len() > 1;
    let has_lines = area.width >= 100 && !screen.story.frames.is_empty();
    for row in 0..area.height {
        let at = screen.top + usize::from(row);
        let Some(step_at) = screen.shown.get(at) else { break };
        let step = &screen.story.steps[*step_at];
        let y = area.y + row;
        let mut text = match step.begin_ns {
            0 => String::new(),
            ns => format!("{:>11.6} ", ns.saturating_sub(start_ns) as f64 / 1e9),
        };
        if several {
            let lane = &screen.story.lanes[step.lane];
            let name = lane.name.clone().unwrap_or_else(|| lane.tid.to_string());
            text += &format!("{:<9}", format!("{} ", cut(&visible_text(&name), 8)));
        }
        let room = usize::from(area.width) - if has_lines { LINE + 1 } else { 0 };
        let quiet = Style::new().fg(Color::DarkGray);
        let (x, _) = buffer.set_stringn(area.x, y, &text, room, quiet);
        let left = room.saturating_sub(usize::from(x - area.x));
        buffer.set_stringn(x, y, cut(&visible_text(&step.text), left), left, step_style(screen, *step_at));
        if has_lines && let Some(line) = python_line(screen, step) {
            let x = area.right() - LINE as u16;
            buffer.set_stringn(x, y, cut(&line, LINE), LINE, Style::new().fg(Color::Cyan));
        }
        if at == screen.at {
            buffer.set_style(Rect { y, height: 1, ..area }, Style::new().add_modifier(Modifier::REVERSED));
        }
    }
}

/// The innermost line that is the program's own, those that await it first.
fn python_line(screen: &Screen, step: &LaneEvent) -> Option<String> {
    let mut frames = screen.story.frames_of(step).map(|frame| &screen.story.frames[frame]);
    let running = || Some(&screen.story.frames[*screen.story.stacks[step.stack?].first()?]);
    let frame = frames.find(|frame| !frame.library).or_else(running)?;
    Some(visible_text(&frame.short_place()).into_owned())
}

/// How a step looks: failures, what waits, and ends stand out.
pub(super) fn step_style(screen: &Screen, at: usize) -> Style {
    let step = &screen.story.steps[at];
    match step.kind {
        _ if step.error.is_some() => Style::new().fg(Color::Red),
        StepKind::Signal => Style::new().fg(Color::Yellow),
        StepKind::Exit => Style::new().fg(Color::Magenta),
        StepKind::Call(_) => Style::new(),
    }
}

fn foot(screen: &Screen, area: Rect, frame: &mut Frame<'_>) {
    let keys = "?: keys  l: lanes  f: filter  /: search  F: socket  t: other end  Esc: all  q: leave";
    let chinese = "?：按键  l：泳道  f：过滤  /：搜索  F：套接字  t：另一端  Esc：全部  q：退出";
    let text = match &screen.prompt {
        Some(prompt) => {
            let what = match prompt.search {
                true => "/".to_owned(),
                false => format!("{} ", either(screen.language, "filter:", "过滤：")),
            };
            let typed = format!("{what}{}", visible_text(&prompt.text));
            let x = area.x + u16::try_from(typed.width()).unwrap_or(0).min(area.width.saturating_sub(1));
            frame.set_cursor_position((x, area.y));
            typed
        }
        None if !screen.message.is_empty() => visible_text(&screen.message).into_owned(),
        None => either(screen.language, keys, chinese).to_owned(),
    };
    let style = if screen.message.is_empty() { Style::new() } else { Style::new().fg(Color::Yellow) };
    frame.buffer_mut().set_stringn(area.x, area.y, cut(&text, area.width.into()), area.width.into(), style);
}

fn help(language: Language, area: Rect, frame: &mut Frame<'_>) {
    let lines: Vec<Line<'_>> = KEYS
        .iter()
        .map(|(keys, english, chinese)| Line::raw(format!(" {keys:<16} {}", either(language, english, chinese))))
        .collect();
    let height = (lines.len() as u16 + 2).min(area.height);
    let width = 78.min(area.width);
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    frame.render_widget(Clear, place);
    let block = Block::new().borders(Borders::ALL).title(either(language, " keys ", " 按键 "));
    frame.render_widget(Paragraph::new(lines).block(block), place);
}

/// The beginning of a text, as many columns as there are.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let (mut out, mut used) = (String::new(), 0);
    for c in text.chars() {
        let width = c.width().unwrap_or(0);
        if used + width + 1 > columns {
            break;
        }
        out.push(c);
        used += width;
    }
    if columns > 0 {
        out.push('…');
    }
    out
}
