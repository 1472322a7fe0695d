use super::amount::{duration, size};
use super::fields::Fields;
use super::page::page_url;
use super::problem::{Complaint, Problem, Report};
use super::syntax;
use crate::model::{Dkim, FetchSettings, HealthSettings, MailSettings, Secret, Security, Settings, WebSettings};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// The environment variable, or its like of the caller's, that the mail server's password comes from.
pub const PASSWORD_VARIABLE: &str = "FINEPRINT_SMTP_PASSWORD";

/// The same for the key that mails are signed with (DKIM).
pub const DKIM_VARIABLE: &str = "FINEPRINT_DKIM_KEY";
/// The same for what webhooks are signed with.
pub const WEBHOOK_VARIABLE: &str = "FINEPRINT_WEBHOOK_SECRET";

const ROOT_KEYS: &[&str] = &["fetch", "mail", "web", "health", "store", "operator"];
const FETCH_KEYS: &[&str] = &[
    "user_agent",
    "contact",
    "accept_language",
    "connect_timeout",
    "read_timeout",
    "total_timeout",
    "max_body",
    "max_redirects",
    "retries",
    "retry_pause",
    "host_spacing",
    "concurrency",
    "allow_private",
    "robots",
    "signals",
    "proxy",
    "browser",
];
/// `password` is known so that it can be refused with better advice than "unknown field".
const MAIL_KEYS: &[&str] = &["server", "port", "security", "username", "password", "from", "reply_to", "folder", "per_minute", "dkim"];
const DKIM_KEYS: &[&str] = &["selector", "domain"];
const WEB_KEYS: &[&str] = &["url", "listen", "behind_proxy"];
const STORE_KEYS: &[&str] = &["keep_days", "keep_snapshots"];
const HEALTH_KEYS: &[&str] = &["listen"];
const OPERATOR_KEYS: &[&str] = &["mail"];

/// Bounds that keep a slip of the finger from turning into a flood of requests.
const MOST_CONCURRENT: u32 = 256;
const MOST_REDIRECTS: u32 = 50;
const MOST_RETRIES: u32 = 10;
const MOST_KEPT: u32 = 1_000_000;
const MOST_PER_MINUTE: u32 = 60_000;

/// Reads the operator's settings; what the file doesn't say has its default.
///
/// Secrets come from `env`, never from the file: it is asked for [`PASSWORD_VARIABLE`] and may answer with an environment
/// variable or the content of a systemd credential.
///
/// # Errors
/// All problems of the file, in the order in which they stand in it.
pub fn parse_settings(text: &str, file: &str, env: impl Fn(&str) -> Option<String>) -> Result<Settings, Vec<Problem>> {
    let mut report = Report::new(file, text);
    let mut mended = String::new();
    let root = syntax::root(text, &mut mended, &mut report);
    let root = Fields::new(&root, 0..0, ROOT_KEYS, &mut report);
    let mut settings = Settings::default();
    if let Some(fields) = root.table("fetch", FETCH_KEYS, &mut report) {
        read_fetch(&fields, &mut settings.fetch, &mut report);
    }
    if let Some(fields) = root.table("mail", MAIL_KEYS, &mut report) {
        read_mail(&fields, &mut settings.mail, &mut report);
    }
    if let Some(fields) = root.table("web", WEB_KEYS, &mut report) {
        settings.web_url = fields.parsed("url", &mut report, web_url);
        read_web(&fields, &mut settings.web, &mut report);
    }
    if let Some(fields) = root.table("store", STORE_KEYS, &mut report) {
        settings.keep.days = fields.number("keep_days", 1..=MOST_KEPT, &mut report);
        settings.keep.snapshots = fields.number("keep_snapshots", 1..=MOST_KEPT, &mut report);
    }
    if let Some(fields) = root.table("health", HEALTH_KEYS, &mut report)
        && let Some(listen) = fields.parsed("listen", &mut report, listen)
    {
        settings.health = HealthSettings { listen, chosen: true };
    }
    if let Some(fields) = root.table("operator", OPERATOR_KEYS, &mut report) {
        settings.operator = fields.parsed("mail", &mut report, mailbox);
    }
    if !report.is_empty() {
        return Err(report.into_problems());
    }
    let secret = |name: &str| {
        let secret = env(name).map(|secret| secret.trim_end_matches(['\r', '\n']).to_owned());
        secret.filter(|secret| !secret.is_empty()).map(Secret::new)
    };
    settings.mail.password = secret(PASSWORD_VARIABLE);
    settings.mail.webhook_secret = secret(WEBHOOK_VARIABLE);
    if let Some(dkim) = &mut settings.mail.dkim {
        dkim.key = secret(DKIM_VARIABLE);
    }
    Ok(settings)
}

fn set<T>(target: &mut T, value: Option<impl Into<T>>) {
    if let Some(value) = value {
        *target = value.into();
    }
}

fn read_fetch(fields: &Fields<'_>, fetch: &mut FetchSettings, report: &mut Report<'_>) {
    set(&mut fetch.user_agent, user_agent(fields, report));
    set(&mut fetch.accept_language, fields.parsed("accept_language", report, header_value));
    set(&mut fetch.connect_timeout, fields.parsed("connect_timeout", report, limit));
    set(&mut fetch.read_timeout, fields.parsed("read_timeout", report, limit));
    set(&mut fetch.total_timeout, fields.parsed("total_timeout", report, limit));
    set(&mut fetch.max_body, fields.parsed("max_body", report, body_limit));
    set(&mut fetch.max_redirects, fields.number("max_redirects", 0..=MOST_REDIRECTS, report).map(|number| number as usize));
    set(&mut fetch.retries, fields.number("retries", 0..=MOST_RETRIES, report));
    set(&mut fetch.retry_pause, fields.parsed("retry_pause", report, duration));
    set(&mut fetch.host_spacing, fields.parsed("host_spacing", report, duration));
    set(&mut fetch.concurrency, fields.number("concurrency", 1..=MOST_CONCURRENT, report).map(|number| number as usize));
    set(&mut fetch.allow_private, fields.flag("allow_private", report));
    set(&mut fetch.robots, fields.flag("robots", report));
    set(&mut fetch.signals, fields.flag("signals", report));
    fetch.browser = fields.parsed("browser", report, browser);
    fetch.proxy = fields.parsed("proxy", report, proxy);
}

/// The whole header: `contact` is appended to `user_agent` unless it is in it, or to our own name.
fn user_agent(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<String> {
    let agent = fields.parsed("user_agent", report, header_value);
    let contact = fields.parsed("contact", report, contact);
    match (agent, contact) {
        (Some(agent), Some(contact)) if !agent.contains(&contact) => Some(format!("{agent} (+{contact})")),
        (None, Some(contact)) => Some(FetchSettings::agent_for(&contact)),
        (agent, _) => agent,
    }
}

fn header_value(text: &str) -> Result<String, Complaint> {
    let text = text.trim();
    if text.is_empty() || !text.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
        return Err(Complaint::new(format!("{text:?} can't be sent as a header"), "write one line of plain ASCII characters"));
    }
    Ok(text.to_owned())
}

fn contact(text: &str) -> Result<String, Complaint> {
    let is_contact = page_url(text).is_ok() || is_address(text.trim().trim_start_matches("mailto:"));
    if !is_contact {
        return Err(Complaint::new(format!("{text:?} is neither a web nor a mail address"), "write where a site's operator can complain"));
    }
    header_value(text)
}

fn limit(text: &str) -> Result<Duration, Complaint> {
    let limit = duration(text)?;
    if limit.is_zero() {
        return Err(Complaint::new(format!("{text:?} leaves no time at all"), "write a length of time such as \"15s\""));
    }
    Ok(limit)
}

fn body_limit(text: &str) -> Result<usize, Complaint> {
    let bytes = size(text)?;
    if bytes < 64 << 10 {
        return Err(Complaint::new(format!("{text:?} is too small for a page of terms"), "allow at least \"64 KiB\""));
    }
    Ok(bytes)
}

fn read_mail(fields: &Fields<'_>, mail: &mut MailSettings, report: &mut Report<'_>) {
    if fields.has("password") {
        report.add(
            fields.key_span("password"),
            "a password must not stand in this file",
            format!("take it out and use the systemd credential smtp_password or {PASSWORD_VARIABLE}"),
        );
    }
    mail.server = fields.parsed("server", report, host);
    mail.port = fields.number("port", 1..=u32::from(u16::MAX), report).and_then(|port| u16::try_from(port).ok());
    set(&mut mail.security, fields.parsed("security", report, security));
    mail.username = fields.parsed("username", report, one_line);
    set(&mut mail.from, fields.parsed("from", report, mailbox));
    mail.reply_to = fields.parsed("reply_to", report, mailbox);
    mail.folder = fields.parsed("folder", report, one_line).map(PathBuf::from);
    mail.per_minute = fields.number("per_minute", 1..=MOST_PER_MINUTE, report);
    mail.dkim = fields.table("dkim", DKIM_KEYS, report).and_then(|fields| read_dkim(&fields, report));
    if mail.security == Security::None && mail.username.is_some() {
        report.add(
            fields.key_span("security"),
            "the password would travel unprotected",
            "choose \"starttls\" or \"tls\", or take `username` out",
        );
    }
    if mail.server.is_some() && !fields.has("from") {
        let help = "add a line such as from = \"fineprint <alerts@example.org>\"";
        report.add(fields.key_span("server"), "`server` is given without `from`", help);
    }
}

fn read_dkim(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Dkim> {
    for key in DKIM_KEYS {
        if !fields.has(key) {
            report.add(
                fields.span(),
                format!("`{key}` is missing"),
                "a signature needs both: selector = \"fineprint\" and domain = \"example.org\"",
            );
        }
    }
    Some(Dkim { selector: fields.parsed("selector", report, one_line)?, domain: fields.parsed("domain", report, host)?, key: None })
}

fn read_web(fields: &Fields<'_>, web: &mut WebSettings, report: &mut Report<'_>) {
    if let Some(listen) = fields.parsed("listen", report, listen) {
        web.listen = listen;
        web.chosen = true;
    }
    set(&mut web.behind_proxy, fields.flag("behind_proxy", report));
}

fn listen(text: &str) -> Result<Option<SocketAddr>, Complaint> {
    match text.trim() {
        "off" => Ok(None),
        text => text.parse().map(Some).map_err(|_| {
            Complaint::new(format!("{text:?} is no address to listen on"), "write address and port, such as \"127.0.0.1:8420\", or \"off\"")
        }),
    }
}

fn proxy(text: &str) -> Result<String, Complaint> {
    let proxy = page_url(text)?;
    if !proxy.starts_with("http://") {
        return Err(Complaint::new(format!("{text:?} is no proxy that can be used"), "write its address as \"http://proxy.example:3128\""));
    }
    Ok(proxy)
}

fn browser(text: &str) -> Result<String, Complaint> {
    if text == "off" || std::path::Path::new(text).is_absolute() {
        return one_line(text);
    }
    Err(Complaint::new(format!("{text:?} is no browser"), "write the whole path of a Chromium, such as \"/usr/bin/chromium\", or \"off\""))
}

fn one_line(text: &str) -> Result<String, Complaint> {
    if text.trim().is_empty() || text.contains(char::is_control) {
        return Err(Complaint::new(format!("{text:?} is empty or goes over more than one line"), "write it on one line, or leave it out"));
    }
    Ok(text.to_owned())
}

fn host(text: &str) -> Result<String, Complaint> {
    url::Host::parse(text).map(|host| host.to_string()).map_err(|_| {
        Complaint::new(
            format!("{text:?} is no host name"),
            "write the name alone, such as \"smtp.example.org\"; the port has a line of its own",
        )
    })
}

fn security(text: &str) -> Result<Security, Complaint> {
    match text {
        "starttls" => Ok(Security::StartTls),
        "tls" => Ok(Security::Tls),
        "none" => Ok(Security::None),
        _ => Err(Complaint::new(format!("{text:?} is no kind of security"), "choose \"starttls\", \"tls\" or \"none\"")),
    }
}

/// A mailbox with or without a name; the mail library judges it in full when it sends.
fn mailbox(text: &str) -> Result<String, Complaint> {
    let text = text.trim();
    let address = match text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        Some((_, address)) => address,
        None => text,
    };
    if !is_address(address) || text.contains(char::is_control) {
        return Err(Complaint::new(format!("{text:?} is no mail address"), "write one such as \"fineprint <alerts@example.org>\""));
    }
    Ok(text.to_owned())
}

fn is_address(text: &str) -> bool {
    let well_formed = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | '@'));
    text.rsplit_once('@').is_some_and(|(local, domain)| well_formed(local) && well_formed(domain))
}

fn web_url(text: &str) -> Result<String, Complaint> {
    let url = page_url(text)?;
    if url.contains(['?', '#']) {
        return Err(Complaint::new(
            format!("{text:?} has a query or fragment"),
            "write the address that all pages of the archive begin with",
        ));
    }
    Ok(url.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests;
