use crate::compose::clean;
use crate::model::{ClauseKind, Snapshot, WatchId};
use crate::web::answer::{Page, stored_bytes};
use crate::web::rows::minute;
use crate::web::server::{Inner, Made, Missing, refuse};
use crate::web::shelf::{Shelf, slug_of};
use askama::Template;
use axum::body::Body;
use axum::http::{HeaderMap, Response};

#[derive(Template)]
#[template(path = "web/version.html")]
struct View {
    at: &'static str,
    platform: String,
    platform_path: String,
    document: String,
    document_path: String,
    number: u32,
    seen: String,
    earlier: Option<String>,
    later: Option<String>,
    language: String,
    clauses: Vec<Line>,
    pages: Vec<Evidence>,
}

struct Line {
    text: String,
    level: u8,
    item: bool,
}

struct Evidence {
    url: String,
    facts: Vec<(&'static str, String, bool)>,
    headers: Vec<(String, String)>,
    raw: String,
}

/// One version: its text, and the fetches that it was read from.
pub(in crate::web) fn version(shelf: &Shelf, id: &str, number: &str) -> Made {
    let id: WatchId = id.parse().map_err(|_| Missing::NotFound)?;
    let number: u32 = number.parse().map_err(|_| Missing::NotFound)?;
    let document = shelf.document(&id)?.ok_or(Missing::NotFound)?;
    let (Some(version), Some(text)) = (shelf.version(&id, number)?, shelf.text(&id, number)?) else { return Err(Missing::NotFound) };
    let mut pages = Vec::new();
    for (part, snapshot) in (0u32..).zip(&version.snapshots) {
        if let Some(snapshot) = shelf.store().snapshot(&id, part, *snapshot)? {
            pages.push(evidence(&id, &snapshot));
        }
    }
    let path = document.path();
    let neighbour = |number: u32| (1..=document.state.version).contains(&number).then(|| format!("{path}/versions/{number}"));
    let view = View {
        at: "",
        platform: document.platform.clone(),
        platform_path: format!("/platforms/{}", slug_of(&id)),
        document: document.name.clone(),
        document_path: path.clone(),
        number,
        seen: format!("First seen on {}.", minute(version.first_seen)),
        earlier: neighbour(number - 1),
        later: neighbour(number + 1),
        language: clean::language(text.language.as_deref()),
        clauses: text
            .clauses
            .iter()
            .map(|clause| Line {
                text: clean::visible(&clause.text).collect(),
                level: if let ClauseKind::Heading(level) = clause.kind { level } else { 0 },
                item: matches!(clause.kind, ClauseKind::ListItem | ClauseKind::TableRow),
            })
            .collect(),
        pages,
    };
    Ok(Page::of(&view, Some(version.first_seen)))
}

fn evidence(id: &WatchId, snapshot: &Snapshot) -> Evidence {
    Evidence {
        url: clean::line(&snapshot.url, 500),
        facts: vec![
            ("Fetched", minute(snapshot.fetched), false),
            ("Status", snapshot.status.to_string(), false),
            ("Length", format!("{} bytes", snapshot.length), false),
            ("SHA-256", snapshot.sha256.to_string(), true),
        ],
        headers: snapshot
            .headers
            .iter()
            .filter(|header| header.name != "set-cookie")
            .map(|header| (clean::line(&header.name, 80), clean::line(&header.value, 500)))
            .collect(),
        raw: format!("/documents/{id}/snapshots/{}/{}", snapshot.part, snapshot.number),
    }
}

/// The bytes of a snapshot, where a path asks for them: as a file to save, since a stranger's page must not run here.
pub(in crate::web) async fn stored(inner: &Inner, path: &str, asked: &HeaderMap) -> Option<Response<Body>> {
    let rest = path.strip_prefix("/documents/")?;
    let (id, numbers) = rest.split_once("/snapshots/")?;
    let (part, number) = numbers.split_once('/')?;
    let (id, part, number): (WatchId, u32, u32) = (id.parse().ok()?, part.parse().ok()?, number.parse().ok()?);
    let store = inner.shelf.monitor.store().clone();
    let name = format!("{}-{part}-{number}.bin", id.as_str().replace('/', "."));
    let read = tokio::task::spawn_blocking(move || store.body(&id, part, number)).await;
    Some(match read {
        Ok(Ok(Some(body))) => stored_bytes(body, &name, asked),
        Ok(Ok(None)) => refuse(&Missing::NotFound, false),
        Ok(Err(error)) => refuse(&Missing::Store(error), false),
        Err(failed) => refuse(&Missing::Store(crate::store::StoreError::Io(failed.to_string())), false),
    })
}
