//! One rule's file, taken apart: a title and sections that are the same for every rule.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

/// The sections in their order, and whether each has to be there.
const SECTIONS: [(&str, bool); 9] = [
    ("What", true),
    ("Why", true),
    ("Before", true),
    ("After", false),
    ("When it only warns", false),
    ("By hand", true),
    ("Settings", true),
    ("When to switch it off", true),
    ("Links", true),
];

/// What is said of a rule, as Markdown but for the manifests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleText {
    /// The rule's id.
    pub rule: String,
    /// One line: what is wrong when it fires.
    pub title: String,
    /// What is wrong.
    pub what: String,
    /// What happens otherwise.
    pub why: String,
    /// Manifests in which the rule fires, YAML.
    pub before: String,
    /// The same as a person mends them, YAML; only where the policy repairs nothing.
    pub after: Option<String>,
    /// Where a policy that repairs it does not, and warns.
    pub only_warns: Option<String>,
    /// How a person mends it.
    pub by_hand: String,
    /// The policy's settings, as far as they are about this rule.
    pub settings: String,
    /// When the rule is of no use.
    pub switch_off: String,
    /// Where to read more.
    pub links: String,
}

/// Why a file is no text of a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The first line is something else.
    #[error("the first line is not \"# RULE: what is wrong\"")]
    Title,
    /// A section that every rule has is not there, or not in its place.
    #[error("the section \"## {0}\" is missing, or is not in its place")]
    Missing(&'static str),
    /// A section that no rule has, or that stands in the wrong place.
    #[error("there is no section \"## {0}\" at this place; the sections are {sections}", sections = section_names())]
    Unknown(String),
    /// A section without a word.
    #[error("the section \"## {0}\" is empty")]
    Empty(&'static str),
    /// A section that has to be one fenced block of YAML is something else.
    #[error("the section \"## {0}\" is not one fenced block of YAML")]
    NoManifest(&'static str),
}

impl RuleText {
    /// Takes a file apart.
    ///
    /// # Errors
    /// [`TextError`] on the first section that is not as it has to be.
    pub fn parse(markdown: &str) -> Result<Self, TextError> {
        let (title, sections) = split(markdown);
        let (rule, title) = title.split_once(": ").ok_or(TextError::Title)?;
        let mut found = sections.into_iter().peekable();
        let mut bodies: [Option<&str>; SECTIONS.len()] = [None; SECTIONS.len()];
        for ((name, is_needed), body) in SECTIONS.into_iter().zip(&mut bodies) {
            match found.next_if(|(heading, _)| heading == name) {
                Some((_, "")) => return Err(TextError::Empty(name)),
                Some((_, text)) => *body = Some(text),
                None if is_needed => {
                    // A heading that is misspelt says more than the one that is not there.
                    let stray = found.next().filter(|(heading, _)| !SECTIONS.iter().any(|(name, _)| heading == name));
                    return Err(stray.map_or(TextError::Missing(name), |(heading, _)| TextError::Unknown(heading)));
                }
                None => {}
            }
        }
        if let Some((heading, _)) = found.next() {
            return Err(TextError::Unknown(heading));
        }
        let [what, why, before, after, only_warns, by_hand, settings, switch_off, links] = bodies;
        let text = |body: Option<&str>| body.unwrap_or_default().to_owned();
        Ok(Self {
            rule: rule.to_owned(),
            title: title.to_owned(),
            what: text(what),
            why: text(why),
            before: manifest(before.unwrap_or_default()).ok_or(TextError::NoManifest("Before"))?,
            after: after.map(|after| manifest(after).ok_or(TextError::NoManifest("After"))).transpose()?,
            only_warns: only_warns.map(str::to_owned),
            by_hand: text(by_hand),
            settings: text(settings),
            switch_off: text(switch_off),
            links: text(links),
        })
    }

    /// Whether the policy has anything to set that is about this rule.
    pub fn has_settings(&self) -> bool {
        self.settings != "None."
    }
}

/// The first heading, and the second-level ones with what stands below each.
fn split(markdown: &str) -> (String, Vec<(String, &str)>) {
    let mut title = String::new();
    let mut sections: Vec<(String, usize, usize)> = Vec::new();
    let mut heading: Option<(HeadingLevel, String)> = None;
    for (event, range) in Parser::new(markdown).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => heading = Some((level, String::new())),
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, words)) = &mut heading {
                    words.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(level)) => match (level, heading.take()) {
                (HeadingLevel::H1, Some((_, words))) if title.is_empty() => title = words,
                (HeadingLevel::H2, Some((_, words))) => sections.push((words, range.start, range.end)),
                _ => {}
            },
            _ => {}
        }
    }
    let ends: Vec<usize> =
        sections.iter().skip(1).map(|(_, start, _)| *start).chain(std::iter::once(markdown.len())).collect();
    let sections = sections
        .into_iter()
        .zip(ends)
        .map(|((words, _, start), end)| (words, markdown.get(start..end).unwrap_or_default().trim()))
        .collect();
    (title, sections)
}

/// The YAML of a section that is one fenced block and nothing else.
fn manifest(section: &str) -> Option<String> {
    let mut yaml = None;
    let mut inside = false;
    for event in Parser::new(section) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if &*language == "yaml" && yaml.is_none() => {
                yaml = Some(String::new());
                inside = true;
            }
            Event::Text(text) if inside => yaml.as_mut()?.push_str(&text),
            Event::End(TagEnd::CodeBlock) => inside = false,
            _ => return None,
        }
    }
    yaml.filter(|text| !text.is_empty())
}

fn section_names() -> String {
    SECTIONS.map(|(name, _)| name).join(", ")
}
