//! Answers whose meaning is in their questions: "No." is the same word below every question, so they are held against one another by
//! what was asked.

use super::Case;
use super::candidate::{Candidate, differ, sentence, turns};
use crate::model::{ChangeKind, Frame, SentencePair, SentenceRef, Topic};
use crate::{compare, reading};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// So many answers that came or went are looked at for questions that were only put in other words.
const MANY: usize = 200;

/// An answer in either version, with the sentences that ask.
#[derive(Clone, Copy)]
struct Answered<'case> {
    question: &'case SentencePair,
    old: Option<&'case Frame>,
    new: Option<&'case Frame>,
}

/// One side of a pair.
type Side = fn(&SentencePair) -> Option<&SentenceRef>;

/// Where a sentence stands: its clause, and where it begins there.
type Place = (u32, usize);

/// The pairs of a comparison by where their sentences stand on one side.
type Places<'case> = BTreeMap<Place, &'case SentencePair>;

/// A candidate for each answer that came, went or says something else, and the frames that were looked at for it.
pub(super) fn edited(case: Case<'_>) -> (Vec<Candidate<'_>>, Vec<&Frame>) {
    let (olds, news) = (places(case, |pair| pair.old.as_ref()), places(case, |pair| pair.new.as_ref()));
    let answered: Vec<Answered<'_>> = asked(case, &olds, &news);
    let seen = answered.iter().flat_map(|one| one.old.into_iter().chain(one.new)).collect();
    let alone: Vec<&Answered<'_>> = answered.iter().filter(|one| one.old.is_none() || one.new.is_none()).collect();
    // A page that exchanges more answers than that is another page, and each is held against each.
    let alone = if alone.len() <= MANY { alone } else { Vec::new() };
    let told = answered.iter().filter(|one| match (one.old, one.new) {
        (Some(old), Some(new)) => turns(old, new),
        _ => !alone.iter().any(|other| is_reworded(case, one, other) || is_reworded(case, other, one)),
    });
    (told.filter_map(|one| candidate(*one, case, &olds, &news)).collect(), seen)
}

fn places(case: Case<'_>, side: Side) -> Places<'_> {
    case.comparison.pairs.iter().filter_map(|pair| side(pair).map(|at| ((at.clause, at.range.start), pair))).collect()
}

/// The answers of both versions, each once.
fn asked<'case>(case: Case<'case>, olds: &Places<'case>, news: &Places<'case>) -> Vec<Answered<'case>> {
    let mut out: BTreeMap<(Topic, Option<Place>, Option<Place>), Answered<'_>> = BTreeMap::new();
    let place = |at: &SentenceRef| (at.clause, at.range.start);
    for (frames, places) in [(&case.before.frames, olds), (&case.after.frames, news)] {
        for frame in frames {
            let Some(span) = reading::question(frame) else { continue };
            let Some((_, question)) = places.range(..=(span.clause, span.range.start)).next_back() else { continue };
            let (old_at, new_at) = (question.old.as_ref(), question.new.as_ref());
            let old = old_at.and_then(|at| below(&case.before.frames, at, frame.topic));
            let new = new_at.and_then(|at| below(&case.after.frames, at, frame.topic));
            out.insert((frame.topic, old_at.map(place), new_at.map(place)), Answered { question, old, new });
        }
    }
    out.into_values().collect()
}

/// What is said on a topic right below a question, in one word or in a sentence.
fn below<'case>(frames: &'case [Frame], question: &SentenceRef, topic: Topic) -> Option<&'case Frame> {
    // Frames stand in reading order.
    let from = frames.partition_point(|frame| frame.sentence.clause < question.clause);
    let near = frames[from..].iter().take_while(|frame| frame.sentence.clause <= question.clause + 1);
    near.into_iter().find(|frame| {
        let is_behind = frame.sentence.clause > question.clause || frame.sentence.range.start >= question.range.end;
        frame.topic == topic && is_behind
    })
}

/// Whether a question that went was put in other words, and has the same answer.
fn is_reworded(case: Case<'_>, gone: &Answered<'_>, come: &Answered<'_>) -> bool {
    const ALIKE: f32 = 0.4;
    let (Some(old), None, None, Some(new)) = (gone.old, gone.new, come.old, come.new) else { return false };
    let text = |document, at: Option<&SentenceRef>| at.and_then(|at| sentence(document, at)).unwrap_or_default();
    let (was, is) = (text(case.old, gone.question.old.as_ref()), text(case.new, come.question.new.as_ref()));
    !differ(old, new) && compare::likeness(was, is) >= ALIKE
}

fn candidate<'case>(one: Answered<'case>, case: Case<'case>, olds: &Places<'case>, news: &Places<'case>) -> Option<Candidate<'case>> {
    let place = |frame: &Frame| (frame.sentence.clause, frame.sentence.range.start);
    let mut old_at = one.old.and_then(|old| olds.get(&place(old))?.old.as_ref());
    let mut new_at = one.new.and_then(|new| news.get(&place(new))?.new.as_ref());
    let text = |document, at: Option<&SentenceRef>| at.and_then(|at| sentence(document, at)).unwrap_or_default();
    let change = match (one.old, one.new) {
        (Some(_), Some(_)) => ChangeKind::Modified,
        (Some(_), None) => ChangeKind::Removed,
        _ => ChangeKind::Added,
    };
    if text(case.old, old_at) == text(case.new, new_at) {
        // The same answer, to something else: the question is what changed.
        (old_at, new_at) = (one.question.old.as_ref(), one.question.new.as_ref());
    }
    let modified = change == ChangeKind::Modified;
    let redline = if modified { compare::redline(text(case.old, old_at), text(case.new, new_at)) } else { Vec::new() };
    Some(Candidate {
        topic: one.new.or(one.old)?.topic,
        change,
        old: one.old,
        new: one.new,
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

    #[test]
    fn the_same_answer_to_less_is_a_weaker_promise_and_the_question_is_quoted() {
        let (all, some) = ("Do you use my photos to train AI models?", "Do you use my photos to train generative AI models?");
        let event = check(&[all, "No."], &[some, "No."], "prohibition-weakened", Direction::Worse, Severity::Critical);
        assert_eq!((event.before.as_deref(), event.after.as_deref()), (Some(all), Some(some)));
    }
}
