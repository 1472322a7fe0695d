//! What others see of fineprint over HTTP. In: requests. Out: pages. For now it holds only the stage of the demonstration and the tests: a
//! server on loopback whose pages can be exchanged. This room must never write to the store.

mod stage;

pub use stage::{Scene, Stage};
