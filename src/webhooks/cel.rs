//! Pieces of CEL, in which the API server asks whether an object is to be sent.

use globset::Glob;

/// A text as CEL writes it.
pub(super) fn text(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('\'');
    for letter in value.chars() {
        match letter {
            '\\' | '\'' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(letter))),
            letter => quoted.push(letter),
        }
    }
    quoted.push('\'');
    quoted
}

/// A list of texts.
pub(super) fn list<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    format!("[{}]", values.into_iter().map(text).collect::<Vec<_>>().join(", "))
}

/// Whether all hold; none if nothing is asked.
pub(super) fn all(parts: Vec<String>) -> Option<String> {
    joined(parts, " && ")
}

/// Whether any holds; none if there is none.
pub(super) fn any(parts: Vec<String>) -> Option<String> {
    joined(parts, " || ")
}

fn joined(mut parts: Vec<String>, operator: &str) -> Option<String> {
    match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(format!("({})", parts.join(operator))),
    }
}

/// The opposite.
pub(super) fn not(expression: &str) -> String {
    format!("!({expression})")
}

/// Whether a text is of any of these patterns, as `match` has them; none if there are no patterns, or any text is.
pub(super) fn patterns(subject: &str, globs: &[String]) -> Option<String> {
    if globs.iter().any(|glob| glob == "*" || glob == "**") {
        return None;
    }
    let is_word = |glob: &&String| glob.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-:".contains(letter));
    let (words, globs): (Vec<&String>, Vec<&String>) = globs.iter().partition(is_word);
    let mut parts = Vec::new();
    if !words.is_empty() {
        parts.push(format!("{subject} in {}", list(words.into_iter().map(String::as_str))));
    }
    parts.extend(globs.into_iter().filter_map(|glob| Some(format!("{subject}.matches({})", text(&regex(glob)?)))));
    any(parts)
}

/// A pattern as a regular expression of RE2, which is what CEL has.
fn regex(glob: &str) -> Option<String> {
    // A document with a pattern that is none was refused before.
    let glob = Glob::new(glob).ok()?;
    // The flag means bytes instead of letters; RE2 has no such thing, and names have no other letters.
    Some(glob.regex().trim_start_matches("(?-u)").to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted() {
        for (value, quoted) in
            [("shop", "'shop'"), ("it's", r"'it\'s'"), (r"a\.b", r"'a\\.b'"), ("a\nb", r"'a\u000ab'"), ("", "''")]
        {
            assert_eq!(text(value), quoted);
        }
    }

    #[test]
    fn patterns_are_words_or_regular_expressions() {
        let of = |globs: &[&str]| patterns("n", &globs.iter().map(|glob| (*glob).to_owned()).collect::<Vec<_>>());
        for (globs, expression) in [
            (&[][..], None),
            (&["*"], None),
            (&["shop", "*"], None),
            (&["shop"], Some("n in ['shop']")),
            (&["shop-*"], Some(r"n.matches('^shop\\-.*$')")),
            (&["a", "team-?", "b"], Some(r"(n in ['a', 'b'] || n.matches('^team\\-.$'))")),
            (&["{a,b}-[0-9]"], Some(r"n.matches('^(?:a|b)\\-[0-9]$')")),
        ] {
            assert_eq!(of(globs).as_deref(), expression, "{globs:?}");
        }
    }
}
