//! Everything that the pages show, as JSON. Version 1: fields may come, none goes.

use super::answer::{Kind, Page};
use super::pages::{Pair, signals};
use super::redline::{Row, Span};
use super::requests::Fields;
use super::rows::{Filter, newest_first};
use super::server::{Made, Missing};
use super::shelf::{Platform, Shelf, Shelved};
use super::{matrix, search};
use crate::compose;
use crate::model::{ChangeId, CheckRecord, CheckResult, ClauseKind, Event, Severity, Snapshot, Topic, Version, WatchId};
use serde_json::{Value, json};

/// The description of the API (`OpenAPI` 3.1).
const DESCRIPTION: &str = include_str!("openapi.json");
/// How many changes one answer holds at most, and without being asked.
const MOST: usize = 200;
const USUAL: usize = 50;

/// The answer at a path under `/api/v1`.
pub(super) fn answer(shelf: &Shelf, parts: &[&str], query: &Fields, site: Option<&str>) -> Made {
    let body = match parts {
        ["openapi.json"] => description(site)?,
        ["platforms"] => json!({ "platforms": shelf.platforms()?.iter().map(|one| platform(shelf, one)).collect::<Result<Vec<_>, _>>()? }),
        ["platforms", slug] => {
            let found = shelf.platforms()?.into_iter().find(|platform| platform.slug == *slug).ok_or(Missing::NotFound)?;
            platform(shelf, &found)?
        }
        ["documents"] => {
            let platforms = shelf.platforms()?;
            let documents = platforms.iter().flat_map(|platform| &platform.documents);
            json!({ "documents": documents.map(|one| document(shelf, one)).collect::<Result<Vec<_>, _>>()? })
        }
        ["documents", platform, name] => document(shelf, &shelved(shelf, platform, name)?)?,
        ["documents", platform, name, "versions"] => {
            let found = shelved(shelf, platform, name)?;
            let mut versions = Vec::new();
            for number in (1..=found.state.version).rev() {
                versions.extend(shelf.version(&found.id, number)?.map(|version| version_json(shelf, &version)).transpose()?);
            }
            json!({ "versions": versions })
        }
        ["documents", platform, name, "versions", number] => whole_version(shelf, &shelved(shelf, platform, name)?, number)?,
        ["documents", platform, name, "history"] => history(shelf, &shelved(shelf, platform, name)?)?,
        ["documents", platform, name, "compare"] => compared(shelf, &shelved(shelf, platform, name)?, query)?,
        ["changes"] => changes(shelf, query, site)?,
        ["changes", id, "redline"] => {
            let id: ChangeId = id.parse().map_err(|_| Missing::NotFound)?;
            let change = shelf.store().change(id)?.ok_or(Missing::NotFound)?;
            let pair = Pair::of(shelf, &change.watch, change.old_version, change.new_version)?.ok_or(Missing::NotFound)?;
            json!({ "change": id.0, "redline": redline_json(&pair.rows()) })
        }
        ["changes", id] => {
            let id: ChangeId = id.parse().map_err(|_| Missing::NotFound)?;
            let change = shelf.store().change(id)?.ok_or(Missing::NotFound)?;
            compose::change_json(&change, &change.events.iter().collect::<Vec<_>>(), site)
        }
        ["search"] => found(shelf, query)?,
        _ => return Err(Missing::NotFound),
    };
    Ok(Page::new(Kind::Json, body.to_string(), None))
}

fn description(site: Option<&str>) -> Result<Value, Missing> {
    let broken = |error: serde_json::Error| Missing::Store(crate::store::StoreError::Io(format!("the API's description: {error}")));
    let mut description: Value = serde_json::from_str(DESCRIPTION).map_err(broken)?;
    description["info"]["version"] = json!(env!("CARGO_PKG_VERSION"));
    description["servers"] = json!([{ "url": format!("{}/api/v1", site.unwrap_or_default()) }]);
    Ok(description)
}

fn shelved(shelf: &Shelf, platform: &str, name: &str) -> Result<Shelved, Missing> {
    let id: WatchId = format!("{platform}/{name}").parse().map_err(|_| Missing::NotFound)?;
    shelf.document(&id)?.ok_or(Missing::NotFound)
}

fn platform(shelf: &Shelf, platform: &Platform) -> Result<Value, Missing> {
    let line = matrix::line(shelf, platform)?;
    let stances: serde_json::Map<String, Value> =
        line.cells.iter().map(|cell| (cell.topic.word().to_owned(), json!(cell.stance.map(crate::model::Stance::word)))).collect();
    Ok(json!({
        "id": platform.slug,
        "name": platform.name,
        "stances": stances,
        "documents": platform.documents.iter().map(|document| document.id.as_str()).collect::<Vec<_>>(),
    }))
}

fn document(shelf: &Shelf, document: &Shelved) -> Result<Value, Missing> {
    let state = &document.state;
    let stances = match state.version {
        0 => Value::Null,
        version => stances(shelf, &document.id, version)?,
    };
    Ok(json!({
        "id": document.id.as_str(),
        "platform": document.platform,
        "name": document.name,
        "url": document.url,
        "tags": document.tags,
        "version": state.version,
        "stances": stances,
        "last_check": state.last_check.map(|at| at.to_string()),
        "last_good": state.last_good.map(|at| at.to_string()),
        "failures": state.failures,
        "signals": if document.id.is_of_signals() { told_machines(shelf, document)? } else { Value::Null },
        "contradictions": contradictions(shelf, document)?,
        "rejection": state.rejection.as_ref().map(crate::model::Rejection::code),
    }))
}

/// What the sites tell machines, line by line.
fn told_machines(shelf: &Shelf, document: &Shelved) -> Result<Value, Missing> {
    let read = shelf.signals(&document.id)?.map(|(_, signals)| signals).unwrap_or_default();
    Ok(read.iter().map(signals::json).collect())
}

/// Where the document does not fit what its platform's sites tell machines; `null` where there is nothing to hold it against.
fn contradictions(shelf: &Shelf, document: &Shelved) -> Result<Value, Missing> {
    if document.id.is_of_signals() || document.state.version == 0 {
        return Ok(Value::Null);
    }
    let Some(text) = shelf.text(&document.id, document.state.version)? else { return Ok(Value::Null) };
    let beside = signals::beside(shelf, &document.id, document.state.version, &text)?;
    Ok(beside.map_or(Value::Null, |beside| beside.contradictions.iter().map(signals::contradiction_json).collect()))
}

/// The stance on each topic; `null` where the language is not read.
fn stances(shelf: &Shelf, id: &WatchId, version: u32) -> Result<Value, Missing> {
    let stances = shelf.stances(id, version)?;
    if !stances.read {
        return Ok(Value::Null);
    }
    Ok(Topic::ALL
        .iter()
        .map(|topic| (topic.word().to_owned(), json!(stances.get(*topic).word())))
        .collect::<serde_json::Map<_, _>>()
        .into())
}

fn version_json(shelf: &Shelf, version: &Version) -> Result<Value, Missing> {
    Ok(json!({
        "number": version.number,
        "first_seen": version.first_seen.to_string(),
        "stances": stances(shelf, &version.watch, version.number)?,
    }))
}

fn whole_version(shelf: &Shelf, document: &Shelved, number: &str) -> Result<Value, Missing> {
    let number: u32 = number.parse().map_err(|_| Missing::NotFound)?;
    let (Some(version), Some(text)) = (shelf.version(&document.id, number)?, shelf.text(&document.id, number)?) else {
        return Err(Missing::NotFound);
    };
    let mut pages = Vec::new();
    for (part, number) in (0u32..).zip(&version.snapshots) {
        pages.extend(shelf.store().snapshot(&document.id, part, *number)?.map(|snapshot| snapshot_json(&snapshot)));
    }
    let clauses: Vec<Value> = text
        .clauses
        .iter()
        .map(|clause| {
            let kind = match clause.kind {
                ClauseKind::Heading(_) => "heading",
                ClauseKind::Paragraph => "paragraph",
                ClauseKind::ListItem => "list-item",
                ClauseKind::TableRow => "table-row",
            };
            json!({ "kind": kind, "text": clause.text, "section": clause.section })
        })
        .collect();
    let mut value = version_json(shelf, &version)?;
    value["document"] = json!(document.id.as_str());
    value["language"] = json!(text.language);
    value["clauses"] = clauses.into();
    value["pages"] = pages.into();
    Ok(value)
}

/// What came of the fetches, newest first, as far as it is worth a line.
fn history(shelf: &Shelf, document: &Shelved) -> Result<Value, Missing> {
    let line = |record: &CheckRecord| {
        let (result, detail) = match &record.result {
            CheckResult::First => ("first", Value::Null),
            CheckResult::Unchanged => ("unchanged", Value::Null),
            CheckResult::Held => ("held", Value::Null),
            CheckResult::Variant => ("variant", Value::Null),
            CheckResult::Flap => ("flap", Value::Null),
            CheckResult::Changed(id) => ("changed", json!(id.to_string())),
            CheckResult::Rejected(rejection) => ("rejected", json!(rejection.code())),
        };
        json!({ "at": record.at.to_string(), "result": result, "detail": detail })
    };
    Ok(json!({ "history": shelf.store().history(&document.id, MOST)?.iter().map(line).collect::<Vec<_>>() }))
}

/// Any two versions held against each other.
fn compared(shelf: &Shelf, document: &Shelved, query: &Fields) -> Result<Value, Missing> {
    let number = |name: &str| {
        let number: Option<u32> = one(query, name, |value| value.parse().ok())?;
        number.ok_or_else(|| Missing::Refused(format!("“{name}” is missing: the number of a version.")))
    };
    let (old, new) = (number("old")?, number("new")?);
    let pair = Pair::of(shelf, &document.id, old, new)?.ok_or(Missing::NotFound)?;
    let events: Vec<Value> = pair.events().iter().map(compose::event_json).collect();
    Ok(json!({ "document": document.id.as_str(), "old": old, "new": new, "events": events, "redline": redline_json(&pair.rows()) }))
}

/// The rows of a redline, those that are folded on the page included; empty where no word differs.
fn redline_json(rows: &[Row]) -> Value {
    let whole = rows.iter().flat_map(|row| if row.folded > 0 { row.inner.iter().collect() } else { vec![row] });
    let piece = |span: &Span| match span.kind {
        1 => json!({ "added": span.text }),
        2 => json!({ "removed": span.text }),
        _ => json!({ "same": span.text }),
    };
    whole
        .map(|row| {
            let kind = if row.class.is_empty() { "unchanged" } else { row.class };
            json!({
                "kind": kind,
                "moved": row.is_moved(),
                "heading": row.heading,
                "pieces": row.spans.iter().map(piece).collect::<Vec<_>>(),
            })
        })
        .collect()
}

fn snapshot_json(snapshot: &Snapshot) -> Value {
    json!({
        "url": snapshot.url,
        "redirects": snapshot.redirects,
        "fetched": snapshot.fetched.to_string(),
        "status": snapshot.status,
        "sha256": snapshot.sha256.to_string(),
        "length": snapshot.length,
        "headers": snapshot.headers.iter().filter(|header| header.name != "set-cookie").map(|header| json!([header.name, header.value])).collect::<Vec<_>>(),
        "bytes": format!("/documents/{}/snapshots/{}/{}", snapshot.watch, snapshot.part, snapshot.number),
    })
}

fn changes(shelf: &Shelf, query: &Fields, site: Option<&str>) -> Result<Value, Missing> {
    let filter = Filter {
        platform: one(query, "platform", |value| Some(value.to_owned()))?,
        watch: one(query, "document", |value| Some(value.to_owned()))?,
        tag: one(query, "tag", |value| Some(value.to_owned()))?,
        topic: one(query, "topic", Topic::from_word)?,
        severity: one(query, "severity", Severity::from_word)?,
        all: one(query, "about", |word| ["ai", "all"].contains(&word).then(|| word == "all"))?.unwrap_or(false),
    };
    let limit = one(query, "limit", |value| value.parse().ok().filter(|limit| (1..=MOST).contains(limit)))?.unwrap_or(USUAL);
    let before: Option<u64> = one(query, "before", |value| value.parse().ok())?;
    let mut changes = Vec::new();
    let mut next = None;
    for change in newest_first(shelf.store().changes(None, usize::MAX)?, before) {
        let Some(events) = filter.of(&change) else { continue };
        if changes.len() == limit {
            next = Some(change.id.0 + 1);
            break;
        }
        let events: Vec<&Event> = events;
        changes.push(compose::change_json(&change, &events, site));
    }
    Ok(json!({ "changes": changes, "next_before": next }))
}

/// A parameter of a query, which may stand there once and must make sense.
fn one<T>(query: &Fields, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Missing> {
    match query.all(name) {
        [] => Ok(None),
        [value] => match read(value) {
            Some(value) => Ok(Some(value)),
            None => Err(Missing::Refused(format!("“{name}” has no such value; /api/v1/openapi.json says which there are."))),
        },
        _ => Err(Missing::Refused(format!("“{name}” may be given once."))),
    }
}

fn found(shelf: &Shelf, query: &Fields) -> Result<Value, Missing> {
    let query = one(query, "q", |words| (words.chars().count() <= 200).then(|| words.to_owned()))?.unwrap_or_default();
    let (_, hits) = search::find(shelf, &query)?;
    let hits: Vec<Value> = hits
        .iter()
        .take(MOST)
        .map(|hit| {
            json!({
                "document": hit.document.id.as_str(),
                "versions": hit.versions,
                "clauses": hit.clauses.iter().map(|(place, text)| json!({ "clause": place, "text": text })).collect::<Vec<_>>(),
            })
        })
        .collect();
    Ok(json!({ "query": query, "hits": hits }))
}
