//! Characters, words and sentences. In: any text. Out: normal forms with offsets back to the source, word keys, sentence ranges,
//! fingerprints, dates, numbering, the language. This room must never change what a quote says, and never fail.

mod dates;
mod fingerprint;
mod label;
mod language;
mod normal;
mod sentences;
mod words;

pub use dates::{find_dates, is_date_line, longest_time};
pub use fingerprint::{document_fingerprint, sentence_fingerprint};
pub use label::label_len;
pub use language::{detect_language, guess_language};
pub use normal::Normal;
pub use sentences::sentences;
pub use words::{Word, spelling, words};
