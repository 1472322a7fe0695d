//! The command line. In: arguments. Out: text on stdout, people's sentences on stderr, an exit code. One file per command; this room
//! must never decide anything that a room below could.

mod access;
mod check;
mod compare;
mod demo;
mod doctor;
mod explain;
mod extract;
mod failure;
mod history;
mod import;
mod json;
mod mail;
mod read;
mod replay;
mod run;
mod show;
mod source;
mod store;
mod subscriber;
mod text;
mod watch;

use clap::{CommandFactory as _, Parser, Subcommand};
use failure::Failure;
use std::path::PathBuf;
use std::process::ExitCode;

/// Reads the fine print: watches platforms' terms and tells people what a changed AI clause means.
#[derive(Debug, Parser)]
#[command(
    name = "fineprint",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 done; 1 found what it looks for (a change, a problem); 2 bad usage or input; 3 the outside world failed.\n\nExample: fineprint compare terms-2023.html terms-2024.html"
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, clap::Args)]
struct Global {
    /// The operator's settings [default: fineprint.toml beside the watchlist, if it is there]
    #[arg(long, global = true, value_name = "FILE", env = "FINEPRINT_CONFIG")]
    config: Option<PathBuf>,
    /// The watchlist [default: watchlist.toml here, if it is there, else the list that ships]
    #[arg(long, global = true, value_name = "FILE", env = "FINEPRINT_WATCHLIST")]
    watchlist: Option<PathBuf>,
    /// The state folder [default: systemd's, else ~/.local/state/fineprint]
    #[arg(long, global = true, value_name = "DIR", env = "FINEPRINT_STATE")]
    state: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Args),
    Check(check::Args),
    Compare(compare::Args),
    Extract(extract::Args),
    Read(read::Args),
    Replay(replay::Args),
    Import(import::Args),
    Watch(watch::Args),
    History(history::Args),
    Show(show::Args),
    Subscriber(subscriber::Args),
    Mail(mail::Args),
    Store(store::Args),
    Doctor(doctor::Args),
    Demo(demo::Args),
}

/// How a command that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nothing to report.
    Quiet = 0,
    /// It found what it looks for: a change, a problem.
    Found = 1,
}

type Ended = Result<Outcome, Failure>;

/// The command line as a description, from which man pages and completions are made.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    failure::keep_lines_whole();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::World(miette::miette!("no threads can be started: {error}")).report(),
    };
    let ended = runtime.block_on(dispatch(&cli));
    // A computation that won't end must not keep a stopped daemon alive.
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    match ended {
        Ok(outcome) => ExitCode::from(outcome as u8),
        Err(failure) => failure.report(),
    }
}

async fn dispatch(cli: &Cli) -> Ended {
    let global = &cli.global;
    match &cli.command {
        Command::Run(args) => run::run(global, args).await,
        Command::Check(args) => check::run(global, args).await,
        Command::Compare(args) => compare::run(global, args).await,
        Command::Extract(args) => extract::run(global, args).await,
        Command::Read(args) => read::run(global, args).await,
        Command::Replay(args) => replay::run(args).await,
        Command::Import(args) => import::run(global, args).await,
        Command::Watch(args) => watch::run(global, args).await,
        Command::History(args) => history::run(global, args).await,
        Command::Show(args) => show::run(global, args).await,
        Command::Subscriber(args) => subscriber::run(global, args).await,
        Command::Mail(args) => mail::run(global, args).await,
        Command::Store(args) => store::run(global, args).await,
        Command::Doctor(args) => doctor::run(global, args).await,
        Command::Demo(args) => demo::run(args).await,
    }
}

/// How a command prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For tools.
    Json,
}
