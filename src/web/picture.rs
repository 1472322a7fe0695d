//! Pictures: the table for sharing, as SVG and PNG, and a document's stances over time.

use super::answer::{Kind, Page};
use super::matrix::{self, Line};
use super::rows::day;
use super::server::{Made, Missing};
use super::shelf::{Shelf, Stances};
use super::stances;
use crate::compose::clean;
use crate::model::Topic;
use crate::store::StoreError;
use askama::Template;
use jiff::Timestamp;
use std::fmt::Write as _;
use std::sync::Arc;

/// The topics that the shared picture shows: what is taken from people.
const SHARED: [Topic; 4] = [Topic::Training, Topic::TrainingSharing, Topic::Likeness, Topic::Scraping];

/// Background and ink of a class, as in the light style sheet.
pub(super) fn colours(class: &str) -> (&'static str, &'static str) {
    match class {
        "prohibits" => ("#cfe9d8", "#0c4426"),
        "prohibits-partly" => ("#e3f0d5", "#35491a"),
        "permits-opt-in" => ("#f4efcb", "#4f4300"),
        "permits-opt-out" => ("#fbdfc3", "#6a3200"),
        "permits" => ("#f6cccd", "#7a0d16"),
        "describes" | "neutral" => ("#e8ebef", "#333c46"),
        _ => ("#ffffff", "#5b626a"),
    }
}

#[derive(Template)]
#[template(path = "web/matrix.svg", escape = "html")]
struct Matrix {
    width: usize,
    height: usize,
    title: &'static str,
    subtitle: String,
    columns: Vec<(usize, &'static str)>,
    rows: Vec<DrawnRow>,
    foot: usize,
    foot_text: String,
    font: &'static str,
}

struct DrawnRow {
    y: usize,
    name: String,
    cells: Vec<DrawnCell>,
}

struct DrawnCell {
    x: usize,
    word: &'static str,
    background: &'static str,
    ink: &'static str,
}

const NAMES: usize = 210;
const COLUMN: usize = 190;
const ROW: usize = 34;
const TOP: usize = 150;

/// The picture as SVG: platforms in two blocks side by side where there are many.
fn draw(shelf: &Shelf, font: &'static str) -> Result<String, StoreError> {
    let platforms = shelf.platforms()?;
    let lines: Vec<Line> = matrix::lines(shelf, &platforms, None)?;
    let told: Vec<&Line> = lines.iter().filter(|line| shared(line).any(|cell| cell.class != "silent" && cell.class != "unread")).collect();
    let rows = told.iter().enumerate().map(|(place, line)| DrawnRow {
        y: TOP + place * ROW,
        name: clean::line(&line.name, 22),
        cells: shared(line)
            .enumerate()
            .map(|(column, cell)| {
                let (background, ink) = colours(cell.class);
                DrawnCell { x: 40 + NAMES + column * COLUMN, word: cell.word, background, ink }
            })
            .collect(),
    });
    let bottom = TOP + told.len() * ROW + 34;
    let silent = lines.len() - told.len();
    let picture = Matrix {
        width: 80 + NAMES + SHARED.len() * COLUMN,
        height: bottom + 30,
        title: "Who may train AI on your work?",
        subtitle: format!("What the terms of {} platforms say on {}", lines.len(), day(shelf.monitor.now())),
        columns: SHARED.iter().enumerate().map(|(place, topic)| (40 + NAMES + place * COLUMN, short(*topic))).collect(),
        rows: rows.collect(),
        foot: bottom,
        foot_text: match silent {
            0 => "fineprint: read by fixed rules; not legal advice".to_owned(),
            silent => format!("{silent} more platforms do not mention any of this. fineprint: read by fixed rules; not legal advice"),
        },
        font,
    };
    Ok(picture.render().unwrap_or_default())
}

fn shared(line: &Line) -> impl Iterator<Item = &matrix::Cell> {
    SHARED.iter().filter_map(|topic| line.cells.iter().find(|cell| cell.topic == *topic))
}

fn short(topic: Topic) -> &'static str {
    match topic {
        Topic::Training => "Training on your work",
        Topic::TrainingSharing => "Giving it to others",
        Topic::Likeness => "Voice and likeness",
        _ => "Scraping by others",
    }
}

/// The table as SVG.
pub(super) fn svg(shelf: &Shelf) -> Made {
    Ok(Page::new(Kind::Svg, draw(shelf, "system-ui, -apple-system, Segoe UI, Roboto, sans-serif")?, None))
}

/// The table as PNG, drawn with a font of our own, twice as large for sharp screens.
pub(super) fn png(shelf: &Shelf) -> Made {
    const SCALE: f32 = 2.0;
    let svg = draw(shelf, "Noto Sans")?;
    let failed = |reason: String| Missing::Store(StoreError::Io(format!("the table could not be drawn: {reason}")));
    let mut options = resvg::usvg::Options::default();
    options.fontdb_mut().load_font_data(notosans::REGULAR_TTF.to_vec());
    options.fontdb_mut().load_font_data(notosans::BOLD_TTF.to_vec());
    let tree = resvg::usvg::Tree::from_str(&svg, &options).map_err(|error| failed(error.to_string()))?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or_else(|| failed("it has no size".to_owned()))?;
    let mut pixels = resvg::tiny_skia::Pixmap::new(size.width(), size.height()).ok_or_else(|| failed("it is too large".to_owned()))?;
    resvg::render(&tree, resvg::tiny_skia::Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    let png = pixels.encode_png().map_err(|error| failed(error.to_string()))?;
    Ok(Page::new(Kind::Png, png, None))
}

/// A document's stances over time: a band for each topic on which it ever took a side.
pub(super) fn chart(points: &[(Timestamp, Arc<Stances>)], now: Timestamp) -> String {
    const LEFT: i64 = 240;
    const WIDTH: i64 = 700;
    const BAND: usize = 26;
    let topics: Vec<Topic> = stances::TOPICS
        .iter()
        .copied()
        .filter(|topic| points.iter().any(|(_, stances)| stances::class(*topic, stances.get(*topic)) != "silent"))
        .collect();
    let (Some((first, _)), false) = (points.first(), topics.is_empty()) else { return String::new() };
    let span = now.duration_since(*first).as_secs().max(1);
    let x = |at: Timestamp| LEFT + at.duration_since(*first).as_secs().clamp(0, span) * WIDTH / span;
    let height = topics.len() * BAND + 30;
    let mut out = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {} {height}\" role=\"img\" aria-label=\"What the document said on each topic from {} to {}\">",
        LEFT + WIDTH + 10,
        day(*first),
        day(now)
    );
    for (row, topic) in topics.iter().enumerate() {
        let y = row * BAND;
        let _ = write!(out, "<text x=\"0\" y=\"{}\">{}</text>", y + 16, stances::title(*topic));
        let mut from = 0;
        while let Some((begin, stances)) = points.get(from) {
            let stance = stances.get(*topic);
            let until = points[from..].iter().position(|(_, next)| next.get(*topic) != stance).map(|ahead| from + ahead);
            let end = until.and_then(|until| points.get(until)).map_or(now, |(at, _)| *at);
            let (left, right) = (x(*begin), x(end));
            let _ = write!(
                out,
                "<rect class=\"{}\" x=\"{left}\" y=\"{}\" width=\"{}\" height=\"20\" rx=\"3\"><title>{}, from {} to {}</title></rect>",
                stances::class(*topic, stance),
                y + 1,
                (right - left).max(2),
                stances::word(stance),
                day(*begin),
                day(end)
            );
            from = until.unwrap_or(points.len());
        }
    }
    let _ = write!(
        out,
        "<text x=\"{LEFT}\" y=\"{}\">{}</text><text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text></svg>",
        height - 8,
        day(*first),
        LEFT + WIDTH,
        height - 8,
        day(now)
    );
    out
}
