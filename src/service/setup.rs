use crate::model::{Promise, Settings, Watch};
use crate::page;
use crate::watchlist::{self, Problem, Watchlist};
use std::path::{Path, PathBuf};

/// Where the files are.
#[derive(Debug, Clone)]
pub struct Files {
    /// The operator's settings; `None`: `fineprint.toml` beside the watchlist, if it is there.
    pub config: Option<PathBuf>,
    /// The watchlist; `None`: `watchlist.toml` in the working folder, if it is there, else the one that ships.
    pub watchlist: Option<PathBuf>,
    /// The state folder.
    pub state: PathBuf,
}

/// Where the watchlist comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchlistSource {
    /// The user's file.
    File(PathBuf),
    /// The list that ships with the program.
    Shipped,
}

/// Settings and watches, read and checked.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The operator's settings.
    pub settings: Settings,
    /// Where the watches come from.
    pub source: WatchlistSource,
    /// What is watched.
    pub watches: Vec<Watch>,
    /// What was promised.
    pub promises: Vec<Promise>,
    /// The state folder.
    pub state: PathBuf,
}

/// Why there is no setup.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A file can't be read.
    #[error("{path} can't be read: {reason}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// A file says what can't be.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Problems(Vec<Problem>),
}

impl Files {
    /// Reads both files; secrets come from `secret`, by the name that [`watchlist::parse_settings`] asks for.
    ///
    /// # Errors
    /// When a file can't be read, or says what can't be: every problem with its line and column.
    pub fn read(&self, secret: impl Fn(&str) -> Option<String>) -> Result<Setup, SetupError> {
        let source = self.source();
        let settings = self.settings(&source, secret)?;
        let Watchlist { watches, promises, .. } = read_watchlist(&source)?;
        Ok(Setup { settings, source, watches, promises, state: self.state.clone() })
    }

    fn source(&self) -> WatchlistSource {
        let usual = Path::new("watchlist.toml");
        match &self.watchlist {
            Some(path) => WatchlistSource::File(path.clone()),
            None if usual.exists() => WatchlistSource::File(usual.to_owned()),
            None => WatchlistSource::Shipped,
        }
    }

    fn settings(&self, source: &WatchlistSource, secret: impl Fn(&str) -> Option<String>) -> Result<Settings, SetupError> {
        let beside = match source {
            WatchlistSource::File(path) => path.with_file_name("fineprint.toml"),
            WatchlistSource::Shipped => PathBuf::from("fineprint.toml"),
        };
        let (name, text) = match &self.config {
            Some(path) => (path.clone(), read(path)?),
            None if beside.exists() => (beside.clone(), read(&beside)?),
            None => (beside, String::new()),
        };
        watchlist::parse_settings(&text, &name.display().to_string(), secret).map_err(SetupError::Problems)
    }
}

/// A watchlist, its selectors checked.
///
/// # Errors
/// As for [`Files::read`].
pub(super) fn read_watchlist(source: &WatchlistSource) -> Result<Watchlist, SetupError> {
    let (name, text) = match source {
        WatchlistSource::File(path) => (path.display().to_string(), read(path)?),
        WatchlistSource::Shipped => ("the watchlist that ships".to_owned(), watchlist::SHIPPED.to_owned()),
    };
    let list = watchlist::parse(&text, &name).map_err(SetupError::Problems)?;
    let broken = list.check_selectors(page::check_selector);
    if broken.is_empty() { Ok(list) } else { Err(SetupError::Problems(broken)) }
}

fn read(path: &Path) -> Result<String, SetupError> {
    std::fs::read_to_string(path).map_err(|reason| SetupError::Read { path: path.to_owned(), reason })
}
