//! Values of the contract as they lie in a guest's memory, by the canonical ABI of the component model.

/// Where a guest's data begin: what is below is zero.
pub(crate) const BEGIN: u32 = 1_024;

/// A guest's memory while it is being filled.
#[derive(Default)]
pub(crate) struct Data(Vec<u8>);

/// A place and a length, as texts and lists are passed.
pub(crate) type Slice = (u32, u32);

/// A finding as a guest returns it.
#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) rule: String,
    /// As the contract counts: 0 is info, 1 is low, and so on.
    pub(crate) severity: u32,
    pub(crate) at: String,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) fix: Vec<Edit>,
}

impl Default for Found {
    fn default() -> Self {
        let (rule, at, message) = ("T001".to_owned(), "/spec".to_owned(), "wrong".to_owned());
        Self { rule, severity: 1, at, message, help: None, fix: Vec::new() }
    }
}

/// An edit as a guest returns it.
#[derive(Clone)]
pub(crate) enum Edit {
    Set(String, String),
    Remove(String),
    Append(String, String),
    MoveToSecret(String),
}

impl Data {
    /// What is written so far; it belongs at [`BEGIN`].
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Where the next thing comes to lie.
    pub(crate) fn end(&self) -> u32 {
        BEGIN + u32::try_from(self.0.len()).unwrap()
    }

    pub(crate) fn text(&mut self, text: &str) -> Slice {
        (self.write(text.as_bytes()), text.len().try_into().unwrap())
    }

    /// Writes words in a row, and tells where they begin.
    pub(crate) fn words(&mut self, words: &[u32]) -> u32 {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.write(&bytes)
    }

    /// A list of items that have so many words each.
    fn list(&mut self, items: &[Vec<u32>]) -> Slice {
        (self.words(&items.concat()), items.len().try_into().unwrap())
    }

    /// A list of pairs of texts.
    pub(crate) fn pairs(&mut self, pairs: &[(&str, &str)]) -> Slice {
        let items: Vec<Vec<u32>> = pairs
            .iter()
            .map(|(left, right)| {
                let (left, right) = (self.text(left), self.text(right));
                vec![left.0, left.1, right.0, right.1]
            })
            .collect();
        self.list(&items)
    }

    /// A list of rules of severity low.
    pub(crate) fn rules(&mut self, rules: &[(String, String)]) -> Slice {
        let items: Vec<Vec<u32>> = rules
            .iter()
            .map(|(id, title)| {
                let (id, title) = (self.text(id), self.text(title));
                vec![id.0, id.1, title.0, title.1, 1]
            })
            .collect();
        self.list(&items)
    }

    /// A list of findings.
    pub(crate) fn findings(&mut self, findings: &[Found]) -> Slice {
        let items: Vec<Vec<u32>> = findings
            .iter()
            .map(|found| {
                let (rule, at, message) = (self.text(&found.rule), self.text(&found.at), self.text(&found.message));
                let help = found.help.as_ref().map(|help| self.text(help));
                let (is_some, help) = (u32::from(help.is_some()), help.unwrap_or_default());
                let fix = self.edits(&found.fix);
                let head = [rule.0, rule.1, found.severity, at.0, at.1, message.0, message.1];
                [head.as_slice(), &[is_some, help.0, help.1, fix.0, fix.1]].concat()
            })
            .collect();
        self.list(&items)
    }

    fn edits(&mut self, edits: &[Edit]) -> Slice {
        let items: Vec<Vec<u32>> = edits
            .iter()
            .map(|edit| {
                let (case, place, value) = match edit {
                    Edit::Set(place, value) => (0, place, value.as_str()),
                    Edit::Remove(place) => (1, place, ""),
                    Edit::Append(place, value) => (2, place, value.as_str()),
                    Edit::MoveToSecret(place) => (3, place, ""),
                };
                let (place, value) = (self.text(place), self.text(value));
                vec![case, place.0, place.1, value.0, value.1]
            })
            .collect();
        self.list(&items)
    }

    /// Everything is aligned for words.
    fn write(&mut self, bytes: &[u8]) -> u32 {
        let at = self.end();
        self.0.extend_from_slice(bytes);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        at
    }
}
