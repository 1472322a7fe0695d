use super::problem::{Complaint, Report};
use super::suggest::closest;
use std::ops::{Range, RangeInclusive};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The fields of one table of a file; what is wrong with them goes to the report.
#[derive(Debug)]
pub(super) struct Fields<'t> {
    table: &'t DeTable<'t>,
    span: Range<usize>,
}

impl<'t> Fields<'t> {
    /// Reports the fields that nobody knows.
    pub(super) fn new(table: &'t DeTable<'t>, span: Range<usize>, known: &[&str], report: &mut Report<'_>) -> Self {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let help = match closest(name, known) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("known here: {}", known.join(", ")),
                };
                report.add(key.span(), format!("unknown field `{name}`"), help);
            }
        }
        Self { table, span }
    }

    /// The fields of a table within this one.
    pub(super) fn table(&self, key: &str, known: &[&str], report: &mut Report<'_>) -> Option<Self> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Self::new(table, value.span(), known, report)),
            other => {
                report.add(
                    value.span(),
                    format!("`{key}` must be a table, not {}", with_article(other)),
                    format!("write [{key}] on a line of its own"),
                );
                None
            }
        }
    }

    /// Where the table begins.
    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn get(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.table.get(key)
    }

    /// Where the name of a field stands.
    pub(super) fn key_span(&self, key: &str) -> Range<usize> {
        self.table.get_key_value(key).map_or_else(|| self.span(), |(key, _)| key.span())
    }

    pub(super) fn text(&self, key: &str, report: &mut Report<'_>) -> Option<Spanned<&'t str>> {
        text(key, self.get(key)?, report)
    }

    /// A text that a check turns into something else.
    pub(super) fn parsed<T>(&self, key: &str, report: &mut Report<'_>, check: impl Fn(&str) -> Result<T, Complaint>) -> Option<T> {
        let found = self.text(key, report)?;
        check(found.get_ref()).map_err(|complaint| report.complain(found.span(), complaint)).ok()
    }

    /// A list of texts.
    pub(super) fn texts(&self, key: &str, report: &mut Report<'_>) -> Option<Vec<Spanned<&'t str>>> {
        let value = self.get(key)?;
        let Some(items) = value.get_ref().as_array() else {
            let message = format!("`{key}` must be a list, not {}", with_article(value.get_ref()));
            report.add(value.span(), message, format!("put it in brackets: {key} = [\"…\"]"));
            return None;
        };
        Some(items.iter().filter_map(|item| text(key, item, report)).collect())
    }

    pub(super) fn flag(&self, key: &str, report: &mut Report<'_>) -> Option<bool> {
        let value = self.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            let message = format!("`{key}` must be true or false, not {}", with_article(value.get_ref()));
            report.add(value.span(), message, "write true or false without quotes");
        }
        flag
    }

    pub(super) fn number(&self, key: &str, bounds: RangeInclusive<u32>, report: &mut Report<'_>) -> Option<u32> {
        let value = self.get(key)?;
        let Some(written) = value.get_ref().as_integer() else {
            let message = format!("`{key}` must be a whole number, not {}", with_article(value.get_ref()));
            report.add(value.span(), message, "write the number without quotes");
            return None;
        };
        let number = u32::from_str_radix(written.as_str(), written.radix()).ok().filter(|number| bounds.contains(number));
        if number.is_none() {
            let help = format!("choose a number from {} to {}", bounds.start(), bounds.end());
            report.add(value.span(), format!("`{key}` is out of bounds"), help);
        }
        number
    }
}

/// The text of a value that has to be one.
pub(super) fn text<'t>(key: &str, value: &'t Spanned<DeValue<'t>>, report: &mut Report<'_>) -> Option<Spanned<&'t str>> {
    if let Some(text) = value.get_ref().as_str() {
        return Some(Spanned::new(value.span(), text));
    }
    let message = format!("`{key}` must be a text, not {}", with_article(value.get_ref()));
    report.add(value.span(), message, "put one text in double quotes");
    None
}

/// The type of a value as it is named in a sentence.
pub(super) fn with_article(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
