use crate::model::is_webhook;
use lettre::Address;

/// A mailbox as it may stand in an envelope, or why it may not (RFC 5321, section 4.1.2, and RFC 6531 for other scripts).
///
/// # Errors
/// A sentence for people.
pub fn check_address(text: &str) -> Result<String, String> {
    let trimmed = text.trim();
    match trimmed.parse::<Address>() {
        Ok(address) if trimmed.len() <= 254 && address.domain().contains('.') && !address.domain().starts_with('[') => {
            // A domain in other scripts is stored as the ASCII that stands for it (RFC 5891), which every server takes.
            let letters = |domain: &String| domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
            let Some(domain) = url::Host::parse(address.domain()).ok().and_then(domain).filter(letters) else {
                return Err(format!("{trimmed:?} names no domain that mail can be sent to"));
            };
            if address.user().starts_with('"') {
                return Err(format!("{trimmed:?} is quoted before the @, which many servers refuse; use another address"));
            }
            // Written so it may be too long, or no address any more.
            Address::new(address.user(), &domain)
                .ok()
                .map(|address| address.to_string())
                .filter(|address| address.len() <= 254)
                .ok_or_else(|| format!("{trimmed:?} names no domain that mail can be sent to"))
        }
        Ok(_) => Err(format!(
            "{trimmed:?} is no address that mail can be sent to from everywhere; it needs a full domain, such as ana@example.org"
        )),
        Err(error) => Err(format!("{trimmed:?} is no mail address: {error}")),
    }
}

fn domain(host: url::Host) -> Option<String> {
    match host {
        url::Host::Domain(domain) => Some(domain),
        _ => None,
    }
}

/// A mailbox, or the URL of a program (a webhook), for the operator to add.
///
/// # Errors
/// A sentence for people.
pub fn check_recipient(text: &str) -> Result<String, String> {
    let text = text.trim();
    if !is_webhook(text) {
        return check_address(text);
    }
    let url = url::Url::parse(text).map_err(|error| format!("{text:?} is no web address: {error}"))?;
    if url.host_str().is_none() || !url.username().is_empty() || url.password().is_some() {
        return Err(format!("{text:?} is no address for a webhook; write one such as https://example.org/hooks/fineprint"));
    }
    Ok(url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_only_looks_like_them() {
        for good in ["ana@example.org", " ana+alerts@mail.example.org ", "jörg@example.org", "ana@bücher.example"] {
            assert!(check_address(good).is_ok(), "{good}: {:?}", check_address(good));
        }
        assert_eq!(check_address("ana@Bücher.example").as_deref(), Ok("ana@xn--bcher-kva.example"));
        for bad in [
            "",
            "ana",
            "ana@",
            "@example.org",
            "ana@localhost",
            "ana@example.org\r\nBcc: all@example.org",
            "a b@example.org",
            "ana@[127.0.0.1]",
            "\"a b\"@example.org",
            "\"a@b\"@example.org",
            "ana@büc===her.example",
            "ana@mail_server.example",
        ] {
            assert!(check_address(bad).is_err(), "{bad}");
        }
    }
}
