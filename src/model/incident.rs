use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that the operator should see to: told once, reminded of while it lasts, and told of again when it is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// What it is, stable over its whole life, such as `watch spotify/terms-of-service`.
    pub key: String,
    /// When it was first seen.
    pub since: Timestamp,
    /// When the operator was told last.
    pub told: Timestamp,
    /// One plain sentence: what is wrong.
    pub what: String,
    /// One plain sentence: what to do.
    pub advice: String,
}
