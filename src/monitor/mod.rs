//! One check from end to end, the due-queue's tick, the outbox's turn. In: watches and the traits of the rooms below. Out: commits.
//! This room must never mail what a second fetch has not confirmed, and never write in two transactions what belongs in one.

mod check;
mod clock;
mod decide;
mod import;
mod incidents;
mod intake;
mod outbox;
mod parts;
mod people;
mod plan;
mod promises;
mod telling;
mod tick;
mod turns;
mod vitals;

pub use check::{Checked, Monitor};
pub use clock::{Clock, SystemClock};
pub use decide::{Decision, Sighting, decide, part};
pub use import::{ImportError, Imported};
pub use incidents::Concern;
pub use outbox::Delivered;
pub use people::PeopleError;
pub use tick::{Tick, TickError};
pub use vitals::{Counts, DURATIONS, Vitals};
