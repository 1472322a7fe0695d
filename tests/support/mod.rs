//! What several test files share.

#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod disk;
pub(crate) mod house;
pub(crate) mod pages;
pub(crate) mod reader;
pub(crate) mod smtp;
