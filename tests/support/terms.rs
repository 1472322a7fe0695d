//! Terms of invented platforms, in several shapes and any length, made from a seed: what comparing is tried and timed on.

use fineprint::model::{Clause, ClauseKind, Document};
use fineprint::text;
use std::collections::HashSet;

/// A small generator of numbers (xorshift64*): the same seed gives the same terms everywhere.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % sides.max(1) as u64).unwrap_or(0)
    }

    pub(crate) fn one<'of, T>(&mut self, of: &'of [T]) -> &'of T {
        &of[self.roll(of.len())]
    }
}

/// The outward forms of terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Numbered sections with numbered clauses.
    Contract,
    /// Sections of prose, and a table.
    Policy,
    /// Stems and lists.
    Guidelines,
    /// Paragraphs, hardly a heading.
    Flat,
}

pub(crate) const SHAPES: [Shape; 4] = [Shape::Contract, Shape::Policy, Shape::Guidelines, Shape::Flat];

/// A sentence that keeps its number through every edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) id: u32,
    pub(crate) text: String,
}

/// A clause that keeps its number through every edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) id: u32,
    pub(crate) kind: ClauseKind,
    /// Numbering, with the space behind it.
    pub(crate) label: String,
    pub(crate) sentences: Vec<Sentence>,
}

impl Block {
    pub(crate) fn is_heading(&self) -> bool {
        matches!(self.kind, ClauseKind::Heading(_))
    }

    pub(crate) fn text(&self) -> String {
        let parts: Vec<&str> = self.sentences.iter().map(|sentence| sentence.text.as_str()).collect();
        format!("{}{}", self.label, parts.join(if self.kind == ClauseKind::TableRow { " | " } else { " " }))
    }

    pub(crate) fn words(&self) -> usize {
        self.sentences.iter().map(|sentence| text::words(&sentence.text).len()).sum()
    }
}

/// Terms that are being written.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) blocks: Vec<Block>,
    dice: Dice,
    next: u32,
    told: HashSet<String>,
}

pub(crate) const PLATFORM: &str = "Larkspur";
const ACTORS: &[&str] = &[
    "We",
    "Our moderators",
    "The host of an event",
    "Every member",
    "A guest",
    "Larkspur",
    "An affiliate of Larkspur",
    "Each studio",
    "The holder of a paid plan",
    "A minor",
    "Our payment provider",
    "The seller",
    "A visitor from abroad",
    "The owner of a channel",
    "Any administrator",
];
const MODALS: &[&str] =
    &["may", "shall", "must", "will", "may not", "shall not", "will not", "must not", "can", "should", "agrees to", "has the right to"];
const ACTS: &[&str] = &[
    "store",
    "translate",
    "delete",
    "publish",
    "review",
    "transfer",
    "disclose",
    "archive",
    "copy",
    "resell",
    "measure",
    "display",
    "withhold",
    "suspend",
    "license",
    "combine",
    "inspect",
    "correct",
    "limit",
    "promote",
];
const THINGS: &[&str] = &[
    "the recordings of a session",
    "any \"Content\" that was uploaded",
    "messages between members",
    "the fees of a plan (taxes included)",
    "personal data of contacts",
    "drafts that were never published",
    "the archive of a closed account",
    "tickets for events",
    "the credits in a wallet",
    "photographs of venues",
    "reviews and ratings",
    "lists of followers",
    "transcripts, captions and subtitles",
    "the keys of an interface, e.g. tokens",
    "the marks and logos of others",
    "logs of a device",
    "backups held in the Union",
    "refunds for cancelled orders",
    "sound effects and loops",
    "a copy of the catalogue",
];
const ENDS: &[&str] = &[
    "to keep the service safe",
    "for the purposes of support",
    "where the law of Ireland asks for it",
    "in order to settle a dispute",
    "on behalf of the organiser",
    "as part of an audit",
    "to show them on other devices",
    "when an order is cancelled",
    "for research into fraud",
    "to honour a request of the person concerned",
    "in connection with a merger",
    "for the operation of the marketplace",
    "so that listeners find new music",
    "to comply with a court",
    "during the beta of a feature",
];
const BOUNDS: &[&str] = &[
    "unless the member objects in writing",
    "within {n} days of the notice",
    "as described in Section {s}",
    "without any further payment",
    "for a fee of €{n} a month",
    "up to {n}% of the price",
    "after a warning that names the reason",
    "subject to the rules of the country",
    "only with the consent of a guardian",
    "at the latest by the end of the term",
    "in the language of the contract",
    "provided that a backup exists",
    "except where a statute forbids it",
    "and keeps a record for {n} months",
    "at its own cost and risk",
    "as far as technically possible",
];
const TOPICS: &[&str] = &[
    "Uploads",
    "Payments",
    "Closing an account",
    "Events and tickets",
    "Children",
    "Complaints",
    "Devices",
    "Marketplace rules",
    "Transfers abroad",
    "Liability",
    "Warranties",
    "Notices",
    "Changes to these terms",
    "Law and courts",
    "Security",
    "Moderation",
    "Interfaces",
    "Licences",
    "Backups",
    "Contacts",
    "Research",
    "Rewards",
    "Taxes",
    "Delivery",
    "Advertising",
    "Cookies",
];
const ASPECTS: &[&str] =
    &["", " in general", " and their limits", " of members", " for studios", " on mobile", " after the term", " in detail"];

impl Draft {
    pub(crate) fn new(shape: Shape, seed: u64, blocks: usize) -> Self {
        let mut draft = Self { blocks: Vec::new(), dice: Dice::new(seed), next: 0, told: HashSet::new() };
        draft.push(ClauseKind::Heading(1), String::new(), &[format!("{PLATFORM} terms and rules")]);
        draft.push(ClauseKind::Paragraph, String::new(), &["Last updated: 3 March 2025".to_owned()]);
        let mut section = 0;
        while draft.blocks.len() < blocks {
            section += 1;
            match shape {
                Shape::Contract => draft.contract_section(section),
                Shape::Policy => draft.policy_section(section),
                Shape::Guidelines => draft.guideline_section(),
                Shape::Flat => draft.flat_section(section),
            }
        }
        draft
    }

    /// Terms of at least so many bytes.
    pub(crate) fn of_bytes(shape: Shape, seed: u64, bytes: usize) -> Self {
        let mut draft = Self::new(shape, seed, 200);
        let mut blocks = 200;
        while draft.bytes() < bytes {
            blocks = (blocks * bytes).div_ceil(draft.bytes()).max(blocks + 1);
            draft = Self::new(shape, seed, blocks);
        }
        draft
    }

    pub(crate) fn bytes(&self) -> usize {
        self.blocks.iter().map(|block| block.text().len()).sum()
    }

    fn contract_section(&mut self, section: usize) {
        let heading = self.topic();
        self.push(ClauseKind::Heading(2), format!("{section}. "), &[heading]);
        for clause in 1..=3 + self.dice.roll(4) {
            let sentences = self.sentences(1, 3);
            self.push(ClauseKind::Paragraph, format!("{section}.{clause} "), &sentences);
        }
    }

    fn policy_section(&mut self, section: usize) {
        let heading = self.topic();
        self.push(ClauseKind::Heading(2), String::new(), &[heading]);
        for _ in 0..2 + self.dice.roll(3) {
            let sentences = self.sentences(2, 4);
            self.push(ClauseKind::Paragraph, String::new(), &sentences);
        }
        if section % 3 == 1 {
            for _ in 0..4 {
                let cells = [self.cell(), self.cell(), format!("kept for {} days at most", 10 + self.dice.roll(300))];
                self.push(ClauseKind::TableRow, String::new(), &cells);
            }
        }
    }

    fn guideline_section(&mut self) {
        let heading = self.topic();
        self.push(ClauseKind::Heading(3), String::new(), &[heading]);
        let stem = self.sentence();
        self.push(ClauseKind::Paragraph, String::new(), &[stem]);
        for _ in 0..4 + self.dice.roll(4) {
            let item = self.sentence();
            self.push(ClauseKind::ListItem, String::new(), &[item]);
        }
    }

    fn flat_section(&mut self, section: usize) {
        if section % 6 == 1 {
            let heading = self.topic();
            self.push(ClauseKind::Heading(2), String::new(), &[heading]);
        }
        let sentences = self.sentences(2, 6);
        self.push(ClauseKind::Paragraph, String::new(), &sentences);
    }

    /// A heading that no other has.
    pub(crate) fn topic(&mut self) -> String {
        for attempt in 0.. {
            let topic = format!("{}{}", self.dice.one(TOPICS), self.dice.one(ASPECTS));
            let topic = if attempt < 30 { topic } else { format!("{topic}, part {}", self.told.len()) };
            if self.told.insert(topic.clone()) {
                return topic;
            }
        }
        String::new()
    }

    fn cell(&mut self) -> String {
        let number = self.told.len() + 10;
        let cell = format!("{} and {} class {number}", self.dice.one(THINGS).replace(',', ""), self.dice.one(ACTS));
        self.told.insert(cell.clone());
        cell
    }

    fn sentences(&mut self, least: usize, most: usize) -> Vec<String> {
        (0..least + self.dice.roll(most - least + 1)).map(|_| self.sentence()).collect()
    }

    /// A sentence that the terms do not hold yet.
    pub(crate) fn sentence(&mut self) -> String {
        loop {
            let bound = self.dice.one(BOUNDS);
            let number = (2 + self.dice.roll(90)).to_string();
            let bound = bound.replace("{n}", &number).replace("{s}", &(1 + self.dice.roll(30)).to_string());
            let end = if self.dice.roll(4) == 0 { String::new() } else { format!(" {}", self.dice.one(ENDS)) };
            let sentence = format!(
                "{} {} {} {}{end}, {bound}.",
                self.dice.one(ACTORS),
                self.dice.one(MODALS),
                self.dice.one(ACTS),
                self.dice.one(THINGS)
            );
            if self.told.insert(sentence.clone()) {
                return sentence;
            }
        }
    }

    pub(crate) fn block(&mut self, kind: ClauseKind, label: String, sentences: &[String]) -> Block {
        let sentences = sentences.iter().map(|text| Sentence { id: self.number(), text: text.clone() }).collect();
        Block { id: self.number(), kind, label, sentences }
    }

    pub(crate) fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.dice.roll(sides)
    }

    fn push(&mut self, kind: ClauseKind, label: String, sentences: &[String]) {
        let block = self.block(kind, label, sentences);
        self.blocks.push(block);
    }

    pub(crate) fn document(&self) -> Document {
        document(self.blocks.iter().map(|block| (block.kind, block.text())))
    }
}

/// A document of clauses, with sections and stems as the page room sets them.
pub(crate) fn document(clauses: impl IntoIterator<Item = (ClauseKind, String)>) -> Document {
    let mut document = Document { title: None, language: Some("en".to_owned()), clauses: Vec::new() };
    let (mut headings, mut stem): (Vec<(u8, u32)>, Option<u32>) = (Vec::new(), None);
    for (index, (kind, text)) in (0..).zip(clauses) {
        let is_item = kind == ClauseKind::ListItem;
        if let ClauseKind::Heading(level) = kind {
            headings.retain(|(above, _)| *above < level);
        }
        stem = stem.filter(|_| is_item);
        let section = headings.last().map(|(_, heading)| *heading);
        document.clauses.push(Clause { kind, label_len: text::label_len(&text), text, section, stem });
        if let ClauseKind::Heading(level) = kind {
            headings.push((level, index));
        } else if !is_item {
            stem = Some(index);
        }
    }
    document
}

/// Two versions of long terms.
pub(crate) mod versions {
    use super::{Block, Dice, Draft, Shape};
    use fineprint::model::{ClauseKind, Document};

    /// One paragraph of fifty has another number in it, or one more word.
    pub(crate) fn lightly_edited(bytes: usize) -> (Document, Document) {
        let draft = Draft::of_bytes(Shape::Policy, 7, bytes);
        let mut new = draft.clone();
        let mut dice = Dice::new(11);
        for block in &mut new.blocks {
            if dice.roll(50) == 0
                && let Some(sentence) = block.sentences.last_mut()
            {
                sentence.text = match sentence.text.split_once(' ') {
                    Some((first, rest)) => format!("{first} newly {rest}"),
                    None => format!("{} anew", sentence.text),
                };
            }
        }
        (draft.document(), new.document())
    }

    /// A third of the sections stand elsewhere, and a third of the paragraphs say something else.
    pub(crate) fn a_third_rewritten_and_moved(bytes: usize) -> (Document, Document) {
        let draft = Draft::of_bytes(Shape::Policy, 7, bytes);
        let mut new = draft.clone();
        let mut dice = Dice::new(13);
        for place in 0..new.blocks.len() {
            if new.blocks[place].kind == ClauseKind::Paragraph && dice.roll(3) == 0 {
                for at in 0..new.blocks[place].sentences.len() {
                    new.blocks[place].sentences[at].text = new.sentence();
                }
            }
        }
        let starts: Vec<usize> = (0..new.blocks.len()).filter(|place| new.blocks[*place].is_heading()).collect();
        let mut sections: Vec<Vec<Block>> = Vec::new();
        for (place, block) in new.blocks.drain(..).enumerate() {
            if sections.is_empty() || starts.contains(&place) {
                sections.push(Vec::new());
            }
            if let Some(section) = sections.last_mut() {
                section.push(block);
            }
        }
        let (moved, stayed): (Vec<_>, Vec<_>) = sections.into_iter().enumerate().partition(|(place, _)| place % 3 == 1);
        let blocks = stayed.into_iter().chain(moved).flat_map(|(_, section)| section).collect();
        (draft.document(), Draft { blocks, ..new }.document())
    }

    /// All clauses are alike: one sentence with another number in it.
    pub(crate) fn all_alike(bytes: usize) -> (Document, Document) {
        let sentence = |number: usize| {
            format!("The seller may store the fees of plan {number} for the purposes of support, without any further payment.")
        };
        let side =
            |from: usize| super::document((0..bytes / sentence(from).len()).map(|number| (ClauseKind::Paragraph, sentence(from + number))));
        (side(10_000), side(60_000))
    }

    /// Nothing in common but the language.
    pub(crate) fn unrelated(bytes: usize) -> (Document, Document) {
        (Draft::of_bytes(Shape::Policy, 21, bytes).document(), Draft::of_bytes(Shape::Contract, 34, bytes).document())
    }

    /// Not even the language.
    pub(crate) fn strangers(bytes: usize) -> (Document, Document) {
        let (old, new) = unrelated(bytes);
        let turned = new.clauses.into_iter().map(|clause| {
            (clause.kind, clause.text.split(' ').map(|word| word.chars().rev().collect::<String>()).collect::<Vec<_>>().join(" "))
        });
        (old, super::document(turned))
    }
}
