use scraper::Html;
use serde_json::Value;

/// A shorter script holds no document.
const SHORTEST: usize = 400;
/// So many places of a script are tried as the start of data.
const ATTEMPTS: usize = 12;

/// The data in the page's scripts, in order of appearance.
pub(super) fn values(html: &Html) -> Vec<Value> {
    let mut values = Vec::new();
    let mut flight = String::new();
    for node in html.tree.nodes() {
        let Some(element) = node.value().as_element() else { continue };
        if element.name() != "script" {
            // Inertia, Astro and others hand data over in an attribute.
            let given = element.attrs().map(|(_, value)| value).filter(|value| value.len() >= SHORTEST && value.starts_with(['{', '[']));
            values.extend(given.filter_map(|value| serde_json::from_str(value).ok()));
            // What is shown without scripts, and what a frame shows.
            values.extend(element.attr("srcdoc").map(|markup| Value::String(markup.to_owned())));
            if element.name() == "noscript" {
                values.push(Value::String(text_of(node)));
            }
            continue;
        }
        let text = text_of(node);
        if let Some(piece) = flight_piece(&text) {
            flight.push_str(&piece);
        } else if text.len() < SHORTEST {
            // Too short to hold a document.
        } else if element.attr("type").is_some_and(|kind| kind.contains("json")) {
            let value = serde_json::from_str(&text).ok();
            let numbered = element.attr("id").is_some_and(|id| id.starts_with("__NUXT_DATA")) || element.attr("data-nuxt-data").is_some();
            values.extend(value.map(|value| if numbered { linked(&value) } else { value }));
        } else {
            let found = assigned(&text);
            values.extend(if found.is_empty() { vec![literals(&text)] } else { found });
        }
    }
    // One document may stand in several rows.
    let rows = rows(&flight);
    if !rows.is_empty() {
        values.push(Value::Array(rows));
    }
    values.into_iter().map(|value| unpacked(value, 0)).collect()
}

fn text_of(node: ego_tree::NodeRef<'_, scraper::Node>) -> String {
    node.children().filter_map(|child| child.value().as_text().map(|text| &**text)).collect()
}

/// Nuxt's data (the format of the package devalue): a list of values, in which a number stands for the value at that place.
fn linked(list: &Value) -> Value {
    const DEEPEST: usize = 60;
    const MOST: usize = 200_000;
    fn at(values: &[Value], place: &Value, depth: usize, left: &mut usize) -> Value {
        let value = place.as_u64().and_then(|place| values.get(usize::try_from(place).ok()?)).unwrap_or(&Value::Null);
        if depth > DEEPEST || *left == 0 {
            return Value::Null;
        }
        *left -= 1;
        match value {
            Value::Array(items) => match items.as_slice() {
                // A value of a kind ("Reactive", "Ref", "Set") that stands behind its name.
                [Value::String(_), one] => at(values, one, depth + 1, left),
                items => Value::Array(items.iter().map(|item| at(values, item, depth + 1, left)).collect()),
            },
            Value::Object(fields) => {
                Value::Object(fields.iter().map(|(key, item)| (key.clone(), at(values, item, depth + 1, left))).collect())
            }
            other => other.clone(),
        }
    }
    let Value::Array(values) = list else { return list.clone() };
    at(values, &Value::from(0), 0, &mut MOST.clone())
}

/// The strings in a script that is no data but code, in order.
fn literals(script: &str) -> Value {
    const TELLING: usize = 4;
    let mut found = Vec::new();
    let mut chars = script.chars();
    while let Some(quote) = chars.by_ref().find(|c| matches!(c, '"' | '\'' | '`')) {
        let mut text = String::new();
        while let Some(c) = chars.next() {
            match c {
                '\\' => text.extend(unescaped(&mut chars)),
                c if c == quote => break,
                c => text.push(c),
            }
        }
        if text.len() >= TELLING {
            found.push(Value::String(text));
        }
    }
    Value::Array(found)
}

/// The character that an escape in a string of JavaScript stands for (ECMA-262, "String Literals").
fn unescaped(chars: &mut std::str::Chars<'_>) -> Option<char> {
    let letter = chars.next()?;
    let mut code = |length: usize| {
        let digits: String = chars.by_ref().take(length).collect();
        u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
    };
    match letter {
        'n' => Some('\n'),
        't' | 'r' => Some(' '),
        'u' => code(4),
        'x' => code(2),
        '\n' => None,
        other => Some(other),
    }
}

/// A value with the JSON that stands in its strings unpacked.
fn unpacked(value: Value, depth: usize) -> Value {
    const DEEPEST: usize = 4;
    match value {
        Value::String(text) if depth < DEEPEST && text.len() >= SHORTEST && text.trim_start().starts_with(['{', '[']) => {
            serde_json::from_str(&text).map_or(Value::String(text), |value| unpacked(value, depth + 1))
        }
        Value::Array(items) => Value::Array(items.into_iter().map(|item| unpacked(item, depth)).collect()),
        Value::Object(fields) => Value::Object(fields.into_iter().map(|(key, value)| (key, unpacked(value, depth))).collect()),
        other => other,
    }
}

/// What follows in a script as the value of an assignment or the argument of a call.
fn assigned(script: &str) -> Vec<Value> {
    let mut values = Vec::new();
    let mut at = 0;
    for _ in 0..ATTEMPTS {
        let Some(found) = script[at..].find(['=', '(']) else { break };
        at += found + 1;
        let rest = script[at..].trim_start();
        let quoted = rest.strip_prefix("JSON.parse(");
        if !quoted.unwrap_or(rest).starts_with(['{', '[', '"']) || rest.len() < SHORTEST {
            continue;
        }
        let parsed = match quoted {
            Some(text) => first(text).and_then(|(value, length)| Some((serde_json::from_str(value.as_str()?).ok()?, length))),
            None => first(rest).or_else(|| first(&rest.replace(":undefined", ":null"))),
        };
        if let Some((value, length)) = parsed.filter(|(value, _): &(Value, usize)| !value.is_string()) {
            values.push(value);
            at = (script.len() - rest.len() + length).min(script.len());
            while !script.is_char_boundary(at) {
                at += 1;
            }
        }
    }
    values
}

/// The JSON value at the start of a text, and how long it is.
fn first(text: &str) -> Option<(Value, usize)> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = stream.next()?.ok()?;
    Some((value, stream.byte_offset()))
}

/// What a script adds to the rows that React streams to the page (`self.__next_f.push([1, "…"])`).
fn flight_piece(script: &str) -> Option<String> {
    let at = script.find("__next_f.push(")? + "__next_f.push(".len();
    match first(&script[at..])?.0 {
        Value::Array(parts) => Some(parts.into_iter().nth(1).and_then(|text| Some(text.as_str()?.to_owned())).unwrap_or_default()),
        _ => None,
    }
}

/// The rows of React's flight format: `id:json` up to the end of the line, or `id:Tlength,text` with its length in bytes (hexadecimal).
fn rows(flight: &str) -> Vec<Value> {
    let mut values = Vec::new();
    let mut rest = flight;
    while let Some((_, row)) = rest.split_once(':') {
        let text = row.strip_prefix('T').and_then(|row| row.split_once(',')).and_then(|(length, text)| {
            let length = usize::from_str_radix(length, 16).ok()?;
            Some((text.get(..length)?, &text[length..]))
        });
        rest = if let Some((text, behind)) = text {
            values.push(Value::String(text.to_owned()));
            behind
        } else {
            let (line, behind) = row.split_once('\n').unwrap_or((row, ""));
            values.extend(serde_json::from_str(line.trim_start_matches(|c: char| c.is_ascii_uppercase())));
            behind
        };
    }
    values
}
