//! Several changes in one mail: by platform, the worst first.

use super::alert::{LIST, MAX_BYTES, MAX_NAME, MAX_SENTENCE, MAX_SUBJECT, reason, tone, ways};
use super::letter::{Block, Letter, button};
use super::origin::{Origin, change_url};
use super::{clean, wording};
use crate::model::{Change, Direction, Event, Mail, Severity, Sha256, Subscription};
use jiff::Timestamp;

/// How many findings of one change a digest shows.
const EACH: usize = 4;

/// A change and those of its events that the subscriber asked for.
type Told<'a> = (&'a Change, Vec<&'a Event>);

/// The digest of some changes; they hold at least one event each. `until` is when the digest was due: it makes the Message-ID.
#[must_use]
pub fn digest(changes: &[Told<'_>], subscription: &Subscription, origin: &Origin<'_>, until: Timestamp) -> Mail {
    let platforms = by_platform(changes);
    let mut shown = platforms.iter().map(|platform| platform.changes.len()).sum::<usize>();
    let body = loop {
        let body = letter(&platforms, shown, subscription, origin).render();
        if shown <= 1 || body.subject.len() + body.text.len() + body.html.len() <= MAX_BYTES {
            break body;
        }
        shown = shown.div_ceil(2);
    };
    let identity = format!("{}\n{until}", subscription.address);
    Mail {
        to: subscription.address.clone(),
        body,
        message_key: format!("digest-{}-{}", subscription.id, &Sha256::of(identity.as_bytes()).to_string()[..16]),
        list: LIST.to_owned(),
        unsubscribe: origin.unsubscribe(subscription.id),
    }
}

struct Platform<'a> {
    name: &'a str,
    changes: Vec<&'a Told<'a>>,
}

/// How bad an event is: the graver and worse, the greater.
fn weight(event: &Event) -> (Severity, u8) {
    let direction = match event.direction {
        Direction::Worse => 2,
        Direction::Better => 1,
        Direction::Neutral => 0,
    };
    (event.severity, direction)
}

fn worst(told: &Told<'_>) -> Option<(Severity, u8)> {
    told.1.iter().map(|event| weight(event)).max()
}

fn by_platform<'a>(changes: &'a [Told<'a>]) -> Vec<Platform<'a>> {
    let mut platforms: Vec<Platform<'_>> = Vec::new();
    for told in changes.iter().filter(|told| !told.1.is_empty()) {
        match platforms.iter_mut().find(|platform| platform.name == told.0.platform) {
            Some(platform) => platform.changes.push(told),
            None => platforms.push(Platform { name: &told.0.platform, changes: vec![told] }),
        }
    }
    for platform in &mut platforms {
        platform.changes.sort_by_key(|told| (std::cmp::Reverse(worst(told)), told.0.id));
    }
    platforms.sort_by_key(|platform| std::cmp::Reverse(platform.changes.first().and_then(|told| worst(told))));
    platforms
}

fn letter(platforms: &[Platform<'_>], shown: usize, subscription: &Subscription, origin: &Origin<'_>) -> Letter {
    let total: usize = platforms.iter().map(|platform| platform.changes.len()).sum();
    let names: Vec<String> = platforms.iter().map(|platform| clean::line(platform.name, MAX_NAME)).collect();
    let mut blocks = Vec::new();
    let mut left = shown;
    for platform in platforms {
        let here = platform.changes.len().min(left);
        left -= here;
        for (place, told) in platform.changes.iter().take(here).enumerate() {
            if place == 0 {
                blocks.push(Block::Heading(clean::line(platform.name, MAX_NAME * 2)));
            }
            push_change(&mut blocks, told, origin);
        }
    }
    if shown < total {
        blocks.push(Block::Paragraph(format!("This mail leaves out {}.", wording::count(total - shown, "more change"))));
        blocks.extend(origin.site.and_then(|site| button("See all of them", site)));
    }
    let changes = if total == 1 { "1 change".to_owned() } else { format!("{total} changes") };
    let title = match names.as_slice() {
        [one] => format!("{changes} about AI at {one}."),
        [one, other] => format!("{changes} about AI, at {one} and {other}."),
        all => format!("{changes} about AI, at {} platforms.", all.len()),
    };
    Letter {
        subject: clean::line(&format!("{changes} about AI: {}", names.join(", ")), MAX_SUBJECT),
        title,
        blocks,
        reason: format!("{} You get a digest.", reason(subscription)),
        ways: ways(origin, subscription.id),
    }
}

fn push_change(blocks: &mut Vec<Block>, (change, events): &Told<'_>, origin: &Origin<'_>) {
    let document = clean::line(&change.document, MAX_NAME * 2);
    for (place, event) in events.iter().take(EACH).enumerate() {
        let last = place + 1 == events.len().min(EACH);
        blocks.push(Block::Finding {
            grade: format!("{document} · {}", wording::grade(event)),
            tone: tone(event),
            text: clean::line(&event.summary, MAX_SENTENCE),
            link: origin.site.filter(|_| last).and_then(|site| clean::link(&change_url(site, change.id))),
        });
    }
    if events.len() > EACH {
        let more = wording::count(events.len() - EACH, "more finding");
        blocks.push(Block::Paragraph(format!("And {more} in the same change, none graver.")));
    }
}
