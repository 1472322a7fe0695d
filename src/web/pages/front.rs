use crate::model::{Severity, Topic};
use crate::web::answer::Page;
use crate::web::matrix::{self, Line};
use crate::web::requests::{Fields, escaped};
use crate::web::rows::{Filter, Row, newest_first};
use crate::web::server::Made;
use crate::web::shelf::Shelf;
use crate::web::stances;
use askama::Template;

/// How many changes the front page shows.
const RECENT: usize = 6;
/// How many changes are looked through for them.
const LOOKED_THROUGH: usize = 1_000;
/// How many changes one page of the list shows.
const LISTED: usize = 50;

#[derive(Template)]
#[template(path = "web/front.html")]
struct Front {
    at: &'static str,
    intro: String,
    recent: Vec<Row>,
    tag: Option<String>,
    tags: Vec<(String, String)>,
    columns: Vec<&'static str>,
    rows: Vec<Line>,
}

/// The front page: what changed lately, and the table of platforms and topics.
pub(in crate::web) fn front(shelf: &Shelf, query: &Fields) -> Made {
    let tag = Some(query.one("tag").to_lowercase()).filter(|tag| !tag.is_empty() && shelf.tags().contains(tag));
    let filter = Filter { tag: tag.clone(), ..Filter::default() };
    let changes = shelf.store().changes(None, LOOKED_THROUGH)?;
    let told = changes.iter().filter(|change| change.imported_from.is_none()).filter_map(|change| Some((change, filter.of(change)?)));
    let recent: Vec<Row> = told.map(|(change, events)| Row::with(change, &events)).take(RECENT).collect();
    let platforms = shelf.platforms()?;
    let (platform_count, documents) = (platforms.len(), platforms.iter().map(|platform| platform.documents.len()).sum::<usize>());
    let front = Front {
        at: "front",
        intro: format!(
            "Platforms change what they may do with the music, texts, pictures and voices that people publish there, and rarely say so. Fineprint reads {documents} documents of {platform_count} platforms, again and again."
        ),
        recent,
        tags: shelf.tags().into_iter().take(12).map(|tag| (tag.clone(), escaped(&tag))).collect(),
        rows: matrix::lines(shelf, &platforms, tag.as_deref())?,
        tag,
        columns: stances::TOPICS.iter().map(|topic| stances::title(*topic)).collect(),
    };
    Ok(Page::of(&front, None))
}

#[derive(Debug)]
struct Choice {
    path: String,
    name: String,
    on: bool,
}

#[derive(Template)]
#[template(path = "web/changes.html")]
struct Changes {
    at: &'static str,
    title: String,
    feed: String,
    filters: Vec<Choice>,
    rows: Vec<Row>,
    next: Option<String>,
}

/// The list of changes, newest first, by severity, topic and tag.
pub(in crate::web) fn changes(shelf: &Shelf, query: &Fields) -> Made {
    let topic = Topic::from_word(query.one("topic"));
    let severity = Severity::from_word(query.one("severity"));
    let all = query.one("about") == "all";
    let tag = Some(query.one("tag").to_owned()).filter(|tag| !tag.is_empty());
    let filter = Filter { tag, topic, severity, all, ..Filter::default() };
    let mut changes = Vec::new();
    let mut next = None;
    for change in newest_first(shelf.store().changes(None, usize::MAX)?, query.number("before")) {
        let Some(events) = filter.of(&change) else { continue };
        if changes.len() == LISTED {
            next = Some(change.id.0 + 1);
            break;
        }
        changes.push(Row::with(&change, &events));
    }
    let (feed, title) = match (topic, severity) {
        (Some(topic), _) => (format!("/topics/{topic}/feed.atom"), stances::title(topic).to_owned()),
        (None, Some(severity)) => (
            format!("/severities/{severity}/feed.atom"),
            if severity == Severity::Critical { "Critical changes".to_owned() } else { format!("Changes that are {severity} or graver") },
        ),
        (None, None) if all => ("/feed.atom".to_owned(), "All changes".to_owned()),
        (None, None) => ("/feed.atom".to_owned(), "Changes about AI".to_owned()),
    };
    let listed =
        Changes { at: "changes", title, feed, filters: choices(&filter), rows: changes, next: next.map(|next| link(&filter, Some(next))) };
    Ok(Page::of(&listed, None))
}

fn choices(filter: &Filter) -> Vec<Choice> {
    let choice = |name: &str, other: Filter| Choice { path: link(&other, None), name: name.to_owned(), on: other == *filter };
    let plain = Filter { tag: filter.tag.clone(), ..Filter::default() };
    let mut choices = vec![
        choice("about AI", plain.clone()),
        choice("critical", Filter { severity: Some(Severity::Critical), ..plain.clone() }),
        choice("major and critical", Filter { severity: Some(Severity::Major), ..plain.clone() }),
    ];
    let by_topic = |topic: &Topic| choice(stances::title(*topic), Filter { topic: Some(*topic), ..plain.clone() });
    choices.extend(stances::TOPICS.iter().map(by_topic));
    choices.push(choice("about anything", Filter { all: true, ..plain.clone() }));
    choices
}

fn link(filter: &Filter, before: Option<u64>) -> String {
    let mut query = Vec::new();
    query.extend(filter.topic.map(|topic| format!("topic={topic}")));
    query.extend(filter.severity.map(|severity| format!("severity={severity}")));
    query.extend(filter.tag.as_deref().map(|tag| format!("tag={}", escaped(tag))));
    query.extend(filter.all.then(|| "about=all".to_owned()));
    query.extend(before.map(|before| format!("before={before}")));
    if query.is_empty() { "/changes".to_owned() } else { format!("/changes?{}", query.join("&")) }
}
