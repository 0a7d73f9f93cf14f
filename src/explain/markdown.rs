//! Markdown as a terminal shows it: paragraphs that fit its width, lists, code.

use anstyle::{AnsiColor, Style};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::words::Words;

const CODE: Style = AnsiColor::Cyan.on_default();
const STRONG: Style = Style::new().bold();
const EMPHASIS: Style = Style::new().italic();
const LINK: Style = Style::new().underline();

/// How far code stands to the right of the text around it.
const CODE_INDENT: usize = 4;

/// Lines of a Markdown text. `plain` keeps the backticks of code, where no colour shows it.
pub(super) fn lines(markdown: &str, width: usize, plain: bool) -> Vec<String> {
    let mut blocks = Blocks { width, plain, ..Blocks::default() };
    Parser::new(markdown).for_each(|event| blocks.take(event));
    blocks.end_paragraph();
    blocks.lines
}

#[derive(Default)]
struct Blocks {
    width: usize,
    plain: bool,
    lines: Vec<String>,
    words: Words,
    /// What the next line begins with in place of spaces, for instance a list's dash.
    mark: String,
    /// The lists that are open: the number of the next item, none without numbers.
    lists: Vec<Option<u64>>,
    indent: usize,
    style: Style,
    link: Option<String>,
    is_code: bool,
    /// Whether an empty line stands before the next block.
    is_apart: bool,
}

impl Blocks {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::List(first)) => {
                self.end_paragraph();
                self.is_apart |= self.lists.is_empty();
                self.lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                self.lists.pop();
                self.is_apart = self.lists.is_empty();
            }
            Event::Start(Tag::Item) => self.start_item(),
            Event::End(TagEnd::Item) => {
                self.end_paragraph();
                self.indent = self.indent.saturating_sub(self.mark_width());
                self.is_apart = false;
            }
            Event::Start(Tag::Paragraph) => {}
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_)) => {
                self.end_paragraph();
                self.is_apart = true;
            }
            Event::Start(Tag::CodeBlock(_)) => {
                self.end_paragraph();
                self.is_apart = true;
                self.separate();
                self.is_code = true;
            }
            Event::End(TagEnd::CodeBlock) => {
                self.is_code = false;
                self.is_apart = true;
            }
            Event::Start(Tag::Strong) => self.style = STRONG,
            Event::Start(Tag::Emphasis) => self.style = EMPHASIS,
            Event::End(TagEnd::Strong | TagEnd::Emphasis) => self.style = Style::new(),
            Event::Start(Tag::Link { dest_url, .. }) => self.link = Some(dest_url.into_string()),
            Event::End(TagEnd::Link) => self.end_link(),
            Event::Text(text) if self.is_code => {
                let indent = self.indent + CODE_INDENT;
                self.lines.extend(text.lines().map(|line| format!("{:indent$}{line}", "")));
            }
            Event::Text(text) => self.words.push(&text, self.style),
            Event::Code(code) if self.plain => self.words.push(&format!("`{code}`"), self.style),
            Event::Code(code) => self.words.push(&code, CODE),
            Event::SoftBreak | Event::HardBreak => self.words.push(" ", Style::new()),
            _ => {}
        }
    }

    fn start_item(&mut self) {
        self.end_paragraph();
        self.separate();
        let indent = self.indent;
        self.mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{:indent$}{number}. ", "");
                *number += 1;
                mark
            }
            _ => format!("{:indent$}- ", ""),
        };
        self.indent += self.mark_width();
    }

    /// How wide the marks of the innermost list are.
    fn mark_width(&self) -> usize {
        match self.lists.last() {
            Some(Some(_)) => 3,
            _ => 2,
        }
    }

    fn end_link(&mut self) {
        let Some(url) = self.link.take() else { return };
        // A path within the repository begins there, and not at the rule's file.
        let target = url.trim_start_matches("../");
        self.words.push(" <", Style::new());
        self.words.push(target, LINK);
        self.words.push(">", Style::new());
    }

    fn end_paragraph(&mut self) {
        let words = std::mem::take(&mut self.words);
        let indent = self.indent;
        let lines = words.lines(self.width.saturating_sub(indent));
        if lines.is_empty() {
            return;
        }
        self.separate();
        for line in lines {
            let mark = std::mem::take(&mut self.mark);
            self.lines.push(if mark.is_empty() { format!("{:indent$}{line}", "") } else { format!("{mark}{line}") });
        }
    }

    fn separate(&mut self) {
        if std::mem::take(&mut self.is_apart) && !self.lines.is_empty() {
            self.lines.push(String::new());
        }
    }
}
