use super::arena::{Arena, Item};
use super::prune::{Measure, REST_WORDS, ratio};
use regex::RegexSet;
use std::collections::{HashMap, HashSet};
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

/// What the names of an element say that it is, by the patterns of [`PATTERNS`].
#[derive(Debug, Clone, Copy, Default)]
struct Named([bool; PATTERNS.len()]);

impl<'page, 'arena> Judge<'page, 'arena> {
    pub(super) fn of(arena: &'arena Arena<'page>, sums: &'arena [Measure], whole: u32) -> Self {
        Self { arena, sums, whole, names: HashMap::new() }
    }

    pub(super) fn is_chrome(&mut self, index: usize) -> bool {
        let sum = self.sums[index];
        let share = ratio(sum.prose, self.whole);
        let rest = self.whole - sum.prose.min(self.whole);
        self.by_landmark(index, share, rest)
            || self.by_name(index, share, rest)
            || self.is_idle_button(index)
            || is_link_farm(self.arena, index, sum, share)
            || is_language_menu(self.arena, index, sum, share)
    }

    /// A button that is no title and no word of a sentence: neither does it say that it opens something, nor stands prose behind it.
    fn is_idle_button(&self, index: usize) -> bool {
        const AROUND: u32 = 4;
        let node = &self.arena.nodes[index];
        if node.tag != "button" || node.opens_something() || in_title(self.arena, index) {
            return false;
        }
        let own = words_of(self.arena, index);
        let line = &self.arena.nodes[node.container];
        if matches!(line.tag, "p" | "li" | "td" | "dd" | "dt") && self.sums[node.container].words >= own + AROUND {
            return false;
        }
        let end = self.arena.nodes[node.parent].end;
        let mut behind = std::iter::successors(Some(node.end), |at| Some(self.arena.nodes[*at].end)).take_while(|at| *at < end);
        let next = behind.find(|at| !self.arena.nodes[*at].tag.is_empty());
        next.is_none_or(|next| self.sums[next].prose == 0)
    }

    /// Landmark elements and ARIA roles (WAI-ARIA 1.2). Inside the document they may hold clauses.
    fn by_landmark(&self, index: usize, share: f32, rest: u32) -> bool {
        let node = &self.arena.nodes[index];
        let inside = || {
            self.arena.ancestors(index).any(|up| {
                let up = &self.arena.nodes[up];
                matches!(up.tag, "article" | "main" | "section") || up.attribute("role") == Some("main")
            })
        };
        let role = node.attribute("role").unwrap_or_default();
        let by_role = match role.to_ascii_lowercase().as_str() {
            "navigation" | "search" | "menu" | "menubar" | "toolbar" | "progressbar" => true,
            "dialog" | "alertdialog" | "tooltip" | "status" | "alert" => !self.says_something(index),
            "banner" | "contentinfo" => !(inside() && self.says_something(index)),
            _ => false,
        };
        if by_role && share < 0.5 {
            return true;
        }
        match node.tag {
            "nav" => share < 0.5,
            "dialog" => share < 0.5 && !self.says_something(index),
            "textarea" => words_of(self.arena, index) < REST_WORDS,
            "footer" if inside() => share < 0.3 && !self.says_something(index),
            "footer" => share < 0.3 || (share < 0.85 && rest >= REST_WORDS),
            "aside" => share < 0.3 && !((inside() || role.starts_with("doc-")) && self.says_something(index)),
            "header" => share < 0.3 && !self.arena.holds_title(index) && !(inside() && self.says_something(index)),
            _ => false,
        }
    }

    /// Class, id and other names. A section may be called what chrome is called: where sentences stand, the name alone decides nothing.
    fn by_name(&mut self, index: usize, share: f32, rest: u32) -> bool {
        let mut said = Named::default();
        for name in self.arena.nodes[index].names() {
            let Named(one) = *self.names.entry(name).or_insert_with(|| Named::of(name));
            said.0.iter_mut().zip(one).for_each(|(said, one)| *said |= one);
        }
        let Named([hidden, footer, chrome, either, vendor, policy, asks, modal]) = said;
        if share >= 0.9 || !said.0.contains(&true) {
            return false;
        }
        let (arena, sum) = (self.arena, self.sums[index]);
        if hidden
            || matches!(arena.nodes[index].tag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "p" | "li" | "dt" | "dd" | "td" | "th" | "tr")
        {
            return hidden && share < 0.3;
        }
        let beside = rest >= REST_WORDS;
        let few = sum.prose < SENTENCES;
        let (pressed, titled) = (self.can_be_pressed(index), arena.holds_title(index));
        (footer && share < 0.3)
            || (chrome && sum.prose < REST_WORDS && !titled)
            || (either && (sum.prose == 0 || few && pressed) && !titled && share < 0.3)
            || (vendor && !policy && beside)
            || (asks && beside && (pressed || few))
            || (modal && beside && share < 0.5 && !titled && (pressed || few))
    }

    /// Whether sentences stand in it, and nothing to press: what a reader reads, not what a reader uses.
    fn says_something(&self, index: usize) -> bool {
        const SAID: u32 = 12;
        let sum = self.sums[index];
        sum.prose >= SAID && sum.link_share() < 0.3 && !self.can_be_pressed(index)
    }

    fn can_be_pressed(&self, index: usize) -> bool {
        let pressed = |node: &Item<'_>| matches!(node.tag, "button" | "form" | "textarea") || node.attribute("role") == Some("button");
        self.arena.nodes[index..self.arena.nodes[index].end].iter().any(pressed)
    }
}

/// Words of an element, a block or not.
fn words_of(arena: &Arena<'_>, index: usize) -> u32 {
    arena.nodes[index..arena.nodes[index].end].iter().map(|node| node.words).sum()
}

/// Fewer words of prose are a sentence or two: what a widget says of itself.
const SENTENCES: u32 = 30;

impl Named {
    fn of(name: &str) -> Self {
        let found = NAMES.matches(name);
        Self(std::array::from_fn(|pattern| found.matched(pattern)))
    }
}

#[expect(clippy::expect_used, reason = "constant patterns; a test runs them")]
static NAMES: LazyLock<RegexSet> =
    LazyLock::new(|| RegexSet::new(PATTERNS.map(|words| format!(r"(?i)(?:^|[\s_-])(?:{words})(?:$|[\s_-])"))).expect("valid patterns"));

const PATTERNS: [&str; 8] = [HIDDEN, FOOTER, CHROME, EITHER, VENDOR, POLICY, ASKS, MODAL];

/// Words for screen readers.
const HIDDEN: &str = r"sr-only|visually-?hidden|screen-reader-text|skip-?(?:link|to|nav)\w*";

/// The foot of a site, which may hold pages of small print.
const FOOTER: &str = r"(?:site|page|global|main)-?footer|pied-?de-?page|fu(?:ss|ß)zeile|pie-?de-?pagina";

/// Names that nothing but chrome bears; none of it holds sentences.
const CHROME: &str = r"breadcrumbs?|fil-?d?-?ariane|brotkr[uü]melnavigation|brotkrumen|migas(?:-?de-?pan)?|kopfzeile|en-?t[eê]te|hauptnavigation|menu-?principal|(?:site|page|global|main)-?header|(?:site|page|global|main|local|sub|sec|secondary|docs?|top|mobile|mega|side)-?\s?nav(?:bar|igation)?|nav-?(?:bar|menu|links|list|panel|items)|social-?(?:share|links|icons)|share-?(?:buttons|bar|links)|related-?(?:articles?|posts?|links)|article-relatives|lang(?:uage)?-?(?:switch\w*|select\w*|picker|menu|dropdown)|(?:locale|country|region|market)-?(?:switch\w*|select\w*|picker)|back-?to-?top|copyright-?bar|chat-?widget|pagination|announcement-?(?:bar|banner)|promo-?(?:banner|bar)|article-?(?:votes|feedback)|feedback-?(?:widget|form|box)|was-?this-?helpful|recently-?viewed";

/// Names that a section of the document may bear too ("Feedback", "How we share").
const EITHER: &str = r"newsletter\w*|partag(?:e|er)|teilen|compartir|infolettre|related(?:-?(?:topics|content))?|announcement|feedback|helpful|shar(?:e|ing)|social(?:-?media)?|side-?\s?(?:bar|menu)|(?:table-?of-?contents?|toc|on-?this-?page)(?:-?(?:list|nav|menu|container|wrapper|links))?|menu|(?:print|download)-?(?:btn|button|link|page)?";

/// Consent managers.
const VENDOR: &str = r"onetrust\w*|ot-sdk\S*|optanon\w*|didomi\w*|cookiebot\w*|cybotcookiebot\w*|usercentrics\w*|qc-cmp\w*|truste\w*|cky-\S+|cmplz-\S+|osano-cm\w*|termly-(?:consent|banner|code|preference)\S*|iubenda-cs\w*|axeptio\w*|tarteaucitron\w*|klaro";

/// What consent managers also write into pages: the cookie policy itself.
const POLICY: &str = r"\S*(?:policy|document|declaration|audit|table|statement)\S*";

/// What asks, and sections of a cookie policy.
const ASKS: &str = r"cookies?-?(?:banner|consent|bar|notice-?bar|popup|modal|law|dialog|wall|overlay|message|settings|preferences|choices)|cc-(?:window|banner)|consent-?(?:banner|manager|modal|popup|dialog|bar)|gdpr-?(?:banner|popup|modal|consent|dialog)|ccpa-?(?:banner|modal)|privacy-?(?:settings|preferences|choices)|(?:bandeau|banni[eè]re|aviso|banner)-?(?:de-?)?(?:los-?)?cookies?";

/// What lies over the page.
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
    if is_listed(arena, index) {
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

/// Links that a sentence announces ("We engage:"), or that lead to several other companies: sub-processors, documents that apply too.
fn is_listed(arena: &Arena<'_>, index: usize) -> bool {
    const COMPANIES: usize = 3;
    const BACK: usize = 60;
    let before = (arena.nodes[index].parent..index).rev().take(BACK).find(|at| arena.nodes[*at].words > 0);
    if before.is_some_and(|at| arena.nodes[at].text.trim_end().ends_with(':')) {
        return true;
    }
    let inside = arena.ancestors(index).any(|up| matches!(arena.nodes[up].tag, "article" | "main"));
    // Three are enough: a page may have a hundred thousand links.
    let mut met = HashSet::new();
    inside && hrefs(arena, index).filter_map(company).any(|host| met.insert(host) && met.len() >= COMPANIES)
}

/// The host of another company that an address names; the networks on which every company has a page are none.
fn company(href: &str) -> Option<String> {
    const NETWORKS: [&str; 11] =
        ["facebook.", "twitter.", "x.com", "instagram.", "linkedin.", "youtube.", "tiktok.", "github.", "discord.", "reddit.", "medium."];
    let host = href.split_once("://")?.1.split(['/', '?', '#']).next()?.to_ascii_lowercase();
    let name = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    (!NETWORKS.iter().any(|network| name.starts_with(network))).then_some(name)
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
