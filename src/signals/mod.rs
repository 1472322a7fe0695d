//! What a site tells machines about AI, beside what its terms tell people. In: the answers to a fixed set of addresses. Out: one normal
//! form, a [`Document`](crate::model::Document) with a line for each signal, events where two of them differ, and what contradicts the
//! terms. This room must never take silence, an error or a login page for a signal that was withdrawn.

mod agents;
mod contradiction;
mod events;
mod marks;
mod normal;
mod prose;
mod robots;
mod rsl;
mod source;
mod tdm;
mod usage;

pub use agents::{Class, class_of};
pub use contradiction::{Contradiction, contradictions};
pub use events::events;
pub use normal::{Mechanism, Purpose, Signal, Value, signals};
pub use robots::{LONGEST as LONGEST_ROBOTS, Robots, Rules};
pub use source::{Source, addresses, document, gist, licence, served};

#[cfg(test)]
mod tests;
