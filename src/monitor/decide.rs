use crate::compare;
use crate::model::{Comparison, Document, Held, Memory, Rejection, SentencePair, SentenceRef, Sha256, Similarity};
use crate::text;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;
use std::time::Duration;

/// A text that was here before must stay for so long before its return counts as a change: two days of fetches, none of which showed
/// the other text. Served variants alternate within hours.
const RETURN_STAYS: SignedDuration = SignedDuration::from_hours(48);
/// A text that a page rule doubts (a rewrite, a cut, another language) must stay for a day.
const DOUBTED_STAYS: SignedDuration = SignedDuration::from_hours(24);

/// One usable sighting of a document, held against what was accepted before.
#[derive(Debug, Clone, Copy)]
pub struct Sighting<'check> {
    /// When.
    pub now: Timestamp,
    /// The accepted text.
    pub accepted: &'check Document,
    /// The text that was seen.
    pub seen: &'check Document,
    /// Digest of the words that were seen.
    pub fingerprint: Sha256,
    /// Why the text is doubted, if it is.
    pub doubt: Option<&'check Rejection>,
    /// What the watch remembers.
    pub memory: &'check Memory,
    /// A difference that waits for its second sighting.
    pub held: Option<&'check Held>,
    /// How long after the first sighting the second may come.
    pub confirm_after: Duration,
    /// Whether the fetch before was rejected.
    pub after_outage: bool,
}

/// What a sighting amounts to.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// No words of substance differ.
    Unchanged,
    /// Nothing but places, numbers, punctuation or a date differs: the text is accepted without a word to anybody.
    Accepted {
        /// Whether a date is what differs.
        date_only: bool,
    },
    /// A difference, to be seen again.
    Held(Held),
    /// The difference that waited is gone.
    Gone,
    /// After an outage another text came back, and stayed: it is watched from now on, but it is no version of the one before.
    Replaced,
    /// A confirmed change.
    Changed {
        /// The comparison, cut down to what was confirmed.
        comparison: Comparison,
        /// Whether there is more that was not there before: it must wait for a second sighting of its own.
        more: bool,
    },
}

/// Decides what a sighting amounts to.
///
/// A difference is believed when a second fetch, at least `confirm_after` later, still shows it: the same sentences came, or the same
/// went. Sentences that differ at every fetch are never confirmed. Where every sentence that came has been there before, the page
/// returned to an older text: that is a change only if it lasts (`RETURN_STAYS`) or brings a new date; until then it is a flap.
#[must_use]
pub fn decide(sighting: Sighting<'_>) -> Decision {
    if sighting.seen == sighting.accepted {
        return if sighting.held.is_some() { Decision::Gone } else { Decision::Unchanged };
    }
    let comparison = compare::compare(sighting.accepted, sighting.seen);
    let difference = Difference::of(&sighting, &comparison);
    if difference.is_empty() {
        return match (sighting.held, comparison.is_date_only()) {
            (Some(_), false) => Decision::Gone,
            (_, date_only) if date_only || !comparison.relations.is_empty() => Decision::Accepted { date_only },
            _ => Decision::Unchanged,
        };
    }
    let after_outage = sighting.held.map_or(sighting.after_outage, |held| held.after_outage);
    let Some(held) = sighting.held.filter(|held| difference.shares_with(held)) else {
        return Decision::Held(difference.held(&sighting, sighting.now, 1, after_outage));
    };
    let sightings = held.sightings.saturating_add(1);
    let age = sighting.now.duration_since(held.since);
    if age < difference.must_stay(&sighting, &comparison) {
        return Decision::Held(difference.held(&sighting, held.since, sightings, after_outage));
    }
    if after_outage && sighting.doubt.is_some() {
        return Decision::Replaced;
    }
    let more = difference.came.iter().any(|sentence| !held.came.contains(sentence))
        || difference.went.iter().any(|sentence| !held.went.contains(sentence));
    Decision::Changed { comparison: confirmed(&sighting, comparison, &held.came, &held.went), more }
}

/// The comparison of the accepted text with the one that waited, cut down to what the text of today still shows; and what the text of
/// today has beyond it, which waits from now on.
#[must_use]
pub fn part(sighting: Sighting<'_>, waited: &Document) -> (Comparison, Option<Held>) {
    let today = Difference::of(&sighting, &compare::compare(sighting.accepted, sighting.seen));
    let of_waited = Sighting { seen: waited, ..sighting };
    let comparison = confirmed(&of_waited, compare::compare(sighting.accepted, waited), &today.came, &today.went);
    let rest = Sighting { accepted: waited, doubt: None, held: None, ..sighting };
    let held = match decide(rest) {
        Decision::Held(held) => Some(held),
        _ => None,
    };
    (comparison, held)
}

/// The sentences that came, edited ones included, and those that went for good.
struct Difference {
    came: Vec<u64>,
    went: Vec<u64>,
}

impl Difference {
    fn of(sighting: &Sighting<'_>, comparison: &Comparison) -> Self {
        let mut difference = Self { came: Vec::new(), went: Vec::new() };
        for run in comparison.pairs.chunk_by(|one, other| compare::is_material(one) == compare::is_material(other)) {
            if !run.first().is_some_and(compare::is_material) {
                continue;
            }
            let came: Vec<u64> = run.iter().filter_map(|pair| fingerprint(sighting.seen, pair.new.as_ref())).collect();
            // Where something else came in its place, a sentence was replaced: what came must be seen again, not only what went.
            if came.is_empty() {
                difference.went.extend(run.iter().filter_map(|pair| fingerprint(sighting.accepted, pair.old.as_ref())));
            }
            difference.came.extend(came);
        }
        difference
    }

    fn is_empty(&self) -> bool {
        self.came.is_empty() && self.went.is_empty()
    }

    fn shares_with(&self, held: &Held) -> bool {
        self.came.iter().any(|sentence| held.came.contains(sentence)) || self.went.iter().any(|sentence| held.went.contains(sentence))
    }

    fn held(self, sighting: &Sighting<'_>, since: Timestamp, sightings: u32, after_outage: bool) -> Held {
        Held {
            since,
            fingerprint: sighting.fingerprint,
            snapshots: Vec::new(),
            sightings,
            came: self.came,
            went: self.went,
            doubt: sighting.doubt.cloned(),
            after_outage,
        }
    }

    /// How long the difference must stay.
    fn must_stay(&self, sighting: &Sighting<'_>, comparison: &Comparison) -> SignedDuration {
        let ordinary = SignedDuration::try_from(sighting.confirm_after).unwrap_or(SignedDuration::ZERO);
        let returned = !self.came.is_empty() && self.came.iter().all(|sentence| sighting.memory.sentences.contains_key(sentence));
        let seen_whole = sighting
            .memory
            .texts
            .iter()
            .any(|text| text.fingerprint == sighting.fingerprint && text.seen.last < sighting.now && text.version > 0);
        let new_date = comparison.pairs.iter().any(|pair| {
            pair.similarity == Similarity::Dated
                && fingerprint(sighting.seen, pair.new.as_ref()).is_some_and(|date| !sighting.memory.sentences.contains_key(&date))
        });
        if sighting.doubt.is_some() {
            DOUBTED_STAYS.max(ordinary)
        } else if (returned || seen_whole) && !new_date {
            RETURN_STAYS.max(ordinary)
        } else {
            ordinary
        }
    }
}

fn fingerprint(document: &Document, at: Option<&SentenceRef>) -> Option<u64> {
    let at = at?;
    document.clauses.get(at.clause as usize)?.text.get(at.range.clone()).map(text::sentence_fingerprint)
}

/// Keeps the pairs whose difference was seen before; the others count as unchanged, so that nobody is told of them. What went where
/// something else came was seen before if what came was.
fn confirmed(sighting: &Sighting<'_>, comparison: Comparison, came: &[u64], went: &[u64]) -> Comparison {
    let (came, went): (HashSet<u64>, HashSet<u64>) = (came.iter().copied().collect(), went.iter().copied().collect());
    let new = |pair: &SentencePair| fingerprint(sighting.seen, pair.new.as_ref());
    let old = |pair: &SentencePair| fingerprint(sighting.accepted, pair.old.as_ref());
    let mut pairs = Vec::with_capacity(comparison.pairs.len());
    for run in comparison.pairs.chunk_by(|one, other| compare::is_material(one) == compare::is_material(other)) {
        let replaced = run.iter().filter_map(new).any(|sentence| came.contains(&sentence));
        let was_held = |pair: &&SentencePair| match new(pair) {
            _ if !compare::is_material(pair) => true,
            Some(sentence) => came.contains(&sentence),
            None => replaced || old(pair).is_some_and(|sentence| went.contains(&sentence)),
        };
        pairs.extend(run.iter().filter(was_held).cloned());
    }
    Comparison { pairs, ..comparison }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Clause, ClauseKind, Seen};

    fn document(lines: &[&str]) -> Document {
        let clause =
            |line: &&str| Clause { kind: ClauseKind::Paragraph, text: (*line).to_owned(), label_len: 0, section: None, stem: None };
        Document { title: None, language: None, clauses: lines.iter().map(clause).collect() }
    }

    const FIRST: &str = "You keep the rights in what you upload to us.";
    const SECOND: &str = "We may close an account after a warning of two weeks.";
    const NEW: &str = "We may train models on what you upload to us.";

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_750_000_000 + hours * 3600).unwrap()
    }

    fn look(now: Timestamp, accepted: &Document, seen: &Document, memory: &Memory, held: Option<&Held>) -> Decision {
        let fingerprint = text::document_fingerprint(seen);
        decide(Sighting {
            now,
            accepted,
            seen,
            fingerprint,
            doubt: None,
            memory,
            held,
            confirm_after: Duration::from_mins(15),
            after_outage: false,
        })
    }

    fn held(decision: Decision) -> Held {
        match decision {
            Decision::Held(held) => held,
            other => panic!("expected a held difference, got {other:?}"),
        }
    }

    #[test]
    fn a_new_sentence_is_believed_at_the_second_sighting_and_not_before_its_time() {
        let (old, new) = (document(&[FIRST, SECOND]), document(&[FIRST, NEW, SECOND]));
        let memory = Memory::default();
        let first = held(look(at(0), &old, &new, &memory, None));
        let too_soon = held(look(at(0), &old, &new, &memory, Some(&first)));
        assert_eq!(too_soon.sightings, 2);
        assert!(
            matches!(look(at(1), &old, &new, &memory, Some(&first)), Decision::Changed { comparison, more: false } if comparison.is_material())
        );
        assert_eq!(look(at(1), &old, &old, &memory, Some(&first)), Decision::Gone);
    }

    #[test]
    fn what_differs_at_every_fetch_is_never_believed() {
        let old = document(&[FIRST, SECOND, "Visitor number 17 is here today to read our pages."]);
        let memory = Memory::default();
        let mut waiting: Option<Held> = None;
        for visit in ["purple otter greets you warmly", "green kettle whistles at noon", "seven lamps burn by night"] {
            let seen = document(&[FIRST, SECOND, visit]);
            waiting = Some(held(look(at(5), &old, &seen, &memory, waiting.as_ref())));
            assert_eq!(waiting.as_ref().map(|held| held.sightings), Some(1));
        }
    }

    #[test]
    fn a_return_to_an_old_text_must_last() {
        let (now_text, old_text) = (document(&[FIRST, SECOND, NEW]), document(&[FIRST, SECOND]));
        let mut memory = Memory::default();
        for line in [FIRST, SECOND, NEW] {
            memory.sentences.insert(text::sentence_fingerprint(line), Seen { first: at(0), last: at(10) });
        }
        // NEW came, was withdrawn and is back: known sentences only.
        let first = held(look(at(20), &old_text, &now_text, &memory, None));
        held(look(at(21), &old_text, &now_text, &memory, Some(&first)));
        assert!(matches!(look(at(70), &old_text, &now_text, &memory, Some(&first)), Decision::Changed { .. }));
    }

    #[test]
    fn dates_and_moves_are_accepted_in_silence() {
        let old = document(&["Last updated: 1 March 2025", FIRST, SECOND, NEW]);
        let memory = Memory::default();
        assert_eq!(
            look(at(0), &old, &document(&["Last updated: 2 April 2025", FIRST, SECOND, NEW]), &memory, None),
            Decision::Accepted { date_only: true }
        );
        assert_eq!(
            look(at(0), &old, &document(&["Last updated: 1 March 2025", SECOND, NEW, FIRST]), &memory, None),
            Decision::Accepted { date_only: false }
        );
        assert_eq!(look(at(0), &old, &old, &memory, None), Decision::Unchanged);
    }

    #[test]
    fn what_comes_with_the_confirming_fetch_waits_for_its_own_second_sighting() {
        const LATER: &str = "We may also sell what you upload to other companies for their models.";
        let (old, waited, today) = (document(&[FIRST, SECOND]), document(&[FIRST, NEW, SECOND]), document(&[FIRST, NEW, SECOND, LATER]));
        let memory = Memory::default();
        let first = held(look(at(0), &old, &waited, &memory, None));
        let Decision::Changed { comparison, more: true } = look(at(1), &old, &today, &memory, Some(&first)) else {
            panic!("not confirmed")
        };
        assert_eq!(comparison.pairs.iter().filter(|pair| compare::is_material(pair)).count(), 1);
        let sighting = Sighting {
            now: at(1),
            accepted: &old,
            seen: &today,
            fingerprint: text::document_fingerprint(&today),
            doubt: None,
            memory: &memory,
            held: Some(&first),
            confirm_after: Duration::from_mins(15),
            after_outage: false,
        };
        let (told, next) = part(sighting, &waited);
        assert_eq!(told.pairs.iter().filter(|pair| compare::is_material(pair)).count(), 1);
        assert_eq!(next.map(|held| held.came), Some(vec![text::sentence_fingerprint(LATER)]));
    }

    #[test]
    fn another_text_after_an_outage_is_watched_but_is_no_change() {
        let (old, other) = (document(&[FIRST, SECOND]), document(&["Our partners sell furniture under terms of their own making.", NEW]));
        let (memory, doubt) = (Memory::default(), Rejection::Unrelated);
        let sighting = |now, held| Sighting {
            now,
            accepted: &old,
            seen: &other,
            fingerprint: text::document_fingerprint(&other),
            doubt: Some(&doubt),
            memory: &memory,
            held,
            confirm_after: Duration::from_mins(15),
            after_outage: true,
        };
        let first = held(decide(sighting(at(0), None)));
        held(decide(sighting(at(2), Some(&first))));
        assert_eq!(decide(sighting(at(25), Some(&first))), Decision::Replaced);
    }

    #[test]
    fn a_sentence_that_was_replaced_is_told_with_what_replaced_it() {
        const INSTEAD: &str = "Nobody teaches machines with your tracks unless you switched it on yourself.";
        let (old, new) = (document(&[FIRST, NEW, SECOND]), document(&[FIRST, INSTEAD, SECOND]));
        let memory = Memory::default();
        let first = held(look(at(0), &old, &new, &memory, None));
        let Decision::Changed { comparison, more: false } = look(at(1), &old, &new, &memory, Some(&first)) else { panic!("not confirmed") };
        let told: Vec<Similarity> = comparison.pairs.iter().map(|pair| pair.similarity).filter(|kind| *kind != Similarity::Same).collect();
        assert!(told.contains(&Similarity::Added) && told.contains(&Similarity::Removed), "{told:?}");
    }
}
