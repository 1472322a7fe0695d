use super::{Case, candidate};
use crate::compare;
use crate::model::{ChangeKind, Direction, Event, Severity, Stance, Topic};
use crate::reading;

/// The one event of a change in a language that is not read: that sentences which name AI came, went or became others. What they say, nobody
/// claims to know.
pub(super) fn event(case: Case<'_>) -> Option<Event> {
    let named = case.comparison.pairs.iter().filter(|pair| compare::is_material(pair)).find(|pair| {
        let old = pair.old.as_ref().and_then(|at| candidate::sentence(case.old, at));
        let new = pair.new.as_ref().and_then(|at| candidate::sentence(case.new, at));
        old.into_iter().chain(new).any(reading::names_ai)
    })?;
    let quote = |text: &str| text.chars().take(500).collect::<String>();
    let before = named.old.as_ref().and_then(|at| candidate::sentence(case.old, at)).map(quote);
    let after = named.new.as_ref().and_then(|at| candidate::sentence(case.new, at)).map(quote);
    let (place, document) = match (&named.new, &named.old) {
        (Some(at), _) => (Some(at), case.new),
        (None, Some(at)) => (Some(at), case.old),
        (None, None) => (None, case.new),
    };
    let language = case.new.language.as_deref().unwrap_or("unknown");
    Some(Event {
        topic: Topic::Other,
        kind: "unread-language".to_owned(),
        change: ChangeKind::between(before.as_deref(), after.as_deref()),
        direction: Direction::Neutral,
        severity: Severity::Major,
        stance_before: Stance::Describes,
        stance_after: Stance::Describes,
        redline: before.as_ref().zip(after.as_ref()).map(|(before, after)| compare::redline(before, after)).unwrap_or_default(),
        section: place.map(|at| document.path(at.clause as usize).join(" › ")).unwrap_or_default(),
        not_covered: vec!["Whether it is good or bad for you was not judged: the language is not read yet.".to_owned()],
        rule: "none/unread-language".to_owned(),
        summary: format!("A sentence that names AI changed, in a language that is not read yet ({language})."),
        before,
        after,
    })
}
