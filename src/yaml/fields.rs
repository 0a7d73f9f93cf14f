//! The fields of a mapping: no key twice, unless it came by a merge key.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::YamlError;
use super::locate::{Children, Node};

/// The fields of a mapping that is being read.
#[derive(Default)]
pub(super) struct Fields {
    pub values: Map<String, Value>,
    pub nodes: Vec<(Box<str>, Node)>,
    /// Those that came by a merge key: they may be given again.
    merged: BTreeSet<String>,
}

impl Fields {
    pub(super) fn insert(&mut self, key: String, value: Value, node: Node) -> Result<(), YamlError> {
        if self.values.contains_key(&key) {
            if !self.merged.remove(&key) {
                let first = self.nodes.iter().find(|(name, _)| **name == *key).and_then(|(_, node)| node.key);
                return Err(YamlError::DuplicateKey { key, first_line: first.map_or(0, |first| first.line as usize) });
            }
            self.nodes.retain(|(name, _)| **name != *key);
        }
        self.nodes.push((key.as_str().into(), node));
        self.values.insert(key, value);
        Ok(())
    }

    /// As go-yaml v2 does: a merge overrides what stands before it, and of several merged mappings
    /// the earlier one counts.
    pub(super) fn merge(&mut self, value: Value, node: Node) -> Result<(), YamlError> {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    let place = merged_place(&node, &key);
                    if !self.values.contains_key(&key) {
                        self.merged.insert(key.clone());
                        self.nodes.push((key.as_str().into(), place));
                    } else if let Some((_, known)) = self.nodes.iter_mut().find(|(name, _)| **name == *key) {
                        *known = place;
                    }
                    self.values.insert(key, value);
                }
                Ok(())
            }
            Value::Array(mappings) => {
                for (index, mapping) in mappings.into_iter().enumerate().rev() {
                    if !mapping.is_object() {
                        return Err(YamlError::NotMergeable);
                    }
                    let place = merged_place(&node, &index.to_string());
                    self.merge(mapping, place)?;
                }
                Ok(())
            }
            _ => Err(YamlError::NotMergeable),
        }
    }
}

/// The place of a merged field: the field itself if the mapping is written out behind the merge
/// key, otherwise the alias.
fn merged_place(merged: &Node, token: &str) -> Node {
    let Some(child) = merged.child(token) else { return merged.clone() };
    match &merged.children {
        Children::Elsewhere(_) => {
            Node { key: merged.key, extent: merged.extent, children: Children::Elsewhere(Arc::new(child.clone())) }
        }
        _ => child.clone(),
    }
}
