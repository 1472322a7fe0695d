//! Changes for programs: JSON by POST, signed.

use super::{Deliver, Refusal};
use crate::model::{Mail, Secret, is_webhook};
use crate::ticket;
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use reqwest::redirect::Policy;
use std::future::Future;
use std::pin::Pin;
use std::sync::LazyLock;
use std::time::Duration;

/// How long a program may take to answer.
const LIMIT: Duration = Duration::from_secs(30);

/// Sends mails whose address is a URL to the program there, and hands all others on.
#[derive(Debug)]
pub struct Channels {
    mail: Box<dyn Deliver>,
    /// Set up at the first call: it reads all root certificates, and most houses have no webhook.
    client: LazyLock<Result<reqwest::Client, String>>,
    secret: Option<Secret>,
}

impl Channels {
    /// Channels beside a delivery of mail; what goes to programs is signed with `secret`.
    #[must_use]
    pub fn new(mail: Box<dyn Deliver>, secret: Option<Secret>) -> Self {
        Self { mail, client: LazyLock::new(client), secret }
    }

    /// One call. A 2xx answer takes it; 408, 429 and 5xx ask for another attempt; 410 and other answers refuse it for good.
    async fn call(&self, mail: &Mail) -> Result<String, Refusal> {
        let client = self.client.as_ref().map_err(|error| Refusal::Temporary(format!("webhooks can't be called: {error}")))?;
        let mut request = client
            .post(&mail.to)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("fineprint/", env!("CARGO_PKG_VERSION")))
            .header("X-Fineprint-Delivery", &mail.message_key)
            .body(mail.body.text.clone());
        if let Some(secret) = &self.secret {
            let signature = ticket::sign(secret.reveal().as_bytes(), mail.body.text.as_bytes());
            request = request.header("X-Fineprint-Signature-256", format!("sha256={signature}"));
        }
        let response = request.send().await.map_err(|error| Refusal::Temporary(error.without_url().to_string()))?;
        let status = response.status();
        let answer = format!("the webhook answered with status {status}");
        match status.as_u16() {
            200..=299 => Ok(answer),
            408 | 425 | 429 | 500..=599 => Err(Refusal::Temporary(answer)),
            _ => Err(Refusal::Permanent(answer)),
        }
    }
}

fn client() -> Result<reqwest::Client, String> {
    // It fails only where another part of the program was quicker, and then there is one.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().redirect(Policy::none()).timeout(LIMIT).build().map_err(|error| error.to_string())
}

impl Deliver for Channels {
    fn deliver<'call>(&'call self, mail: &'call Mail) -> Pin<Box<dyn Future<Output = Result<String, Refusal>> + Send + 'call>> {
        if is_webhook(&mail.to) { Box::pin(self.call(mail)) } else { self.mail.deliver(mail) }
    }
}
