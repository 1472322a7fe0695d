//! Why there is no answer, in one plain sentence that names the host.

use super::guard::Refused;
use super::hosts::LeftAlone;
use crate::model::{Failure, FetchSettings};
use rustls::CertificateError;
use std::error::Error;
use std::io;
use std::time::Duration;

/// What ended one attempt.
#[derive(Debug)]
pub(super) struct Trouble {
    /// The sentence, without a full stop.
    pub(super) reason: String,
    /// Whether the next attempt may fare better.
    pub(super) temporary: bool,
    /// How long the server asked to be left alone.
    pub(super) retry_after: Option<Duration>,
}

impl Trouble {
    /// Another attempt would end like this one.
    pub(super) fn permanent(reason: String) -> Self {
        Self { reason, temporary: false, retry_after: None }
    }

    /// Another attempt may fare better.
    pub(super) fn temporary(reason: String) -> Self {
        Self { reason, temporary: true, retry_after: None }
    }

    /// The host answered with this status and asked for more time than a fetch waits.
    pub(super) fn quiet_asked(host: &str, status: u16, quiet: Duration) -> Self {
        let reason = format!("{host} answered with status {status} and asked to be left alone for {}", seconds(quiet));
        Self { reason, temporary: false, retry_after: Some(quiet) }
    }

    /// The host asked for quiet earlier, and it is not over.
    pub(super) fn left_alone(host: &str, LeftAlone { remaining }: LeftAlone) -> Self {
        let remaining = Duration::from_secs(whole_seconds(remaining));
        let reason = format!("{host} asked to be left alone, for another {}", seconds(remaining));
        Self { reason, temporary: false, retry_after: Some(remaining) }
    }

    /// Says what an error of the HTTP client means.
    pub(super) fn of_client(host: &str, error: &reqwest::Error, settings: &FetchSettings) -> Self {
        if let Some(refused) = causes(error).find_map(|cause| cause.downcast_ref::<Refused>()) {
            return Self::permanent(refused.to_string());
        }
        if let Some(rustls) = causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
            return Self::of_tls(host, rustls);
        }
        let reason = if error.is_timeout() {
            timed_out(host, error, settings)
        } else if error.is_dns() {
            format!("the name {host} can't be resolved: {}", deepest(error))
        } else {
            broken_off(host, error)
        };
        Self::temporary(reason)
    }

    fn of_tls(host: &str, error: &rustls::Error) -> Self {
        let rustls::Error::InvalidCertificate(problem) = error else {
            return Self::temporary(format!("no encrypted connection to {host}: {error}"));
        };
        let detail = match problem {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => ": it has expired",
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => ": it lies in the future",
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => ": it is for another name",
            CertificateError::UnknownIssuer => ": nobody known has issued it",
            CertificateError::Revoked => ": it has been revoked",
            _ => "",
        };
        Self::permanent(format!("{host}'s certificate is not valid{detail}"))
    }

    /// The same after a redirect, which the sentence must not hide.
    pub(super) fn after_redirect_from(self, host: &str) -> Self {
        Self { reason: format!("after a redirect from {host}: {}", self.reason), ..self }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self { reason: trouble.reason, retry_after: trouble.retry_after.map(whole_seconds) }
    }
}

fn timed_out(host: &str, error: &reqwest::Error, settings: &FetchSettings) -> String {
    if error.is_connect() {
        format!("no connection to {host} within {}", seconds(settings.connect_timeout))
    } else {
        format!("{host} sent nothing for {}", seconds(settings.read_timeout))
    }
}

fn broken_off(host: &str, error: &reqwest::Error) -> String {
    let kind = causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind).last();
    match kind {
        Some(io::ErrorKind::ConnectionRefused) => format!("{host} refused the connection"),
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => format!("there is no way to {host} from here"),
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe) => {
            format!("{host} broke off the connection")
        }
        _ if error.is_connect() => format!("no connection to {host}: {}", deepest(error)),
        _ => format!("the answer of {host} can't be read: {}", deepest(error)),
    }
}

/// The error and its causes, outermost first.
fn causes<'error>(error: &'error (dyn Error + 'static)) -> impl Iterator<Item = &'error (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        // Its `source` is the source of what it wraps, and so passes over the wrapped error itself.
        Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => error.source(),
    })
}

/// The words of the innermost cause; the ones around it only say where it happened.
fn deepest(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

/// A duration as people write it: `60 s`, `0.3 s`.
pub(super) fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

/// A size as people write it.
pub(super) fn size(bytes: usize) -> String {
    match bytes {
        _ if bytes >= 1 << 20 && bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        _ if bytes >= 1 << 10 && bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
        _ => format!("{bytes} bytes"),
    }
}

/// Rounded up, so that nobody comes back too early.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_error_is_not_passed_over() {
        let refused = Refused::NoAddress { host: "example.org".to_owned() };
        let error = io::Error::other(io::Error::other(refused));
        assert!(causes(&error).find_map(|cause| cause.downcast_ref::<Refused>()).is_some());
        assert_eq!(deepest(&error), "example.org has no address");
    }

    #[test]
    fn certificates_that_are_not_valid_are_told_from_handshakes_that_failed() {
        let expired = rustls::Error::InvalidCertificate(CertificateError::Expired);
        let trouble = Trouble::of_tls("example.org", &expired);
        assert_eq!(trouble.reason, "example.org's certificate is not valid: it has expired");
        assert!(!trouble.temporary);
        assert!(Trouble::of_tls("example.org", &rustls::Error::HandshakeNotComplete).temporary);
    }

    #[test]
    fn numbers_are_written_as_people_write_them() {
        assert_eq!(seconds(Duration::from_mins(1)), "60 s");
        assert_eq!(seconds(Duration::from_millis(300)), "0.3 s");
        assert_eq!(size(8 << 20), "8 MiB");
        assert_eq!(size(64 << 10), "64 KiB");
        assert_eq!(size(1000), "1000 bytes");
        assert_eq!(whole_seconds(Duration::from_millis(1001)), 2);
    }
}
