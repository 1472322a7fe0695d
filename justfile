# What people do here; `just` lists it.

_default:
    @just --list --unsorted

# Play the founding story on this machine: an alert within a minute
demo:
    cargo run --release --locked -- demo

# Format, lints and documentation, warnings as errors
check:
    cargo fmt --all -- --check
    cargo clippy --locked --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps

# All tests
test *arguments:
    scripts/test {{ arguments }}

# Score the release build on real documents, where they are at hand
eval:
    cargo build --release --locked
    scripts/eval

# Time comparing and extracting; FINEPRINT_PAGES names a folder of sequences of real pages to extract, and to store, as well
bench *arguments:
    cargo bench --locked {{ arguments }}

# Known security advisories and licences of all dependencies; needs cargo-deny
deny:
    cargo deny --locked check

# Render docs/alert.png anew from the program
picture:
    scripts/picture
