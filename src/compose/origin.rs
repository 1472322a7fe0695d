use crate::model::{ChangeId, Settings, SubscriptionId, Wanted, WatchId};
use crate::ticket::{self, Claim, Key};
use jiff::Timestamp;

/// Where a mail comes from, and how its reader can answer and leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'a> {
    /// Where the archive is reachable by readers, without a trailing slash; `None`: there is none, and no link is made.
    pub site: Option<&'a str>,
    /// The mailbox that reads answers.
    pub reply_to: &'a str,
    /// A signed link that unsubscribes this one reader; `None`: they leave by answering.
    pub leave: Option<&'a str>,
    /// A signed link to what this one reader asked for; `None`: there are no pages for it.
    pub preferences: Option<&'a str>,
}

impl<'a> Origin<'a> {
    /// The origin that the operator's settings describe; without Reply-To, answers go to the sender.
    #[must_use]
    pub fn of(settings: &'a Settings) -> Self {
        let reply_to = settings.mail.reply_to.as_deref().unwrap_or(&settings.mail.from);
        Self { site: settings.web_url.as_deref(), reply_to, leave: None, preferences: None }
    }

    /// The same origin, with the links of one reader.
    #[must_use]
    pub fn with(self, links: &'a ReaderLinks) -> Self {
        Self { leave: Some(&links.leave), preferences: Some(&links.preferences), ..self }
    }

    /// The address of `reply_to` without a display name.
    pub(super) fn answer_address(&self) -> &'a str {
        let bare = self.reply_to.rsplit_once('<').map_or(self.reply_to, |(_, rest)| rest.trim_end().trim_end_matches('>'));
        bare.trim()
    }

    /// Where to unsubscribe, as List-Unsubscribe wants it: the link first, since a client shows the first one that it can use.
    pub(super) fn unsubscribe(&self, subscription: SubscriptionId) -> Vec<String> {
        self.leave.map(str::to_owned).into_iter().chain([self.mailto(subscription)]).collect()
    }

    /// A link that opens the mail by which a reader leaves.
    pub(super) fn mailto(&self, subscription: SubscriptionId) -> String {
        format!("mailto:{}?subject=unsubscribe%20{subscription}", self.answer_address())
    }
}

/// The links that only one reader may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderLinks {
    /// Unsubscribes.
    pub leave: String,
    /// Shows and changes what the reader asked for.
    pub preferences: String,
}

/// Makes signed links to the pages at a site.
#[derive(Debug, Clone)]
pub struct Links {
    /// Where the pages are reachable by readers, without a trailing slash.
    pub site: String,
    /// What the links are signed with.
    pub key: Key,
}

impl Links {
    /// The links of a subscription's reader.
    #[must_use]
    pub fn reader(&self, subscription: SubscriptionId, now: Timestamp) -> ReaderLinks {
        let until = now.checked_add(ticket::PREFERENCES_LAST).unwrap_or(now);
        ReaderLinks {
            leave: self.to("unsubscribe", &Claim::Leave(subscription)),
            preferences: self.to("preferences", &Claim::Preferences { subscription, until }),
        }
    }

    /// The link by which the owner of an address confirms that mail may come.
    #[must_use]
    pub fn confirmation(&self, address: &str, wanted: Wanted, now: Timestamp) -> String {
        let until = now.checked_add(ticket::CONFIRMATION_LASTS).unwrap_or(now);
        self.to("confirm", &Claim::Confirm { address: address.to_owned(), wanted, until })
    }

    fn to(&self, page: &str, claim: &Claim) -> String {
        format!("{}/{page}/{}", self.site, ticket::issue(&self.key, claim))
    }
}

/// The page of a document in the archive at `site`.
#[must_use]
pub fn document_url(site: &str, watch: &WatchId) -> String {
    format!("{}/documents/{watch}", site.trim_end_matches('/'))
}

/// The page of a change in the archive at `site`.
#[must_use]
pub fn change_url(site: &str, change: ChangeId) -> String {
    format!("{}/changes/{change}", site.trim_end_matches('/'))
}
