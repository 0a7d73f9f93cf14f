//! Any value, written in any style, takes any change: it is read as what is wanted, and a second
//! change finds nothing to do.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{apply, decode, edit, parse, render};
use super::properties::{values, yaml_like};

/// Chooses among styles, the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // A linear congruential generator with Knuth's constants for MMIX.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A value in block style, or in flow style in places, with comments and blank lines.
fn styled(value: &Value, column: usize, dice: &mut Dice, lines: &mut Vec<String>, first: String) {
    let comment = |dice: &mut Dice| if dice.roll(4) == 0 { " # why" } else { "" };
    // Brackets have to stand deeper than the key that they belong to.
    let is_block = dice.roll(5) > 0 || (value.is_array() && first.trim().is_empty());
    match value {
        Value::Object(fields) if !fields.is_empty() && is_block => {
            let mut first = first;
            for (key, field) in fields {
                let head = format!("{first}{}:", json!(key));
                nested(field, column, dice, lines, head);
                first = " ".repeat(column);
            }
        }
        Value::Array(items) if !items.is_empty() && is_block => {
            let mut first = first;
            for item in items {
                let space = 1 + dice.roll(2);
                let head = format!("{first}-{:1$}", "", usize::try_from(space).unwrap());
                if dice.roll(3) == 0 && !first.contains('-') {
                    lines.push("# about".to_owned());
                }
                styled(item, head.chars().count().max(column + 2), dice, lines, head);
                first = " ".repeat(column);
            }
        }
        Value::String(text) if dice.roll(2) == 0 && !text.contains(|c: char| c == '\n' || c.is_control()) => {
            lines.push(format!("{first}'{}'{}", text.replace('\'', "''"), comment(dice)));
        }
        _ => lines.push(format!("{first}{value}{}", comment(dice))),
    }
}

/// A field's value, behind or below its key.
fn nested(field: &Value, column: usize, dice: &mut Dice, lines: &mut Vec<String>, head: String) {
    let is_collection = field.as_object().is_some_and(|fields| !fields.is_empty())
        || field.as_array().is_some_and(|items| !items.is_empty());
    if let Value::String(text) = field
        && text.chars().all(|c| c == '\n' || !c.is_control())
        && text.starts_with(|c: char| !c.is_whitespace())
        && !text.ends_with('\n')
        && dice.roll(2) == 0
    {
        lines.push(format!("{head} |-"));
        lines.extend(text.split('\n').map(|line| format!("{:1$}{line}", "", column + 3)));
        return;
    }
    if !is_collection {
        return styled(field, column, dice, lines, format!("{head} "));
    }
    if dice.roll(4) == 0 {
        return lines.push(format!("{head} {field}"));
    }
    let deeper = if field.is_array() { dice.roll(3) } else { 1 + dice.roll(3) };
    lines.push(if dice.roll(5) == 0 { format!("{head} # below") } else { head });
    if dice.roll(6) == 0 {
        lines.push(String::new());
    }
    let column = column + usize::try_from(deeper).unwrap();
    let before = lines.len();
    styled(field, column, dice, lines, " ".repeat(column));
    debug_assert!(lines.len() > before);
}

/// Another value that shares parts with this one.
fn changed(value: &Value, other: &Value, dice: &mut Dice) -> Value {
    match (dice.roll(4), value) {
        (0, _) => other.clone(),
        (_, Value::Object(fields)) => {
            let mut fields = fields.clone();
            let keys: Vec<_> = fields.keys().cloned().collect();
            for key in keys {
                match dice.roll(5) {
                    0 => _ = fields.remove(&key),
                    1 | 2 => {
                        let new = changed(&fields[&key], other, dice);
                        fields.insert(key, new);
                    }
                    3 if dice.roll(3) == 0 => _ = fields.insert(format!("{key}new"), other.clone()),
                    _ => {}
                }
            }
            Value::Object(fields)
        }
        (_, Value::Array(items)) => {
            let mut changed_items = Vec::new();
            for item in items {
                match dice.roll(6) {
                    0 => {}
                    1 => changed_items.extend([other.clone(), item.clone()]),
                    2 => changed_items.extend([item.clone(), other.clone()]),
                    3 => changed_items.push(changed(item, other, dice)),
                    _ => changed_items.push(item.clone()),
                }
            }
            Value::Array(changed_items)
        }
        _ => value.clone(),
    }
}

/// Checks a change to a text of one document.
fn takes(text: &str, wanted: &Value) -> Result<(), TestCaseError> {
    let documents = parse(text);
    let [Ok(document)] = documents.as_slice() else {
        return Err(TestCaseError::fail(format!("not one document: {text}")));
    };
    let splices = match edit(text, document, wanted) {
        Ok(splices) => splices,
        Err(error) => return Err(TestCaseError::fail(format!("{error}\n{text}\nwanted {wanted}"))),
    };
    let result = apply(text, &splices);
    let documents = parse(&result);
    let [Ok(after)] = documents.as_slice() else {
        return Err(TestCaseError::fail(format!("not one document:\n{text}\n{result}")));
    };
    prop_assert!(edit(&result, after, wanted).is_ok_and(|splices| splices.is_empty()), "{text}\n{result}");
    prop_assert!(edit(&result, after, &after.value).is_ok_and(|splices| splices.is_empty()));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_rendered_is_read(value in values()) {
        let value = json!({ "root": value });
        let text = render(&value);
        let documents = parse(&text);
        prop_assert!(matches!(documents.as_slice(), [Ok(document)] if document.value == value), "{text}");
    }

    #[test]
    fn yaml_takes_any_change(value in values(), other in values(), seed in any::<u64>(), windows in any::<bool>(), open in any::<bool>()) {
        let (value, other) = (json!({ "root": value }), other);
        let mut dice = Dice(seed);
        let mut lines = Vec::new();
        styled(&value, 0, &mut dice, &mut lines, String::new());
        let newline = if windows { "\r\n" } else { "\n" };
        let text = lines.join(newline) + if open { "" } else { newline };
        let wanted = changed(&value["root"], &other, &mut dice);
        takes(&text, &json!({ "root": wanted }))?;
    }

    #[test]
    fn plain_yaml_takes_any_change(value in values(), other in values(), seed in any::<u64>()) {
        let value = json!({ "root": value });
        let wanted = changed(&value["root"], &other, &mut Dice(seed));
        takes(&render(&value), &json!({ "root": wanted }))?;
    }

    #[test]
    fn anchors_take_any_change(value in values(), other in values(), seed in any::<u64>()) {
        let text = format!(
            "a: &x {value}\nb: *x\nc:\n- *x\n- {{d: *x}}\ne: &y\n  f: *x\n  g: &z\n  - {value}\nh: *y\nm:\n  f: 1\n  \
             <<: *y\n  l: 2\nn:\n- *z\no:\n  <<: [*y, {{p: *x}}]\n"
        );
        let mut dice = Dice(seed);
        let whole = parse(&text).remove(0).unwrap().value;
        let wanted = changed(&whole, &other, &mut dice);
        if wanted.is_object() {
            takes(&text, &wanted)?;
        }
    }

    #[test]
    fn any_text_takes_a_change_or_refuses_it(text in yaml_like(), other in values(), seed in any::<u64>()) {
        let text = decode(text.into_bytes()).unwrap();
        let mut dice = Dice(seed);
        for document in parse(&text).into_iter().flatten() {
            for _ in 0..4 {
                let wanted = changed(&document.value, &other, &mut dice);
                if let Ok(splices) = edit(&text, &document, &wanted) {
                    let after = parse(&apply(&text, &splices)).into_iter().nth(document.index);
                    prop_assert!(matches!(after, Some(Ok(after)) if after.value == wanted));
                }
            }
        }
    }

    #[test]
    fn json_takes_any_change(value in values(), other in values(), seed in any::<u64>(), pretty in any::<bool>()) {
        let value = json!({ "root": value });
        let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        let wanted = changed(&value["root"], &other, &mut Dice(seed));
        takes(&text, &json!({ "root": wanted }))?;
    }
}
