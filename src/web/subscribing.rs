//! The forms by which people subscribe, choose and leave. What they answer never tells whether an address is known.

use super::answer::Page;
use super::limits::Leave;
use super::pages::{Ask, message, message_with};
use super::requests::{Fields, wanted};
use super::server::{Inner, Missing, refuse};
use super::stances;
use crate::deliver::check_address;
use crate::model::{DAYS, Rhythm, Severity, Subscription, SubscriptionId, Topic, Wanted};
use crate::monitor::PeopleError;
use crate::ticket::{Claim, TicketError};
use askama::Template;
use axum::body::Body;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Response, StatusCode};
use std::net::IpAddr;

/// Zones that the form offers; others can be typed.
const ZONES: &[&str] = &[
    "UTC",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Warsaw",
    "Europe/Athens",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Australia/Sydney",
    "Pacific/Auckland",
];

#[derive(Template)]
#[template(path = "web/subscribe.html")]
struct Form {
    at: &'static str,
    title: &'static str,
    lead: String,
    problem: Option<String>,
    open: bool,
    action: String,
    address: Option<String>,
    tags: Vec<(String, bool)>,
    platforms: Vec<(String, bool)>,
    topics: Vec<(&'static str, &'static str, bool)>,
    severities: Vec<(&'static str, &'static str, bool)>,
    rhythms: Vec<(&'static str, &'static str, bool)>,
    days: Vec<(&'static str, bool)>,
    hours: Vec<(i8, bool)>,
    zone: String,
    zones: &'static [&'static str],
    button: &'static str,
    leave: Option<String>,
}

/// The names that a form offers.
fn names(inner: &Inner) -> (Vec<String>, Vec<String>) {
    let watches = inner.shelf.watches();
    let mut platforms: Vec<String> = watches.iter().map(|watch| watch.platform.clone()).collect();
    platforms.sort_by_key(|name| name.to_lowercase());
    platforms.dedup_by_key(|name| name.to_lowercase());
    (platforms, inner.shelf.tags())
}

impl Form {
    fn of(inner: &Inner, chosen: &Wanted) -> Self {
        let (platforms, tags) = names(inner);
        let among = |name: &String, chosen: &[String]| chosen.iter().any(|one| one.eq_ignore_ascii_case(name));
        let ticked = |all: Vec<String>, chosen: &[String]| all.into_iter().map(|name| (name.clone(), among(&name, chosen))).collect();
        let hour = chosen.rhythm.hour();
        let severities = [
            (Severity::Minor, "Everything about AI"),
            (Severity::Major, "When rights, duties or consent change"),
            (Severity::Critical, "Only when a right over people’s work is taken without asking, or what protected them falls"),
        ];
        let rhythms = [("at-once", "As soon as it is confirmed"), ("daily", "One mail a day"), ("weekly", "One mail a week")];
        Self {
            at: "subscribe",
            title: "Hear of it by mail",
            lead: "Fineprint writes when terms of service change what they say about AI: the clause before and after, and what it means."
                .to_owned(),
            problem: None,
            open: true,
            action: "/subscribe".to_owned(),
            address: Some(String::new()),
            tags: ticked(tags, &chosen.tags),
            platforms: ticked(platforms, &chosen.platforms),
            topics: Topic::ALL.iter().map(|topic| (topic.word(), stances::title(*topic), chosen.topics.contains(topic))).collect(),
            severities: severities.map(|(severity, words)| (severity.word(), words, severity == chosen.severity)).to_vec(),
            rhythms: rhythms.map(|(word, words)| (word, words, word == chosen.rhythm.word())).to_vec(),
            days: DAYS.map(|day| (day, chosen.rhythm.day() == Some(day))).to_vec(),
            hours: (0..24).map(|at| (at, hour.map_or(8, |hour| hour.hour) == at)).collect(),
            zone: hour.map_or_else(|| "UTC".to_owned(), |hour| hour.zone.clone()),
            zones: ZONES,
            button: "Subscribe",
            leave: None,
        }
    }

    fn page(&self) -> Page {
        Page::of(self, None)
    }
}

fn everything() -> Wanted {
    Wanted { platforms: Vec::new(), tags: Vec::new(), topics: Vec::new(), severity: Severity::Minor, rhythm: Rhythm::AtOnce }
}

/// The form of somebody new.
pub(super) fn form(inner: &Inner, query: &Fields) -> Page {
    let (platforms, tags) = names(inner);
    let chosen = wanted(query, &platforms, &tags).unwrap_or_else(|_| everything());
    let mut form = Form::of(inner, &chosen);
    if inner.settings.web_url.is_none() {
        form.open = false;
        let lead = "This fineprint takes no subscriptions yet: its operator has to say in fineprint.toml at which address readers reach it ([web] url).";
        lead.clone_into(&mut form.lead);
    }
    form.page()
}

/// Somebody asks to be written to: a confirmation goes out, and nothing is stored.
pub(super) fn subscribe(inner: &Inner, fields: &Fields, network: IpAddr) -> Response<Body> {
    let (platforms, tags) = names(inner);
    let chosen = wanted(fields, &platforms, &tags);
    let again = |problem: String| {
        let mut form = Form::of(inner, chosen.as_ref().unwrap_or(&everything()));
        form.problem = Some(problem);
        form.address = Some(fields.one("address").chars().take(254).collect());
        form.page().once(StatusCode::UNPROCESSABLE_ENTITY)
    };
    let wanted = match &chosen {
        Ok(wanted) => wanted.clone(),
        Err(problem) => return again(problem.clone()),
    };
    let Ok(address) = check_address(fields.one("address")) else {
        return again("This is no address that mail can be sent to. Write one such as ana@example.org.".to_owned());
    };
    // Programs fill in every field.
    if !fields.one("website").is_empty() {
        return sent();
    }
    match inner.limits.ask(network, &address, inner.shelf.monitor.now()) {
        Leave::Granted => {}
        Leave::AddressSatisfied => return sent(),
        Leave::TooMany => {
            let page = message("Too many requests", &["Many subscriptions were asked for just now. Try again in an hour."]);
            let mut response = page.once(StatusCode::TOO_MANY_REQUESTS);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("3600"));
            return response;
        }
    }
    match inner.shelf.monitor.ask_to_confirm(&address, &wanted) {
        Ok(()) => {
            inner.mail.notify_one();
            sent()
        }
        Err(error) => failed(&error),
    }
}

fn sent() -> Response<Body> {
    let lines = [
        "If the address can be written to, a mail is on its way. It holds a link to confirm; nothing else comes before that.",
        "It can take some minutes. If it does not come, look among the spam, or ask again in an hour.",
    ];
    message("Look into your mailbox", &lines).once(StatusCode::OK)
}

fn failed(error: &PeopleError) -> Response<Body> {
    let (status, title) = match error {
        PeopleError::Store(_) => return refuse(&into_missing(error), false),
        PeopleError::Ticket(TicketError::Expired) => (StatusCode::GONE, "This link is too old"),
        PeopleError::Ticket(_) => (StatusCode::BAD_REQUEST, "This link does not work"),
        PeopleError::Used => (StatusCode::GONE, "This link was used before"),
        PeopleError::Gone => (StatusCode::GONE, "This subscription has ended"),
        PeopleError::NoSite => (StatusCode::SERVICE_UNAVAILABLE, "No subscriptions yet"),
    };
    let mut said = error.to_string();
    if let Some(first) = said.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    message_with(title, &[&format!("{said}.")], None, &[("Subscribe", "/subscribe")]).once(status)
}

fn into_missing(error: &PeopleError) -> Missing {
    Missing::Store(crate::store::StoreError::Io(error.to_string()))
}

/// A link in a mail only asks: programs that look through mail open links too.
pub(super) fn ask_confirm(inner: &Inner, token: &str) -> Response<Body> {
    match inner.shelf.monitor.claim(token) {
        Ok(Claim::Confirm { .. }) => {
            let ask = Ask { action: format!("/confirm/{token}"), label: "Yes, write to me" };
            message_with(
                "Confirm your subscription",
                &["One press, and fineprint writes to you when terms change what they say about AI."],
                Some(ask),
                &[],
            )
            .once(StatusCode::OK)
        }
        Ok(_) => failed(&TicketError::Forged.into()),
        Err(error) => failed(&error),
    }
}

pub(super) fn confirm(inner: &Inner, token: &str) -> Response<Body> {
    match inner.shelf.monitor.confirm(token) {
        Ok(_) => {
            inner.mail.notify_one();
            let lines = ["Your subscription is confirmed. Each mail has a link to change it, and one to end it."];
            message_with("You will hear of it", &lines, None, &[("See what the platforms say today", "/")]).once(StatusCode::OK)
        }
        Err(error) => failed(&error),
    }
}

pub(super) fn preferences(inner: &Inner, token: &str) -> Response<Body> {
    match chosen_by(inner, token) {
        Ok((id, wanted)) => preferences_form(inner, token, id, &wanted, None).once(StatusCode::OK),
        Err(error) => failed(&error),
    }
}

fn chosen_by(inner: &Inner, token: &str) -> Result<(SubscriptionId, Wanted), PeopleError> {
    let Claim::Preferences { subscription: id, .. } = inner.shelf.monitor.claim(token)? else { return Err(TicketError::Forged.into()) };
    let subscription = inner.shelf.store().subscription(id)?.filter(Subscription::is_confirmed).ok_or(PeopleError::Gone)?;
    Ok((id, subscription.wishes()))
}

fn preferences_form(inner: &Inner, token: &str, id: SubscriptionId, wanted: &Wanted, problem: Option<String>) -> Page {
    let links = inner.shelf.monitor.links().ok().flatten();
    let leave = links.map(|links| links.reader(id, inner.shelf.monitor.now()).leave.replacen(&links.site, "", 1));
    Form {
        title: "Your preferences",
        lead: "What you hear of, and when.".to_owned(),
        problem,
        action: format!("/preferences/{token}"),
        address: None,
        button: "Save",
        leave,
        ..Form::of(inner, wanted)
    }
    .page()
}

pub(super) fn set_preferences(inner: &Inner, token: &str, fields: &Fields) -> Response<Body> {
    let (id, before) = match chosen_by(inner, token) {
        Ok(found) => found,
        Err(error) => return failed(&error),
    };
    let (mut platforms, mut tags) = names(inner);
    // What was chosen before stays valid, also where it is no longer watched.
    platforms.extend(before.platforms.iter().cloned());
    tags.extend(before.tags.iter().cloned());
    let wanted = match wanted(fields, &platforms, &tags) {
        Ok(wanted) => wanted,
        Err(problem) => return preferences_form(inner, token, id, &before, Some(problem)).once(StatusCode::UNPROCESSABLE_ENTITY),
    };
    match inner.shelf.monitor.change_wishes(id, wanted) {
        Ok(_) => message_with("Saved", &["This holds from the next change on."], None, &[("See what the platforms say today", "/")])
            .once(StatusCode::OK),
        Err(error) => failed(&error),
    }
}

/// A GET only asks; mail programs and scanners open links by themselves.
pub(super) fn ask_leave(inner: &Inner, token: &str) -> Response<Body> {
    match leaving(inner, token) {
        Ok(_) => {
            let ask = Ask { action: format!("/unsubscribe/{token}"), label: "Unsubscribe" };
            message_with("Unsubscribe?", &["All mails end at once."], Some(ask), &[("Keep them", "/")]).once(StatusCode::OK)
        }
        Err(error) => failed(&error),
    }
}

/// One press, here or in a mail program (RFC 8058), and it is done. It may be pressed again.
pub(super) fn leave(inner: &Inner, token: &str) -> Response<Body> {
    let left = leaving(inner, token).and_then(|subscription| inner.shelf.monitor.leave(subscription));
    match left {
        Ok(()) | Err(PeopleError::Gone) => message_with(
            "You are unsubscribed",
            &["No more mail will come. What was under way may still arrive."],
            None,
            &[("Subscribe again", "/subscribe")],
        )
        .once(StatusCode::OK),
        Err(error) => failed(&error),
    }
}

fn leaving(inner: &Inner, token: &str) -> Result<SubscriptionId, PeopleError> {
    match inner.shelf.monitor.claim(token)? {
        Claim::Leave(subscription) => Ok(subscription),
        _ => Err(TicketError::Forged.into()),
    }
}
