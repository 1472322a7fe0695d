//! A platform's badge: whether it trains AI on people's work.

use super::answer::{Kind, Page};
use super::matrix;
use super::picture::colours;
use super::server::{Made, Missing};
use super::shelf::Shelf;
use crate::compose::clean;
use crate::model::Topic;
use askama::Template;

#[derive(Template)]
#[template(path = "web/badge.svg", escape = "html")]
struct Badge {
    label: String,
    word: &'static str,
    background: &'static str,
    ink: &'static str,
    left: usize,
    right: usize,
}

/// The badge of a platform.
pub(super) fn badge(shelf: &Shelf, slug: &str) -> Made {
    let platform = shelf.platforms()?.into_iter().find(|platform| platform.slug == slug).ok_or(Missing::NotFound)?;
    let cell = matrix::cell(shelf, &platform, Topic::Training)?;
    let (background, ink) = colours(cell.class);
    let label = format!("{}: AI training", clean::line(&platform.name, 40));
    // Characters of 11 px sans serif are about 6.3 px wide.
    let width = |text: &str| text.chars().count() * 63 / 10 + 16;
    let badge = Badge { left: width(&label), right: width(cell.word), label, word: cell.word, background, ink };
    Ok(Page::new(Kind::Svg, badge.render().unwrap_or_default(), None))
}
