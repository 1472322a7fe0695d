//! The command line. In: arguments. Out: text on stdout, people's sentences on stderr, an exit code. One file per command; this room
//! must never decide anything that a room below could.

mod compare;
mod extract;
mod json;
mod replay;
mod source;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Reads the fine print: watches platforms' terms and tells people what a changed AI clause means.
#[derive(Debug, Parser)]
#[command(name = "fineprint", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, clap::Args)]
struct Global {
    /// The operator's settings [default: fineprint.toml beside the watchlist, if it is there]
    #[arg(long, global = true, value_name = "FILE", env = "FINEPRINT_CONFIG")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Compare(compare::Args),
    Extract(extract::Args),
    Replay(replay::Args),
}

/// How a command that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing to report.
    Quiet = 0,
    /// It found what it looks for: a change, a problem.
    Found = 1,
}

/// Runs the command line; the exit codes are those of ARCHITECTURE.md.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Compare(args) => compare::run(&args),
        Command::Extract(args) => extract::run(&args),
        Command::Replay(args) => replay::run(&args),
    };
    match result {
        Ok(outcome) => ExitCode::from(outcome as u8),
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::from(2)
        }
    }
}
