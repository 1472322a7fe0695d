use super::failure::Failure;
use super::{Ended, Global, Outcome, access, text};
use crate::compose::{self, Origin};
use crate::deliver::{self, SmtpDelivery};
use crate::model::{MailState, OutboxEntry};
use crate::service::{Reply, Wish};
use jiff::Timestamp;

/// Try the mail, look at the outbox
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fineprint mail queue")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Send a sample alert and print the SMTP dialogue
    #[command(after_help = "Example: fineprint mail test ana@example.org")]
    Test {
        /// The mailbox
        address: String,
    },
    /// Show the newest mails of the outbox
    #[command(after_help = "Example: fineprint mail queue --limit 10")]
    Queue {
        /// How many
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
}

pub(super) async fn run(global: &Global, args: &Args) -> Ended {
    match &args.command {
        Command::Test { address } => test(global, address).await,
        Command::Queue { limit } => queue(global, *limit).await,
    }
}

async fn test(global: &Global, address: &str) -> Ended {
    let setup = access::setup(global)?;
    let address = deliver::check_address(address).map_err(Failure::usage)?;
    let mail = compose::test_mail(&address, Timestamp::now(), &Origin::of(&setup.settings));
    if setup.settings.mail.server.is_none() {
        let folder = setup.state.join("mail");
        let files = deliver::open(&setup.settings.mail, &folder).map_err(Failure::usage)?;
        let answer = files.deliver(&mail).await.map_err(|refusal| Failure::world(format!("{refusal:?}")))?;
        text::out(&format!("no mail server is configured, so the mail was written as a file: {answer}\n"));
        return Ok(Outcome::Quiet);
    }
    let smtp = SmtpDelivery::new(&setup.settings.mail).map_err(Failure::usage)?;
    let conversation = smtp.converse(&mail).await;
    conversation.lines.iter().for_each(|line| text::out(&format!("{}\n", text::safe(line))));
    match conversation.outcome {
        Ok(answer) => {
            text::out(&format!("\nthe server took it: {}\n", text::safe(&answer)));
            Ok(Outcome::Quiet)
        }
        Err(deliver::Refusal::Temporary(reason)) => Err(Failure::world(format!("the mail could not be sent now: {reason}"))),
        Err(deliver::Refusal::Permanent(reason)) => Err(Failure::world(format!("the server refuses this mail for good: {reason}"))),
    }
}

async fn queue(global: &Global, limit: usize) -> Ended {
    let Reply::Outbox(entries) = access::ask_once(global, Wish::Outbox(limit)).await? else { return Err(access::unexpected()) };
    if entries.is_empty() {
        text::out("the outbox is empty\n");
    }
    entries.iter().for_each(|entry| text::out(&format!("{}\n", line(entry))));
    Ok(Outcome::Quiet)
}

fn line(entry: &OutboxEntry) -> String {
    let state = match &entry.state {
        MailState::Due { at, last_error: None } => format!("due {}", text::minute(*at)),
        MailState::Due { at, last_error: Some(error) } => {
            format!("again at {}, {} attempts so far; last: {}", text::minute(*at), entry.attempts, text::safe(error))
        }
        MailState::Sent { at, answer } => format!("sent {}: {}", text::minute(*at), text::safe(answer)),
        MailState::Refused { at, reason } => format!("refused {}: {}", text::minute(*at), text::safe(reason)),
    };
    format!("{:>5}  to {}  {}  [{state}]", entry.id, entry.mail.to, text::safe(&entry.mail.body.subject))
}
