use super::{Ended, Format, Global, Outcome, source, text};
use crate::model::{Document, Frame, LimitKind, Span, Topic};
use crate::page::{self, Baseline};
use crate::reading::{self, Reading};
use serde_json::{Value, json};

/// Say what a document says about AI now: the stance on each topic, with quotes and loopholes
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fineprint read terms.html")]
pub(super) struct Args {
    /// A file or URL (HTML, PDF, Markdown, plain text)
    page: String,
    /// For people or for tools
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) async fn run(global: &Global, args: &Args) -> Ended {
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
    let words = |span: &Option<Span>| span.as_ref().map(|span| quote(document, span));
    json!({
        "quote": quote(document, &frame.sentence), "section": document.path(frame.sentence.clause as usize), "stance": frame.stance.word(),
        "actor": format!("{:?}", frame.actor.value), "acts": frame.acts.iter().map(|act| json!({ "act": format!("{:?}", act.value), "words": words(&act.span) })).collect::<Vec<_>>(),
        "objects": frame.objects.iter().map(|object| json!({ "object": format!("{:?}", object.value), "words": words(&object.span) })).collect::<Vec<_>>(),
        "modality": format!("{:?}", frame.modality.value), "negated": frame.negated, "condition": format!("{:?}", frame.condition.value),
        "condition_words": words(&frame.condition.span),
        "limits": frame.limits.iter().map(|limit| json!({ "kind": limit_word(limit.kind), "words": quote(document, &limit.span) })).collect::<Vec<_>>(),
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
    }
}
