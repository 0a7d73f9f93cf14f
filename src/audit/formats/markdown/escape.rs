//! Text that stays text in a comment: whatever an object is called, it neither formats nor links nor calls anybody.

use crate::audit::formats::text::one_line;

/// An empty comment. GitHub looks for people, issues and addresses in the text that it has made of the Markdown, where
/// a backslash helps no more: what is cut in two by a comment is none of these.
const CUT: &str = "<!-- -->";

/// Text within a line of Markdown, but not at its beginning.
pub(in crate::audit::formats) fn markdown(text: &str) -> String {
    escaped(text, &['\\', '`', '*', '_', '[', ']', '|', '~', '$'])
}

/// Text within HTML.
pub(in crate::audit::formats) fn html(text: &str) -> String {
    escaped(text, &[])
}

fn escaped(text: &str, with_backslash: &[char]) -> String {
    let text = one_line(text);
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            _ if with_backslash.contains(&character) => escaped.extend(['\\', character]),
            _ => escaped.push(character),
        }
        let calls = match character {
            '@' | '#' => true,
            // `https://example.com`, `www.example.com`
            ':' => characters.peek() == Some(&'/'),
            'w' | 'W' => characters.peek() == Some(&'.'),
            _ => false,
        };
        if calls {
            escaped.push_str(CUT);
        }
    }
    escaped
}

/// A block of code: its fence is longer than any run of backticks in it.
pub(in crate::audit::formats) fn fenced(language: &str, lines: &str) -> String {
    let longest = lines.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let lines: Vec<_> = lines.lines().map(one_line).collect();
    format!("{fence}{language}\n{}\n{fence}\n", lines.join("\n"))
}
