use super::{Ended, Format, Global, Outcome, access, source, text};
use crate::model::{Document, Frame, LimitKind, Span, Topic, WatchId};
use crate::page::{self, Baseline};
use crate::reading::{self, Reading};
use crate::service::{Reply, Wish};
use crate::signals::{self, Contradiction, Signal};
use serde_json::{Value, json};

/// Say what a document says about AI now: the stance on each topic, with quotes and loopholes
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fineprint read terms.html")]
pub(super) struct Args {
    /// A file or URL (HTML, PDF, Markdown, plain text), or a watch: its newest text, with what its sites tell machines
    page: String,
    /// For people or for tools
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) async fn run(global: &Global, args: &Args) -> Ended {
    if let Ok(watch) = args.page.parse::<WatchId>()
        && !std::path::Path::new(&args.page).exists()
    {
        return stored(global, args, watch).await;
    }
    let source = source::open(global, &args.page).await?.good()?;
    if let Some(rejection) = page::judge(source.answer(), &source.page, Baseline::default()).rejection() {
        eprintln!("Careful: {rejection}. What follows is what was read all the same.");
    }
    let document = &source.page.document;
    let reading = reading::read(document);
    match args.format {
        Format::Text => text::out(&as_text(document, &reading)),
        Format::Json => text::out(&format!("{}\n", as_json(document, &reading))),
    }
    Ok(Outcome::Quiet)
}

/// A watch's newest text, and where it does not fit what its sites tell machines.
async fn stored(global: &Global, args: &Args, watch: WatchId) -> Ended {
    let Reply::Text { document, signals } = access::ask_once(global, Wish::Text(watch.clone())).await? else {
        return Err(access::unexpected());
    };
    let said = signals.as_deref().map(signals::signals).unwrap_or_default();
    if watch.is_of_signals() {
        match args.format {
            Format::Text => said.iter().for_each(|signal| {
                text::out(&format!("{}, {}: {}\n", signal.origin, signal.mechanism.words(), text::safe(&signal.line())));
            }),
            Format::Json => text::out(&format!("{}\n", json!({ "signals": lines(&said) }))),
        }
        return Ok(Outcome::Quiet);
    }
    let reading = reading::read(&document);
    let found = signals::contradictions(&document, reading.stance(Topic::Scraping), reading.stance(Topic::Training), &said);
    match args.format {
        Format::Text => {
            text::out(&as_text(&document, &reading));
            text::out(&contradictions(&found, said.len()));
        }
        Format::Json => {
            let mut value = as_json(&document, &reading);
            value["signals"] = lines(&said);
            let one = |one: &Contradiction| json!({ "summary": one.summary, "signal": one.signal, "terms": one.terms });
            value["contradictions"] = found.iter().map(one).collect();
            text::out(&format!("{value}\n"));
        }
    }
    Ok(Outcome::Quiet)
}

fn lines(said: &[Signal]) -> Value {
    said.iter().map(|signal| json!({ "origin": signal.origin, "mechanism": signal.mechanism.words(), "line": signal.line() })).collect()
}

fn contradictions(found: &[Contradiction], signals: usize) -> String {
    if signals == 0 {
        return "What the site tells machines was not read yet.\n".to_owned();
    }
    if found.is_empty() {
        return format!("The site tells machines {signals} things; none was found that contradicts this text.\n");
    }
    let mut out = String::new();
    for one in found {
        out.push_str(&format!("Careful: {}\n", one.summary));
        for words in one.terms.iter().chain(&one.signal) {
            out.push_str(&format!("  “{}”\n", text::safe(words)));
        }
    }
    out
}

/// How many clauses a topic shows in text.
const SHOWN: usize = 6;

fn as_text(document: &Document, reading: &Reading) -> String {
    if !reading.supported {
        return format!("The document is in a language that is not read yet ({}).\n", document.language.as_deref().unwrap_or("unknown"));
    }
    let mut out = String::new();
    for topic in Topic::ALL {
        out.push_str(&format!("{topic}: {}\n", reading.stance(*topic)));
        let frames: Vec<&Frame> = reading.frames.iter().filter(|frame| frame.topic == *topic).collect();
        for frame in frames.iter().take(SHOWN) {
            out.push_str(&format!("  “{}”\n", text::safe(quote(document, &frame.sentence))));
            for limit in &frame.limits {
                out.push_str(&format!("    limited by “{}” ({})\n", text::safe(quote(document, &limit.span)), limit_word(limit.kind)));
            }
        }
        if frames.len() > SHOWN {
            out.push_str(&format!("  … and {} more; --format json shows all\n", frames.len() - SHOWN));
        }
    }
    out
}

fn quote<'doc>(document: &'doc Document, span: &Span) -> &'doc str {
    document.clauses.get(span.clause as usize).and_then(|clause| clause.text.get(span.range.clone())).unwrap_or_default()
}

fn as_json(document: &Document, reading: &Reading) -> Value {
    let topics: Vec<Value> = Topic::ALL
        .iter()
        .map(|topic| {
            let clauses: Vec<Value> =
                reading.frames.iter().filter(|frame| frame.topic == *topic).map(|frame| clause(document, frame)).collect();
            json!({ "topic": topic.word(), "stance": reading.stance(*topic).word(), "clauses": clauses })
        })
        .collect();
    json!({ "title": document.title, "language": document.language, "supported": reading.supported, "topics": topics })
}

fn clause(document: &Document, frame: &Frame) -> Value {
    let filled = frame.filled();
    let slots = filled.iter().map(|filled| {
        let words = filled.span.map(|span| quote(document, span));
        json!({ "slot": filled.slot, "value": filled.value, "words": words })
    });
    let limits = frame.limits.iter().map(|limit| json!({ "kind": limit_word(limit.kind), "words": quote(document, &limit.span) }));
    json!({
        "quote": quote(document, &frame.sentence), "section": document.path(frame.sentence.clause as usize), "stance": frame.stance.word(),
        "negated": frame.negated, "names_ai": frame.ai.is_some(), "slots": slots.collect::<Vec<_>>(), "limits": limits.collect::<Vec<_>>(),
        "rule": frame.rule,
    })
}

fn limit_word(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::ImitationOnly => "imitation-limited",
        LimitKind::OutputType => "output-type-limited",
        LimitKind::GenerativeOnly => "generative-only",
        LimitKind::ModelClass => "model-class-limited",
        LimitKind::ActorOnly => "actor-limited",
        LimitKind::WeakConsent => "weak-consent",
        LimitKind::Hedge => "hedge",
        LimitKind::Prospective => "prospective-only",
        LimitKind::ObjectOnly => "object-limited",
        LimitKind::Exception => "exception",
        LimitKind::LawDependent => "law-dependent",
        LimitKind::PracticeOnly => "practice-not-promise",
        LimitKind::Intent => "intent-words",
        LimitKind::Deidentified => "de-identified",
        LimitKind::SeparateAgreement => "separate-agreement",
        LimitKind::Plan => "plan-limited",
        LimitKind::Place => "place-limited",
        LimitKind::Age => "age-limited",
        LimitKind::SelfExempt => "self-exemption",
        LimitKind::Redefinition => "redefinition",
        LimitKind::Pointer => "pointer",
    }
}
