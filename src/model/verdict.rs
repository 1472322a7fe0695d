use serde::{Deserialize, Serialize};
use std::fmt;

/// Whether a fetch may count as a sighting of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds the document.
    Usable,
    /// It does not; it never becomes the baseline and never alerts.
    Rejected(Rejection),
}

impl Verdict {
    /// Why the fetch does not count, if it does not.
    #[must_use]
    pub fn rejection(self) -> Option<Rejection> {
        match self {
            Self::Usable => None,
            Self::Rejected(rejection) => Some(rejection),
        }
    }
}

/// Why a fetch does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Rejection {
    /// No answer at all; the reason in words.
    Unreachable(String),
    /// An HTTP status that is no success.
    Status(u16),
    /// A content type that holds no text that can be read.
    ContentType(String),
    /// A challenge of a bot wall; the wall's name where it is known.
    BotWall(String),
    /// A page that asks to log in.
    LoginWall,
    /// An error or maintenance page with a success status; the words that gave it away.
    ErrorPage(String),
    /// A page whose only content is a pointer elsewhere.
    RedirectStub,
    /// Hardly any text, as a number of words: an empty shell that needs scripts, or a stub.
    Empty(u32),
    /// Another page in its place (the home page, a landing page).
    NotTheDocument,
    /// The text lost most of itself: words now, words before.
    Shrunk(u32, u32),
    /// A legal text that shares hardly anything with the version before: a redesign, a full rewrite, or another document.
    Unrelated,
    /// Another language than before, or than the watchlist asks for: found, expected.
    Language(String, String),
    /// Markup nested deeper than any honest page.
    TooDeep,
    /// A file that can't be read; why, in words.
    Unreadable(String),
    /// A page that asks for consent before it shows anything.
    ConsentWall,
    /// The text holds what it held and far more: words now, words before.
    Grew(u32, u32),
}

impl Rejection {
    /// Whether it may be the document after all, if it stays so for long: a rewrite, a cut, a second document on the page.
    #[must_use]
    pub fn may_be_real(&self) -> bool {
        matches!(self, Self::Shrunk(..) | Self::Grew(..) | Self::Unrelated)
    }

    /// A short, stable name for logs and JSON.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::Status(_) => "status",
            Self::ContentType(_) => "content-type",
            Self::BotWall(_) => "bot-wall",
            Self::LoginWall => "login-wall",
            Self::ErrorPage(_) => "error-page",
            Self::RedirectStub => "redirect-stub",
            Self::Empty(_) => "empty",
            Self::NotTheDocument => "not-the-document",
            Self::Shrunk(..) => "shrunk",
            Self::Unrelated => "unrelated",
            Self::Language(..) => "language",
            Self::TooDeep => "too-deep",
            Self::Unreadable(_) => "unreadable",
            Self::ConsentWall => "consent-wall",
            Self::Grew(..) => "grew",
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(reason) => write!(f, "no answer: {reason}"),
            Self::Status(status) => write!(f, "the server answered with status {status}"),
            Self::ContentType(kind) => write!(f, "the content type {kind} holds no text that can be read"),
            Self::BotWall(wall) => write!(f, "a bot wall ({wall}) stands in place of the document"),
            Self::LoginWall => f.write_str("a login page stands in place of the document"),
            Self::ErrorPage(words) => write!(f, "an error page stands in place of the document (\u{201c}{words}\u{201d})"),
            Self::RedirectStub => f.write_str("the page only points elsewhere"),
            Self::Empty(words) => write!(f, "the page holds only {words} words of text; it may need scripts to show its content"),
            Self::NotTheDocument => f.write_str("another page stands in place of the document"),
            Self::Shrunk(now, before) => write!(f, "the text shrank from {before} words to {now}"),
            Self::Unrelated => f.write_str("the text shares hardly anything with the version before"),
            Self::Language(found, expected) => write!(f, "the page is in another language ({found}, not {expected})"),
            Self::TooDeep => f.write_str("the page's markup is nested deeper than any honest page"),
            Self::Unreadable(why) => f.write_str(why),
            Self::ConsentWall => f.write_str("a page that asks for consent stands in place of the document"),
            Self::Grew(now, before) => write!(f, "the text grew from {before} words to {now}"),
        }
    }
}
