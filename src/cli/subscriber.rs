use super::failure::Failure;
use super::{Ended, Global, Outcome, access, text};
use crate::deliver;
use crate::model::{Rhythm, Severity, Subscription, SubscriptionState, Topic, Wanted, is_webhook};
use crate::service::{Reply, Setup, Wish};

/// Manage who is mailed
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fineprint subscriber add ana@example.org --tag music")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List all subscriptions
    #[command(after_help = "Example: fineprint subscriber list")]
    List,
    /// Add a subscription; you vouch for its consent
    #[command(after_help = "Example: fineprint subscriber add ana@example.org --tag music --severity major")]
    Add(Add),
    /// Print all that is stored of an address, or of all, as JSON
    #[command(after_help = "Example: fineprint subscriber export ana@example.org")]
    Export {
        /// The address; without it every subscription is printed
        address: Option<String>,
    },
    /// Forget an address, or one subscription by its number: subscription, record of consent and mails
    #[command(visible_alias = "forget", after_help = "Example: fineprint subscriber remove ana@example.org")]
    Remove {
        /// The address or the number
        who: String,
    },
}

#[derive(Debug, clap::Args)]
struct Add {
    /// The mailbox
    address: String,
    /// Only this platform; may be given several times
    #[arg(long = "platform", value_name = "NAME")]
    platforms: Vec<String>,
    /// Only watches with this tag; may be given several times
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Only this topic; may be given several times
    #[arg(long = "topic", value_name = "TOPIC", value_parser = topic)]
    topics: Vec<Topic>,
    /// From which severity: minor, major or critical
    #[arg(long, default_value = "minor", value_parser = severity)]
    severity: Severity,
    /// When to write: at-once, daily or weekly
    #[arg(long, default_value = "at-once", value_name = "RHYTHM")]
    rhythm: String,
    /// The day of a weekly digest
    #[arg(long, default_value = "monday")]
    day: String,
    /// The hour of a digest, 0 to 23
    #[arg(long, default_value_t = 8)]
    hour: i8,
    /// The time zone of that hour
    #[arg(long, default_value = "UTC")]
    zone: String,
}

fn topic(word: &str) -> Result<Topic, String> {
    Topic::from_word(word)
        .ok_or_else(|| format!("topics are {}", Topic::ALL.iter().map(|topic| topic.word()).collect::<Vec<_>>().join(", ")))
}

fn severity(word: &str) -> Result<Severity, String> {
    Severity::from_word(word).ok_or_else(|| "severities are minor, major, critical".to_owned())
}

pub(super) async fn run(global: &Global, args: &Args) -> Ended {
    match &args.command {
        Command::List => {
            let Reply::Subscriptions(subscriptions) = access::ask_once(global, Wish::Subscriptions).await? else {
                return Err(access::unexpected());
            };
            if subscriptions.is_empty() {
                text::out("nobody is subscribed; `fineprint subscriber add ADDRESS` adds somebody\n");
            }
            subscriptions.iter().for_each(|subscription| text::out(&format!("{}\n", line(subscription))));
        }
        Command::Add(add) => {
            let address = deliver::check_recipient(&add.address).map_err(Failure::usage)?;
            let rhythm = Rhythm::parse(&add.rhythm, &add.day, add.hour, &add.zone).map_err(Failure::usage)?;
            if is_webhook(&address) && rhythm != Rhythm::AtOnce {
                return Err(Failure::usage("a webhook is called at once; digests are for people"));
            }
            let wanted = Wanted {
                platforms: add.platforms.clone(),
                tags: add.tags.clone(),
                topics: add.topics.clone(),
                severity: add.severity,
                rhythm,
            };
            let wish = Wish::Subscribe { address: address.clone(), wanted };
            let Reply::Subscribed(id) = access::ask_once(global, wish).await? else { return Err(access::unexpected()) };
            text::out(&format!("{address} is subscribed, number {id}\n"));
            warn_of_unknown(global, add);
        }
        Command::Export { address } => export(global, address.as_deref()).await?,
        Command::Remove { who } => {
            let Reply::Unsubscribed(count) = access::ask_once(global, Wish::Unsubscribe(who.clone())).await? else {
                return Err(access::unexpected());
            };
            if count == 0 {
                return Err(Failure::usage(format!("nothing is subscribed as {who}; `fineprint subscriber list` shows what is")));
            }
            text::out(&format!("{count} forgotten\n"));
        }
    }
    Ok(Outcome::Quiet)
}

/// Everything that is stored of one address, or the subscriptions of all.
async fn export(global: &Global, address: Option<&str>) -> Result<(), Failure> {
    let Reply::Subscriptions(mut subscriptions) = access::ask_once(global, Wish::Subscriptions).await? else {
        return Err(access::unexpected());
    };
    let mut all = serde_json::Map::new();
    if let Some(address) = address {
        subscriptions.retain(|subscription| subscription.address.eq_ignore_ascii_case(address));
        let Reply::Outbox(mails) = access::ask_once(global, Wish::Mails(address.to_owned())).await? else {
            return Err(access::unexpected());
        };
        if subscriptions.is_empty() && mails.is_empty() {
            return Err(Failure::usage(format!("nothing is stored of {address}")));
        }
        all.insert("mails".to_owned(), serde_json::to_value(mails).map_err(Failure::world)?);
    }
    all.insert("subscriptions".to_owned(), serde_json::to_value(subscriptions).map_err(Failure::world)?);
    text::out(&format!("{}\n", serde_json::to_string_pretty(&all).map_err(Failure::world)?));
    Ok(())
}

/// A platform or tag that no watch has would wait for ever. The subscription stands already: a watchlist that can't be read at the
/// moment only leaves the warning out.
fn warn_of_unknown(global: &Global, add: &Add) {
    let Ok(Setup { watches, .. }) = access::setup(global) else { return };
    for platform in &add.platforms {
        if !watches.iter().any(|watch| watch.platform.eq_ignore_ascii_case(platform)) {
            eprintln!("careful: no watch is of the platform {platform:?}");
        }
    }
    for tag in &add.tags {
        if !watches.iter().any(|watch| watch.tags.iter().any(|other| other.eq_ignore_ascii_case(tag))) {
            eprintln!("careful: no watch has the tag {tag:?}");
        }
    }
}

fn line(subscription: &Subscription) -> String {
    let mut filters: Vec<String> = subscription.platforms.clone();
    filters.extend(subscription.tags.iter().map(|tag| format!("#{tag}")));
    filters.extend(subscription.topics.iter().map(ToString::to_string));
    let filters = if filters.is_empty() { "everything".to_owned() } else { filters.join(", ") };
    let state = match &subscription.state {
        SubscriptionState::Pending => "not confirmed".to_owned(),
        SubscriptionState::Confirmed { at, by } => format!("confirmed {} by {by}", text::minute(*at)),
        SubscriptionState::Suspended { at, reason } => format!("suspended {}: {}", text::minute(*at), text::safe(reason)),
        SubscriptionState::Left { at } => format!("left {}", text::minute(*at)),
    };
    format!(
        "{:>4}  {}  from {}: {filters}, {}  ({state})",
        subscription.id,
        subscription.address,
        subscription.severity,
        subscription.rhythm.word()
    )
}
