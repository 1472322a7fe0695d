use crate::compose::clean;
use crate::model::{Document, Topic, WatchId};
use crate::signals::{self, Contradiction, Signal};
use crate::web::server::Missing;
use crate::web::shelf::Shelf;

/// Signals by their means, for one site.
pub(super) struct Means {
    pub(super) name: String,
    pub(super) lines: Vec<String>,
}

/// What a platform's sites tell machines, beside one of its documents.
pub(in crate::web) struct Beside {
    /// Where all of it stands.
    pub(super) path: String,
    /// How many signals there are.
    pub(super) count: usize,
    /// What does not fit the document.
    pub(in crate::web) contradictions: Vec<Contradiction>,
}

/// All signals of a document in the normal form, grouped by site and means; words that are no signals stand below theirs.
pub(super) fn all(text: &Document) -> Vec<Means> {
    let mut means: Vec<Means> = Vec::new();
    for (index, clause) in text.clauses.iter().enumerate().filter(|(_, clause)| !clause.is_heading()) {
        let name = clean::line(&text.path(index).join(": "), 200);
        let line = clean::line(&clause.text, 300);
        match means.last_mut().filter(|last| last.name == name) {
            Some(last) => last.lines.push(line),
            None => means.push(Means { name, lines: vec![line] }),
        }
    }
    means
}

/// What stands beside a document of the platform; `None` where no signals were read.
pub(in crate::web) fn beside(shelf: &Shelf, id: &WatchId, version: u32, text: &Document) -> Result<Option<Beside>, Missing> {
    let Some((of, read)) = shelf.signals(id)? else { return Ok(None) };
    let stances = shelf.stances(id, version)?;
    let contradictions = signals::contradictions(text, stances.get(Topic::Scraping), stances.get(Topic::Training), &read);
    let contradictions = contradictions
        .into_iter()
        .map(|one| Contradiction {
            terms: one.terms.map(|quote| clean::line(&quote, 400)),
            signal: one.signal.map(|line| clean::line(&line, 300)),
            ..one
        })
        .collect();
    Ok(Some(Beside { path: format!("/documents/{of}"), count: read.len(), contradictions }))
}

/// A signal as the API gives it.
pub(in crate::web) fn json(signal: &Signal) -> serde_json::Value {
    serde_json::json!({
        "origin": signal.origin, "mechanism": signal.mechanism.words(), "agent": signal.agent, "purpose": signal.purpose.words(),
        "scope": signal.scope, "line": signal.line(),
    })
}

/// A contradiction as the API gives it.
pub(in crate::web) fn contradiction_json(one: &Contradiction) -> serde_json::Value {
    serde_json::json!({ "summary": one.summary, "signal": one.signal, "terms": one.terms })
}
