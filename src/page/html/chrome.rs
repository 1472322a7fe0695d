use super::arena::Arena;
use super::prune::{Measure, REST_WORDS, holds, ratio};
use regex::RegexSet;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Judges by landmarks, names and shape whether an element is a part of the website around the document.
pub(super) struct Judge<'page, 'arena> {
    arena: &'arena Arena<'page>,
    sums: &'arena [Measure],
    /// Words of prose on the whole page.
    whole: u32,
    /// What names say: pages repeat theirs a thousand times.
    names: HashMap<&'page str, Named>,
}

/// What the names of an element say that it is: chrome, chrome or a section, a consent manager, that or a section, a layer over the page.
#[derive(Debug, Clone, Copy, Default)]
struct Named([bool; 5]);

impl<'page, 'arena> Judge<'page, 'arena> {
    pub(super) fn of(arena: &'arena Arena<'page>, sums: &'arena [Measure], whole: u32) -> Self {
        Self { arena, sums, whole, names: HashMap::new() }
    }

    pub(super) fn is_chrome(&mut self, index: usize) -> bool {
        let sum = self.sums[index];
        let share = ratio(sum.prose, self.whole);
        let rest = self.whole - sum.prose.min(self.whole);
        by_landmark(self.arena, index, share, rest)
            || self.by_name(index, share, rest)
            || self.is_idle_button(index)
            || is_link_farm(self.arena, index, sum, share)
            || is_language_menu(self.arena, index, sum, share)
    }

    /// A button that is no title: neither does it say that it opens something, nor stands prose behind it.
    fn is_idle_button(&self, index: usize) -> bool {
        let node = &self.arena.nodes[index];
        if node.tag != "button" || node.opens_something() || in_title(self.arena, index) {
            return false;
        }
        let end = self.arena.nodes[node.parent].end;
        let mut behind = std::iter::successors(Some(node.end), |at| Some(self.arena.nodes[*at].end)).take_while(|at| *at < end);
        let next = behind.find(|at| !self.arena.nodes[*at].tag.is_empty());
        next.is_none_or(|next| self.sums[next].prose == 0)
    }

    /// Class, id and other names. A cookie word alone is no noise: `cookie-policy` is a document.
    fn by_name(&mut self, index: usize, share: f32, rest: u32) -> bool {
        if share >= 0.9 {
            return false;
        }
        let mut said = Named::default();
        for name in self.arena.nodes[index].names() {
            let Named(one) = *self.names.entry(name).or_insert_with(|| Named::of(name));
            said.0.iter_mut().zip(one).for_each(|(said, one)| *said |= one);
        }
        let Named([chrome, either, consent, asks, modal]) = said;
        let beside = rest >= REST_WORDS;
        (share < 0.3 && (chrome || (either && self.sums[index].prose < SENTENCES)))
            || (beside && (consent || (asks && holds(self.arena, index, "button"))))
            || (share < 0.5 && beside && modal && !holds(self.arena, index, "h1"))
    }
}

/// Fewer words of prose are a sentence or two: what a widget says of itself.
const SENTENCES: u32 = 30;

impl Named {
    fn of(name: &str) -> Self {
        let found = NAMES.matches(name);
        Self(std::array::from_fn(|pattern| found.matched(pattern)))
    }
}

/// Landmark elements and ARIA roles (WAI-ARIA 1.2).
fn by_landmark(arena: &Arena<'_>, index: usize, share: f32, rest: u32) -> bool {
    const ROLES: &[&str] = &[
        "navigation",
        "dialog",
        "alertdialog",
        "search",
        "menu",
        "menubar",
        "toolbar",
        "banner",
        "contentinfo",
        "tooltip",
        "status",
        "alert",
        "progressbar",
    ];
    let node = &arena.nodes[index];
    if share < 0.5 && node.attribute("role").is_some_and(|role| ROLES.contains(&role.to_ascii_lowercase().as_str())) {
        return true;
    }
    match node.tag {
        "footer" => share < 0.3 || (share < 0.85 && rest >= REST_WORDS),
        "aside" => share < 0.3,
        "header" => share < 0.3 && !holds(arena, index, "h1"),
        _ => false,
    }
}

/// What each pattern says stands in [`Named`], in the same order.
#[expect(clippy::expect_used, reason = "constant patterns; a test runs them")]
static NAMES: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new([CHROME, EITHER, CONSENT, ASKS, MODAL].map(|words| format!(r"(?i)(?:^|[\s_-])(?:{words})(?:$|[\s_-])")))
        .expect("valid patterns")
});

/// Names that nothing but chrome bears.
const CHROME: &str = r"sr-only|visually-?hidden|screen-reader-text|skip-?(?:link|to|nav)\w*|breadcrumbs?|(?:site|page|global|main)-?(?:footer|header)|(?:site|page|global|main|local|sub|sec|secondary|docs?|top|mobile|mega|side)-?\s?nav(?:bar|igation)?|nav-?(?:bar|menu|links|list|panel|items)|social-?(?:share|links|icons)|share-?(?:buttons|bar|links)|related-?(?:articles?|posts?|links)|article-relatives|lang(?:uage)?-?(?:switch\w*|select\w*|picker|menu|dropdown)|(?:locale|country|region|market)-?(?:switch\w*|select\w*|picker)|back-?to-?top|copyright-?bar|chat-?widget|pagination|announcement-?(?:bar|banner)|promo-?(?:banner|bar)|article-?(?:votes|feedback)|feedback-?(?:widget|form|box)|was-?this-?helpful|recently-?viewed";

/// Names that a section of the document may bear too ("Feedback", "How we share"): chrome only where hardly a sentence stands in it.
const EITHER: &str = r"newsletter\w*|related(?:-?(?:topics|content))?|announcement|feedback|helpful|shar(?:e|ing)|social(?:-?media)?|side-?\s?(?:bar|menu)|(?:table-?of-?contents?|toc|on-?this-?page)(?:-?(?:list|nav|menu|container|wrapper|links))?|menu|(?:print|download)-?(?:btn|button|link|page)?";

/// Names of consent managers and of the banners that ask.
const CONSENT: &str = r"cookies?-?(?:banner|consent|bar|notice-?bar|popup|modal|law|dialog|wall|overlay)|onetrust\w*|ot-sdk\w*|optanon\w*|didomi\w*|cookiebot\w*|cybotcookiebot\w*|usercentrics\w*|qc-cmp\w*|truste\w*|cky-\w+|cmplz-\w+|osano-cm\w*|termly\w*|iubenda-cs\w*|axeptio\w*|tarteaucitron\w*|klaro|cc-(?:window|banner)|consent-?(?:banner|manager|modal|popup|dialog|bar)|gdpr-?(?:banner|popup|modal|consent|dialog)|ccpa-?(?:banner|modal)";

/// Names that a section of a cookie policy may bear too: they ask only where there is something to press.
const ASKS: &str = r"cookies?-?(?:message|settings|preferences|choices)|privacy-?(?:settings|preferences|choices)";

const MODAL: &str = r"modals?|popups?|pop-up|lightbox|overlay|toast|snackbar|drawer|offcanvas";

fn in_title(arena: &Arena<'_>, index: usize) -> bool {
    arena.ancestors(index).any(|up| matches!(arena.nodes[up].tag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dt" | "summary"))
}

/// A menu: many short links. So is a table of contents: links into the page itself, whose words stand again where they lead.
fn is_link_farm(arena: &Arena<'_>, index: usize, sum: Measure, share: f32) -> bool {
    let node = &arena.nodes[index];
    if !matches!(node.tag, "ul" | "ol" | "div" | "section" | "table") || sum.links < 4 || sum.words == 0 {
        return false;
    }
    if sum.link_share() <= 0.7 || share >= 0.05 {
        return false;
    }
    let short = ratio(sum.words, sum.links) < 9.0;
    let own: Vec<&str> = hrefs(arena, index).filter_map(|href| href.strip_prefix('#')).collect();
    if ratio(count(own.len()), sum.links) < 0.6 {
        return short;
    }
    let leads_out = |name: &&str| arena.anchor(name).is_some_and(|at| at < index || at >= node.end);
    own.iter().filter(|name| leads_out(name)).count() * 2 > own.len()
}

fn hrefs<'arena>(arena: &'arena Arena<'_>, index: usize) -> impl Iterator<Item = &'arena str> {
    arena.nodes[index..arena.nodes[index].end].iter().filter(|node| node.tag == "a").filter_map(|node| node.attribute("href"))
}

fn count(things: usize) -> u32 {
    u32::try_from(things).unwrap_or(u32::MAX)
}

const LANGUAGES: &[&str] = &[
    "english",
    "français",
    "francais",
    "deutsch",
    "español",
    "espanol",
    "italiano",
    "português",
    "portugues",
    "nederlands",
    "polski",
    "русский",
    "日本語",
    "中文",
    "한국어",
    "العربية",
    "türkçe",
    "dansk",
    "svenska",
    "norsk",
    "suomi",
    "čeština",
    "magyar",
    "română",
    "ελληνικά",
    "עברית",
    "हिन्दी",
    "ไทย",
    "indonesia",
    "melayu",
    "việt",
    "українська",
    "български",
    "hrvatski",
    "slovenčina",
    "slovenščina",
    "eesti",
    "latviešu",
    "lietuvių",
    "català",
    "简体中文",
    "繁體中文",
    "filipino",
    "kiswahili",
    "íslenska",
    "bahasa",
    "srpski",
    "afrikaans",
    "galego",
    "euskara",
];

/// Short items, most of which name a language.
fn is_language_menu(arena: &Arena<'_>, index: usize, sum: Measure, share: f32) -> bool {
    const ITEM_WORDS: u32 = 4;
    let node = &arena.nodes[index];
    let menu = matches!(node.tag, "ul" | "ol" | "div") && (5..400).contains(&sum.words) && share < 0.05;
    if !menu || sum.runs < 5 || sum.words > ITEM_WORDS * sum.runs {
        return false;
    }
    let (mut items, mut languages) = (0, 0);
    for item in arena.nodes[index..node.end].iter().filter(|node| node.words > 0) {
        let lower = item.text.trim().to_lowercase();
        items += 1;
        languages += u32::from(lower.split(|c: char| c.is_whitespace() || "()–-".contains(c)).any(|word| LANGUAGES.contains(&word)));
    }
    items >= 5 && languages * 2 >= items
}
