use super::{Page, pattern};
use crate::model::{Document, Header, Rejection, Verdict};
use crate::text;
use regex::Regex;
use std::collections::HashSet;
use std::sync::LazyLock;

/// What the server said, beside the page itself.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'capture> {
    /// HTTP status.
    pub status: u16,
    /// The URL asked for.
    pub url: &'capture str,
    /// The URL that the body came from.
    pub final_url: &'capture str,
    /// Response headers, names in lower case.
    pub headers: &'capture [Header],
}

/// What a fetch is held against.
#[derive(Debug, Clone, Copy, Default)]
pub struct Baseline<'watch> {
    /// The last accepted text.
    pub document: Option<&'watch Document>,
    /// The language that the watchlist asks for.
    pub language: Option<&'watch str>,
}

/// Cloudflare's header for answers that are no pages.
const CHALLENGE: &str = "cf-mitigated";
/// A text of fewer words is no terms page.
const FEWEST_WORDS: usize = 40;
/// Error, bot and login pages are short: a long text that mentions a captcha is a document.
const SHORT_WORDS: usize = 400;
/// A text this much shorter than before has lost most of itself.
const SHRUNK: f64 = 0.45;
/// A text this much longer than before, with all that it held, is the document with another one beside it.
const GROWN: f64 = 2.5;
/// A text that was cut holds nothing new: at least this share of its five-word runs stood in the text before. A rewrite holds more.
const NOTHING_NEW: f64 = 0.85;
/// Two versions of one document share at least so many of their five-word runs (measured over 3,200 states of 139 documents: the
/// documents' own rewrites stay above, other pages below).
const SHARED: f64 = 0.25;
/// A page whose share of legal words falls below this part of what it was is another kind of page.
const LEGAL: f64 = 0.4;

/// Whether a fetch may count as a sighting of the document. The rules, in order:
///
/// 1. a status that is no success, or a challenge header: rejected, a bot wall by name where it shows one;
/// 2. a short text (under 400 words) that says it is a challenge, a request for consent, a login, an error or a redirect: rejected as that;
/// 3. fewer than 40 words: rejected as empty;
/// 4. another language than the watchlist asks for: rejected;
/// 5. against the last accepted text: a part that failed to load, another page (its legal words are gone), another language, hardly
///    anything shared, most of the text lost, or all of it inside a far longer one: rejected; the last three may be accepted by the
///    monitor where they last.
#[must_use]
pub fn judge(answer: Answer<'_>, page: &Page, baseline: Baseline<'_>) -> Verdict {
    let words = page.document.word_count();
    let rejection = by_status(answer, page, words)
        .or_else(|| by_short_text(page, words))
        .or_else(|| by_expected_language(page, baseline.language))
        .or_else(|| baseline.document.and_then(|before| by_history(page, words, before)))
        .or_else(|| went_home(answer, baseline));
    rejection.map_or(Verdict::Usable, Verdict::Rejected)
}

impl Answer<'_> {
    /// Everything but the body and the rules by which a page is read and judged, in one line.
    #[must_use]
    pub fn gist(&self) -> String {
        format!("{} {} {} {:?} {:?}", self.status, self.url, self.final_url, self.header("content-type"), self.header(CHALLENGE))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.name == name).map(|header| header.value.as_str())
    }
}

fn by_status(answer: Answer<'_>, page: &Page, words: usize) -> Option<Rejection> {
    if answer.header(CHALLENGE).is_some_and(|value| value.contains("challenge")) {
        return Some(Rejection::BotWall("Cloudflare".to_owned()));
    }
    if (200..300).contains(&answer.status) {
        return None;
    }
    let wall = if words < SHORT_WORDS { bot_wall(&opening(page)) } else { None };
    Some(wall.map_or(Rejection::Status(answer.status), |name| Rejection::BotWall(name.to_owned())))
}

/// Title and first characters: where a page that is no document says so.
fn opening(page: &Page) -> String {
    let mut text = page.title.clone().unwrap_or_default();
    for clause in &page.document.clauses {
        text.push('\n');
        text.push_str(&clause.text);
        if text.len() > 900 {
            break;
        }
    }
    text::Normal::of(&text).text().to_owned()
}

/// What the challenge pages of the large providers say.
static BOT_WALLS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    vec![
        (
            "Cloudflare",
            pattern(
                r"just a moment\.\.\.|attention required! \| cloudflare|checking your browser before|cf-ray|cloudflare ray id|verifying you are human",
            ),
        ),
        ("Imperva", pattern(r"incapsula incident|imperva|request unsuccessful")),
        ("Akamai", pattern(r"reference #\s?[0-9a-f.]{6,}|access denied.{0,80}you don't have permission to access")),
        ("DataDome", pattern(r"datadome|please enable js and disable any ad blocker")),
        ("PerimeterX", pattern(r"press & hold to confirm|px-captcha|access to this page has been denied")),
        ("AWS WAF", pattern(r"aws-?waf|let's confirm you are human")),
        (
            "captcha",
            pattern(
                r"captcha|are you a (?:human|robot)|i'm not a robot|verif(?:y|ying) (?:that )?you(?:'re| are) (?:a )?human|unusual (?:traffic|activity) from your|bot detection|automated requests from|too many requests",
            ),
        ),
        ("access denied", pattern(r"access denied|request blocked|you have been blocked|403 forbidden")),
    ]
});

fn bot_wall(opening: &str) -> Option<&'static str> {
    BOT_WALLS.iter().find(|(_, pattern)| pattern.is_match(opening)).map(|(name, _)| *name)
}

static LOGIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:log|sign) ?in to (?:continue|your account|see|view)|please (?:log|sign) in|you must (?:log|sign) in|forgot(?:ten)? (?:your )?password|connectez-vous pour|bitte (?:melden sie sich|einloggen)|inicia sesión para",
    )
});

/// Consent walls are shorter, and hold fewer legal words than a cookie policy, which may ask in the same words.
const CONSENT_WORDS: usize = 250;
const CONSENT_LEGAL: f64 = 0.12;

static ASKS_CONSENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"before you continue|we value your privacy|we and our (?:\d+ )?(?:\w+ )?partners|(?:accept|allow|reject|agree to) all\b|accept (?:and|&) (?:continue|close)|bevor sie fortfahren|alle(?:n)? (?:akzeptieren|zustimmen)|avant de continuer|tout accepter|aceptar todo|antes de continuar|accetta tutto|prima di continuare|alles accepteren|zaakceptuj wszystk|прийняти всі",
    )
});

static ERROR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"page (?:not|could not be|can't be|cannot be) found|(?:page|site|content) (?:is ?n't|is not) available|\b404\b|not found\b|(?:an )?(?:unexpected )?error (?:has )?occurred|application error|something(?:'s| has)? (?:went|gone) wrong|under maintenance|(?:scheduled|planned) maintenance|temporarily unavailable|service unavailable|bad gateway|gateway time-?out|internal server error|try again later|no longer available|we're all mixed up|(?:enable|requires?|turn on) javascript|javascript (?:is|seems to be) (?:disabled|required)|unsupported browser|browser is (?:not supported|out of date)|offline page|seite (?:wurde )?nicht gefunden|fehler ist aufgetreten|page introuvable|erreur (?:inattendue )?est survenue|página no encontrada|pagina non trovata|página não encontrada|strona nie (?:została )?znalezion|pagina niet gevonden|сторінку не знайдено",
    )
});

/// What stands in the place of a part that failed to load; stricter than [`ERROR`], since a long document may speak of errors.
static PART_FAILED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\W*(?:(?:sorry|oops)\W+)?(?:this |the |that )?(?:page|content|section) (?:is ?n.t|is not) available|^\W*(?:an |this )?(?:unexpected )?error (?:has )?occurred\b|^\W*something (?:went|has gone) wrong|^\W*(?:page|content) not found|^\W*(?:we )?(?:could ?n.t|could not|cannot|can.t|unable to) load (?:this|the) (?:page|content)|^\W*es ist ein (?:unerwarteter )?fehler aufgetreten|^\W*une erreur (?:inattendue )?(?:s.est produite|est survenue)|^\W*se ha producido un error|^\W*si è verificato un errore|^\W*ocorreu um erro|^\W*er is (?:een fout|iets) (?:opgetreden|misgegaan)|^\W*wystąpił (?:nieoczekiwany )?błąd|^\W*сталася помилка",
    )
});

static REDIRECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"redirecting\b|you (?:are being|will be) redirected|weitergeleitet|redirection en cours|click here if you are not redirected")
});

fn by_short_text(page: &Page, words: usize) -> Option<Rejection> {
    if words < SHORT_WORDS {
        let opening = opening(page);
        if words < FEWEST_WORDS && (page.refresh.is_some() || REDIRECT.is_match(&opening)) {
            return Some(Rejection::RedirectStub);
        }
        if let Some(wall) = bot_wall(&opening) {
            return Some(Rejection::BotWall(wall.to_owned()));
        }
        if words < CONSENT_WORDS && ASKS_CONSENT.is_match(&opening) && legal_share(&page.document) < CONSENT_LEGAL {
            return Some(Rejection::ConsentWall);
        }
        if LOGIN.is_match(&opening) || (page.asks_password && words < SHORT_WORDS / 2) {
            return Some(Rejection::LoginWall);
        }
        if let Some(found) = ERROR.find(&opening) {
            return Some(Rejection::ErrorPage(found.as_str().to_owned()));
        }
    }
    (words < FEWEST_WORDS).then(|| Rejection::Empty(u32::try_from(words).unwrap_or(u32::MAX)))
}

fn by_expected_language(page: &Page, expected: Option<&str>) -> Option<Rejection> {
    let found = page.document.language.as_deref()?;
    let expected = expected?.split(['-', '_']).next()?;
    (found != expected).then(|| Rejection::Language(found.to_owned(), expected.to_owned()))
}

fn by_history(page: &Page, words: usize, before: &Document) -> Option<Rejection> {
    if page.document == *before {
        return None;
    }
    let words_before = before.word_count();
    let shrunk = || Rejection::Shrunk(u32::try_from(words).unwrap_or(u32::MAX), u32::try_from(words_before).unwrap_or(u32::MAX));
    let now = Sample::of(&page.document);
    let then = Sample::of(before);
    if let Some(words) = failed_part(page, words, before, words_before) {
        return Some(Rejection::ErrorPage(words));
    }
    if now.shared_with(&then) >= SHARED {
        let [lost, grown] = [ratio(words, words_before) < SHRUNK, ratio(words, words_before) > GROWN];
        if words_before >= 2 * FEWEST_WORDS && lost && now.stands_in(&then) >= NOTHING_NEW {
            return Some(shrunk());
        }
        let grew = words_before >= 2 * FEWEST_WORDS && grown && then.stands_in(&now) >= NOTHING_NEW;
        return grew.then(|| Rejection::Grew(u32::try_from(words).unwrap_or(u32::MAX), u32::try_from(words_before).unwrap_or(u32::MAX)));
    }
    if let (Some(found), Some(expected)) = (language_of(&page.document), language_of(before))
        && found != expected
    {
        return Some(Rejection::Language(found, expected));
    }
    if now.legal < LEGAL * then.legal {
        return Some(Rejection::NotTheDocument);
    }
    if ratio(words, words_before) < 0.1 {
        return Some(shrunk());
    }
    Some(Rejection::Unrelated)
}

/// A document put together from several pages, one of which failed: a short paragraph that was not there before says so, and a tenth
/// of the text is missing. Seen on policies that load their chapters one by one.
fn failed_part(page: &Page, words: usize, before: &Document, words_before: usize) -> Option<String> {
    const COMPLETE: f64 = 0.9;
    const SHORT: usize = 40;
    if ratio(words, words_before) >= COMPLETE {
        return None;
    }
    let stood = |text: &str| before.clauses.iter().any(|clause| clause.text == text);
    page.document.clauses.iter().filter(|clause| clause.text.split_whitespace().count() <= SHORT).find_map(|clause| {
        let found = PART_FAILED.find(&clause.text)?;
        (!stood(&clause.text)).then(|| found.as_str().to_owned())
    })
}

/// The language of a document, an unsure guess included: where the words are others too, a guess that differs is a switch.
fn language_of(document: &Document) -> Option<String> {
    document.language.clone().or_else(|| {
        let text: String = document.clauses.iter().map(|clause| clause.text.as_str()).collect::<Vec<_>>().join(" ");
        text::guess_language(&text)
    })
}

/// A document that is suddenly served from the root of its host, with another text, is the home page; the text rules decide unless
/// there is no history to hold it against.
fn went_home(answer: Answer<'_>, baseline: Baseline<'_>) -> Option<Rejection> {
    let path = |url: &str| url::Url::parse(url).ok().map(|url| url.path().trim_end_matches('/').to_owned());
    let home = path(answer.final_url).is_some_and(|path| path.is_empty()) && path(answer.url).is_some_and(|path| !path.is_empty());
    (home && baseline.document.is_none()).then_some(Rejection::NotTheDocument)
}

#[expect(clippy::cast_precision_loss, reason = "word counts are far below 2^52")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// Words that legal texts are made of, in the languages that are watched most.
static LEGAL_WORDS: LazyLock<HashSet<u64>> = LazyLock::new(|| {
    let list = "terms agreement liability liable warranty warranties herein hereby pursuant applicable law laws rights consent personal data privacy policy information use services party parties third collect processing cookies arbitration jurisdiction dispute license licence intellectual property terminate termination account conditions clause content prohibited comply conditions générales données personnelles confidentialité utilisation droits loi responsabilité traitement finalités consentement utilisateur contrat résiliation licence datenschutz daten personenbezogene personenbezogenen nutzung nutzungsbedingungen vertrag haftung rechte verarbeitung gesetz einwilligung bedingungen términos condiciones datos privacidad derechos uso ley responsabilidad tratamiento consentimiento termini condizioni dati diritti legge responsabilità trattamento consenso termos condições dados direitos lei voorwaarden gegevens rechten wet toestemming warunki dane prawa zgoda umowa умови дані права згода";
    text::words(list).into_iter().map(|word| word.key).collect()
});

/// The share of a document's words that legal texts are made of.
pub(super) fn legal_share(document: &Document) -> f64 {
    Sample::of(document).legal
}

/// What is compared of two texts without aligning them.
struct Sample {
    runs: HashSet<u64>,
    legal: f64,
}

impl Sample {
    fn of(document: &Document) -> Self {
        let keys: Vec<u64> = document.clauses.iter().flat_map(|clause| text::words(&clause.text)).map(|word| word.key).collect();
        let legal = keys.iter().filter(|key| LEGAL_WORDS.contains(key)).count();
        let runs = keys
            .windows(5)
            .map(|run| run.iter().fold(0u64, |hash, key| hash.rotate_left(13).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ key))
            .collect();
        Self { runs, legal: ratio(legal, keys.len()) }
    }

    /// The share of this text's five-word runs that the other has too.
    fn stands_in(&self, other: &Self) -> f64 {
        ratio(self.runs.intersection(&other.runs).count(), self.runs.len())
    }

    /// The five-word runs of the smaller text that the other has too.
    fn shared_with(&self, other: &Self) -> f64 {
        ratio(self.runs.intersection(&other.runs).count(), self.runs.len().min(other.runs.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{Rules, read};

    const TERMS: &str = "You grant us a licence to host the content that you upload. You keep the rights in your content. We may terminate your account if you breach this agreement. The law of Ireland applies to these terms, and the courts of Dublin have jurisdiction over any dispute. We process personal data as the privacy policy says. Our liability is limited as far as the applicable law permits. ";

    fn document(extra: &str) -> Page {
        let clauses = (1..=12).map(|n| format!("<p>{n}. {TERMS}{extra}</p>")).collect::<Vec<_>>().concat();
        read(
            format!("<html><title>Terms</title><body><h1>Terms</h1>{clauses}</body></html>").as_bytes(),
            Some("text/html"),
            Rules::default(),
        )
        .unwrap()
    }

    fn verdict(status: u16, html: &str, before: Option<&Page>) -> Verdict {
        let page = read(html.as_bytes(), Some("text/html"), Rules::default()).unwrap();
        let answer = Answer { status, url: "https://t.example/terms", final_url: "https://t.example/terms", headers: &[] };
        judge(answer, &page, Baseline { document: before.map(|page| &page.document), language: None })
    }

    #[track_caller]
    fn check(html: &str, code: &str) {
        let before = document("");
        match verdict(200, html, Some(&before)) {
            Verdict::Rejected(rejection) => assert_eq!(rejection.code(), code, "{rejection}"),
            Verdict::Usable => panic!("accepted, expected {code}"),
        }
    }

    #[test]
    fn pages_that_are_not_the_document_are_told_apart() {
        check("<title>Just a moment...</title><p>Checking your browser</p>", "bot-wall");
        check("<p>Please sign in to continue</p><input type=password>", "login-wall");
        check("<h1>Something went wrong</h1><p>We are working on it. Try again later.</p>", "error-page");
        check("<meta http-equiv=refresh content='0;url=https://legal.t.example/'>Redirecting to legal.t.example", "redirect-stub");
        check("<div id=app></div>", "empty");
        check(&format!("<p>{}</p>", "Listen to the best music of the year, made by people like you, on every device you own. Start free today and join millions of fans. ".repeat(20)), "not-the-document");
        check(&format!("<p>{}</p>", "Nous traitons vos données personnelles conformément à la loi et aux conditions générales, et vous disposez de droits que vous pouvez exercer auprès de nous à tout moment sans frais. ".repeat(20)), "language");
        check(&format!("<p>1. {TERMS}</p><p>2. {TERMS}</p>"), "shrunk");
        check(
            "<h1>Before you continue</h1><p>We and our 214 partners use cookies and other data to deliver content and advertising, to measure it, and to learn about those who see it. Choose what we may do with it, now or later.</p>",
            "consent-wall",
        );
        check(
            "<h1>We value your privacy</h1><div>Choose below whether to let us store things on your device. You can come back to this choice whenever you like, from the link at the foot of each page, and nothing else on this site depends on it.</div>",
            "consent-wall",
        );
    }

    #[test]
    fn a_document_beside_another_is_doubted_and_a_short_cookie_policy_is_no_wall() {
        let before = document("");
        let whole = (1..=12).map(|n| format!("<p>{n}. {TERMS}</p>")).collect::<Vec<_>>().concat();
        let other = (0..60).map(|n| format!("<p>Song {n} of the catalogue was added by a studio from town number {n}, which plays it on evenings in month {n} of each year to whoever comes by and asks for it.</p>")).collect::<Vec<_>>().concat();
        assert!(matches!(
            verdict(200, &format!("<h1>Terms</h1>{whole}{whole}{other}{other}"), Some(&before)),
            Verdict::Rejected(Rejection::Grew(..))
        ));
        let policy = "<h1>Cookie policy</h1><p>We use cookies to process personal data under applicable law, as the privacy policy says. You may accept all cookies or give consent to some of them; the terms of this policy apply to the use of our services by you, and the law of Ireland applies to your rights.</p>";
        assert_eq!(verdict(200, policy, None), Verdict::Usable);
    }

    #[test]
    fn a_status_that_is_no_success_is_rejected_and_the_document_accepted() {
        assert_eq!(verdict(404, "<p>Gone</p>", None), Verdict::Rejected(Rejection::Status(404)));
        assert_eq!(verdict(503, "<title>Just a moment...</title>", None), Verdict::Rejected(Rejection::BotWall("Cloudflare".to_owned())));
        let html =
            format!("<h1>Terms</h1>{}", format!("<p>{TERMS}We may train models on your content, and you may not object.</p>").repeat(3));
        assert_eq!(verdict(200, &html, None), Verdict::Usable);
    }

    #[test]
    fn a_part_that_failed_to_load_is_no_deletion() {
        let before = document("");
        let rest = (1..=9).map(|n| format!("<p>{n}. {TERMS}</p>")).collect::<Vec<_>>().concat();
        check(&format!("<h1>Terms</h1>{rest}<p>An unexpected error has occurred. Please reload.</p>"), "error-page");
        let speaks = format!("<h1>Terms</h1>{rest}<p>If an error has occurred in an invoice, tell us.</p>");
        assert_eq!(verdict(200, &speaks, Some(&before)), Verdict::Usable);
    }

    #[test]
    fn a_long_document_may_speak_of_captchas_and_errors() {
        let before = document("");
        let html = (1..=12)
            .map(|n| format!("<p>{n}. {TERMS}You may not bypass a captcha or sign in to continue if an error occurred.</p>"))
            .collect::<Vec<_>>()
            .concat();
        assert_eq!(verdict(200, &format!("<title>Terms</title>{html}"), Some(&before)), Verdict::Usable);
    }
}
