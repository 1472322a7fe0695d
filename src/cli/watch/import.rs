use super::{current, edit};
use crate::cli::failure::Failure;
use crate::cli::{Ended, Global, Outcome, access, text};
use crate::page;
use crate::watchlist::{self, Adoption, ForeignList, ForeignWatch};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The longest file of a list.
const LONGEST: u64 = 64 << 20;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Open Terms Archive: a declaration, or the folder of them. changedetection.io: url-watches.json, or a list of addresses.\nurlwatch and webchanges: urls.yaml, jobs.yaml.\n\nExample: fineprint watch import ./contrib-declarations --format ota --dry-run"
)]
pub(super) struct Args {
    /// The file, or the folder of declarations
    source: PathBuf,
    /// Whose list it is [default: by its name and how it begins]
    #[arg(long, value_enum)]
    format: Option<Kind>,
    /// Print the entries as TOML; change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Whose list it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// Open Terms Archive
    Ota,
    /// changedetection.io
    Changedetection,
    /// urlwatch or webchanges
    Urlwatch,
}

pub(super) async fn run(global: &Global, args: &Args) -> Ended {
    let foreign = read(args)?;
    if foreign.is_empty() {
        return Err(Failure::usage(format!("{} lists nothing", args.source.display())));
    }
    if args.dry_run {
        let (path, list) = current(&access::setup(global)?)?;
        let adoption = watchlist::adopt(&list, &path.display().to_string(), foreign).map_err(Failure::usage)?;
        text::out(&text::safe(&adoption.entries));
        report(&adoption, "would be added", &mut |line| eprintln!("{line}"));
        return Ok(Outcome::Quiet);
    }
    let mut adoption = Adoption::default();
    edit(global, |list, file| {
        adoption = watchlist::adopt(list, file, foreign).map_err(Failure::usage)?;
        Ok(adoption.text.clone())
    })
    .await?;
    report(&adoption, "added", &mut |line| text::out(&format!("{line}\n")));
    Ok(Outcome::Quiet)
}

/// A line for each entry, and how many there are.
fn report(adoption: &Adoption, added: &str, say: &mut dyn FnMut(&str)) {
    for (id, left) in &adoption.added {
        let left = if left.is_empty() { String::new() } else { format!("; not carried over: {}", left.join(", ")) };
        say(&text::safe(&format!("{id}: {added}{left}")));
    }
    for (name, why) in &adoption.skipped {
        say(&text::safe(&format!("{name}: skipped, {why}")));
    }
    say(&format!("{} {added}, {} skipped", adoption.added.len(), adoption.skipped.len()));
}

fn read(args: &Args) -> Result<Vec<ForeignWatch>, Failure> {
    let is_folder = args.source.is_dir();
    let mut foreign = Vec::new();
    for path in files(&args.source, is_folder)? {
        let (name, text) = (path.display().to_string(), read_file(&path)?);
        let list = match args.format {
            Some(Kind::Ota) => ForeignList::OpenTermsArchive,
            Some(Kind::Changedetection) => ForeignList::Changedetection,
            Some(Kind::Urlwatch) => ForeignList::Urlwatch,
            None if is_folder => ForeignList::OpenTermsArchive,
            None => watchlist::guess_foreign(&name, &text),
        };
        foreign.extend(watchlist::read_foreign(list, &name, &text, &page::check_selector).map_err(Failure::usage)?);
    }
    Ok(foreign)
}

/// The file itself, or the declarations of a folder without those of the past.
fn files(source: &Path, is_folder: bool) -> Result<Vec<PathBuf>, Failure> {
    if !is_folder {
        return Ok(vec![source.to_owned()]);
    }
    let inner = source.join("declarations");
    let folder = if inner.is_dir() { inner.as_path() } else { source };
    let unreadable = |error: std::io::Error| Failure::usage(format!("{} can't be read: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_file() && path.extension().is_some_and(|end| end == "json") && !name.ends_with(".history.json") && !name.starts_with('.')
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read_file(path: &Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| Failure::usage(format!("{} can't be read: {error}", path.display()));
    let mut text = String::new();
    std::fs::File::open(path).map_err(unreadable)?.take(LONGEST).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}
