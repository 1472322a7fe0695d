//! A change as JSON: what a webhook is sent, and what the API shows.

use super::alert::{LIST, message_key};
use super::origin::{Origin, change_url};
use crate::model::{Change, Event, Mail, MailBody, Piece, Subscription};
use serde_json::{Value, json};

/// The delivery of a change to a program: the body is JSON, the address a URL.
#[must_use]
pub fn webhook(change: &Change, events: &[&Event], subscription: &Subscription, origin: &Origin<'_>) -> Mail {
    let body = json!({
        "type": "change",
        "subscription": subscription.id.0,
        "change": change_json(change, events, origin.site),
    });
    Mail {
        to: subscription.address.clone(),
        body: MailBody { subject: String::new(), text: body.to_string(), html: String::new() },
        message_key: message_key(change, subscription),
        list: LIST.to_owned(),
        unsubscribe: Vec::new(),
    }
}

/// A change with some of its events.
#[must_use]
pub fn change_json(change: &Change, events: &[&Event], site: Option<&str>) -> Value {
    json!({
        "id": change.id.0,
        "watch": change.watch.as_str(),
        "platform": change.platform,
        "document": change.document,
        "url": change.url,
        "archive": site.map(|site| change_url(site, change.id)),
        "old_version": change.old_version,
        "new_version": change.new_version,
        "last_seen_old": change.last_seen_old.to_string(),
        "first_seen_new": change.first_seen_new.to_string(),
        "confirmed": change.confirmed.to_string(),
        "old_sha256": change.old_sha256.to_string(),
        "new_sha256": change.new_sha256.to_string(),
        "language": change.language,
        "date_line": change.effective,
        "date_line_before": change.effective_before,
        "date_only": change.date_only,
        "replaced": change.replaced.is_some(),
        "imported_from": change.imported_from,
        "tags": change.tags,
        "sentences": { "added": change.sentences[0], "removed": change.sentences[1], "edited": change.sentences[2] },
        "events": events.iter().map(|event| event_json(event)).collect::<Vec<_>>(),
    })
}

/// An event.
#[must_use]
pub fn event_json(event: &Event) -> Value {
    json!({
        "topic": event.topic.word(),
        "kind": event.kind,
        "change": event.change.word(),
        "direction": event.direction.word(),
        "severity": event.severity.word(),
        "stance_before": event.stance_before.word(),
        "stance_after": event.stance_after.word(),
        "before": event.before,
        "after": event.after,
        "redline": event.redline.iter().map(piece_json).collect::<Vec<_>>(),
        "section": event.section,
        "not_covered": event.not_covered,
        "rule": event.rule,
        "summary": event.summary,
    })
}

fn piece_json(piece: &Piece) -> Value {
    match piece {
        Piece::Same(text) => json!({ "same": text }),
        Piece::Removed(text) => json!({ "removed": text }),
        Piece::Added(text) => json!({ "added": text }),
    }
}
