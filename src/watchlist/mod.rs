//! The user's and the operator's files. In: the text of `watchlist.toml` and `fineprint.toml`. Out: watches and settings, or an
//! error that points at file, line and column and says what to do. This room must never rewrite a file but by a format-keeping edit.

mod amount;
mod edit;
mod fields;
mod foreign;
mod language;
mod page;
mod parse;
mod problem;
mod promise;
mod schedule;
mod settings;
mod suggest;
mod syntax;

pub use edit::{NewWatch, add, remove};
pub use foreign::{Adoption, ForeignList, ForeignWatch, adopt, guess_foreign, read_foreign};
pub use parse::{Watchlist, parse};
pub use problem::Problem;
pub use schedule::{DEFAULT_CONFIRM_AFTER, DEFAULT_SCHEDULE, DEFAULT_ZONE, LEAST_CONFIRM_AFTER, LEAST_INTERVAL, next_due};
pub use settings::{DKIM_VARIABLE, PASSWORD_VARIABLE, WEBHOOK_VARIABLE, parse_settings};

/// The watchlist that ships: what a first start writes when there is none.
pub const SHIPPED: &str = include_str!("../../watchlist.toml");

/// Every operator's setting, commented out at its default, with a line of explanation.
pub const SETTINGS_EXAMPLE: &str = include_str!("../../fineprint.example.toml");
