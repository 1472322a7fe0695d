use super::check::{Checked, Monitor};
use super::decide::{Decision, Sighting, decide, part};
use super::parts::{Part, Taken, answer, part_number, read_again};
use super::plan;
use crate::model::{
    Capture, Change, ChangeId, CheckRecord, CheckResult, Comparison, Document, Header, Held, Memory, Rejection, Seen, SeenText, Sha256,
    Similarity, Snapshot, Trouble, Validators, Version, Watch, WatchKind, WatchState,
};
use crate::page::{self, Page};
use crate::past::Archive;
use crate::signals;
use crate::store::{Commit, Sequence, Store, StoreError};
use crate::{compare, judge, reading, text};
use jiff::Timestamp;

/// How many edits of a change are kept for the history.
const EXCERPT: usize = 6;

/// A fetch that holds the document.
pub(super) struct Intake<'check> {
    pub(super) watch: &'check Watch,
    pub(super) state: WatchState,
    pub(super) parts: Vec<Taken>,
    pub(super) page: Page,
    pub(super) fingerprint: Sha256,
    /// Why the text is doubted, if it is.
    pub(super) doubt: Option<Rejection>,
}

/// The text that becomes the accepted one.
struct Text {
    document: Document,
    fingerprint: Sha256,
    /// The snapshots that it was read from; `None`: today's.
    snapshots: Option<Vec<u32>>,
    /// What today's text has beyond it.
    next: Option<Held>,
}

impl Text {
    /// The text of today.
    fn seen(intake: &Intake<'_>) -> Self {
        Self { document: intake.page.document.clone(), fingerprint: intake.fingerprint, snapshots: None, next: None }
    }
}

impl Monitor {
    /// The same bytes as before.
    pub(super) fn keep_bytes(&self, watch: &Watch, state: WatchState) -> Result<Checked, StoreError> {
        let now = self.clock.now();
        let state = WatchState {
            last_check: Some(now),
            last_good: Some(now),
            failures: 0,
            checks: state.checks + 1,
            troubles: Vec::new(),
            ..state
        };
        let missed = state.missed.clone();
        let due = plan::next_due(watch, &CheckResult::Unchanged, 0, now);
        self.store.commit(Commit {
            state: Some((watch.id.clone(), state)),
            due: vec![(watch.id.clone(), Some(due))],
            ..Commit::default()
        })?;
        Ok(Checked { result: CheckResult::Unchanged, change: None, missed, missed_anew: false })
    }

    /// The state with the validators of today: a server may send others for the same bytes, or the first ones.
    pub(super) fn with_validators(&self, mut state: WatchState, parts: &[Part]) -> WatchState {
        for (part, (validators, _)) in parts.iter().zip(&mut state.parts) {
            if let Part::Fetched(capture) = part {
                *validators = self.validators(capture);
            }
        }
        state
    }

    /// A fetch that does not count: kept as evidence, never as a baseline.
    pub(super) fn reject(
        &self,
        watch: &Watch,
        state: WatchState,
        captures: &[Option<Capture>],
        rejection: Rejection,
    ) -> Result<Checked, StoreError> {
        let now = self.clock.now();
        let mut commit = Commit::default();
        for (index, capture) in captures.iter().enumerate() {
            if let Some(capture) = capture {
                self.put_snapshot(&mut commit, watch, part_number(index), (capture, capture.digest()), Some(&rejection))?;
            }
        }
        let result = CheckResult::Rejected(rejection.clone());
        let is_new = state.rejection.as_ref().map(Rejection::code) != Some(rejection.code());
        let state = WatchState {
            last_check: Some(now),
            failures: state.failures.saturating_add(1),
            rejection: Some(rejection),
            refused: match captures {
                [Some(capture)] => Some(refusal(watch, &state, capture)),
                _ => None,
            },
            checks: state.checks + 1,
            ..state
        };
        commit.due.push((watch.id.clone(), Some(plan::next_due(watch, &result, state.failures, now))));
        commit.history = is_new.then(|| (watch.id.clone(), CheckRecord { at: now, result: result.clone() }));
        commit.state = Some((watch.id.clone(), state));
        self.store.commit(commit)?;
        Ok(Checked::plain(result))
    }

    /// The first text of a document.
    pub(super) fn first(&self, intake: &Intake<'_>) -> Result<Checked, StoreError> {
        self.accept(intake, Text::seen(intake), Memory::default(), CheckResult::First, None)
    }

    /// A text is held against the accepted one.
    pub(super) fn decide(&self, intake: Intake<'_>, accepted: &Document) -> Result<Checked, StoreError> {
        let memory = self.store.memory(&intake.watch.id)?;
        let sighting = Sighting {
            now: self.clock.now(),
            accepted,
            seen: &intake.page.document,
            fingerprint: intake.fingerprint,
            doubt: intake.doubt.as_ref(),
            memory: &memory,
            held: intake.state.held.as_ref(),
            confirm_after: intake.watch.confirm_after,
            after_outage: intake.state.failures > 0,
        };
        let waited = |more: bool| self.waited(&intake, more);
        match decide(sighting) {
            Decision::Unchanged => self.keep(intake, CheckResult::Unchanged, None, None),
            Decision::Gone => {
                let held = intake.state.held.as_ref();
                let known = held.is_some_and(|held| held.is_known_to(&memory));
                let remembered = held.map(|held| remember_variant(memory.clone(), held, self.clock.now()));
                self.keep(intake, if known { CheckResult::Flap } else { CheckResult::Variant }, None, remembered)
            }
            Decision::Held(held) => self.keep(intake, CheckResult::Held, Some(held), None),
            Decision::Replaced => self.accept(&intake, Text::seen(&intake), memory, CheckResult::First, None),
            Decision::Accepted { date_only: false } => self.accept(&intake, Text::seen(&intake), memory, CheckResult::Unchanged, None),
            Decision::Accepted { date_only: true } => {
                let comparison = compare::compare(accepted, &intake.page.document);
                self.change(&intake, Text::seen(&intake), accepted, memory.clone(), &comparison)
            }
            Decision::Changed { comparison, more } => match waited(more)? {
                None => self.change(&intake, Text::seen(&intake), accepted, memory.clone(), &comparison),
                Some(mut text) => {
                    let (comparison, next) = part(sighting, &text.document);
                    text.next = next;
                    self.change(&intake, text, accepted, memory.clone(), &comparison)
                }
            },
        }
    }

    /// Where today's text has more than what waited, the text that waited is the one to accept: what is new today must be seen again
    /// before anybody is told, and must not slip in untold.
    fn waited(&self, intake: &Intake<'_>, more: bool) -> Result<Option<Text>, StoreError> {
        let Some(held) = intake.state.held.as_ref().filter(|_| more) else { return Ok(None) };
        let document = read_again(self.store.as_ref(), intake.watch, &held.snapshots)?;
        Ok(document.map(|document| Text { document, fingerprint: held.fingerprint, snapshots: Some(held.snapshots.clone()), next: None }))
    }

    /// A sighting that makes no version: its bytes are kept.
    fn keep(&self, intake: Intake<'_>, result: CheckResult, held: Option<Held>, memory: Option<Memory>) -> Result<Checked, StoreError> {
        let now = self.seen_at(&intake);
        let mut commit = self.commit_of(&intake)?;
        let watch = intake.watch;
        let last_good = if result == CheckResult::Held { intake.state.last_good } else { Some(now) };
        let version = intake.state.version;
        let held = self.with_snapshots(held, &commit, &intake)?;
        commit.memory = memory.map(|memory| (watch.id.clone(), memory));
        commit.state = Some((watch.id.clone(), WatchState { last_good, version, held, ..self.state_after(&intake) }));
        commit.history = (result != CheckResult::Unchanged).then(|| (watch.id.clone(), CheckRecord { at: now, result: result.clone() }));
        commit.due.push((watch.id.clone(), Some(self.due_after(&intake, &result))));
        self.store.commit(commit)?;
        let missed_anew = intake.state.missed != intake.page.missed;
        Ok(Checked { result, change: None, missed: intake.page.missed, missed_anew })
    }

    /// A text becomes the accepted one; with a change, where there is one, and its mails.
    fn accept(
        &self,
        intake: &Intake<'_>,
        text: Text,
        memory: Memory,
        result: CheckResult,
        change: Option<Change>,
    ) -> Result<Checked, StoreError> {
        let now = self.seen_at(intake);
        let mut commit = self.commit_of(intake)?;
        let watch = intake.watch;
        let number = intake.state.version + 1;
        let first_seen = change.as_ref().map_or(now, |change| change.first_seen_new);
        let held = self.with_snapshots(text.next, &commit, intake)?;
        let snapshots = match text.snapshots {
            Some(snapshots) => snapshots,
            None => self.snapshot_numbers(&commit, intake)?,
        };
        let version =
            Version { watch: watch.id.clone(), number, first_seen, snapshots, fingerprint: text.fingerprint, extractor: rules_key(watch) };
        let plan_for = if held.is_some() { CheckResult::Held } else { result.clone() };
        let told = change.as_ref().filter(|change| change.imported_from.is_none());
        commit.to_tell = told.map(|change| change.id);
        if let Some(change) = told.filter(|_| watch.kind == WatchKind::Index) {
            commit.mails.extend(self.tell_of_listed(intake, change, &text.document)?);
        }
        commit.memory = Some((watch.id.clone(), remember(memory, &text.document, text.fingerprint, number, now)));
        commit.state = Some((watch.id.clone(), WatchState { last_good: Some(now), held, version: number, ..self.state_after(intake) }));
        commit.history = (result != CheckResult::Unchanged).then(|| (watch.id.clone(), CheckRecord { at: now, result: result.clone() }));
        commit.due.push((watch.id.clone(), Some(self.due_after(intake, &plan_for))));
        commit.change.clone_from(&change);
        commit.version = Some((version, text.document));
        let is_told = commit.to_tell.is_some();
        self.store.commit(commit)?;
        if is_told {
            self.tell()?;
        }
        let missed_anew = intake.state.missed != intake.page.missed;
        Ok(Checked { result, change, missed: intake.page.missed.clone(), missed_anew })
    }

    /// The held difference with the snapshots that show it.
    fn with_snapshots(&self, held: Option<Held>, commit: &Commit, intake: &Intake<'_>) -> Result<Option<Held>, StoreError> {
        let Some(held) = held else { return Ok(None) };
        let snapshots = self.snapshot_numbers(commit, intake)?;
        Ok(Some(Held { snapshots, ..held }))
    }

    /// A confirmed change: what it means, recorded and put in the outbox with everything else in one transaction.
    fn change(
        &self,
        intake: &Intake<'_>,
        text: Text,
        accepted: &Document,
        memory: Memory,
        comparison: &Comparison,
    ) -> Result<Checked, StoreError> {
        let id = ChangeId(self.store.next_id(Sequence::Change)?);
        let change = self.describe(id, intake, &text, accepted, comparison)?;
        self.accept(intake, text, memory, CheckResult::Changed(id), Some(change))
    }

    fn describe(
        &self,
        id: ChangeId,
        intake: &Intake<'_>,
        text: &Text,
        accepted: &Document,
        comparison: &Comparison,
    ) -> Result<Change, StoreError> {
        let (watch, state, now) = (intake.watch, &intake.state, self.seen_at(intake));
        let events = match watch.kind {
            WatchKind::Signals => signals::events(accepted, &text.document),
            WatchKind::Index => Vec::new(),
            WatchKind::Document => {
                let (before, after) = (reading::read(accepted), reading::read(&text.document));
                judge::judge(judge::Case { old: accepted, new: &text.document, comparison, before: &before, after: &after })
            }
        };
        let overview = compare::overview(accepted, &text.document, comparison);
        let count = |kind| u32::try_from(comparison.pairs.iter().filter(|pair| pair.similarity == kind).count()).unwrap_or(u32::MAX);
        let old_version = self.store.version(&watch.id, state.version)?;
        let old_snapshot = old_version
            .and_then(|version| version.snapshots.first().copied())
            .map_or(Ok(None), |number| self.store.snapshot(&watch.id, 0, number))?;
        let new_digest = match text.snapshots.as_deref().and_then(<[u32]>::first) {
            Some(number) => self.store.snapshot(&watch.id, 0, *number)?.map(|snapshot| snapshot.sha256),
            None => intake.parts.first().map(|part| part.digest),
        };
        Ok(Change {
            id,
            watch: watch.id.clone(),
            platform: watch.platform.clone(),
            document: watch.document.clone(),
            url: watch.urls.first().cloned().unwrap_or_default(),
            old_version: state.version,
            new_version: state.version + 1,
            last_seen_old: state.last_good.unwrap_or(now),
            first_seen_new: state.held.as_ref().map_or(now, |held| held.since),
            confirmed: now,
            old_sha256: old_snapshot.map_or(Sha256([0; 32]), |snapshot| snapshot.sha256),
            new_sha256: new_digest.unwrap_or(Sha256([0; 32])),
            language: text.document.language.clone(),
            events,
            sentences: [count(Similarity::Added), count(Similarity::Removed), count(Similarity::Edited)],
            date_only: comparison.is_date_only(),
            effective: date_line(&text.document),
            tags: watch.tags.clone(),
            excerpt: comparison
                .pairs
                .iter()
                .filter(|pair| matches!(pair.similarity, Similarity::Edited | Similarity::Dated))
                .take(EXCERPT)
                .map(|pair| pair.redline.clone())
                .collect(),
            replaced: overview.is_rewrite.then_some(overview.kept),
            imported_from: self.archive.map(|archive| archive.name().to_owned()),
            effective_before: date_line(accepted),
        })
    }

    fn commit_of(&self, intake: &Intake<'_>) -> Result<Commit, StoreError> {
        let mut commit = Commit::default();
        for (index, part) in intake.parts.iter().enumerate() {
            match (&part.kept, &part.evidence, &part.trouble) {
                (None, ..) => self.put_snapshot(&mut commit, intake.watch, part_number(index), (&part.capture, part.digest), None)?,
                (Some(_), Some(evidence), Some(trouble)) => {
                    self.put_snapshot(
                        &mut commit,
                        intake.watch,
                        part_number(index),
                        (evidence, evidence.digest()),
                        Some(&trouble.rejection),
                    )?;
                }
                _ => {}
            }
        }
        Ok(commit)
    }

    /// Adds a capture, given with its digest, to a commit, unless the newest snapshot has the same bytes.
    fn put_snapshot(
        &self,
        commit: &mut Commit,
        watch: &Watch,
        part: u32,
        (capture, sha256): (&Capture, Sha256),
        rejection: Option<&Rejection>,
    ) -> Result<(), StoreError> {
        let latest = self.store.latest_snapshot(&watch.id, part)?;
        if latest.as_ref().is_some_and(|latest| latest.sha256 == sha256 && latest.rejection.as_ref() == rejection) {
            return Ok(());
        }
        let snapshot = Snapshot {
            watch: watch.id.clone(),
            part,
            number: latest.map_or(1, |latest| latest.number + 1),
            url: capture.url.clone(),
            redirects: capture.redirects.clone(),
            fetched: capture.fetched,
            status: capture.status,
            headers: self.headers(capture),
            sha256,
            length: capture.body.len() as u64,
            rejection: rejection.cloned(),
        };
        commit.snapshots.push((snapshot, capture.body.clone()));
        Ok(())
    }

    /// The snapshot of each page that today's text is made of, those of the commit included.
    fn snapshot_numbers(&self, commit: &Commit, intake: &Intake<'_>) -> Result<Vec<u32>, StoreError> {
        let number = |(index, taken): (usize, &Taken)| {
            let part = part_number(index);
            match (taken.kept, commit.snapshots.iter().find(|(snapshot, _)| snapshot.part == part)) {
                (Some(number), _) => Ok(number),
                (None, Some((snapshot, _))) => Ok(snapshot.number),
                (None, None) => Ok(self.store.latest_snapshot(&intake.watch.id, part)?.map_or(0, |latest| latest.number)),
            }
        };
        intake.parts.iter().enumerate().map(number).collect()
    }

    /// When a watch is due after a usable fetch; a page that could not be read is tried again sooner.
    fn due_after(&self, intake: &Intake<'_>, result: &CheckResult) -> Timestamp {
        let now = self.clock.now();
        let due = plan::next_due(intake.watch, result, 0, now);
        let troubles = intake.parts.iter().filter_map(|part| part.trouble.as_ref());
        let again =
            troubles.map(|trouble| plan::next_due(intake.watch, &CheckResult::Rejected(trouble.rejection.clone()), trouble.failures, now));
        again.fold(due, Timestamp::min)
    }

    /// The state after a usable fetch, but for what the decision decides.
    fn state_after(&self, intake: &Intake<'_>) -> WatchState {
        WatchState {
            last_check: Some(self.seen_at(intake)),
            failures: 0,
            rejection: intake.doubt.clone(),
            checks: intake.state.checks + 1,
            missed: intake.page.missed.clone(),
            parts: intake.parts.iter().map(|part| (self.validators(&part.capture), part.digest)).collect(),
            troubles: troubles(&intake.parts),
            ..WatchState::default()
        }
    }

    /// When the pages were seen. The clock of an import may stand later: at the end of the time for which a page of the archive stood.
    fn seen_at(&self, intake: &Intake<'_>) -> Timestamp {
        let fetched = intake.parts.iter().map(|part| part.capture.fetched).max();
        fetched.filter(|_| self.archive.is_some()).unwrap_or_else(|| self.clock.now())
    }

    /// An archive's page has none: the first fetch asks for the page whatever the server told others.
    fn validators(&self, capture: &Capture) -> Validators {
        if self.archive.is_some() { Validators::default() } else { capture.validators() }
    }

    /// The headers to store: where an import is under way, with the archive's name, which no server may claim.
    fn headers(&self, capture: &Capture) -> Vec<Header> {
        let own = self.archive.map(|archive| Header { name: Snapshot::IMPORTED_FROM.to_owned(), value: archive.name().to_owned() });
        capture.headers.iter().filter(|header| header.name != Snapshot::IMPORTED_FROM).cloned().chain(own).collect()
    }

    /// Whether the accepted text was read off the pages by others, as an archive of texts holds it.
    pub(super) fn is_after_foreign_text(&self, watch: &Watch, version: u32) -> Result<bool, StoreError> {
        let number = self.store.version(&watch.id, version)?.and_then(|version| version.snapshots.first().copied());
        let snapshot = number.map_or(Ok(None), |number| self.store.snapshot(&watch.id, 0, number))?;
        Ok(snapshot.is_some_and(|snapshot| snapshot.imported_from() == Some(Archive::Texts.name())))
    }
}

/// The accepted document; read anew from its snapshots where it was read with other rules than today's, so that a better extractor or
/// another selector neither alerts nor hides a change.
pub(super) fn accepted(store: &dyn Store, watch: &Watch, state: &WatchState) -> Result<Option<Document>, StoreError> {
    let Some(version) = (if state.version == 0 { None } else { store.version(&watch.id, state.version)? }) else { return Ok(None) };
    if version.extractor != rules_key(watch)
        && let Some(document) = read_again(store, watch, &version.snapshots)?
    {
        return Ok(Some(document));
    }
    store.document(&watch.id, state.version)
}

/// What a document's one page was rejected for, where the same answer comes again and is read by the same rules.
pub(super) fn rejected_before(watch: &Watch, state: &WatchState, capture: &Capture) -> Option<Rejection> {
    let before = state.refused.filter(|_| watch.kind == WatchKind::Document)?;
    state.rejection.clone().filter(|_| before == refusal(watch, state, capture))
}

/// A digest of all that a rejection follows from: the answer, the rules, and the text that it is held against.
fn refusal(watch: &Watch, state: &WatchState, capture: &Capture) -> Sha256 {
    let (program, rules) = (env!("CARGO_PKG_VERSION"), rules_key(watch));
    let answer = answer(capture).gist();
    Sha256::of(format!("{program} {rules} {:?} {} {answer} {}", watch.language, state.version, capture.digest()).as_bytes())
}

/// A number for the rules by which a watch's pages are read: the extractor's generation and the selectors.
fn rules_key(watch: &Watch) -> u32 {
    let mut rules = format!("{} {:?} {:?} {:?}", page::GENERATION, watch.select, watch.remove, watch.urls);
    if watch.kind == WatchKind::Index {
        rules.push_str(&format!(" {:?}", watch.links));
    }
    let Sha256([a, b, c, d, ..]) = Sha256::of(rules.as_bytes());
    u32::from_be_bytes([a, b, c, d])
}

/// The troubles of a document's pages; empty where there are none.
fn troubles(parts: &[Taken]) -> Vec<Option<Trouble>> {
    if parts.iter().all(|part| part.trouble.is_none()) {
        return Vec::new();
    }
    parts.iter().map(|part| part.trouble.clone()).collect()
}

fn sentences(document: &Document) -> impl Iterator<Item = u64> + '_ {
    document
        .clauses
        .iter()
        .flat_map(|clause| text::sentences(clause.body()).into_iter().map(|range| text::sentence_fingerprint(&clause.body()[range])))
}

fn remember(mut memory: Memory, document: &Document, fingerprint: Sha256, version: u32, now: Timestamp) -> Memory {
    for sentence in sentences(document) {
        memory.sentences.entry(sentence).and_modify(|seen| seen.last = now).or_insert(Seen { first: now, last: now });
    }
    match memory.texts.iter_mut().find(|text| text.fingerprint == fingerprint) {
        Some(text) => {
            text.seen.last = now;
            text.sightings = text.sightings.saturating_add(1);
        }
        None => {
            memory.texts.push(SeenText { fingerprint, version, seen: Seen { first: now, last: now }, sightings: 1 });
        }
    }
    memory
}

/// A difference that was gone at its second sighting: its sentences are known from now on, so that their return must last.
fn remember_variant(mut memory: Memory, held: &Held, now: Timestamp) -> Memory {
    for sentence in &held.came {
        memory.sentences.entry(*sentence).and_modify(|seen| seen.last = now).or_insert(Seen { first: held.since, last: now });
    }
    memory
}

/// The date line of a document, verbatim, if it stands among the first clauses.
fn date_line(document: &Document) -> Option<String> {
    document.clauses.iter().take(15).map(|clause| clause.text.as_str()).find(|text| text::is_date_line(text)).map(str::to_owned)
}
