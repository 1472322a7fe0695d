//! Which slot made the difference between two readings of one clause about learning.

use super::candidate::Candidate;
use super::kind::Kind;
use crate::model::{Actor, Condition, Frame, LimitKind, Piece, Population, Span, Time};
use std::collections::BTreeSet;

/// The kind of an edit by its cause; where no slot tells, what it amounts to.
pub(super) fn named(old: &Frame, new: &Frame, candidate: &Candidate<'_>, amounts_to: Kind) -> Kind {
    if amounts_to == Kind::Reworded {
        return amounts_to;
    }
    let gained = |time: Time| has(new, time) && !has(old, time);
    let weaker = matches!(amounts_to, Kind::ProhibitionWeakened | Kind::ProhibitionTurnedIntoPermission | Kind::ProhibitionStrengthened);
    // Where more than one thing made a promise smaller, none of them is its name.
    let gained_limits: BTreeSet<LimitKind> = limits(new).difference(&limits(old)).copied().collect();
    let alone = |kind: LimitKind| gained_limits == BTreeSet::from([kind]) && others(old).is_subset(&others(new));
    match amounts_to {
        Kind::ProhibitionTurnedIntoPermission if has(old, Time::Pending) => Kind::DelayLifted,
        Kind::ConsentWeakened | Kind::PermissionLimited if legal_basis(old) && legal_basis(new) => Kind::LegalBasisChanged,
        _ if weaker && alone(LimitKind::Redefinition) => Kind::Redefinition,
        _ if weaker && alone(LimitKind::Pointer) => Kind::PointerMoved,
        _ if population(old) != population(new) || edits(candidate, old, new) => Kind::TierMoved,
        Kind::ScopeWidened if gained(Time::Irreversible) => Kind::Irreversible,
        Kind::ScopeWidened if gained(Time::Retroactive) => Kind::Retroactive,
        Kind::ProhibitionStrengthened | Kind::ScopeWidened if !others(new).is_subset(&others(old)) => Kind::ActorAdded,
        Kind::ProhibitionWeakened | Kind::ScopeNarrowed if !others(old).is_subset(&others(new)) => Kind::ActorDropped,
        kind => kind,
    }
}

fn has(frame: &Frame, time: Time) -> bool {
    frame.time.iter().any(|slot| slot.value == time)
}

/// What narrows a clause; that it names the drafter alone is told by who else is named.
pub(super) fn limits(frame: &Frame) -> BTreeSet<LimitKind> {
    frame.limits.iter().map(|limit| limit.kind).filter(|kind| *kind != LimitKind::ActorOnly).collect()
}

/// Consent or a legitimate interest, by which the law lets data be used.
fn legal_basis(frame: &Frame) -> bool {
    matches!(frame.condition.value, Condition::OptIn | Condition::Consent | Condition::LegitimateInterest)
}

fn population(frame: &Frame) -> Vec<Population> {
    frame.population.iter().map(|slot| slot.value).collect()
}

/// Others than the platform and the user who are named.
pub(super) fn others(frame: &Frame) -> BTreeSet<Actor> {
    let named = frame.beneficiaries.iter().map(|slot| slot.value).chain([frame.actor.value]);
    named.filter(|actor| matches!(actor, Actor::Affiliate | Actor::Vendor | Actor::ThirdParty)).collect()
}

/// Whether the edit reaches into the words that say for whom a clause holds: a plan that joined or left the list.
fn edits(candidate: &Candidate<'_>, old: &Frame, new: &Frame) -> bool {
    let spans = |frame: &Frame| -> Vec<(usize, usize)> {
        let from = frame.sentence.range.start;
        let own = |span: &&Span| span.clause == frame.sentence.clause && span.range.start >= from;
        let spans = frame.population.iter().filter_map(|slot| slot.span.as_ref()).filter(own);
        spans.map(|span| (span.range.start - from, span.range.end - from)).collect()
    };
    let (before, after) = (spans(old), spans(new));
    let within = |spans: &[(usize, usize)], from: usize, to: usize| spans.iter().any(|(start, end)| from < *end && *start < to);
    // The redline may begin behind a label that was left out of it.
    let length = |wanted: fn(&Piece) -> &str| candidate.redline.iter().map(|piece| wanted(piece).len()).sum::<usize>();
    let of_old = length(|piece| if let Piece::Same(text) | Piece::Removed(text) = piece { text } else { "" });
    let of_new = length(|piece| if let Piece::Same(text) | Piece::Added(text) = piece { text } else { "" });
    let mut in_old = old.sentence.range.len().saturating_sub(of_old);
    let mut in_new = new.sentence.range.len().saturating_sub(of_new);
    for piece in candidate.redline.iter() {
        match piece {
            Piece::Same(text) => (in_old, in_new) = (in_old + text.len(), in_new + text.len()),
            Piece::Removed(text) => {
                if within(&before, in_old, in_old + text.len()) {
                    return true;
                }
                in_old += text.len();
            }
            Piece::Added(text) => {
                if within(&after, in_new, in_new + text.len()) {
                    return true;
                }
                in_new += text.len();
            }
        }
    }
    false
}
