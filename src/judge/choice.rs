//! Permissions that stayed word for word, while the choice that stands behind them changed.

use super::Case;
use super::candidate::{Candidate, Frames, frames_at, sentence};
use crate::model::{ChangeKind, Frame, Piece, SentencePair, SentenceRef, Similarity, Topic};
use crate::{compare, reading};
use std::borrow::Cow;

/// A candidate for each permission whose choice behind it came, went or leads out of less.
pub(super) fn edited<'case>(case: Case<'case>, old_frames: &Frames<'case>, new_frames: &Frames<'case>) -> Vec<Candidate<'case>> {
    let stayed = |pair: &&SentencePair| matches!(pair.similarity, Similarity::Same | Similarity::Cosmetic | Similarity::Dated);
    let mut out: Vec<Candidate<'_>> = Vec::new();
    for pair in case.comparison.pairs.iter().filter(stayed) {
        let (old, new) = (frames_at(old_frames, pair.old.as_ref()), frames_at(new_frames, pair.new.as_ref()));
        for before in old.iter().filter(|frame| matches!(frame.topic, Topic::Training | Topic::TrainingSharing) && !frame.negated) {
            let Some(after) = new.iter().find(|frame| frame.topic == before.topic && !frame.negated) else { continue };
            let Some(candidate) = of_permission(case, pair, before, after) else { continue };
            // What is about AI itself speaks for itself.
            let speaks = |sentences: &[&SentenceRef], frames: &Frames<'_>| {
                frames_at(frames, sentences.first().copied()).iter().any(|frame| frame.topic == before.topic)
            };
            let own = pair.old.as_ref() != candidate.old_sentences.first().copied() && speaks(&candidate.old_sentences, old_frames)
                || pair.new.as_ref() != candidate.new_sentences.first().copied() && speaks(&candidate.new_sentences, new_frames);
            let told = out.iter().any(|one| one.old_sentences == candidate.old_sentences && one.new_sentences == candidate.new_sentences);
            if !own && !told {
                out.push(candidate);
            }
        }
    }
    out
}

fn of_permission<'case>(
    case: Case<'case>,
    permission: &'case SentencePair,
    before: &'case Frame,
    after: &'case Frame,
) -> Option<Candidate<'case>> {
    let pairs = &case.comparison.pairs;
    let with_old = choice_of(before).and_then(|at| pairs.iter().find(|pair| pair.old.as_ref().is_some_and(|old| holds(old, at))));
    let with_new = choice_of(after).and_then(|at| pairs.iter().find(|pair| pair.new.as_ref().is_some_and(|new| holds(new, at))));
    if with_old.or(with_new)?.similarity == Similarity::Same {
        return None;
    }
    let old = with_old.or(with_new).and_then(|pair| pair.old.as_ref());
    let new = with_new.or(with_old).and_then(|pair| pair.new.as_ref());
    let text = |document, at: Option<&SentenceRef>| at.and_then(|at| sentence(document, at)).unwrap_or_default();
    let redline = compare::redline(text(case.old, old), text(case.new, new));
    let brought: Vec<&str> =
        redline.iter().filter_map(|piece| if let Piece::Added(text) = piece { Some(text.as_str()) } else { None }).collect();
    let narrower = before.stance == after.stance && reading::says(case.new, reading::Rule::LimitsChoice, &brought.join(" "));
    (before.stance != after.stance || narrower).then(|| Candidate {
        topic: before.topic,
        change: ChangeKind::Modified,
        old: Some(before),
        new: Some(after),
        old_sentences: old.into_iter().chain(&permission.old).collect(),
        new_sentences: new.into_iter().chain(&permission.new).collect(),
        redline: Cow::Owned(redline),
    })
}

/// Where the choice stands, if it is not in the permission's own sentence.
fn choice_of(frame: &Frame) -> Option<(u32, usize)> {
    let span = frame.condition.span.as_ref()?;
    let own = span.clause == frame.sentence.clause && frame.sentence.range.contains(&span.range.start);
    (!own).then_some((span.clause, span.range.start))
}

fn holds(at: &SentenceRef, (clause, place): (u32, usize)) -> bool {
    at.clause == clause && at.range.contains(&place)
}
