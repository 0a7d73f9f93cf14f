//! Where in a text the parts of a document stand.

use std::ops::Range;
use std::sync::Arc;

/// A piece of the text. Files are at most 256 MiB, so that 32 bits hold any offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Extent {
    pub start: u32,
    pub end: u32,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

impl Extent {
    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// One value's place, and those of the values in it.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// The key that it stands behind.
    pub key: Option<Extent>,
    pub extent: Extent,
    pub children: Children,
}

/// The places inside of a value.
#[derive(Debug, Clone)]
pub(super) enum Children {
    None,
    Fields(Vec<(Box<str>, Node)>),
    Items(Vec<Node>),
    /// The value is an alias, or came by a merge key: it stands where its anchor is.
    Elsewhere(Arc<Node>),
}

impl Node {
    /// The place under a field's name or an item's number; through aliases.
    pub(super) fn child(&self, token: &str) -> Option<&Self> {
        match &self.children {
            Children::None => None,
            Children::Fields(fields) => fields.iter().find(|(name, _)| **name == *token).map(|(_, node)| node),
            Children::Items(items) => token.parse().ok().and_then(|index: usize| items.get(index)),
            Children::Elsewhere(anchor) => anchor.child(token),
        }
    }

    /// Where the value is written out: at the anchor for an alias.
    fn written(&self) -> &Self {
        match &self.children {
            Children::Elsewhere(anchor) => anchor.written(),
            _ => self,
        }
    }
}

/// Where a part of a document stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1: that of the key if there is one.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The bytes of the key that the value stands behind.
    pub key: Option<Range<usize>>,
    /// The bytes of the value; those of the alias if it is one.
    pub value: Range<usize>,
    /// The bytes of the value where it is written out, if that is elsewhere: at an anchor.
    pub written: Option<Range<usize>>,
    /// False if the document does not have the part that was asked for: the place is then that of
    /// the nearest parent that it has.
    pub exact: bool,
}

/// Where all parts of a document stand.
#[derive(Debug, Clone)]
pub struct Locations {
    root: Node,
}

impl Locations {
    pub(super) fn new(root: Node) -> Self {
        Self { root }
    }

    /// The line on which the document's content begins, from 1.
    pub fn root_line(&self) -> usize {
        self.root.extent.line as usize
    }

    /// The place of what an RFC 6901 pointer points at, or of its nearest parent.
    pub fn find(&self, pointer: &str) -> Place {
        let mut node = &self.root;
        // Once behind an alias, the alias is the place, whatever is asked for inside of it.
        let mut alias: Option<&Node> = None;
        let mut exact = pointer.is_empty() || pointer.starts_with('/');
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            if alias.is_none() && matches!(node.children, Children::Elsewhere(_)) {
                alias = Some(node);
            }
            match node.child(&token) {
                Some(child) => node = child,
                None => {
                    exact = false;
                    break;
                }
            }
        }
        let shown = alias.unwrap_or(node);
        let written = node.written().extent;
        let first = shown.key.unwrap_or(shown.extent);
        Place {
            line: first.line as usize,
            column: first.column as usize,
            key: shown.key.map(Extent::range),
            value: shown.extent.range(),
            written: (written != shown.extent).then(|| written.range()),
            exact,
        }
    }
}
