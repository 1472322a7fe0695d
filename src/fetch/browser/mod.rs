//! Pages that show nothing until a browser has run their scripts: Chromium as a process of its own, once for each page, spoken with through
//! pipes.

mod devtools;
mod driver;
mod events;
mod footprint;
mod process;
mod rest;
mod tab;

pub use driver::browser;
pub(super) use driver::{Browser, Rendered};
