//! Terms are edited in a known way, and the comparison must say exactly what was done: every sentence, every clause, nothing else.

#![allow(clippy::expect_used, reason = "in a test a panic is the report")]

use fineprint::compare::{compare, overview};
use fineprint::model::{Comparison, Piece, Similarity};
use std::collections::BTreeMap;

#[path = "support/mutations.rs"]
mod mutations;
#[path = "support/terms.rs"]
#[allow(dead_code, reason = "the benches use the rest")]
mod terms;

use mutations::{OPERATORS, Operator, Trial};
use terms::{Dice, Draft, SHAPES};

/// So many of a hundred mutations are reported exactly.
const BAR: usize = 99;

#[derive(Debug, Default, Clone)]
struct Score {
    exact: usize,
    total: usize,
    miss: Option<String>,
}

impl Score {
    fn count(&mut self, miss: Option<String>) {
        self.total += 1;
        self.exact += usize::from(miss.is_none());
        self.miss = self.miss.take().or(miss);
    }
}

/// Applies operators to new terms; `None` where one of them finds nothing to edit.
fn trial(seed: u64, operators: &[Operator]) -> Option<Trial> {
    let shape = SHAPES[usize::try_from(seed).unwrap_or(0) % SHAPES.len()];
    let mut trial = Trial::new(Draft::new(shape, seed, 40 + usize::try_from(seed % 40).unwrap_or(0)));
    operators.iter().all(|operator| operator(&mut trial)).then_some(trial)
}

/// What is wrong with what the comparison says of a trial.
fn miss(trial: &Trial) -> Option<String> {
    let (old, new) = (trial.old.document(), trial.new.document());
    let comparison = compare(&old, &new);
    trial.verdict(&comparison).or_else(|| wrong_redline(trial, &comparison)).or_else(|| {
        let (from, to) = trial.throughout.as_ref()?;
        let said = overview(&old, &new, &comparison).replacements;
        let told = said.iter().any(|replacement| replacement.old == *from && replacement.new == *to);
        (!told).then(|| format!("“{from}” became “{to}”, but said was {said:?}"))
    })
}

/// Where only one number was changed, only that number is marked.
fn wrong_redline(trial: &Trial, comparison: &Comparison) -> Option<String> {
    let marked = |pair: &fineprint::model::SentencePair| -> Vec<Piece> {
        pair.redline.iter().filter(|piece| !matches!(piece, Piece::Same(_))).cloned().collect()
    };
    let edited: Vec<Vec<Piece>> = comparison.pairs.iter().filter(|pair| pair.similarity == Similarity::Edited).map(marked).collect();
    let missing = trial.redlines.values().find(|(old, new)| {
        !edited.iter().flatten().any(|piece| *piece == Piece::Removed(old.clone()))
            || !edited.iter().flatten().any(|piece| *piece == Piece::Added(new.clone()))
    });
    missing.map(|missing| format!("{missing:?} is not in {edited:?}"))
}

#[track_caller]
fn assert_bar(scores: &BTreeMap<&str, Score>) {
    let (mut exact, mut total) = (0, 0);
    for (name, score) in scores {
        println!("{name:<50} {:>5}/{}", score.exact, score.total);
        exact += score.exact;
        total += score.total;
    }
    println!("{:<50} {exact:>5}/{total}", "all");
    let misses: Vec<String> = scores.iter().filter_map(|(name, score)| Some(format!("{name}: {}", score.miss.as_ref()?))).collect();
    if std::env::var_os("FINEPRINT_MISSES").is_some() {
        misses.iter().for_each(|miss| println!("{miss}"));
    }
    assert!(exact * 100 >= total * BAR, "{exact} of {total}: {}", misses.join("\n"));
}

#[test]
fn each_mutation_is_reported_exactly() {
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    for (name, operator) in OPERATORS {
        for seed in 1..=40 {
            if let Some(trial) = trial(seed, &[*operator]) {
                scores.entry(name).or_default().count(miss(&trial));
            }
        }
    }
    assert!(scores.len() >= 40 && scores.values().all(|score| score.total >= 10), "an operator that hardly ever applies: {scores:#?}");
    assert_bar(&scores);
}

#[test]
fn mutations_together_are_reported_exactly() {
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    for seed in 1..=700 {
        let mut dice = Dice::new(seed);
        let chosen: Vec<_> = (0..2 + dice.roll(2)).map(|_| *dice.one(OPERATORS)).collect();
        let operators: Vec<Operator> = chosen.iter().map(|(_, operator)| *operator).collect();
        if let Some(trial) = trial(seed, &operators) {
            let miss = miss(&trial).map(|miss| format!("{:?}: {miss}", chosen.iter().map(|(name, _)| name).collect::<Vec<_>>()));
            scores.entry(if chosen.len() == 2 { "two at once" } else { "three at once" }).or_default().count(miss);
        }
    }
    assert_bar(&scores);
}

#[test]
fn the_way_back_is_told_as_the_way_there() {
    let mut score = Score::default();
    for seed in 1..=150 {
        let mut dice = Dice::new(seed);
        let chosen: Vec<_> = (0..2).map(|_| *dice.one(OPERATORS)).collect();
        if let Some(trial) = trial(seed, &chosen.iter().map(|(_, operator)| *operator).collect::<Vec<_>>()) {
            let back = trial.back();
            let comparison = compare(&back.old.document(), &back.new.document());
            score.count(
                back.wrong_pairs(&comparison).map(|miss| format!("{:?}: {miss}", chosen.iter().map(|(name, _)| name).collect::<Vec<_>>())),
            );
        }
    }
    assert_bar(&BTreeMap::from([("there and back", score)]));
}

/// The ways in which one text can be laid out as a page.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Layout {
    Plain,
    /// Other lines, other indentation, elements around everything.
    Reflowed,
    /// Line breaks in place of paragraphs.
    Breaks,
}

fn page(draft: &Draft, layout: Layout) -> fineprint::model::Document {
    let mut html = String::from("<!doctype html><html lang=en><title>Terms</title><body><main>");
    let mut open = false;
    for block in &draft.blocks {
        let text = block.text().replace('<', "&lt;");
        let text = if layout == Layout::Reflowed { text.replace(' ', "\n      ") } else { text };
        let breaks = layout == Layout::Breaks && block.kind == fineprint::model::ClauseKind::Paragraph;
        if open && !breaks {
            html.push_str("</p>");
        }
        match block.kind {
            fineprint::model::ClauseKind::Heading(level) => html.push_str(&format!("<h{level}>{text}</h{level}>")),
            fineprint::model::ClauseKind::ListItem => html.push_str(&format!("<ul><li>{text}</li></ul>")),
            _ if breaks && open => html.push_str(&format!("<br><br>{text}")),
            _ if breaks => html.push_str(&format!("<p>{text}")),
            _ if layout == Layout::Reflowed => html.push_str(&format!("<div class=a1><div><p class=x>{text}</p></div></div>")),
            _ => html.push_str(&format!("<p>{text}</p>")),
        }
        open = breaks;
    }
    html.push_str("</main></body></html>");
    fineprint::page::read(html.as_bytes(), Some("text/html"), fineprint::page::Rules::default()).expect("a page").document
}

#[test]
fn another_layout_of_the_same_text_is_no_difference() {
    for (nth, shape) in (1..).zip(SHAPES) {
        let draft = Draft::new(shape, nth, 40);
        let plain = page(&draft, Layout::Plain);
        for layout in [Layout::Reflowed, Layout::Breaks] {
            let comparison = compare(&plain, &page(&draft, layout));
            assert!(!comparison.is_material() && !comparison.is_date_only(), "{shape:?}, {layout:?}: {comparison:#?}");
        }
    }
}
