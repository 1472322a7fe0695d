use crate::model::{ChangeId, Settings, SubscriptionId};

/// Where a mail comes from, and how its reader can answer and leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'a> {
    /// Where the archive is reachable by readers, without a trailing slash; `None`: there is none, and no link is made.
    pub site: Option<&'a str>,
    /// The mailbox that reads answers.
    pub reply_to: &'a str,
    /// A signed link that unsubscribes this one reader; `None`: they leave by answering.
    pub leave: Option<&'a str>,
}

impl<'a> Origin<'a> {
    /// The origin that the operator's settings describe; without Reply-To, answers go to the sender.
    #[must_use]
    pub fn of(settings: &'a Settings) -> Self {
        let reply_to = settings.mail.reply_to.as_deref().unwrap_or(&settings.mail.from);
        Self { site: settings.web_url.as_deref(), reply_to, leave: None }
    }

    /// The same origin, with the link by which one reader unsubscribes.
    #[must_use]
    pub fn leaving_at(self, link: &'a str) -> Self {
        Self { leave: Some(link), ..self }
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

/// The page of a change in the archive at `site`.
#[must_use]
pub fn change_url(site: &str, change: ChangeId) -> String {
    format!("{}/changes/{change}", site.trim_end_matches('/'))
}
