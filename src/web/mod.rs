//! What others see of fineprint over HTTP. In: requests from strangers. Out: the archive as pages, feeds, pictures and JSON, and the forms
//! by which people subscribe and leave. This room must never show an address, run a stored page, or write to the store but through the
//! monitor.

mod answer;
mod api;
mod badge;
mod cache;
mod connections;
mod feeds;
mod health;
mod limits;
mod matrix;
mod metrics;
mod pages;
mod picture;
mod redline;
mod requests;
mod rows;
mod search;
mod server;
mod shelf;
mod stage;
mod stances;
mod subscribing;

pub use health::{Health, serve_health};
pub use server::{Site, serve};
pub use stage::{Scene, Stage};
