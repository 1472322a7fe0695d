//! Answers whose meaning is in their questions: "No." is the same word below every question, so they are held against one another by
//! what was asked.

use super::Case;
use super::candidate::{Candidate, differ, sentence, turns};
use crate::model::{ChangeKind, Frame, SentencePair, SentenceRef, Span, Topic};
use crate::{compare, reading};
use std::borrow::Cow;

/// A candidate for each answer that came, went or says something else, and the frames that were looked at for it.
pub(super) fn edited(case: Case<'_>) -> (Vec<Candidate<'_>>, Vec<&Frame>) {
    let mut turned = Vec::new();
    let mut alone: Vec<(Option<&Frame>, Option<&Frame>)> = Vec::new();
    let mut seen = Vec::new();
    for (pair, topic) in asked(case) {
        let old = pair.old.as_ref().and_then(|question| below(&case.before.frames, question, topic));
        let new = pair.new.as_ref().and_then(|question| below(&case.after.frames, question, topic));
        seen.extend(old.into_iter().chain(new));
        match (old, new) {
            (Some(old), Some(new)) if turns(old, new) => turned.extend(candidate(case, Some(old), Some(new))),
            (Some(_), Some(_)) => {}
            one => alone.push(one),
        }
    }
    // A question that was put in other words has the same answer.
    let others = alone.clone();
    alone.retain(|one| {
        let same = |other: &(Option<&Frame>, Option<&Frame>)| match (one, other) {
            ((Some(old), None), (None, Some(new))) | ((None, Some(new)), (Some(old), None)) => !differ(old, new),
            _ => false,
        };
        !others.iter().any(same)
    });
    turned.extend(alone.into_iter().filter_map(|(old, new)| candidate(case, old, new)));
    (turned, seen)
}

/// One side of a pair.
type Side = fn(&SentencePair) -> Option<&SentenceRef>;

/// The questions that a bare answer stands below in either version, each with what the answer is about.
fn asked(case: Case<'_>) -> Vec<(&SentencePair, Topic)> {
    let mut out: Vec<(&SentencePair, Topic)> = Vec::new();
    let sides: [(&[Frame], Side); 2] = [(&case.before.frames, |pair| pair.old.as_ref()), (&case.after.frames, |pair| pair.new.as_ref())];
    for (frames, side) in sides {
        for frame in frames {
            let Some(question) = reading::question(frame) else { continue };
            let pair = case.comparison.pairs.iter().find(|pair| side(pair).is_some_and(|at| holds(at, question)));
            let Some(pair) = pair else { continue };
            if !out.iter().any(|(known, topic)| std::ptr::eq(*known, pair) && *topic == frame.topic) {
                out.push((pair, frame.topic));
            }
        }
    }
    out
}

fn holds(at: &SentenceRef, span: &Span) -> bool {
    at.clause == span.clause && at.range.contains(&span.range.start)
}

/// What is said on a topic right below a question, in one word or in a sentence.
fn below<'case>(frames: &'case [Frame], question: &SentenceRef, topic: Topic) -> Option<&'case Frame> {
    frames.iter().find(|frame| {
        let at = &frame.sentence;
        let follows = at.clause == question.clause && at.range.start >= question.range.end || at.clause == question.clause + 1;
        frame.topic == topic && follows
    })
}

fn candidate<'case>(case: Case<'case>, old: Option<&'case Frame>, new: Option<&'case Frame>) -> Option<Candidate<'case>> {
    let pairs = &case.comparison.pairs;
    let is = |at: &SentenceRef, frame: &Frame| (at.clause, at.range.start) == (frame.sentence.clause, frame.sentence.range.start);
    let old_at = old.and_then(|old| pairs.iter().filter_map(|pair| pair.old.as_ref()).find(|at| is(at, old)));
    let new_at = new.and_then(|new| pairs.iter().filter_map(|pair| pair.new.as_ref()).find(|at| is(at, new)));
    let text = |document, at: Option<&SentenceRef>| at.and_then(|at| sentence(document, at)).unwrap_or_default();
    let redline = match (old_at, new_at) {
        (Some(_), Some(_)) => compare::redline(text(case.old, old_at), text(case.new, new_at)),
        _ => Vec::new(),
    };
    let change = match (old, new) {
        (Some(_), Some(_)) => ChangeKind::Modified,
        (Some(_), None) => ChangeKind::Removed,
        _ => ChangeKind::Added,
    };
    Some(Candidate {
        topic: new.or(old)?.topic,
        change,
        old,
        new,
        old_sentences: old_at.into_iter().collect(),
        new_sentences: new_at.into_iter().collect(),
        redline: Cow::Owned(redline),
    })
}

#[cfg(test)]
mod tests {
    use crate::judge::tests::{between, check};
    use crate::model::{Direction, Severity};

    #[test]
    fn an_answer_that_turns_round_is_an_event_whatever_other_answers_say() {
        let question = "Do you use my photos to train AI models?";
        let reworded = "Are my photos used for the training of AI models?";
        let (other, yes, no) = ("Do you show advertisements?", "Yes.", "No.");
        let worse = check(
            &[other, yes, question, no],
            &[other, yes, question, yes],
            "prohibition-turned-into-permission",
            Direction::Worse,
            Severity::Critical,
        );
        assert_eq!((worse.before.as_deref(), worse.after.as_deref()), (Some("No."), Some("Yes.")));
        check(&[question, yes, other, yes], &[question, no, other, yes], "permission-limited", Direction::Better, Severity::Major);
        check(&[question, no, other, yes], &[other, yes], "prohibition-removed", Direction::Worse, Severity::Critical);
        check(&[other, yes], &[other, yes, question, yes], "permission-introduced", Direction::Worse, Severity::Critical);
        assert_eq!(between(&[question, no, other, yes], &[other, yes, question, no]), []);
        assert_eq!(between(&[question, no], &[question, "No, we do not use your photos to train AI models."]), []);
        assert_eq!(between(&[question, no], &[reworded, no]), []);
    }
}
