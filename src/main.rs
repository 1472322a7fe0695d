//! The `fineprint` command.

fn main() {}
