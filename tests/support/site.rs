//! Pages of invented platforms: terms inside all that websites put around them.

use super::terms::{Block, Draft};
use fineprint::model::ClauseKind;
use std::fmt::Write as _;

/// What stands around the terms of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Around {
    /// Nothing.
    Bare,
    /// Menu, breadcrumbs, banners, scripts, styles, side bar, footer.
    Site,
}

/// A page that shows terms.
pub(crate) fn page(draft: &Draft, around: Around) -> String {
    let body = terms(&draft.blocks);
    match around {
        Around::Bare => format!("<!doctype html><html lang=en><title>Terms</title><body>{body}</body></html>"),
        Around::Site => {
            format!("{HEAD}{}{TOP}<main class=\"mn-7 flex grow\"><div class=\"col\">{body}</div>{ASIDE}</main>{BOTTOM}", scripts())
        }
    }
}

/// The terms as the markup of their kinds of clauses.
pub(crate) fn terms(blocks: &[Block]) -> String {
    let mut out = String::new();
    let mut open = "";
    for block in blocks {
        let (within, tag) = match block.kind {
            ClauseKind::Heading(1) => ("", "h1"),
            ClauseKind::Heading(2) => ("", "h2"),
            ClauseKind::Heading(_) => ("", "h3"),
            ClauseKind::Paragraph => ("", "p"),
            ClauseKind::ListItem => ("ul", "li"),
            ClauseKind::TableRow => ("table", "tr"),
        };
        if within != open {
            close(&mut out, open);
            if !within.is_empty() {
                let _ = write!(out, "<{within} class=\"ls-{} mb-4 pl-6\">", block.id % 7);
            }
            open = within;
        }
        let text: Vec<String> = block.sentences.iter().map(|sentence| sentence.text.replace('&', "&amp;")).collect();
        let text = if tag == "tr" { format!("<td>{}</td>", text.join("</td><td>")) } else { linked(&text.join(" "), block.id) };
        let _ = writeln!(
            out,
            "<{tag} class=\"tx-{} leading-7 text-base\" data-rid=\"r{}\">{}{text}</{tag}>",
            block.id % 5,
            block.id,
            block.label
        );
    }
    close(&mut out, open);
    out
}

fn close(out: &mut String, open: &str) {
    if !open.is_empty() {
        let _ = write!(out, "</{open}>");
    }
}

/// Some clauses hold a link, as clauses do.
fn linked(text: &str, id: u32) -> String {
    let Some((first, rest)) = text.split_once(' ').filter(|_| id.is_multiple_of(4)) else { return text.to_owned() };
    format!("<span class=\"w\"><a class=\"lk underline\" href=\"/x/{id}?sid=8f{id}a\">{first}</a></span> {rest}")
}

/// Scripts and styles: most of the bytes of a page.
fn scripts() -> String {
    let mut out = String::from("<style>");
    for n in 0..900 {
        let _ = write!(
            out,
            ".tx-{n}{{color:rgb({},{},30);margin:0 {n}px}}@media (min-width:{n}px){{.ls-{n}{{display:flex}}}}",
            n % 255,
            n % 199
        );
    }
    out.push_str("</style><script>window.__state=");
    for n in 0..1200 {
        let _ = write!(out, "[\"k{n}\",{{\"id\":{n},\"href\":\"/a/{n}\",\"on\":{}}}],", n % 2 == 0);
    }
    out.push_str("0</script></head><body class=\"antialiased\">");
    out
}

const HEAD: &str =
    "<!doctype html><html lang=en><head><meta charset=utf-8><title>Terms | Harrowgate</title><link rel=stylesheet href=/a.css>";
const TOP: &str = r##"<a class="skip" href="#c">Skip to main content</a><div id="cookie-banner"><p>We use cookies to keep this site running and to learn how it is used, you can change that at any time.</p><button>Accept all</button><button>Reject all</button></div>
<header class="hd"><a href="/">Harrowgate</a><nav><ul><li><a href="/p">Products</a></li><li><a href="/r">Pricing</a></li><li><a href="/b">Blog</a></li><li><a href="/s">Sign in</a></li></ul></nav></header>
<nav aria-label="Breadcrumb"><ol><li><a href="/">Home</a></li><li><a href="/legal">Legal</a></li><li>Terms</li></ol></nav>"##;
const ASIDE: &str = r#"<aside class="rel"><h2>Related articles</h2><ul><li><a href="/h/1">How to close an account and what happens to what you sent us</a></li><li><a href="/h/2">Who may see a profile</a></li></ul></aside>
<div class="fb"><p>Was this page helpful?</p><button>Yes</button><button>No</button></div>"#;
const BOTTOM: &str = r#"<footer><ul><li><a href="/about">About</a></li><li><a href="/jobs">Jobs</a></li><li><a href="/press">Press</a></li></ul><div class="langs"><ul><li><a href="/de">Deutsch</a></li><li><a href="/fr">Français</a></li><li><a href="/es">Español</a></li><li><a href="/it">Italiano</a></li><li><a href="/pl">Polski</a></li></ul></div><p>Harrowgate Ltd is registered in a country of its own, and all marks shown here belong to whoever owns them.</p></footer></body></html>"#;
