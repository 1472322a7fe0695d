//! What is told of a promise.

use super::alert::{LIST, reason, ways};
use super::clean;
use super::letter::{Block, Letter, button};
use super::origin::{Origin, document_url};
use super::view::Leave;
use crate::model::{Assessment, Mail, Piece, Promise, Sha256, Standing, Subscription};
use jiff::Timestamp;

/// A promise and where it stands, in plain sentences.
#[must_use]
pub fn standing_line(promise: &Promise, standing: Standing) -> String {
    let announced = promise.announced.map(|date| format!(" on {date}")).unwrap_or_default();
    let promised = format!("{} promised{announced}: “{}”", clean::line(&promise.platform, 80), clean::line(&promise.wording, 600));
    let now = match (standing, promise.by) {
        (Standing::Open, Some(by)) => format!("It is not in the document yet; it was promised until {by}."),
        (Standing::Open, None) => "It is not in the document yet.".to_owned(),
        (Standing::Overdue, Some(by)) => format!("The date, {by}, has passed, and nothing of it is in the document."),
        (Standing::Overdue, None) => "Nothing of it is in the document.".to_owned(),
        (Standing::Weaker, _) => "Something came in its place that holds less.".to_owned(),
        (Standing::InOtherWords, _) => "It is in the document in other words; no loss was found in them.".to_owned(),
        (Standing::Kept, _) => "It is in the document, word for word.".to_owned(),
    };
    format!("{promised} {now}")
}

/// Tells a reader where a promise stands.
#[must_use]
pub fn promise(
    promise: &Promise,
    standing: Standing,
    assessment: &Assessment,
    subscription: &Subscription,
    origin: &Origin<'_>,
    now: Timestamp,
) -> Mail {
    let page = origin.site.map(|site| document_url(site, &promise.watch));
    let letter = letter(promise, standing, assessment, page.as_deref(), reason(subscription), ways(origin, subscription.id));
    Mail {
        to: subscription.address.clone(),
        body: letter.render(),
        message_key: format!("promise-{}-{}", subscription.id, identity(promise, standing, now)),
        list: LIST.to_owned(),
        unsubscribe: origin.unsubscribe(subscription.id),
    }
}

/// Tells the operator the same.
#[must_use]
pub fn promise_to_operator(to: &str, promise: &Promise, standing: Standing, assessment: &Assessment, now: Timestamp) -> Mail {
    let reason = "You are the operator of this fineprint, and listed this promise in its watchlist.".to_owned();
    let letter = letter(promise, standing, assessment, None, reason, Vec::new());
    Mail {
        to: to.to_owned(),
        body: letter.render(),
        message_key: format!("promise-operator-{}", identity(promise, standing, now)),
        list: String::new(),
        unsubscribe: Vec::new(),
    }
}

fn identity(promise: &Promise, standing: Standing, now: Timestamp) -> String {
    let of = format!("{} {} {standing:?} {}", promise.watch, promise.wording, now.as_second());
    Sha256::of(of.as_bytes()).to_string()[..16].to_owned()
}

fn letter(promise: &Promise, standing: Standing, assessment: &Assessment, page: Option<&str>, reason: String, ways: Vec<Leave>) -> Letter {
    let platform = clean::line(&promise.platform, 60);
    let told = match standing {
        Standing::Open => "is not in the document yet",
        Standing::Overdue => "did not come by its date",
        Standing::Weaker => "came weaker than it was made",
        Standing::InOtherWords => "came in other words",
        Standing::Kept => "is kept",
    };
    let mut blocks = vec![Block::Paragraph(standing_line(promise, standing))];
    if let Some(found) = &assessment.found {
        blocks.push(Block::Heading("What the document says".to_owned()));
        blocks.push(Block::Paragraph(format!("“{}”", clean::line(found, 1_200))));
    }
    if matches!(standing, Standing::Weaker | Standing::InOtherWords) {
        blocks.push(Block::Heading("From the promise to the document".to_owned()));
        blocks.push(Block::Paragraph(clean::line(&marked(&assessment.redline), 2_000)));
    }
    if !assessment.losses.is_empty() {
        blocks.push(Block::Heading("What is lost".to_owned()));
        blocks.extend(assessment.losses.iter().take(5).map(|loss| Block::Paragraph(clean::line(loss, 400))));
    }
    if let Some(source) = promise.source.as_deref().and_then(clean::link) {
        blocks.push(Block::Paragraph(format!("It was promised at {source}")));
    }
    blocks.extend(page.and_then(|page| button("See the document", page)));
    Letter {
        subject: format!("{platform}: a promise on the {} {told}", clean::line(&promise.document, 60)),
        title: format!("What {platform} promised {told}."),
        blocks,
        reason,
        ways,
    }
}

/// A redline in plain text: what left in [-…-], what came in {+…+}, as `wdiff` writes it.
fn marked(redline: &[Piece]) -> String {
    redline
        .iter()
        .map(|piece| match piece {
            Piece::Same(text) => text.clone(),
            Piece::Removed(text) => format!("[-{}-]", text.trim_end()) + trailing(text),
            Piece::Added(text) => format!("{{+{}+}}", text.trim_end()) + trailing(text),
        })
        .collect()
}

fn trailing(text: &str) -> &str {
    &text[text.trim_end().len()..]
}
