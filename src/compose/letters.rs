//! The mails that tell of no change: confirmation, welcome, and what the operator should see to.

use super::alert::{LIST, reason, ways};
use super::clean;
use super::letter::{Block, Letter, button};
use super::origin::Origin;
use crate::model::{DAYS, Incident, Mail, Rhythm, Sha256, Subscription, Wanted};
use jiff::Timestamp;

/// Asks the owner of an address whether mail may come. It says nothing of whether the address is known, and holds no word that whoever
/// typed the address could choose.
#[must_use]
pub fn confirmation(address: &str, wanted: &Wanted, link: &str, now: Timestamp) -> Mail {
    let letter = Letter {
        subject: "Confirm that fineprint may write to you".to_owned(),
        title: "Somebody asked fineprint to write to this address when terms of service change what they say about AI.".to_owned(),
        blocks: [
            Some(Block::Paragraph("If that was you, confirm it. If it was not, do nothing: no other mail will come.".to_owned())),
            button("Confirm the subscription", link),
            Some(Block::Paragraph(format!("The link can be used once, and for 48 hours. {}", chosen(wanted)))),
        ]
        .into_iter()
        .flatten()
        .collect(),
        reason: "Nothing of this address is stored unless it confirms.".to_owned(),
        ways: Vec::new(),
    };
    let key = Sha256::of(link.as_bytes()).to_string();
    Mail {
        to: address.to_owned(),
        body: letter.render(),
        message_key: format!("confirm-{}-{}", now.as_second(), &key[..16]),
        list: String::new(),
        unsubscribe: Vec::new(),
    }
}

/// Greets a reader who has just confirmed.
#[must_use]
pub fn welcome(subscription: &Subscription, origin: &Origin<'_>) -> Mail {
    let letter = Letter {
        subject: "Your fineprint subscription is confirmed".to_owned(),
        title: "From now on fineprint reads the fine print for you.".to_owned(),
        blocks: [
            Some(Block::Paragraph(format!("{} {}", reason(subscription), when(&subscription.rhythm)))),
            Some(Block::Paragraph(
                "Each mail quotes the clause before and after. It comes when a second look at the page has found the change again, and never for a moved paragraph, a date or a cookie banner.".to_owned(),
            )),
            origin.site.and_then(|site| button("See what the platforms say today", site)),
        ]
        .into_iter()
        .flatten()
        .collect(),
        reason: "You confirmed this address yourself.".to_owned(),
        ways: ways(origin, subscription.id),
    };
    let consent = subscription.consent.as_ref().map_or_else(|| subscription.created.to_string(), |consent| consent.by.clone());
    Mail {
        to: subscription.address.clone(),
        body: letter.render(),
        message_key: format!("welcome-{}-{}", subscription.id, &Sha256::of(consent.as_bytes()).to_string()[..16]),
        list: LIST.to_owned(),
        unsubscribe: origin.unsubscribe(subscription.id),
    }
}

/// How far an incident is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It began.
    Began,
    /// It still lasts.
    Lasts,
    /// It is over.
    Over,
}

/// Tells the operator of incidents, one mail for all that were noticed at once.
#[must_use]
pub fn incident(to: &str, incidents: &[(Phase, Incident)], now: Timestamp) -> Mail {
    let count = |phase| incidents.iter().filter(|(other, _)| *other == phase).count();
    let subject = match (incidents, count(Phase::Over)) {
        ([(phase, one)], _) => format!("fineprint: {}{}", label(*phase), clean::line(&one.key, 60)),
        (all, over) if over == all.len() => format!("fineprint: {over} incidents are over"),
        (all, _) => format!("fineprint: {} incidents", all.len()),
    };
    let mut blocks = Vec::new();
    for (phase, incident) in incidents.iter().take(100) {
        blocks.push(Block::Heading(format!("{}{}", label(*phase), clean::line(&incident.key, 160))));
        blocks.push(Block::Paragraph(clean::line(&incident.what, 1_000)));
        if *phase != Phase::Over {
            blocks.push(Block::Paragraph(format!("{} It began on {}.", clean::line(&incident.advice, 1_000), clean::time(incident.since))));
        }
    }
    if incidents.len() > 100 {
        blocks.push(Block::Paragraph(format!("{} more: `fineprint doctor` shows all.", incidents.len() - 100)));
    }
    let lasting = incidents.len() - count(Phase::Over);
    let letter = Letter {
        subject,
        title: match (lasting, incidents.len()) {
            (0, _) => "What was wrong is over.".to_owned(),
            (1, _) => "Something needs your hand.".to_owned(),
            (more, _) => format!("{more} things need your hand."),
        },
        blocks,
        reason: "You are the operator of this fineprint. Each incident is told when it begins, once a week while it lasts, and when it is over; subscribers hear nothing of it.".to_owned(),
        ways: Vec::new(),
    };
    let identity: Vec<String> =
        incidents.iter().map(|(phase, incident)| format!("{phase:?} {} {}", incident.key, incident.since)).collect();
    let digest = Sha256::of(identity.join("\n").as_bytes()).to_string();
    Mail {
        to: to.to_owned(),
        body: letter.render(),
        message_key: format!("operator-{}-{}", now.as_second(), &digest[..16]),
        list: String::new(),
        unsubscribe: Vec::new(),
    }
}

fn label(phase: Phase) -> &'static str {
    match phase {
        Phase::Began => "",
        Phase::Lasts => "still: ",
        Phase::Over => "over: ",
    }
}

/// What was asked for, without any word of the one who asked.
fn chosen(wanted: &Wanted) -> String {
    let several = |number: usize, one: &str, all: &str| match number {
        0 => all.to_owned(),
        number => super::wording::count(number, one),
    };
    let places = several(wanted.platforms.len() + wanted.tags.len(), "platform or tag", "every watched platform");
    format!(
        "It asks for {places}, {}, from {} on. {}",
        several(wanted.topics.len(), "topic", "all topics"),
        wanted.severity,
        when(&wanted.rhythm)
    )
}

/// When mails come.
fn when(rhythm: &Rhythm) -> String {
    match rhythm {
        Rhythm::AtOnce => "Mails come as soon as a change is confirmed.".to_owned(),
        Rhythm::Daily(hour) => format!("What changed comes in one mail a day, at {}:00 ({}).", hour.hour, clean::line(&hour.zone, 40)),
        Rhythm::Weekly(day, hour) => {
            let day = usize::try_from(*day - 1).ok().and_then(|day| DAYS.get(day)).copied().unwrap_or("monday");
            let (first, rest) = day.split_at(1);
            let day = first.to_uppercase() + rest;
            format!("What changed comes in one mail a week, on {day} at {}:00 ({}).", hour.hour, clean::line(&hour.zone, 40))
        }
    }
}
