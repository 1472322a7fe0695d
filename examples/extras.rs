//! What a package holds beside the program: a man page for each command, and completions for shells. Not a command of the program's, so
//! that nobody who runs it carries the code.
//!
//! `cargo run --example extras -- target/extras`

use clap_complete::{Shell, generate_to};
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("name the folder that they go to")?);
    let pages = folder.join("man");
    std::fs::create_dir_all(&pages)?;
    clap_mangen::generate_to(fineprint::cli::command(), &pages)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        generate_to(shell, &mut fineprint::cli::command(), "fineprint", &folder)?;
    }
    Ok(())
}
