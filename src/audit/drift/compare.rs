//! Two states of one object: where the second has otherwise what the first sets. What only the second has does not
//! count: the API server, controllers and other webhooks fill it in.

use serde_json::{Map, Value};

use super::items::{identities, pairs};
use super::quantity::billionths;

/// A place that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// Pointer into the first object.
    pub at: String,
    /// Pointer into the second, if it has the place at all.
    pub there: Option<String>,
}

/// Fields of which the names are quantities.
const QUANTITY_MAPS: [&str; 4] = ["limits", "requests", "capacity", "hard"];
/// Fields that are one.
const QUANTITIES: [&str; 2] = ["sizeLimit", "divisor"];
/// Fields for which nothing, or 0, means that the API server is to choose.
const CHOSEN_BY_SERVER: [&str; 5] = ["clusterIP", "clusterIPs", "healthCheckNodePort", "nodePort", "volumeName"];
/// Annotations that others keep books in.
const BOOKS: [&str; 3] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    "deployment.kubernetes.io/revision",
    "deprecated.daemonset.template.generation",
];

/// Every place of `one` that `other` has otherwise, in order.
pub(super) fn differences(one: &Value, other: &Value) -> Vec<Difference> {
    let mut found = Comparison::default();
    let (Some(fields), Some(others)) = (one.as_object(), other.as_object()) else { return Vec::new() };
    for (key, field) in fields {
        match key.as_str() {
            // What it is called, and what the API server says of it.
            "apiVersion" | "kind" | "status" => {}
            "metadata" => found.metadata(field, others.get(key)),
            _ => found.enter(key, key, |found| found.value(key, field, others.get(key))),
        }
    }
    found.differences
}

#[derive(Default)]
struct Comparison {
    at: String,
    there: String,
    /// Names of the fields that lead here.
    fields: Vec<String>,
    differences: Vec<Difference>,
}

impl Comparison {
    fn metadata(&mut self, one: &Value, other: Option<&Value>) {
        self.enter("metadata", "metadata", |found| {
            for part in ["labels", "annotations"] {
                let Some(fields) = one.get(part).and_then(Value::as_object) else { continue };
                let others = other.and_then(|other| other.get(part));
                found.enter(part, part, |found| {
                    for (key, field) in fields.iter().filter(|(key, _)| !BOOKS.contains(&key.as_str())) {
                        let other = others.and_then(|others| others.get(key));
                        found.enter(key, key, |found| found.value(key, field, other));
                    }
                });
            }
        });
    }

    fn enter(&mut self, key: &str, there: &str, work: impl FnOnce(&mut Self)) {
        let (at_length, there_length) = (self.at.len(), self.there.len());
        let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
        self.at.push_str(&format!("/{}", escaped(key)));
        self.there.push_str(&format!("/{}", escaped(there)));
        self.fields.push(key.to_owned());
        work(self);
        self.fields.pop();
        self.at.truncate(at_length);
        self.there.truncate(there_length);
    }

    fn differs(&mut self, is_there: bool) {
        let there = is_there.then(|| self.there.clone());
        self.differences.push(Difference { at: self.at.clone(), there });
    }

    fn value(&mut self, key: &str, one: &Value, other: Option<&Value>) {
        let other = other.filter(|other| !other.is_null());
        if CHOSEN_BY_SERVER.contains(&key) && is_nothing(one) {
            return;
        }
        match (one, other) {
            // Not set, as far as the API server is concerned.
            (Value::Null, _) => {}
            // What is nothing it leaves out. An empty folder is a volume.
            (one, None) => {
                if !is_nothing(one) || key == "emptyDir" {
                    self.differs(false);
                }
            }
            (Value::Object(fields), Some(Value::Object(others))) => self.fields(fields, others),
            (Value::Array(items), Some(Value::Array(others))) => self.items(key, items, others),
            (one, Some(other)) => {
                if !self.is_same(one, other) {
                    self.differs(true);
                }
            }
        }
    }

    fn fields(&mut self, fields: &Map<String, Value>, others: &Map<String, Value>) {
        for (key, field) in fields {
            self.enter(key, key, |found| found.value(key, field, others.get(key)));
        }
    }

    fn items(&mut self, key: &str, items: &[Value], others: &[Value]) {
        match (identities(key, items), identities(key, others)) {
            (Some(own), Some(theirs)) => {
                for (index, partner) in pairs(&own, &theirs).into_iter().enumerate() {
                    let there = partner.unwrap_or(index);
                    self.enter(&index.to_string(), &there.to_string(), |found| {
                        found.value("", &items[index], partner.and_then(|partner| others.get(partner)));
                    });
                }
            }
            // A list that is only ever set as a whole.
            _ if items.len() != others.len() => self.differs(true),
            _ if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
                if items.iter().zip(others).any(|(one, other)| !self.is_same(one, other)) {
                    self.differs(true);
                }
            }
            _ => {
                for (index, (item, other)) in items.iter().zip(others).enumerate() {
                    let index = index.to_string();
                    self.enter(&index, &index, |found| found.value("", item, Some(other)));
                }
            }
        }
    }

    fn is_same(&self, one: &Value, other: &Value) -> bool {
        if one == other {
            return true;
        }
        if self.is_quantity()
            && let (Some(one), Some(other)) = (billionths(one), billionths(other))
        {
            return one == other;
        }
        // A port is a number or a text; 1.0 is 1.
        match (scalar(one), scalar(other)) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        }
    }

    fn is_quantity(&self) -> bool {
        let mut names = self.fields.iter().rev();
        let (last, parent) = (names.next(), names.next());
        let is = |name: Option<&String>, known: &[&str]| name.is_some_and(|name| known.contains(&name.as_str()));
        is(last, &QUANTITIES) || is(parent, &QUANTITY_MAPS)
    }
}

/// Whether the API server leaves it out.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(is_nothing),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(match number.as_f64() {
            Some(float) if number.as_i64().is_none() && number.as_u64().is_none() => float.to_string(),
            _ => number.to_string(),
        }),
        _ => None,
    }
}
