//! What a platform may do to its terms, and what a comparison should then say.

use super::terms::{Block, Draft, PLATFORM, Sentence};
use fineprint::model::{ClauseKind, Comparison, Document, RelationKind, Similarity};
use fineprint::text;
use std::collections::{BTreeMap, BTreeSet};

/// Terms before and after, and what happened beyond what the numbers of sentences and clauses tell.
pub(crate) struct Trial {
    pub(crate) old: Draft,
    pub(crate) new: Draft,
    /// The clauses that went elsewhere, a set for each way that a reader could see it.
    pub(crate) moved: Vec<BTreeSet<u32>>,
    /// Words in every edited sentence that were replaced throughout.
    pub(crate) throughout: Option<(String, String)>,
    /// The redlines that must be, by sentence.
    pub(crate) redlines: BTreeMap<u32, (String, String)>,
    touched: BTreeSet<u32>,
}

/// Edits the trial; `false` where there is nothing to edit in this way.
pub(crate) type Operator = fn(&mut Trial) -> bool;

impl Trial {
    pub(crate) fn new(draft: Draft) -> Self {
        let moved = Vec::new();
        Self { new: draft.clone(), old: draft, moved, throughout: None, redlines: BTreeMap::new(), touched: BTreeSet::new() }
    }

    /// A clause nothing was done to yet, for which the condition holds.
    fn clause(&mut self, wanted: impl Fn(&Block) -> bool) -> Option<usize> {
        let places: Vec<usize> = (2..self.new.blocks.len())
            .filter(|place| !self.touched.contains(&self.new.blocks[*place].id) && wanted(&self.new.blocks[*place]))
            .collect();
        if places.is_empty() {
            return None;
        }
        let place = places[self.new.roll(places.len())];
        self.touched.insert(self.new.blocks[place].id);
        Some(place)
    }

    /// Replaces words once in one sentence that has them.
    fn replace(&mut self, wanted: &[&str], by: impl Fn(&str, &mut Draft) -> String) -> bool {
        let holds = |sentence: &Sentence| wanted.iter().find_map(|words| sentence.text.find(words).map(|at| (at, words.len())));
        let Some(place) = self.clause(|block| !block.is_heading() && block.sentences.iter().any(|sentence| holds(sentence).is_some()))
        else {
            return false;
        };
        let at = self.new.blocks[place].sentences.iter().position(|sentence| holds(sentence).is_some()).unwrap_or(0);
        let mut sentence = self.new.blocks[place].sentences[at].clone();
        let (from, length) = holds(&sentence).unwrap_or((0, 0));
        let words = sentence.text[from..from + length].to_owned();
        sentence.text.replace_range(from..from + length, &by(&words, &mut self.new));
        self.new.blocks[place].sentences[at] = sentence;
        true
    }

    /// Replaces the number behind the first mark, in one sentence.
    fn renumber(&mut self, mark: &str, is_number: impl Fn(&str) -> bool) -> bool {
        let number = |text: &str| -> Option<std::ops::Range<usize>> {
            let from = text.find(mark)? + mark.len();
            let length = text[from..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - from);
            (length > 0 && is_number(&text[from..])).then_some(from..from + length)
        };
        let Some(place) =
            self.clause(|block| !block.is_heading() && block.sentences.iter().any(|sentence| number(&sentence.text).is_some()))
        else {
            return false;
        };
        let other = (100 + self.new.roll(800)).to_string();
        if let Some((sentence, range)) =
            self.new.blocks[place].sentences.iter_mut().find_map(|sentence| number(&sentence.text).map(|range| (sentence, range)))
        {
            self.redlines.insert(sentence.id, (sentence.text[range.clone()].to_owned(), other.clone()));
            sentence.text.replace_range(range, &other);
        }
        true
    }

    fn every_sentence(&mut self, change: impl Fn(&str) -> String) -> bool {
        for sentence in self.new.blocks.iter_mut().flat_map(|block| &mut block.sentences) {
            sentence.text = change(&sentence.text);
        }
        true
    }

    /// The range of a section, its heading included.
    fn section(&self, place: usize) -> std::ops::Range<usize> {
        let start = (0..=place).rev().find(|at| self.new.blocks[*at].is_heading()).unwrap_or(0);
        let end = (start + 1..self.new.blocks.len()).find(|at| self.new.blocks[*at].is_heading()).unwrap_or(self.new.blocks.len());
        start..end
    }

    /// Why the comparison does not say exactly what was done; `None` where it does.
    pub(crate) fn verdict(&self, comparison: &Comparison) -> Option<String> {
        self.wrong_pairs(comparison).or_else(|| self.wrong_relations(comparison))
    }

    pub(crate) fn wrong_pairs(&self, comparison: &Comparison) -> Option<String> {
        let (said, done) = (said(&self.old.document(), &self.new.document(), comparison), self.done());
        let only = |one: &[Pair], other: &[Pair]| one.iter().filter(|pair| !other.contains(pair)).cloned().collect::<Vec<_>>();
        (said != done).then(|| format!("\n  said, but not done: {:?}\n  done, but not said: {:?}", only(&said, &done), only(&done, &said)))
    }

    fn wrong_relations(&self, comparison: &Comparison) -> Option<String> {
        let (mut related, mut expected) = (Relations::new(), self.relations());
        for relation in &comparison.relations {
            let ids: BTreeSet<u32> = relation.old.iter().map(|index| self.old.blocks[*index as usize].id).collect();
            related.push((name(relation.kind), ids));
        }
        related.retain(|(kind, ids)| {
            let any = *kind == "moved" && self.moved.iter().any(|moved| moved == ids);
            !any
        });
        let moves = comparison.relations.iter().filter(|relation| relation.kind == RelationKind::Moved).count();
        related.sort();
        expected.sort();
        if related != expected || (moves > 0) == self.moved.is_empty() {
            return Some(format!("clauses: said {related:?} and {moves} moves, done {expected:?} and {:?}", self.moved));
        }
        None
    }

    /// The trial from the new version to the old one.
    pub(crate) fn back(self) -> Self {
        Self { old: self.new, new: self.old, ..self }
    }

    fn done(&self) -> Vec<Pair> {
        let sentences = |draft: &Draft| -> BTreeMap<u32, String> {
            draft.blocks.iter().flat_map(|block| &block.sentences).map(|sentence| (sentence.id, sentence.text.clone())).collect()
        };
        let (old, mut new) = (sentences(&self.old), sentences(&self.new));
        let mut pairs: Vec<Pair> = Vec::new();
        for (id, before) in old {
            let after = new.remove(&id);
            let what = match &after {
                None => "removed",
                Some(after) if *after == before => "same",
                Some(after) if text::is_date_line(&before) && text::is_date_line(after) => "dated",
                Some(after) if reads_alike(after, &before) => "cosmetic",
                Some(_) => "edited",
            };
            pairs.push((what, Some(before), after));
        }
        pairs.extend(new.into_values().map(|after| ("added", None, Some(after))));
        pairs.sort();
        pairs
    }

    fn relations(&self) -> Relations {
        let mut relations = Relations::new();
        let blocks = |draft: &Draft| -> BTreeMap<u32, Block> { draft.blocks.iter().map(|block| (block.id, block.clone())).collect() };
        let (old, new) = (blocks(&self.old), blocks(&self.new));
        for (id, before) in &old {
            let Some(after) = new.get(id) else { continue };
            if before.label != after.label {
                relations.push(("renumbered", BTreeSet::from([*id])));
            }
            if before.is_heading() && !reads_alike(&before.text(), &after.text()) && before.label == after.label {
                relations.push(("retitled", BTreeSet::from([*id])));
            }
        }
        let home = |draft: &Draft| -> BTreeMap<u32, u32> {
            draft.blocks.iter().flat_map(|block| block.sentences.iter().map(|sentence| (sentence.id, block.id))).collect()
        };
        let (before, after) = (home(&self.old), home(&self.new));
        let mut parts: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        let mut sources: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for (sentence, from) in &before {
            let Some(to) = after.get(sentence) else { continue };
            if to == from || !old.contains_key(to) {
                parts.entry(*from).or_default().insert(*to);
            }
            if to == from || !new.contains_key(from) {
                sources.entry(*to).or_default().insert(*from);
            }
        }
        relations.extend(parts.into_iter().filter(|(_, parts)| parts.len() > 1).map(|(from, _)| ("split", BTreeSet::from([from]))));
        relations.extend(sources.into_values().filter(|from| from.len() > 1).map(|from| ("merged", from)));
        relations
    }
}

/// Whether two texts differ in case, typography or spelling only.
fn reads_alike(one: &str, other: &str) -> bool {
    text::sentence_fingerprint(one) == text::sentence_fingerprint(other) || text::spelling(one) == text::spelling(other)
}

type Pair = (&'static str, Option<String>, Option<String>);
type Relations = Vec<(&'static str, BTreeSet<u32>)>;

fn name(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Moved => "moved",
        RelationKind::Split => "split",
        RelationKind::Merged => "merged",
        RelationKind::Renumbered => "renumbered",
        RelationKind::Retitled => "retitled",
    }
}

fn said(old: &Document, new: &Document, comparison: &Comparison) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = comparison
        .pairs
        .iter()
        .map(|pair| {
            let what = match pair.similarity {
                Similarity::Same => "same",
                Similarity::Cosmetic => "cosmetic",
                Similarity::Dated => "dated",
                Similarity::Edited => "edited",
                Similarity::Added => "added",
                Similarity::Removed => "removed",
            };
            let quote = |document: &Document, at: &Option<fineprint::model::SentenceRef>| {
                at.as_ref().map(|at| document.clauses[at.clause as usize].text[at.range.clone()].to_owned())
            };
            (what, quote(old, &pair.old), quote(new, &pair.new))
        })
        .collect();
    pairs.sort();
    pairs
}

/// A word that stands alone in a sentence, with spaces around it.
fn word(word: &str) -> String {
    format!(" {word} ")
}

const MODALS: &[&str] = &["may", "shall", "must", "will"];

pub(crate) const OPERATORS: &[(&str, Operator)] = &[
    ("typographic quotes", |trial| trial.every_sentence(|text| text.replacen('"', "\u{201c}", 1).replacen('"', "\u{201d}", 1))),
    ("no-break spaces, zero width", |trial| {
        trial.every_sentence(|text| text.replacen(" of ", "\u{a0}of\u{a0}", 1).replace("the ", "the \u{200b}"))
    }),
    ("look-alike letters", |trial| trial.every_sentence(|text| text.replace("to ", "tо ").replace("the", "thе"))), // Cyrillic o, e
    ("British and American spelling", |trial| {
        trial.every_sentence(|text| text.replace("honour", "honor").replace("licence", "license").replace("catalogue", "catalog"))
    }),
    ("date", |trial| {
        trial.new.blocks[1].sentences[0].text = String::from("Last updated: 14 November 2026");
        true
    }),
    ("may becomes may not", |trial| {
        trial.replace(&[" may store", " may copy", " may delete", " may publish", " may review", " may limit"], |words, _| {
            words.replace("may", "may not")
        })
    }),
    ("not is dropped", |trial| trial.replace(&[" not "], |_, _| " ".to_owned())),
    ("shall becomes may", |trial| trial.replace(&[" shall "], |_, _| word("may"))),
    ("one modal verb for another", |trial| {
        let wanted: Vec<String> = MODALS.iter().map(|modal| word(modal)).collect();
        let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
        trial.replace(&wanted, |words, draft| {
            let others: Vec<&&str> = MODALS.iter().filter(|modal| words.trim() != **modal).collect();
            word(others[draft.roll(others.len())])
        })
    }),
    ("a number", |trial| trial.renumber("within ", |rest| rest.contains("days"))),
    ("currency", |trial| trial.renumber("€", |_| true)),
    ("percent", |trial| trial.renumber("up to ", |rest| rest.contains('%'))),
    ("a cross reference", |trial| trial.renumber("Section ", |_| true)),
    ("a word is put in", |trial| trial.replace(&[" the "], |_, _| " the said ".to_owned())),
    ("a condition is dropped", |trial| {
        trial.replace(
            &[", unless the member objects in writing", ", only with the consent of a guardian", ", except where a statute forbids it"],
            |_, _| String::new(),
        )
    }),
    ("a defined term in another case", |trial| trial.every_sentence(|text| text.replace("member", "Member").replace("Content", "CONTENT"))),
    ("a clause is put in", |trial| {
        let Some(place) = trial.clause(|block| block.kind == ClauseKind::Paragraph) else { return false };
        let sentences = [trial.new.sentence(), trial.new.sentence()];
        let block = trial.new.block(ClauseKind::Paragraph, String::new(), &sentences);
        trial.touched.insert(block.id);
        trial.new.blocks.insert(place, block);
        true
    }),
    ("a clause is taken out", |trial| {
        let Some(place) = trial.clause(|block| !block.is_heading()) else { return false };
        trial.new.blocks.remove(place);
        true
    }),
    ("a clause stands twice", |trial| {
        let Some(place) = trial.clause(|block| !block.is_heading()) else { return false };
        let texts: Vec<String> = trial.new.blocks[place].sentences.iter().map(|sentence| sentence.text.clone()).collect();
        let (kind, label) = (trial.new.blocks[place].kind, trial.new.blocks[place].label.clone());
        let block = trial.new.block(kind, label, &texts);
        trial.touched.insert(block.id);
        trial.new.blocks.insert(place + 1, block);
        true
    }),
    ("a sentence is put in", |trial| {
        let Some(place) = trial.clause(|block| matches!(block.kind, ClauseKind::Paragraph | ClauseKind::ListItem)) else { return false };
        let sentence = Sentence { text: trial.new.sentence(), id: trial.new.number() };
        let at = trial.new.roll(trial.new.blocks[place].sentences.len() + 1);
        trial.new.blocks[place].sentences.insert(at, sentence);
        true
    }),
    ("a sentence is taken out", |trial| {
        let Some(place) = trial.clause(|block| block.sentences.len() > 1 && block.kind == ClauseKind::Paragraph) else { return false };
        let at = trial.new.roll(trial.new.blocks[place].sentences.len());
        trial.new.blocks[place].sentences.remove(at);
        true
    }),
    ("two sentences change places", |trial| {
        let Some(place) = trial.clause(|block| block.sentences.len() > 1 && block.kind == ClauseKind::Paragraph) else { return false };
        trial.new.blocks[place].sentences.rotate_left(1);
        true
    }),
    ("a sentence goes to another clause", |trial| {
        let Some(from) = trial.clause(|block| block.sentences.len() > 1 && block.kind == ClauseKind::Paragraph) else { return false };
        let Some(to) = trial.clause(|block| block.words() > 25 && block.kind == ClauseKind::Paragraph) else { return false };
        let last = trial.new.blocks[from].sentences.len() - 1;
        let sentence = trial.new.blocks[from].sentences.remove(last);
        trial.new.blocks[to].sentences.push(sentence);
        true
    }),
    ("a sentence gets its own clause, with another", |trial| {
        let Some(place) = trial.clause(|block| block.sentences.len() > 1 && block.kind == ClauseKind::Paragraph) else { return false };
        let Some(sentence) = trial.new.blocks[place].sentences.pop() else { return false };
        let text = trial.new.sentence();
        let mut block = trial.new.block(ClauseKind::Paragraph, String::new(), &[text]);
        block.sentences.insert(0, sentence);
        trial.touched.insert(block.id);
        trial.new.blocks.insert(place + 1, block);
        true
    }),
    ("a clause is split", |trial| {
        let Some(place) = trial.clause(|block| block.sentences.len() > 1 && block.kind == ClauseKind::Paragraph) else { return false };
        let half = trial.new.blocks[place].sentences.len() / 2;
        let mut block = trial.new.block(ClauseKind::Paragraph, String::new(), &[]);
        block.sentences = trial.new.blocks[place].sentences.split_off(half);
        trial.touched.insert(block.id);
        trial.new.blocks.insert(place + 1, block);
        true
    }),
    ("clauses are merged", |trial| {
        let follows: BTreeSet<u32> = trial
            .new
            .blocks
            .windows(2)
            .filter(|pair| pair.iter().all(|block| block.kind == ClauseKind::Paragraph && !trial.touched.contains(&block.id)))
            .map(|pair| pair[0].id)
            .collect();
        let Some(place) = trial.clause(|block| follows.contains(&block.id)) else { return false };
        let next = trial.new.blocks.remove(place + 1);
        trial.touched.insert(next.id);
        trial.new.blocks[place].sentences.extend(next.sentences);
        true
    }),
    ("one clause for a whole section", |trial| {
        let Some(place) = trial.clause(|block| block.kind == ClauseKind::Paragraph) else { return false };
        let section = trial.section(place);
        let places: Vec<usize> = section
            .filter(|at| {
                trial.new.blocks[*at].kind == ClauseKind::Paragraph && (*at == place || !trial.touched.contains(&trial.new.blocks[*at].id))
            })
            .collect();
        let Some((first, rest)) = places.split_first() else { return false };
        trial.touched.insert(trial.new.blocks[*first].id);
        let contiguous: Vec<usize> = rest.iter().enumerate().take_while(|(nth, at)| **at == first + nth + 1).map(|(_, at)| *at).collect();
        for _ in contiguous {
            let next = trial.new.blocks.remove(first + 1);
            trial.touched.insert(next.id);
            trial.new.blocks[*first].sentences.extend(next.sentences);
        }
        true
    }),
    ("a clause moves", |trial| {
        let Some(from) = trial.clause(|block| !block.is_heading()) else { return false };
        let count = trial.new.blocks.len();
        let block = trial.new.blocks.remove(from);
        let to = 2 + (from + count / 3 + trial.new.roll(count / 3)) % (count - 2);
        trial.moved.push(BTreeSet::from([block.id]));
        trial.new.blocks.insert(to.min(count - 1), block);
        true
    }),
    ("items of a list change places", |trial| {
        let items: BTreeSet<u32> = trial
            .new
            .blocks
            .windows(2)
            .filter(|pair| pair.iter().all(|block| block.kind == ClauseKind::ListItem && !trial.touched.contains(&block.id)))
            .map(|pair| pair[0].id)
            .collect();
        let Some(place) = trial.clause(|block| items.contains(&block.id)) else { return false };
        trial.new.blocks.swap(place, place + 1);
        for at in [place, place + 1] {
            trial.touched.insert(trial.new.blocks[at].id);
            trial.moved.push(BTreeSet::from([trial.new.blocks[at].id]));
        }
        true
    }),
    ("a section moves", |trial| {
        let Some(place) = trial.clause(|block| !block.is_heading()) else { return false };
        let section = trial.section(place);
        if section.start == 0 || section.len() * 3 > trial.new.blocks.len() {
            return false;
        }
        let blocks: Vec<Block> = trial.new.blocks.drain(section.clone()).collect();
        trial.moved.push(blocks.iter().map(|block| block.id).collect());
        trial.touched.extend(blocks.iter().map(|block| block.id));
        let ends: Vec<usize> = (2..trial.new.blocks.len())
            .filter(|at| trial.new.blocks[*at].is_heading() && at.abs_diff(section.start) > section.len() + 3)
            .collect();
        let to = if ends.is_empty() { trial.new.blocks.len() } else { ends[trial.new.roll(ends.len())] };
        if to == section.start {
            return false;
        }
        trial.new.blocks.splice(to..to, blocks);
        true
    }),
    ("a section is put in, and numbered", |trial| {
        let Some(place) = trial.clause(Block::is_heading) else { return false };
        let topic = trial.new.topic();
        let heading = trial.new.block(trial.new.blocks[place].kind, String::new(), &[topic]);
        let sentences = [trial.new.sentence(), trial.new.sentence()];
        let clause = trial.new.block(ClauseKind::Paragraph, String::new(), &sentences);
        trial.touched.extend([heading.id, clause.id]);
        trial.new.blocks.splice(place..place, [heading, clause]);
        renumbered(trial);
        true
    }),
    ("every number is one higher", |trial| {
        renumbered(trial);
        true
    }),
    ("a heading has another title", |trial| {
        let Some(place) = trial.clause(Block::is_heading) else { return false };
        trial.new.blocks[place].sentences[0].text = trial.new.topic();
        true
    }),
    ("headings in capitals", |trial| {
        for block in trial.new.blocks.iter_mut().filter(|block| block.is_heading()) {
            block.sentences[0].text = block.sentences[0].text.to_uppercase();
        }
        true
    }),
    ("headings on another level", |trial| {
        for block in &mut trial.new.blocks {
            if let ClauseKind::Heading(level) = block.kind {
                block.kind = ClauseKind::Heading(level + 1);
            }
        }
        true
    }),
    ("a list becomes paragraphs", |trial| {
        for block in trial.new.blocks.iter_mut().filter(|block| block.kind == ClauseKind::ListItem) {
            block.kind = ClauseKind::Paragraph;
        }
        true
    }),
    ("an item joins a list", |trial| {
        let Some(place) = trial.clause(|block| block.kind == ClauseKind::ListItem) else { return false };
        let item = trial.new.sentence();
        let block = trial.new.block(ClauseKind::ListItem, String::new(), &[item]);
        trial.touched.insert(block.id);
        trial.new.blocks.insert(place, block);
        true
    }),
    ("a cell of a table", |trial| {
        let Some(place) = trial.clause(|block| block.kind == ClauseKind::TableRow) else { return false };
        trial.new.blocks[place].sentences[2].text = String::from("kept for 24 months at most");
        true
    }),
    ("the columns of a table change places", |trial| {
        let rows = trial.new.blocks.iter_mut().filter(|block| block.kind == ClauseKind::TableRow);
        rows.map(|block| block.sentences.swap(0, 2)).count() > 0
    }),
    ("a fifth of a clause is rewritten", |trial| {
        let Some(place) = trial.clause(|block| block.kind == ClauseKind::Paragraph && block.words() > 14) else { return false };
        const OTHERS: &[&str] = &["swiftly", "together", "gladly", "in person", "in full"];
        for at in 0..trial.new.blocks[place].sentences.len() {
            let with = OTHERS[trial.new.roll(OTHERS.len())];
            let mut words: Vec<String> = trial.new.blocks[place].sentences[at].text.split(' ').map(str::to_owned).collect();
            for word in words.iter_mut().skip(3).step_by(6) {
                with.clone_into(word);
            }
            let end = if words.last().is_some_and(|last| last.ends_with('.')) { "" } else { "." };
            trial.new.blocks[place].sentences[at].text = words.join(" ") + end;
        }
        true
    }),
    ("the platform is renamed", |trial| {
        let holders = trial.new.blocks.iter().flat_map(|block| &block.sentences).filter(|sentence| sentence.text.contains(PLATFORM));
        if holders.count() < 4 {
            return false;
        }
        trial.throughout = Some((PLATFORM.to_owned(), "Yarrow".to_owned()));
        trial.every_sentence(|text| text.replace(PLATFORM, "Yarrow"))
    }),
    ("a term is renamed", |trial| {
        let holders = trial.new.blocks.iter().flat_map(|block| &block.sentences).filter(|sentence| sentence.text.contains("the price"));
        if holders.count() < 4 {
            return false;
        }
        trial.throughout = Some(("price".to_owned(), "invoice".to_owned()));
        trial.every_sentence(|text| text.replace("the price", "the invoice"))
    }),
];

/// Every number of a section one higher.
fn renumbered(trial: &mut Trial) {
    for block in &mut trial.new.blocks {
        if let Some((section, rest)) = block.label.split_once('.')
            && let Ok(section) = section.parse::<u32>()
        {
            block.label = format!("{}.{rest}", section + 1);
        }
    }
}
