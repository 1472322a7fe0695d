use super::arena::Arena;
use super::prune::{Live, Measure, REST_WORDS, ratio};
use crate::page::pattern;
use crate::text;
use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Longer runs of text are clauses.
const LINE: usize = 240;

/// Drops chrome that only its words give away: consent texts, links past the menu, notices that the document was edited, questions
/// whether it helped, lists of other pages, hints for screen readers.
pub(super) fn drop_by_words(arena: &Arena<'_>, live: &mut Live, sums: &[Measure], whole: u32) {
    let mut consent: HashMap<usize, u32> = HashMap::new();
    let mut prose_before = 0;
    for index in arena.body()..arena.nodes.len() {
        let node = &arena.nodes[index];
        if node.words == 0 || !live.has(index) {
            continue;
        }
        let said = node.text.trim();
        if said.len() <= LINE {
            let found = Found { arena, sums, whole, index };
            if CONSENT_BUTTONS.is_match(said) {
                found.around_consent().for_each(|up| *consent.entry(up).or_default() += 1);
            } else if let Some(block) = found.block(said, prose_before) {
                live.drop_subtree(arena, block);
                found.listed_behind(block).for_each(|list| live.drop_subtree(arena, list));
            }
        }
        prose_before += if node.words >= 8 { node.words } else { 0 };
    }
    let mut blocks: Vec<usize> = consent.into_iter().filter(|(_, buttons)| *buttons >= 2).map(|(index, _)| index).collect();
    blocks.sort_unstable();
    blocks.into_iter().for_each(|index| live.drop_subtree(arena, index));
}

/// A short line of the page.
#[derive(Clone, Copy)]
struct Found<'find, 'page> {
    arena: &'find Arena<'page>,
    sums: &'find [Measure],
    whole: u32,
    index: usize,
}

impl Found<'_, '_> {
    /// The block that goes because of this line.
    fn block(self, line: &str, prose_before: u32) -> Option<usize> {
        let parent = self.arena.nodes[self.index].parent;
        if SKIP_LINKS.is_match(line) && matches!(self.arena.nodes[parent].tag, "a" | "button") {
            return Some(parent);
        }
        let node = &self.arena.nodes[self.index];
        if WAY_HERE.is_match(line) {
            return self.widest(|sum| sum.words <= 30 && sum.links >= 1 && sum.runs <= 8);
        }
        if HINTS.is_match(line) || (self.sums[node.container].words == node.words && CONTROLS.is_match(line)) {
            return Some(self.index);
        }
        if ASKS_IF_HELPFUL.is_match(line) {
            return self.widest(|sum| sum.words <= 40 && sum.prose <= 20);
        }
        if OTHER_PAGES.is_match(line) {
            return self
                .widest(|sum| self.lists(sum) || sum.words == node.words)
                .filter(|block| self.lists(self.sums[*block]) || self.listed_behind(*block).next().is_some());
        }
        self.notice(line, prose_before)
    }

    fn lists(self, sum: Measure) -> bool {
        sum.links >= 1 && sum.link_share() > 0.5 && ratio(sum.prose, self.whole) < 0.05
    }

    /// The list of other pages behind the block that is nothing but its title.
    fn listed_behind(self, block: usize) -> impl Iterator<Item = usize> {
        let alone =
            self.sums[block].words == self.arena.nodes[self.index].words && OTHER_PAGES.is_match(self.arena.nodes[self.index].text.trim());
        let siblings = self.arena.children(self.arena.nodes[block].parent).skip_while(move |at| *at <= block);
        let mut texts = siblings.filter(move |at| alone && self.sums[*at].words > 0);
        texts.next().into_iter().filter(move |next| self.lists(self.sums[*next]))
    }

    /// A notice above the document that it, or another, was edited. What it says of the past, the document says itself; what it says of
    /// the future may stand nowhere else, so then it stays.
    fn notice(self, line: &str, prose_before: u32) -> Option<usize> {
        const ABOVE: u32 = 60;
        const NOTICE: u32 = 90;
        if prose_before > ABOVE || !EDITED.is_match(line) || !text::find_dates(line).is_empty() {
            return None;
        }
        let block = self.widest(|sum| sum.words <= NOTICE && ratio(sum.prose, self.whole) < 0.2)?;
        let said = self.arena.text_of(block);
        (!FUTURE.is_match(&said) && text::find_dates(&said).is_empty()).then_some(block)
    }

    /// The widest block around the line that is small enough, leaves the document, and does not hold its title.
    fn widest(self, small: impl Fn(Measure) -> bool) -> Option<usize> {
        let fits = |up: &usize| {
            let sum = self.sums[*up];
            *up > self.arena.body() && small(sum) && self.leaves_the_document(sum) && !self.arena.holds_title(*up)
        };
        let inside_out =
            std::iter::once(self.index).chain(self.arena.ancestors(self.index)).filter(|up| self.arena.nodes[*up].container == *up);
        inside_out.take_while(fits).last()
    }

    fn leaves_the_document(self, sum: Measure) -> bool {
        self.whole.saturating_sub(sum.prose) >= REST_WORDS
    }

    /// The blocks around a consent button that could be what asks.
    fn around_consent(self) -> impl Iterator<Item = usize> {
        const LARGEST: u32 = 1500;
        let fits = move |up: &usize| {
            let sum = self.sums[*up];
            sum.words <= LARGEST && ratio(sum.prose, self.whole) < 0.7 && self.leaves_the_document(sum)
        };
        let block = move |up: &usize| matches!(self.arena.nodes[*up].tag, "div" | "section" | "form" | "aside");
        self.arena.ancestors(self.index).take_while(fits).filter(block)
    }
}

/// What the buttons of a cookie banner say, where neither class nor role gives it away.
static CONSENT_BUTTONS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*(?:(?:accept|allow|reject|decline|refuse|deny|agree to|only allow)(?: (?:all|optional|essential|necessary|non-essential|only|the use of))*(?: cookies)?(?: from .{1,30})?|manage (?:cookies?|preferences|choices|settings|my choices)|cookie (?:settings|preferences)|save (?:preferences|settings|my choices)|confirm my choices|customi[sz]e(?: settings)?|(?:alle )?(?:akzeptieren|ablehnen)|tout (?:accepter|refuser)|aceptar todo|rechazar todo)\s*\??\s*$",
    )
});

/// A link for keyboards past the menu.
static SKIP_LINKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^skip to (?:main )?(?:content|navigation|footer)$|^zum inhalt springen$|^aller au contenu(?: principal)?$|^saltar al contenido$",
    )
});

/// What a line begins with that shows the way to the page.
static WAY_HERE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:you are here|(?:sie befinden sich|du bist|sie sind) hier|vous êtes ici|usted está aquí|estás aquí|ti trovi (?:in|qui)|sei qui|u bevindt zich hier|jesteś tutaj|você está aqui)\b",
    )
});

/// What a screen reader adds to a link.
static HINTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\(?(?:link )?(?:opens?|öffnet|wird geöffnet|s'ouvre|se abre|si apre)\b(?: [\w'’]+){0,4} (?:tab|window|footnote|fenster|onglet|fenêtre|pestaña|ventana|scheda|finestra)\)?\.?$|^\(?(?:external|externer) link\)?$",
    )
});

/// What stands alone to be pressed.
static CONTROLS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:print|(?:share|partager|teilen|compartir|condividi|follow us)(?: (?:this )?(?:page|article))?(?: on)?:?|search(?: (?:the )?(?:docs|site|documentation))?|rechercher|suchen?|buscar|menu|close|copy|listen|save|(?:«|‹|←|<)?\s*(?:previous|prev|next|zurück|weiter|précédent|suivant|anterior|siguiente)(?: (?:page|article))?\s*(?:»|›|→|>)?|(?:suggest (?:an )?edits?|edit (?:this )?page|report (?:an )?issue)(?: on github)?|(?:(?:estimated )?reading time|lesezeit|temps de lecture|tiempo de lectura):? (?:about )?\d+ min\w*\.?|\d+[- ]min(?:ute)?s?(?: (?:read|to read|lesezeit|de lecture|de lectura))|written by .{2,60}|download|copy link|print this page|download (?:as )?pdf|(?:back|return|go|scroll) to (?:the )?top|top of page|(?:table of )?contents|inhaltsverzeichnis|sommaire|table des matières|índice|indice|spis treści|зміст|(?:expand|collapse|open|close) all|drucken|seite drucken|(?:zurück )?nach oben|imprimer|haut de page|retour en haut|imprimir|volver arriba|stampa|torna su)$",
    )
});

static ASKS_IF_HELPFUL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:was|is) this (?:page|article|information|content|answer|section)?\s?(?:helpful|useful)\b|^did (?:you find (?:this|what)|this (?:page|article|answer))\b.{0,40}(?:help|useful|looking for)|^how (?:helpful|useful) (?:was|is) this\b|^rate this (?:page|article)\b|^war (?:dieser|diese|das) .{0,30}hilfreich|^cet(?:te)? (?:article|page).{0,30}utile|^¿?(?:te )?(?:ha sido|resultó|fue) útil|^questo articolo .{0,30}utile",
    )
});

/// What stands over lists of other pages.
static OTHER_PAGES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:related|similar|recommended|popular|more|other) (?:articles?|posts?|topics?|links?|content|resources|reading|guides|pages)\b.{0,20}$|^you (?:may|might) also (?:like|be interested)\b.{0,20}$|^(?:on this page|in this article|jump to|explore more|further reading)\b.{0,15}$|^(?:ähnliche|verwandte|weitere) (?:artikel|themen|beiträge)$|^articles (?:liés|connexes|associés)$|^artículos relacionados$|^articles similaires$|^(?:à lire|voir) aussi$|^das könnte (?:sie|dich) auch interessieren$|^también te puede interesar$|^(?:see|siehe) (?:also|auch)$|^véase también$|^vedi anche$|^articoli correlati$",
    )
});

/// What notices say of a document that was edited.
static EDITED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:we(?:['’]ve| have)?|\w+ has) (?:recently |just |now )?(?:updated|revised|changed|amended) (?:our|its|the|these) (?:[\w-]+ (?:and |& )?){0,5}(?:terms|policy|policies|notice|statement|agreement|guidelines|conditions)\b|^(?:our |the |these )?(?:[\w-]+ (?:and |& )?){0,4}(?:terms(?: of (?:use|service))?|policy|policies|notice|statement|agreement|guidelines) (?:(?:has|have) been |was |were )?(?:recently )?(?:updated|revised|changed)\b|^(?:was|neu|wir haben) .{0,40}(?:aktualisiert|überarbeitet)\b|^nous avons (?:récemment )?(?:mis à jour|modifié) (?:nos|notre|les|la)\b|^hemos (?:actualizado|modificado) (?:nuestr[ao]s?|l[ao]s?)\b|^abbiamo aggiornato\b",
    )
});

/// What is to come, or what may be done: such a notice may be the only place that says it.
static FUTURE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:will|shall|may|must|going to|are (?:updating|changing|making)|start(?:s|ing)?|begin(?:s|ning)?|effective|takes? effect|as of|from now|upcoming|soon|by continuing|you agree|wird|werden|dürfen|ab dem|à partir|entre(?:r|ra|nt)? en vigueur|pourr\w+|a partir|podr\w+|entrar\w+ en vigor|potr\w+)\b",
    )
});
