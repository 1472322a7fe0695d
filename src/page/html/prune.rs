use super::arena::{Arena, Item};
use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A run of at least so many words, less than half of them links, is prose.
const PROSE_WORDS: u32 = 8;
/// Chrome is dropped only where at least so many words of prose remain without it.
const REST_WORDS: u32 = 40;

/// Which nodes are still part of the document.
#[derive(Debug, Clone)]
pub(super) struct Live(Vec<bool>);

impl Live {
    pub(super) fn all(arena: &Arena<'_>) -> Self {
        Self(vec![true; arena.nodes.len()])
    }

    pub(super) fn none(arena: &Arena<'_>) -> Self {
        Self(vec![false; arena.nodes.len()])
    }

    pub(super) fn drop_subtree(&mut self, arena: &Arena<'_>, index: usize) {
        self.0[index..arena.nodes[index].end].fill(false);
    }

    pub(super) fn keep_range(&mut self, range: std::ops::Range<usize>) {
        self.0[range].fill(true);
    }

    pub(super) fn intersect(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine &= theirs);
    }

    pub(super) fn has(&self, index: usize) -> bool {
        self.0.get(index).copied().unwrap_or(false)
    }
}

/// Sums over a subtree.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Measure {
    words: u32,
    link_words: u32,
    prose: u32,
    links: u32,
}

impl Measure {
    fn link_share(self) -> f32 {
        if self.words == 0 { 0.0 } else { ratio(self.link_words, self.words) }
    }
}

#[expect(clippy::cast_precision_loss, reason = "word counts of a page are far below 2^24")]
fn ratio(part: u32, whole: u32) -> f32 {
    part as f32 / whole.max(1) as f32
}

fn count(words: usize) -> u32 {
    u32::try_from(words).unwrap_or(u32::MAX)
}

/// Words, link words, prose and links of every live subtree.
pub(super) fn measure(arena: &Arena<'_>, live: &Live) -> Vec<Measure> {
    let mut sums = vec![Measure::default(); arena.nodes.len()];
    let mut run = Measure::default();
    let mut container = arena.body();
    for index in arena.body()..arena.nodes.len() {
        let node = &arena.nodes[index];
        if !live.has(index) {
            continue;
        }
        let own = block_of(arena, index);
        if own != container || node.block {
            close_run(&mut sums, container, &mut run);
            container = own;
        }
        if node.tag.is_empty() {
            let words = count(node.text.split_whitespace().count());
            run.words += words;
            if words > 0 && in_link(arena, index, own) {
                run.link_words += words;
            }
        }
    }
    close_run(&mut sums, container, &mut run);
    add_up(arena, live, &mut sums);
    sums
}

fn close_run(sums: &mut [Measure], container: usize, run: &mut Measure) {
    let run = std::mem::take(run);
    if let Some(sum) = sums.get_mut(container) {
        sum.words += run.words;
        sum.link_words += run.link_words;
        if run.words >= PROSE_WORDS && run.link_share() < 0.5 {
            sum.prose += run.words;
        }
    }
}

/// The nearest block around a node, itself included.
fn block_of(arena: &Arena<'_>, index: usize) -> usize {
    if arena.nodes[index].block && arena.nodes[index].tag != "br" {
        return index;
    }
    arena.ancestors(index).find(|up| arena.nodes[*up].block).unwrap_or(0)
}

fn in_link(arena: &Arena<'_>, index: usize, block: usize) -> bool {
    arena.ancestors(index).take_while(|up| *up > block).any(|up| arena.nodes[up].is_link())
        || arena.ancestors(block).take(3).any(|up| arena.nodes[up].is_link())
}

fn add_up(arena: &Arena<'_>, live: &Live, sums: &mut [Measure]) {
    for index in (arena.body()..arena.nodes.len()).rev() {
        if !live.has(index) {
            continue;
        }
        let node = &arena.nodes[index];
        if node.tag == "a" {
            sums[index].links += 1;
        }
        let sum = &mut sums[index];
        // Lists of sub-processors and cookies are tables of short cells: they are the document.
        if node.tag == "table" && sum.words >= REST_WORDS && sum.link_share() < 0.3 {
            sum.prose = sum.words;
        }
        let sum = *sum;
        if index > arena.body() {
            let up = &mut sums[node.parent];
            up.words += sum.words;
            up.link_words += sum.link_words;
            up.prose += sum.prose;
            up.links += sum.links;
        }
    }
}

/// Drops menus, banners, footers and the like; what holds most of the page's prose is never dropped.
pub(super) fn drop_chrome(arena: &Arena<'_>, live: &mut Live) {
    let sums = measure(arena, live);
    let whole = sums.get(arena.body()).map_or(0, |sum| sum.prose);
    if whole == 0 {
        return;
    }
    let mut index = arena.body() + 1;
    while index < arena.nodes.len() {
        let node = &arena.nodes[index];
        if live.has(index) && !node.tag.is_empty() && is_chrome(arena, index, sums[index], whole) {
            live.drop_subtree(arena, index);
            index = node.end;
        } else {
            index += 1;
        }
    }
    drop_consent_texts(arena, live, &sums);
    drop_repeated_widgets(arena, live);
}

/// What the buttons of a cookie banner say, where neither class nor role gives it away.
static CONSENT_BUTTONS: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a constant pattern; a test runs it")]
    Regex::new(r"(?i)^\s*(?:(?:accept|allow|reject|decline|refuse|deny|agree to|only allow)(?: (?:all|optional|essential|necessary|non-essential|only|the use of))*(?: cookies)?(?: from .{1,30})?|manage (?:cookies?|preferences|choices|settings|my choices)|cookie (?:settings|preferences)|save (?:preferences|settings|my choices)|confirm my choices|customi[sz]e(?: settings)?|(?:alle )?(?:akzeptieren|ablehnen)|tout (?:accepter|refuser)|aceptar todo|rechazar todo)\s*\??\s*$").expect("a valid pattern")
});

/// Drops the largest block around consent buttons that still leaves the document.
fn drop_consent_texts(arena: &Arena<'_>, live: &mut Live, sums: &[Measure]) {
    const LARGEST: u32 = 1500;
    let whole = sums.get(arena.body()).map_or(0, |sum| sum.prose);
    let mut around: HashMap<usize, u32> = HashMap::new();
    for index in arena.body()..arena.nodes.len() {
        let node = &arena.nodes[index];
        if node.text.is_empty() || node.text.len() > 80 || !live.has(index) || !CONSENT_BUTTONS.is_match(node.text) {
            continue;
        }
        let fits = |up: &usize| {
            let sum = sums[*up];
            sum.words <= LARGEST && ratio(sum.prose, whole) < 0.7 && whole.saturating_sub(sum.prose) >= REST_WORDS
        };
        for up in arena.ancestors(index).take_while(fits).filter(|up| matches!(arena.nodes[*up].tag, "div" | "section" | "form" | "aside"))
        {
            *around.entry(up).or_default() += 1;
        }
    }
    let mut blocks: Vec<usize> = around.into_iter().filter(|(_, buttons)| *buttons >= 2).map(|(index, _)| index).collect();
    blocks.sort_unstable();
    blocks.into_iter().for_each(|index| live.drop_subtree(arena, index));
}

/// A link for keyboards past the menu.
static SKIP_LINK: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a constant pattern; a test runs it")]
    Regex::new(r"(?i)^\s*(?:skip to (?:main )?(?:content|navigation|footer)|zum inhalt springen|aller au contenu(?: principal)?|saltar al contenido)\s*$").expect("a valid pattern")
});

fn is_skip_link(arena: &Arena<'_>, index: usize) -> bool {
    let node = &arena.nodes[index];
    matches!(node.tag, "a" | "button") && node.end <= index + 6 && SKIP_LINK.is_match(&arena.text_of(index))
}

fn is_chrome(arena: &Arena<'_>, index: usize, sum: Measure, whole: u32) -> bool {
    let node = &arena.nodes[index];
    let share = ratio(sum.prose, whole);
    let rest = whole - sum.prose.min(whole);
    by_landmark(arena, index, share, rest)
        || by_name(arena, index, share, rest)
        || (node.tag == "button" && sum.words > 0 && !node.opens_something() && !in_title(arena, index))
        || is_skip_link(arena, index)
        || is_link_farm(arena, index, sum, share)
        || is_language_menu(arena, index, sum, share)
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

/// Class and id names. A cookie word alone is no noise: `cookie-policy` is a document.
fn by_name(arena: &Arena<'_>, index: usize, share: f32, rest: u32) -> bool {
    let names = arena.nodes[index].names();
    if names.is_empty() {
        return false;
    }
    (share < 0.3 && CHROME.is_match(&names))
        || (share < 0.9 && rest >= REST_WORDS && CONSENT.is_match(&names))
        || (share < 0.5 && rest >= REST_WORDS && MODAL.is_match(&names) && !holds(arena, index, "h1"))
}

#[expect(clippy::expect_used, reason = "constant patterns; a test runs them")]
fn name_pattern(words: &str) -> Regex {
    Regex::new(&format!(r"(?i)(?:^|[\s_-])(?:{words})(?:$|[\s_-])")).expect("a valid pattern")
}

static CHROME: LazyLock<Regex> = LazyLock::new(|| {
    name_pattern(
        r"sr-only|visually-?hidden|screen-reader-text|skip-?(?:link|to|nav)\w*|breadcrumbs?|(?:site|page|global|main)-?(?:footer|header)|newsletter\w*|social-?(?:share|links|media|icons)|share-?(?:buttons|bar|links)|related(?:-?(?:articles?|posts?|content|links|topics))?|article-relatives|lang(?:uage)?-?(?:switch\w*|select\w*|picker|menu|dropdown)|locale-?(?:switch\w*|select\w*|picker)|country-?(?:select\w*|picker)|back-?to-?top|print-?button|copyright-?bar|chat-?widget|pagination|announcement-?(?:bar|banner)?|promo-?(?:banner|bar)|article-?(?:votes|feedback)|feedback-?(?:widget|form|box)?|was-?this-?helpful|helpful|recently-?viewed",
    )
});

static CONSENT: LazyLock<Regex> = LazyLock::new(|| {
    name_pattern(
        r"cookies?-?(?:banner|consent|bar|notice-?bar|popup|modal|law|dialog|message|settings|preferences|wall|overlay)|onetrust\w*|ot-sdk\w*|optanon\w*|didomi\w*|cookiebot\w*|cybotcookiebot\w*|usercentrics\w*|qc-cmp\w*|truste\w*|cky-\w+|cmplz-\w+|osano-cm\w*|termly\w*|iubenda-cs\w*|axeptio\w*|tarteaucitron\w*|klaro|cc-(?:window|banner)|consent-?(?:banner|manager|modal|popup|dialog|bar)|gdpr-?(?:banner|popup|modal|consent|dialog)|ccpa-?(?:banner|modal)",
    )
});

static MODAL: LazyLock<Regex> = LazyLock::new(|| name_pattern(r"modals?|popups?|pop-up|lightbox|overlay|toast|snackbar|drawer|offcanvas"));

fn holds(arena: &Arena<'_>, index: usize, tag: &str) -> bool {
    arena.nodes[index..arena.nodes[index].end].iter().any(|node| node.tag == tag)
}

fn in_title(arena: &Arena<'_>, index: usize) -> bool {
    arena.ancestors(index).any(|up| matches!(arena.nodes[up].tag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dt" | "summary"))
}

/// A menu: many short links. A table of contents links into its own page; it stays where the page's headings are its links' words.
fn is_link_farm(arena: &Arena<'_>, index: usize, sum: Measure, share: f32) -> bool {
    let node = &arena.nodes[index];
    if !matches!(node.tag, "ul" | "ol" | "div" | "section" | "table") || sum.links < 4 || sum.words == 0 {
        return false;
    }
    let menu = sum.link_share() > 0.7 && ratio(sum.words, sum.links) < 9.0 && share < 0.05;
    menu && ratio(own_links(arena, index), sum.links) < 0.6
}

fn own_links(arena: &Arena<'_>, index: usize) -> u32 {
    let inside = |node: &&Item<'_>| node.tag == "a" && node.attribute("href").is_some_and(|href| href.starts_with('#'));
    count(arena.nodes[index..arena.nodes[index].end].iter().filter(inside).count())
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

fn is_language_menu(arena: &Arena<'_>, index: usize, sum: Measure, share: f32) -> bool {
    let node = &arena.nodes[index];
    if !matches!(node.tag, "ul" | "ol" | "div") || !(8..400).contains(&sum.words) || share >= 0.05 {
        return false;
    }
    let (mut items, mut languages) = (0, 0);
    for text in arena.nodes[index..node.end].iter().filter(|node| !node.text.trim().is_empty()) {
        let lower = text.text.trim().to_lowercase();
        items += 1;
        languages += u32::from(lower.split(|c: char| c.is_whitespace() || "()–-".contains(c)).any(|word| LANGUAGES.contains(&word)));
    }
    items >= 5 && languages * 2 >= items
}

/// A block of text that stands four times or more is a widget: its first showing stays.
fn drop_repeated_widgets(arena: &Arena<'_>, live: &mut Live) {
    let sums = measure(arena, live);
    let mut alike: HashMap<(u32, u32, u32), Vec<usize>> = HashMap::new();
    for (index, sum) in sums.iter().enumerate() {
        if live.has(index) && matches!(arena.nodes[index].tag, "div" | "section" | "ul" | "aside") && (150..=3000).contains(&sum.words) {
            alike.entry((sum.words, sum.link_words, sum.prose)).or_default().push(index);
        }
    }
    for group in alike.into_values().filter(|group| group.len() >= 4) {
        let mut same: HashMap<String, Vec<usize>> = HashMap::new();
        for index in group {
            same.entry(arena.text_of(index)).or_default().push(index);
        }
        for copies in same.into_values() {
            let outer: Vec<usize> = copies
                .iter()
                .copied()
                .filter(|index| !copies.iter().any(|other| other < index && arena.nodes[*other].end >= arena.nodes[*index].end))
                .collect();
            if outer.len() >= 4 {
                outer[1..].iter().for_each(|index| live.drop_subtree(arena, *index));
            }
        }
    }
}

/// The node that holds the document: `main` where it has most of the prose, then down as long as one child holds nearly all of it.
pub(super) fn root(arena: &Arena<'_>, live: &Live) -> usize {
    let sums = measure(arena, live);
    let body = arena.body();
    let whole = sums.get(body).map_or(0, |sum| sum.prose);
    let is_main = |index: &usize| arena.nodes[*index].tag == "main" || arena.nodes[*index].attribute("role") == Some("main");
    let mut root = (body..arena.nodes.len())
        .filter(|index| live.has(*index))
        .filter(is_main)
        .filter(|index| ratio(sums[*index].prose, whole) >= 0.5)
        .max_by_key(|index| (sums[*index].prose, std::cmp::Reverse(*index)))
        .unwrap_or(body);
    // 98.5 % of the prose: with 90 % whole sections were lost (recall 0.964 instead of 0.993 on the pages it was measured on).
    while let Some(child) = arena.children(root).filter(|child| live.has(*child)).max_by_key(|child| sums[*child].prose) {
        let narrow = matches!(arena.nodes[child].tag, "table" | "tbody" | "tr" | "ul" | "ol" | "p" | "dl" | "span");
        if narrow || sums[child].prose == 0 || ratio(sums[child].prose, sums[root].prose) < 0.985 {
            break;
        }
        root = child;
    }
    root
}
