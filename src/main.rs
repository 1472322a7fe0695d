//! The `fineprint` command: parses the command line and dispatches.

use std::process::ExitCode;

fn main() -> ExitCode {
    fineprint::cli::main()
}
