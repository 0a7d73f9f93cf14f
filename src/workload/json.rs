//! Reading fields of an object with the type that Kubernetes gives them.

use serde_json::{Map, Value};

/// A field whose type does not fit the object's kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: expected {expected}")]
pub struct Misfit {
    /// RFC 6901 pointer to the field.
    pub at: String,
    /// What Kubernetes has there.
    pub expected: &'static str,
}

/// An object of the manifest together with its place, to read typed fields from.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) at: String,
    fields: Option<&'a Map<String, Value>>,
}

impl<'a> Node<'a> {
    /// The value at a place; `null` and absence count as an empty object.
    pub(super) fn new(at: String, value: Option<&'a Value>) -> Result<Self, Misfit> {
        match value {
            None | Some(Value::Null) => Ok(Self { at, fields: None }),
            Some(Value::Object(fields)) => Ok(Self { at, fields: Some(fields) }),
            Some(_) => Err(Misfit { at, expected: "an object" }),
        }
    }

    /// The pointer of a field.
    pub(super) fn pointer(&self, key: &str) -> String {
        if key.contains(['~', '/']) {
            return format!("{}/{}", self.at, key.replace('~', "~0").replace('/', "~1"));
        }
        let mut pointer = String::with_capacity(self.at.len() + key.len() + 4);
        pointer.push_str(&self.at);
        pointer.push('/');
        pointer.push_str(key);
        pointer
    }

    fn value(&self, key: &str) -> Option<&'a Value> {
        self.fields?.get(key).filter(|value| !value.is_null())
    }

    fn misfit(&self, key: &str, expected: &'static str) -> Misfit {
        Misfit { at: self.pointer(key), expected }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// The names of the fields that are there.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.fields.into_iter().flat_map(|fields| fields.iter()).filter(|(_, v)| !v.is_null()).map(|(k, _)| k.as_str())
    }

    pub(super) fn child(&self, key: &str) -> Result<Self, Misfit> {
        Node::new(self.pointer(key), self.value(key))
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<&'a str>, Misfit> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.misfit(key, "a text; put it in quotes")),
        }
    }

    pub(super) fn flag(&self, key: &str) -> Result<bool, Misfit> {
        match self.value(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.misfit(key, "true or false")),
        }
    }

    pub(super) fn number(&self, key: &str) -> Result<Option<u32>, Misfit> {
        match self.value(key) {
            None => Ok(None),
            // What is out of range the API server refuses; the model clips it.
            Some(value) if value.is_i64() || value.is_u64() => {
                Ok(Some(value.as_u64().map_or(0, |number| u32::try_from(number).unwrap_or(u32::MAX))))
            }
            Some(_) => Err(self.misfit(key, "a whole number")),
        }
    }

    /// A port: a number or a name.
    pub(super) fn number_or_text(&self, key: &str) -> Result<Option<String>, Misfit> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(self.misfit(key, "a number or a text")),
        }
    }

    pub(super) fn texts(&self, key: &str) -> Result<Vec<String>, Misfit> {
        match self.value(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .map(|(index, item)| {
                    // The API server reads null as the empty text.
                    let text = if item.is_null() { Some("") } else { item.as_str() };
                    text.map(str::to_owned).ok_or_else(|| Misfit {
                        at: format!("{}/{index}", self.pointer(key)),
                        expected: "a text; put it in quotes",
                    })
                })
                .collect(),
            Some(_) => Err(self.misfit(key, "a list of texts")),
        }
    }

    pub(super) fn nodes(&self, key: &str) -> Result<Vec<Self>, Misfit> {
        match self.value(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .map(|(index, item)| Node::new(format!("{}/{index}", self.pointer(key)), Some(item)))
                .collect(),
            Some(_) => Err(self.misfit(key, "a list of objects")),
        }
    }

    /// A map of texts, such as labels.
    pub(super) fn text_map(&self, key: &str) -> Result<Vec<(String, String)>, Misfit> {
        let child = self.child(key)?;
        child.keys().map(|name| Ok((name.to_owned(), child.text(name)?.unwrap_or_default().to_owned()))).collect()
    }
}
