//! What a stranger may type or send: a mail address, an address of a webhook, a token.
#![no_main]

use fineprint::deliver::{check_address, check_recipient};
use fineprint::model::{Rhythm, Severity, Wanted};
use fineprint::ticket::{self, Claim, Key, TicketError};
use fineprint_fuzz::texts;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

const KEY: Key = Key([7; 32]);

fuzz_target!(|data: &[u8]| {
    let [text] = texts(data);
    if let Ok(address) = check_address(&text) {
        assert_eq!(check_address(&address).as_ref(), Ok(&address), "what was checked is checked otherwise");
        assert!(!address.contains(|c: char| c.is_control() || c.is_whitespace() || matches!(c, '"' | '<' | '>' | ',')), "{address:?}");
        assert_eq!(check_recipient(&text), Ok(address));
    }
    if let Ok(recipient) = check_recipient(&text) {
        assert_eq!(check_recipient(&recipient).as_ref(), Ok(&recipient));
        assert!(!recipient.contains(|c: char| c.is_control() || c.is_whitespace()), "{recipient:?}");
    }

    let now = Timestamp::UNIX_EPOCH;
    assert_eq!(ticket::read(&KEY, &text, now), Err(TicketError::Forged), "nobody who lacks the key makes a token");
    let wanted = Wanted { platforms: vec![text.clone()], tags: vec![], topics: vec![], severity: Severity::Major, rhythm: Rhythm::AtOnce };
    let claim = Claim::Confirm { address: text, wanted, until: now };
    let token = ticket::issue(&KEY, &claim);
    let back = ticket::read(&KEY, &token, now);
    assert!(back == Ok(claim) || token.len() > 4_000, "{back:?}");
});
