//! A repository of Open Terms Archive: `Service/Document.md` in one of versions, `Service/Document.html` in one of snapshots, and each
//! commit a day on which it changed.

use super::{Archive, DatedPage, Holder, Past, PastError, Place, Wanted, content_type, kind_of};
use crate::model::WatchId;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::process::Command;

/// How many commits are looked through at most.
const MOST_COMMITS: &str = "--max-count=200000";

/// The folder of a repository's own files, if there is a repository.
pub(super) fn folder_of(source: &Path) -> Option<PathBuf> {
    let is_git = |folder: &Path| folder.join("HEAD").is_file() && folder.join("objects").is_dir();
    [source.join(".git"), source.to_owned()].into_iter().find(|folder| is_git(folder))
}

pub(super) async fn open(folder: &Path, wanted: Wanted<'_>) -> Result<Past, PastError> {
    let repository = Repository::open(folder).await?;
    let files = repository.files().await?;
    let named = named(wanted);
    let paths: Vec<&String> = files.iter().filter(|path| document_of(path).is_some_and(|(id, _)| id == named)).collect();
    if paths.is_empty() {
        return Err(PastError::Unknown(missing(&files, &named)));
    }
    let mut pages = Vec::new();
    let mut archive = Archive::Pages;
    for path in paths {
        let Some((_, kind)) = document_of(path) else { continue };
        if kind == "text/markdown" {
            archive = Archive::Texts;
        }
        pages.extend(repository.history(path).await?.into_iter().map(|(at, commit, blob)| DatedPage {
            at,
            part: 0,
            name: format!("{path} of commit {}", commit.get(..12).unwrap_or(&commit)),
            status: 200,
            headers: content_type(kind),
            place: Place::Blob(blob),
        }));
    }
    Ok(Past { archive, pages, passed_over: BTreeMap::new(), holder: Holder::Git(repository), longest: wanted.longest })
}

/// The id that the document has by the archive's names.
fn named(wanted: Wanted<'_>) -> WatchId {
    let (platform, document) = wanted.watch.as_str().split_once('/').unwrap_or((wanted.watch.as_str(), ""));
    WatchId::new(wanted.service.unwrap_or(platform), wanted.document.unwrap_or(document))
}

/// The document of a path such as `Service/Document.md`, and its content type.
fn document_of(path: &str) -> Option<(WatchId, &'static str)> {
    let (service, file) = path.split_once('/')?;
    let (document, _) = file.rsplit_once('.')?;
    (!file.contains('/')).then_some(())?;
    Some((WatchId::new(service, document), kind_of(file)?))
}

fn missing(files: &[String], named: &WatchId) -> String {
    let service = |id: &WatchId| id.as_str().split('/').next().map(str::to_owned);
    let of_service = files.iter().filter(|path| document_of(path).is_some_and(|(id, _)| service(&id) == service(named)));
    let known: BTreeSet<&str> = of_service.take(20).map(String::as_str).collect();
    let known = match known.len() {
        0 => "it has nothing of this service; name it with --service".to_owned(),
        _ => format!("of this service it has {}; name one with --document", known.into_iter().collect::<Vec<_>>().join(", ")),
    };
    format!("the repository has no document {named}: {known}")
}

/// The objects of a repository, read through a repository of our own: its hooks, its settings and its remotes are never looked at.
#[derive(Debug)]
pub(super) struct Repository {
    source: PathBuf,
    own: TempDir,
    head: String,
}

impl Repository {
    async fn open(source: &Path) -> Result<Self, PastError> {
        let source = std::path::absolute(source).map_err(|reason| super::unreadable(source, reason))?;
        let own = tempfile::tempdir().map_err(|reason| super::unreadable(&source, reason))?;
        let repository = Self { source, own, head: String::new() };
        let init = repository.git(&["init", "--quiet", "--bare", "--template=", "."], false);
        repository.run(init).await?;
        let mut find = repository.git(&["rev-parse", "--verify", "HEAD^{commit}"], false);
        find.env("GIT_DIR", &repository.source);
        let head = repository.text(find).await?.trim().to_owned();
        Ok(Self { head, ..repository })
    }

    /// A call of git with nothing of the caller's surroundings and nothing of the repository's settings.
    fn git(&self, arguments: &[&str], with_objects: bool) -> Command {
        let mut command = Command::new("git");
        command.env_clear().current_dir(self.own.path()).kill_on_drop(true);
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", self.own.path()).env("LC_ALL", "C");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_TERMINAL_PROMPT", "0");
        command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_NO_REPLACE_OBJECTS", "1").env("GIT_ATTR_NOSYSTEM", "1");
        if with_objects {
            command.env("GIT_DIR", self.own.path()).env("GIT_OBJECT_DIRECTORY", self.source.join("objects"));
            let shallow = self.source.join("shallow");
            if shallow.is_file() {
                command.env("GIT_SHALLOW_FILE", shallow);
            }
        }
        command.args(["--no-pager", "--no-optional-locks", "--literal-pathspecs"]);
        command.args(["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.allow=never"]);
        command.args(["-c", "log.showSignature=false", "-c", "core.quotePath=false"]).args(arguments);
        command
    }

    async fn run(&self, mut command: Command) -> Result<Vec<u8>, PastError> {
        let failed = |reason: String| PastError::Git { path: self.source.clone(), reason };
        let output = command.output().await.map_err(|error| failed(format!("it can't be started: {error}; is it installed?")))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(failed(said.lines().next().unwrap_or("it said nothing").chars().take(300).collect()))
    }

    async fn text(&self, command: Command) -> Result<String, PastError> {
        Ok(String::from_utf8_lossy(&self.run(command).await?).into_owned())
    }

    /// Every file of the newest commit.
    async fn files(&self) -> Result<Vec<String>, PastError> {
        let listed = self.text(self.git(&["ls-tree", "-r", "-z", "--name-only", &self.head], true)).await?;
        Ok(listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
    }

    /// When a file changed, by which commit, and the bytes' name.
    async fn history(&self, path: &str) -> Result<Vec<(Timestamp, String, String)>, PastError> {
        let arguments = [
            "log",
            MOST_COMMITS,
            "--format=commit %H %at",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--diff-filter=AM",
            &self.head,
            "--",
            path,
        ];
        Ok(changes(&self.text(self.git(&arguments, true)).await?))
    }

    pub(super) async fn blob(&self, blob: &str, name: &str, longest: usize) -> Result<Vec<u8>, PastError> {
        let size = self.text(self.git(&["cat-file", "-s", blob], true)).await?;
        if size.trim().parse::<usize>().is_ok_and(|size| size <= longest) {
            return self.run(self.git(&["cat-file", "blob", blob], true)).await;
        }
        Err(PastError::TooLong { name: name.to_owned(), longest })
    }
}

/// Reads what `git log --raw` prints: a line for a commit, and one for the file in it.
fn changes(log: &str) -> Vec<(Timestamp, String, String)> {
    let mut changes = Vec::new();
    let mut commit = None;
    for line in log.lines() {
        if let Some((hash, at)) = line.strip_prefix("commit ").and_then(|rest| rest.split_once(' ')) {
            commit = at.trim().parse().ok().and_then(|at| Timestamp::from_second(at).ok()).map(|at| (at, hash.to_owned()));
        } else if let (Some(raw), Some((at, hash))) = (line.strip_prefix(':'), &commit) {
            let blob = raw.split(' ').nth(3).filter(|blob| blob.len() >= 40 && blob.bytes().all(|byte| byte.is_ascii_hexdigit()));
            changes.extend(blob.map(|blob| (*at, hash.clone(), blob.to_owned())));
        }
    }
    changes
}
