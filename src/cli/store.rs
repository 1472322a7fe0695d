use super::{Ended, Global, Outcome, access, text};
use crate::service::{Reply, Wish};

/// Look after the store
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fineprint store verify")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Recompute every hash and follow every reference
    #[command(after_help = "Example: fineprint store verify")]
    Verify,
}

pub(super) async fn run(global: &Global, args: &Args) -> Ended {
    let Command::Verify = args.command;
    let Reply::Problems(problems) = access::ask_once(global, Wish::Verify).await? else { return Err(access::unexpected()) };
    problems.iter().for_each(|problem| text::out(&format!("{problem}\n")));
    text::out(&format!("{} problems\n", problems.len()));
    Ok(if problems.is_empty() { Outcome::Quiet } else { Outcome::Found })
}
