//! fineprint reads the fine print: it watches platforms' terms, understands the clauses about AI, and mails the people who subscribed.
//!
//! Read the rooms in the order in which data flows: [`fetch`] a page, `page` makes a document of it, `compare` it with the one
//! before, `reading` reads the clauses about AI, `judge` says what their difference means, [`compose`] words it, [`deliver`] sends it;
//! [`store`] keeps everything and `monitor` runs the whole way.

pub mod cli;
pub mod compare;
pub mod compose;
pub mod deliver;
pub mod fetch;
pub mod judge;
pub mod model;
pub mod monitor;
pub mod page;
pub mod past;
pub mod reading;
pub mod service;
pub mod signals;
pub mod store;
pub mod text;
pub mod ticket;
pub mod watchlist;
pub mod web;
