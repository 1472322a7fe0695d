//! The daemon. In: the two files and a state folder. Out: a process that watches, mails and answers its control socket until it is told
//! to stop. This room must never decide what a page or a change means.

mod control;
mod daemon;
mod derived;
mod desk;
mod setup;
mod systemd;
mod wishes;

pub use control::{Control, ControlError, call};
pub use daemon::{DaemonError, run};
pub use desk::{Desk, Reply, Wish};
pub use setup::{Files, Setup, SetupError, WatchlistSource};
pub use systemd::{Systemd, log};
