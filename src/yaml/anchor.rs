//! What anchors keep for their aliases, and what copies of it cost.

use std::sync::Arc;

use serde_json::Value;

use super::locate::Node;

/// How much the aliases of a document may copy: the API server takes requests of at most 3 MiB.
pub(super) const MOST_COPIED: usize = 3 << 20;

/// What a value costs beside its text, when copies are counted.
const VALUE_COST: usize = 32;

/// A value that aliases may repeat.
#[derive(Clone)]
pub(super) struct Anchor {
    pub value: Value,
    pub node: Arc<Node>,
    pub size: Size,
}

/// What a copy of a value costs.
#[derive(Clone, Copy)]
pub(super) struct Size {
    /// Bytes, about.
    pub cost: usize,
    /// Levels of nesting.
    pub height: usize,
}

/// What a copy of a value would cost.
pub(super) fn size(value: &Value) -> Size {
    let leaf = |text: usize| Size { cost: VALUE_COST + text, height: 1 };
    let around = |whole: Size, key: usize, part: &Value| {
        let part = size(part);
        Size { cost: whole.cost + key + part.cost, height: whole.height.max(part.height + 1) }
    };
    match value {
        Value::String(text) => leaf(text.len()),
        Value::Array(items) => items.iter().fold(leaf(0), |whole, item| around(whole, 0, item)),
        Value::Object(fields) => fields.iter().fold(leaf(0), |whole, (key, field)| around(whole, key.len(), field)),
        _ => leaf(0),
    }
}
