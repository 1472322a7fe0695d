//! The TDM Reservation Protocol (W3C `TDMRep` Community Group, final report of 10 May 2024).

use super::normal::{Value, WHOLE, tame};
use serde::Deserialize;

/// No honest file has more rules.
const MOST: usize = 100;

/// A rule of `/.well-known/tdmrep.json`.
#[derive(Deserialize)]
struct Rule {
    location: Option<String>,
    #[serde(rename = "tdm-reservation")]
    reservation: Option<serde_json::Value>,
    #[serde(rename = "tdm-policy")]
    policy: Option<String>,
}

/// Where, and what is said, for each rule of the file; `None` where it is none.
pub(super) fn file(bytes: &[u8]) -> Option<Vec<(String, Value)>> {
    let rules: Vec<serde_json::Value> = serde_json::from_slice(bytes).ok()?;
    let read = |rule: serde_json::Value| {
        let rule: Rule = serde_json::from_value(rule).ok()?;
        let scope = match rule.location.as_deref() {
            None | Some("/" | "/*" | "*") => WHOLE.to_owned(),
            Some(location) => tame(location),
        };
        let reservation = match rule.reservation? {
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::String(text) => text,
            _ => return None,
        };
        Some((scope, value(&reservation, rule.policy.as_deref())?))
    };
    Some(rules.into_iter().take(MOST).filter_map(read).collect())
}

/// What a reservation with its policy says; anything but 0 and 1 says nothing (section 4.2).
pub(super) fn value(reservation: &str, policy: Option<&str>) -> Option<Value> {
    match (reservation.trim(), policy.map(str::trim).filter(|policy| !policy.is_empty())) {
        ("1", Some(policy)) => Some(Value::OnTerms(tame(policy))),
        ("1", None) => Some(Value::Denied),
        ("0", _) => Some(Value::Allowed),
        _ => None,
    }
}
