use super::{Case, answer, choice};
use crate::model::{ChangeKind, Comparison, Document, Frame, Modality, Piece, SentencePair, SentenceRef, Similarity, Span, Topic};
use crate::{compare, reading, text};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

/// A provision about AI that may have changed its meaning.
#[derive(Debug)]
pub(super) struct Candidate<'case> {
    pub(super) topic: Topic,
    pub(super) change: ChangeKind,
    /// The frame of the most telling old sentence.
    pub(super) old: Option<&'case Frame>,
    /// The frame of the most telling new sentence.
    pub(super) new: Option<&'case Frame>,
    /// The old sentences, the most telling one first.
    pub(super) old_sentences: Vec<&'case SentenceRef>,
    /// The new sentences, the most telling one first.
    pub(super) new_sentences: Vec<&'case SentenceRef>,
    /// The words that left and came, where one sentence was edited.
    pub(super) redline: Cow<'case, [Piece]>,
}

pub(super) type Frames<'case> = BTreeMap<(u32, usize), Vec<&'case Frame>>;

/// The frames by their sentences, but for bare answers: those mean nothing without their questions.
fn by_sentence(frames: &[Frame]) -> Frames<'_> {
    let mut map: Frames<'_> = BTreeMap::new();
    for frame in frames.iter().filter(|frame| reading::question(frame).is_none()) {
        map.entry((frame.sentence.clause, frame.sentence.range.start)).or_default().push(frame);
    }
    map
}

pub(super) fn frames_at<'case, 'map>(frames: &'map Frames<'case>, at: Option<&SentenceRef>) -> &'map [&'case Frame] {
    at.and_then(|at| frames.get(&(at.clause, at.range.start))).map_or(&[], Vec::as_slice)
}

/// The provisions about AI that were added, removed or edited; sentences of one clause on one topic are one provision.
pub(super) fn candidates(case: Case<'_>) -> Vec<Candidate<'_>> {
    let (old_frames, new_frames) = (by_sentence(&case.before.frames), by_sentence(&case.after.frames));
    let (in_old, in_new) = (
        fingerprints(case.old, case.comparison, |pair| pair.old.as_ref()),
        fingerprints(case.new, case.comparison, |pair| pair.new.as_ref()),
    );
    let mut choices = choice::edited(case, &old_frames, &new_frames);
    let mut out: Vec<Candidate<'_>> = Vec::new();
    let new_there = |frame: &Frame| !said(case.old, &case.before.frames, case.new, frame);
    let gone_from_there = |frame: &Frame| !said(case.new, &case.after.frames, case.old, frame);
    for pair in &case.comparison.pairs {
        let (old, new) = (frames_at(&old_frames, pair.old.as_ref()), frames_at(&new_frames, pair.new.as_ref()));
        match pair.similarity {
            Similarity::Added if !stands_in(&in_old, case.new, pair.new.as_ref()) => {
                out.extend(new.iter().filter(|frame| new_there(frame)).map(|frame| one_sided(ChangeKind::Added, frame, pair)));
            }
            Similarity::Removed if !stands_in(&in_new, case.old, pair.old.as_ref()) => {
                out.extend(old.iter().filter(|frame| gone_from_there(frame)).map(|frame| one_sided(ChangeKind::Removed, frame, pair)));
            }
            Similarity::Edited => {
                let gone = |candidate: &Candidate<'_>| candidate.new.is_some() || candidate.old.is_none_or(gone_from_there);
                out.extend(edited(case, pair, old, new).into_iter().filter(gone));
            }
            _ => {}
        }
    }
    let (answers, looked_at) = answer::edited(case);
    let settled = |frame: Option<&Frame>| frame.is_some_and(|frame| looked_at.iter().any(|one| std::ptr::eq(*one, frame)));
    out.retain(|candidate| !belongs_to(candidate, &choices) && !settled(candidate.old) && !settled(candidate.new));
    choices.extend(answers);
    choices.extend(out);
    gather(case, choices)
}

/// Whether a candidate is about what the sentence of a choice says of an AI feature besides: it is part of the choice.
fn belongs_to(candidate: &Candidate<'_>, choices: &[Candidate<'_>]) -> bool {
    let first = |sentences: &[&SentenceRef]| sentences.first().map(|at| (at.clause, at.range.start));
    let (old, new) = (first(&candidate.old_sentences), first(&candidate.new_sentences));
    let shares = |choice: &Candidate<'_>| {
        old.is_some() && old == first(&choice.old_sentences) || new.is_some() && new == first(&choice.new_sentences)
    };
    matches!(candidate.topic, Topic::Outputs | Topic::Other) && choices.iter().any(shares)
}

/// Whether the other version says the same of learning from people's material, in much the same words, wherever it stands.
fn said(other: &Document, frames: &[Frame], document: &Document, frame: &Frame) -> bool {
    const ALIKE: f32 = 0.6;
    if !matches!(frame.topic, Topic::Training | Topic::TrainingSharing) {
        return false;
    }
    let text = |document: &Document, frame: &Frame| -> Option<String> {
        let at = SentenceRef { clause: frame.sentence.clause, range: frame.sentence.range.clone() };
        Some([introduction(document, &at).unwrap_or_default(), sentence(document, &at)?].join(" "))
    };
    let Some(mine) = text(document, frame) else { return false };
    // "… and for third parties" is what such a sentence grows by.
    let names_others = |document: &Document, text: &str| reading::says(document, reading::Rule::OutsideProvider, text);
    let others = names_others(document, &mine);
    frames.iter().filter_map(|there| Some((there, text(other, there)?))).any(|(there, theirs)| {
        let same = !differ(there, frame) && compare::likeness(&theirs, &mine) >= ALIKE;
        let part = || within(frame, there) && is_contained(&mine, &theirs);
        let in_list = || {
            let list = list_of(other, there).is_some_and(|list| is_contained(&mine, &list));
            list && there.topic == frame.topic && there.negated == frame.negated
        };
        (same || part() || in_list()) && names_others(other, &theirs) == others && covers(&theirs, &material(document, frame))
    })
}

/// The whole list that a frame's clause is an item of, with what introduces it: what was one sentence may have become one.
fn list_of(document: &Document, frame: &Frame) -> Option<String> {
    let stem = document.clauses.get(frame.sentence.clause as usize)?.stem?;
    let items = document.clauses.iter().filter(|clause| clause.stem == Some(stem)).map(|clause| clause.text.as_str());
    Some([document.clauses.get(stem as usize)?.body()].into_iter().chain(items).collect::<Vec<_>>().join(" "))
}

/// Whether a frame says nothing that another does not say: as much is allowed or forbidden there, and more is named.
fn within(part: &Frame, whole: &Frame) -> bool {
    let acts = |frame: &Frame| frame.acts.iter().map(|slot| slot.value).collect::<HashSet<_>>();
    let objects = |frame: &Frame| frame.objects.iter().map(|slot| slot.value).collect::<HashSet<_>>();
    part.topic == whole.topic
        && part.negated == whole.negated
        && part.limits.len() <= whole.limits.len()
        && acts(part).is_subset(&acts(whole))
        && objects(part).is_subset(&objects(whole))
}

/// Whether one sentence's content words all stand in another: a long sentence that was cut in two says in each half what it said.
pub(super) fn is_contained(part: &str, whole: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let words = text::words(text).into_iter().map(|word| text[word.range].to_lowercase());
        words.filter(|word| !SMALL_WORDS.contains(&word.as_str())).collect()
    };
    let (part, whole) = (words(part), words(whole));
    part.iter().all(|word| whole.iter().any(|other| other == word || is_spelling_of(word, other)))
}

/// The words by which a clause names whose material it speaks of: "your recordings".
pub(super) fn material(document: &Document, frame: &Frame) -> Vec<String> {
    let text =
        |span: &Span| document.clauses.get(span.clause as usize).and_then(|clause| clause.text.get(span.range.clone())).unwrap_or_default();
    let words = |span: &Span| {
        let text = text(span);
        text::words(text).into_iter().map(|word| text[word.range].to_lowercase()).collect::<Vec<_>>()
    };
    let named = frame.objects.iter().filter_map(|object| object.span.as_ref()).flat_map(words);
    named.chain(reading::belongings(document, text(&frame.sentence))).collect()
}

/// Whether a sentence names all of some material: a right over songs says nothing of recordings.
fn covers(sentence: &str, material: &[String]) -> bool {
    let named: HashSet<String> = text::words(sentence).into_iter().map(|word| sentence[word.range].to_lowercase()).collect();
    let singular = |word: &str| word.trim_end_matches('s').to_owned();
    let named: HashSet<String> = named.iter().map(|word| singular(word)).collect();
    material.iter().filter(|word| word.len() > 3).all(|word| named.contains(&singular(word)))
}

fn fingerprints(document: &Document, comparison: &Comparison, side: impl Fn(&SentencePair) -> Option<&SentenceRef>) -> HashSet<u64> {
    comparison.pairs.iter().filter_map(side).filter_map(|at| sentence(document, at)).map(text::sentence_fingerprint).collect()
}

/// Whether a sentence stands in the other version too: text that was doubled or its double taken away is no news.
fn stands_in(other: &HashSet<u64>, document: &Document, at: Option<&SentenceRef>) -> bool {
    at.and_then(|at| sentence(document, at)).is_some_and(|sentence| other.contains(&text::sentence_fingerprint(sentence)))
}

pub(super) fn sentence<'doc>(document: &'doc Document, at: &SentenceRef) -> Option<&'doc str> {
    document.clauses.get(at.clause as usize)?.text.get(at.range.clone())
}

/// What introduces the list that a sentence is an item of: the last sentence of its stem.
pub(super) fn introduction<'doc>(document: &'doc Document, at: &SentenceRef) -> Option<&'doc str> {
    let stem = document.clauses.get(document.clauses.get(at.clause as usize)?.stem? as usize)?.body();
    text::sentences(stem).pop().and_then(|range| stem.get(range))
}

fn one_sided<'case>(change: ChangeKind, frame: &'case Frame, pair: &'case SentencePair) -> Candidate<'case> {
    let added = change == ChangeKind::Added;
    Candidate {
        topic: frame.topic,
        change,
        old: (!added).then_some(frame),
        new: added.then_some(frame),
        old_sentences: pair.old.iter().collect(),
        new_sentences: pair.new.iter().collect(),
        redline: Cow::Borrowed(&[]),
    }
}

fn edited<'case>(case: Case<'case>, pair: &'case SentencePair, old: &[&'case Frame], new: &[&'case Frame]) -> Vec<Candidate<'case>> {
    let mut out = Vec::new();
    if only_slips(&pair.redline) || !touches_ai(case, pair) {
        return out;
    }
    let redline = without_label(&pair.redline);
    let whole = |old: Option<&'case Frame>, new: Option<&'case Frame>, topic| Candidate {
        topic,
        change: ChangeKind::Modified,
        old,
        new,
        old_sentences: pair.old.iter().collect(),
        new_sentences: pair.new.iter().collect(),
        redline: Cow::Borrowed(redline),
    };
    if turned_round(old, new) && same_share(&pair.redline) < REWRITTEN {
        out.extend(old.iter().map(|frame| Candidate { new_sentences: Vec::new(), ..one_sided(ChangeKind::Removed, frame, pair) }));
        out.extend(new.iter().map(|frame| Candidate { old_sentences: Vec::new(), ..one_sided(ChangeKind::Added, frame, pair) }));
        return out;
    }
    for frame in new {
        let alike = old.iter().find(|other| other.topic == frame.topic && other.negated == frame.negated);
        let before = alike.or_else(|| old.iter().find(|other| other.topic == frame.topic)).or_else(|| old.first()).copied();
        let telling = matches!(frame.topic, Topic::Training | Topic::TrainingSharing | Topic::Likeness) && names_listed(redline);
        let changed = |before: &Frame| {
            let content = content_words_changed(redline);
            content || differ(before, frame) && (names_listed(redline) || turns(before, frame))
        };
        if telling || before.is_none_or(changed) {
            out.push(whole(before, Some(frame), frame.topic));
        }
    }
    // A sentence that now allows is not softened by what it still denies.
    let turned: Vec<Topic> = out
        .iter()
        .filter(|one| one.old.is_some_and(|old| old.negated) && one.new.is_some_and(|new| !new.negated))
        .map(|one| one.topic)
        .collect();
    out.retain(|one| !(turned.contains(&one.topic) && one.new.is_some_and(|new| new.negated)));
    let is_left = |frame: &&&Frame| {
        let learns = matches!(frame.topic, Topic::Training | Topic::TrainingSharing);
        new.is_empty()
            || learns
                && new.iter().all(|other| matches!(other.topic, Topic::Training | Topic::TrainingSharing) && other.topic != frame.topic)
    };
    // "We do not allow our providers to do so" may have become a sentence of its own.
    let clause = pair.new.as_ref().and_then(|at| case.new.clauses.get(at.clause as usize));
    let others_named = clause.is_some_and(|clause| reading::says(case.new, reading::Rule::OutsideProvider, &clause.text));
    let is_left = |frame: &&&Frame| is_left(frame) && !(frame.rule == "training-by-others-too" && others_named);
    let left = old.iter().filter(is_left).filter(|frame| !out.iter().any(|one| one.old.is_some_and(|used| std::ptr::eq(used, **frame))));
    let left: Vec<_> = left.map(|frame| whole(Some(frame), None, frame.topic)).collect();
    out.extend(left);
    out
}

/// An edit without the few words that now stand before the sentence, or no longer do, to say what it is about: "No training. We do not …".
fn without_label(redline: &[Piece]) -> &[Piece] {
    const FEW: usize = 6;
    let at = redline.iter().position(|piece| matches!(piece, Piece::Same(_))).unwrap_or(0);
    let (head, rest) = redline.split_at(at);
    let all = |wanted: fn(&Piece) -> Option<&str>| head.iter().map(wanted).collect::<Option<String>>();
    let label = all(|piece| if let Piece::Added(text) = piece { Some(text) } else { None })
        .or_else(|| all(|piece| if let Piece::Removed(text) = piece { Some(text) } else { None }));
    let is_label = |text: &String| text.trim_end().ends_with(['.', ':']) && text.split_whitespace().count() <= FEW;
    if label.as_ref().is_some_and(is_label) { rest } else { redline }
}

/// A sentence of which less than this stayed, and which says the contrary, is one provision that went and another that came.
pub(super) const REWRITTEN: f64 = 0.5;

/// Whether one side allows what the other forbids.
fn turned_round(old: &[&Frame], new: &[&Frame]) -> bool {
    old.first().zip(new.first()).is_some_and(|(old, new)| old.topic == new.topic && old.negated != new.negated)
}

/// How much of both sentences stayed, by characters.
#[expect(clippy::cast_precision_loss, reason = "sentences are far shorter than 2^52")]
pub(super) fn same_share(redline: &[Piece]) -> f64 {
    let (mut same, mut whole) = (0, 0);
    for piece in redline {
        match piece {
            Piece::Same(text) => {
                same += 2 * text.len();
                whole += 2 * text.len();
            }
            Piece::Removed(text) | Piece::Added(text) => whole += text.len(),
        }
    }
    same as f64 / whole.max(1) as f64
}

/// Whether two frames say different things.
pub(super) fn differ(one: &Frame, other: &Frame) -> bool {
    let acts = |frame: &Frame| frame.acts.iter().map(|slot| slot.value).collect::<std::collections::BTreeSet<_>>();
    let objects = |frame: &Frame| frame.objects.iter().map(|slot| slot.value).collect::<std::collections::BTreeSet<_>>();
    let limits = |frame: &Frame| frame.limits.iter().map(|limit| limit.kind).collect::<std::collections::BTreeSet<_>>();
    one.topic != other.topic
        || one.negated != other.negated
        || one.condition.value != other.condition.value
        || one.stance != other.stance
        || limits(one) != limits(other)
        || acts(one) != acts(other)
        || objects(one) != objects(other)
}

/// Whether two frames of the same words differ in force: in what is denied, or on what condition.
pub(super) fn turns(one: &Frame, other: &Frame) -> bool {
    one.topic != other.topic || one.negated != other.negated || one.condition.value != other.condition.value || one.stance != other.stance
}

/// Words that carry no meaning of their own.
const SMALL_WORDS: &[&str] = &[
    "the", "a", "an", "of", "and", "or", "to", "in", "on", "at", "by", "for", "with", "as", "is", "are", "be", "that", "this", "these",
    "those", "our", "your", "their", "its", "it", "we", "us", "you", "such", "any", "will", "which", "from", "also", "here", "see",
    "section", "s", "has", "have", "been", "please", "e", "g", "i", "etc", "com", "www", "https", "http",
];

/// Whether the words that left and came are more than names, numbers and small words.
fn content_words_changed(redline: &[Piece]) -> bool {
    let content = |text: &str| -> Vec<String> {
        text::words(text)
            .into_iter()
            .map(|word| &text[word.range])
            .filter(|word| !word.chars().next().is_some_and(char::is_uppercase) && !word.chars().any(|c| c.is_ascii_digit()))
            .map(str::to_lowercase)
            .filter(|word| !SMALL_WORDS.contains(&word.as_str()) && word.chars().count() > 1)
            .collect()
    };
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for piece in redline {
        match piece {
            Piece::Removed(text) => gone.extend(content(text)),
            Piece::Added(text) => come.extend(content(text)),
            Piece::Same(_) => {}
        }
    }
    let unspelled = |words: &[String], others: &[String]| words.iter().any(|word| !others.iter().any(|other| is_spelling_of(word, other)));
    unspelled(&gone, &come) || unspelled(&come, &gone)
}

/// Whether a sentence names AI in other words than before: what is only said the other way round names the same.
pub(super) fn names_other_ai(case: Case<'_>, candidate: &Candidate<'_>) -> bool {
    let words = |document: &Document, sentences: &[&SentenceRef]| {
        let text: Vec<&str> = sentences.iter().filter_map(|at| sentence(document, at)).collect();
        reading::ai_words(document, &text.join(" "))
    };
    words(case.old, &candidate.old_sentences) != words(case.new, &candidate.new_sentences)
}

/// Whether a provision forbids what it allowed, asks for consent that it did not ask for, or the other way round.
pub(super) fn changes_force(case: Case<'_>, candidate: &Candidate<'_>) -> bool {
    let text = |document: &Document, sentences: &[&SentenceRef]| {
        sentences.iter().filter_map(|at| sentence(document, at)).collect::<Vec<_>>().join(" ")
    };
    let (old, new) = (text(case.old, &candidate.old_sentences), text(case.new, &candidate.new_sentences));
    !reading::same_force((case.old, &old), (case.new, &new))
}

/// Whether a list of names grew or shrank: a plan or product that joins or leaves a promise is no renaming.
fn names_listed(redline: &[Piece]) -> bool {
    let words = |wanted: fn(&Piece) -> Option<&str>| redline.iter().filter_map(wanted).flat_map(text::words).count();
    let gone = words(|piece| if let Piece::Removed(text) = piece { Some(text) } else { None });
    let come = words(|piece| if let Piece::Added(text) = piece { Some(text) } else { None });
    gone.abs_diff(come) >= 2 && (gone == 0 || come == 0 || gone.max(come) >= 2 * gone.min(come))
}

/// Two words of which one is a slip or an inflection of the other.
fn is_spelling_of(one: &str, other: &str) -> bool {
    let shared = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let longer = one.chars().count().max(other.chars().count());
    (shared >= 3 && longer - shared <= 2) || is_slip(one, other)
}

/// Words of which one has a single letter too many.
fn is_slip(one: &str, other: &str) -> bool {
    let (short, long) = if one.chars().count() < other.chars().count() { (one, other) } else { (other, one) };
    let (short, long): (Vec<char>, Vec<char>) = (short.chars().collect(), long.chars().collect());
    if short.len() < 3 || long.len() != short.len() + 1 {
        return false;
    }
    let shared = short.iter().zip(&long).take_while(|(a, b)| a == b).count();
    short[shared..] == long[shared + 1..]
}

/// Whether every word that left came back with a letter more or less: a slip that was mended.
fn only_slips(redline: &[Piece]) -> bool {
    let words = |wanted: fn(&Piece) -> Option<&str>| -> Vec<String> {
        redline
            .iter()
            .filter_map(wanted)
            .flat_map(|text| text::words(text).into_iter().map(|word| text[word.range].to_lowercase()))
            .collect()
    };
    let gone = words(|piece| if let Piece::Removed(text) = piece { Some(text) } else { None });
    let come = words(|piece| if let Piece::Added(text) = piece { Some(text) } else { None });
    !gone.is_empty() && gone.len() == come.len() && gone.iter().zip(&come).all(|(one, other)| one == other || is_slip(one, other))
}

/// In a long sentence or table row only an edit near the words about AI is an edit of what it says about AI.
fn touches_ai(case: Case<'_>, pair: &SentencePair) -> bool {
    const LONG: usize = 420;
    const NEAR: usize = 160;
    let long = |document: &Document, at: &Option<SentenceRef>| {
        at.as_ref().and_then(|at| sentence(document, at)).is_some_and(|text| text.len() > LONG)
    };
    if !long(case.old, &pair.old) && !long(case.new, &pair.new) {
        return true;
    }
    let mut window = String::new();
    for (place, piece) in pair.redline.iter().enumerate() {
        match piece {
            Piece::Same(text) => {
                let head: String = text.chars().take(NEAR).collect();
                let tail: String = text.chars().rev().take(NEAR).collect::<Vec<_>>().into_iter().rev().collect();
                if place > 0 {
                    window.push_str(&head);
                }
                window.push_str(" … ");
                if place + 1 < pair.redline.len() {
                    window.push_str(&tail);
                }
            }
            Piece::Removed(text) | Piece::Added(text) => window.push_str(text),
        }
    }
    reading::mentions_ai(case.new, &window)
}

/// Sentences of one clause, or neighbours in a list, that changed in the same way on the same topic are one provision.
fn gather<'case>(case: Case<'case>, candidates: Vec<Candidate<'case>>) -> Vec<Candidate<'case>> {
    let mut out: Vec<Candidate<'_>> = Vec::new();
    for candidate in candidates {
        let clause = |candidate: &Candidate<'_>| {
            let new = candidate.new_sentences.first().map(|at| provision(case.new, at.clause));
            new.or_else(|| candidate.old_sentences.first().map(|at| provision(case.old, at.clause)))
        };
        let same = out.iter_mut().rev().take(8).find(|other| {
            other.topic == candidate.topic
                && other.change == candidate.change
                && candidate.change != ChangeKind::Modified
                && force(other) == force(&candidate)
                && clause(other) == clause(&candidate)
                && near(other, &candidate)
        });
        match same {
            Some(other) if weight(&candidate) > weight(other) => {
                let weaker = std::mem::replace(other, candidate);
                other.old_sentences.extend(weaker.old_sentences);
                other.new_sentences.extend(weaker.new_sentences);
            }
            Some(other) => {
                other.old_sentences.extend(candidate.old_sentences);
                other.new_sentences.extend(candidate.new_sentences);
            }
            None => out.push(candidate),
        }
    }
    out
}

/// A permission and a promise in one paragraph are two provisions; so are what machines decide and what people can do against it, and what
/// people must say of content made by AI and what they must not post.
fn force(candidate: &Candidate<'_>) -> bool {
    candidate.new.or(candidate.old).is_some_and(|frame| match candidate.topic {
        Topic::Training | Topic::TrainingSharing | Topic::Scraping => frame.negated,
        Topic::AutomatedDecisions => frame.rule == "recourse",
        Topic::Conduct => frame.modality.value == Modality::Duty,
        _ => false,
    })
}

/// Whether two sentences stand near one another, or in different items of a list: a table row may hold provisions pages apart.
fn near(one: &Candidate<'_>, other: &Candidate<'_>) -> bool {
    const FAR: usize = 500;
    let side = |candidate: &Candidate<'_>| -> Vec<SentenceRef> {
        candidate.new_sentences.iter().chain(&candidate.old_sentences).map(|at| (*at).clone()).collect()
    };
    let gap = |a: &SentenceRef, b: &SentenceRef| a.range.start.saturating_sub(b.range.end).max(b.range.start.saturating_sub(a.range.end));
    let (ones, others) = (side(one), side(other));
    ones.iter().any(|a| others.iter().any(|b| a.clause != b.clause || gap(a, b) <= FAR))
}

/// The clause that stands for a provision: a short list item belongs to what introduces it.
fn provision(document: &Document, clause: u32) -> u32 {
    const SHORT: usize = 14;
    let short = |clause: &crate::model::Clause| clause.text.split_whitespace().count() <= SHORT;
    document.clauses.get(clause as usize).filter(|clause| short(clause)).and_then(|clause| clause.stem).unwrap_or(clause)
}

/// How telling a sentence is for its provision: one that permits or forbids before one that describes.
fn weight(candidate: &Candidate<'_>) -> u8 {
    use crate::model::Stance;
    let frame = candidate.new.or(candidate.old);
    match frame.map(|frame| frame.stance) {
        Some(Stance::Prohibits | Stance::ProhibitsPartly) if candidate.topic == Topic::Likeness => 5,
        Some(Stance::Permits | Stance::PermitsOptOut) => 4,
        Some(Stance::ProhibitsPartly | Stance::Prohibits | Stance::PermitsOptIn) => 3,
        Some(Stance::Describes) => 1,
        _ => 0,
    }
}
