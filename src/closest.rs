//! What somebody may have meant who names something that there is not.

/// How much alike two words have to be (Jaro-Winkler, 0 to 1). clap takes the same for the names of
/// commands and options.
const ALIKE: f64 = 0.7;

/// The known name that is most like a word, if one is like it at all. Case, dashes and zeros before a
/// number do not count: `my-11` is `MY011`.
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = plain(word);
    let mut best: Option<(f64, &str)> = None;
    for name in known {
        let alike = likeness(&plain(name), &wanted);
        // Of several that are as like, the first.
        if alike > best.map_or(ALIKE, |(alike, _)| alike) {
            best = Some((alike, name));
        }
    }
    best.map(|(_, name)| name)
}

/// How like a known name is to what is wanted, both in plain form; 0 to 2.
fn likeness(name: &str, wanted: &str) -> f64 {
    let number = |text: &str| text.trim_start_matches(char::is_alphabetic).to_owned();
    let is_id = |text: &str| !number(text).is_empty() && number(text).bytes().all(|byte| byte.is_ascii_digit());
    match () {
        () if name == wanted => 2.0,
        // A number without the letters before it.
        () if is_id(name) && number(name) == wanted => 1.8,
        // Part of a policy's name.
        () if !is_id(name) && wanted.len() > 2 && name.contains(wanted) => 1.5,
        // Numbers that share their first digits have nothing else in common: one slip, no more.
        () if is_id(name) && strsim::damerau_levenshtein(name, wanted) > 1 => 0.0,
        () => strsim::jaro_winkler(name, wanted),
    }
}

/// Lower case, letters and digits only, numbers without zeros before them.
fn plain(word: &str) -> String {
    let mut text = String::new();
    for letter in word.chars().filter(|letter| letter.is_alphanumeric()) {
        let follows_a_digit = text.ends_with(|before: char| before.is_ascii_digit());
        if letter != '0' || follows_a_digit {
            text.extend(letter.to_lowercase());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_there_is_not_is_close_to_one_that_there_is() {
        let known = ["MY001", "MY011", "MY012", "MY030", "plaintext-password", "probes", "storage-class", "utf8mb4"];
        for (word, expected) in [
            ("my011", Some("MY011")),
            ("MY11", Some("MY011")),
            ("MY-011", Some("MY011")),
            ("MY0011", Some("MY011")),
            ("11", Some("MY011")),
            ("MZ011", Some("MY011")),
            ("MY10", Some("MY001")),
            ("probe", Some("probes")),
            ("Probse", Some("probes")),
            ("password", Some("plaintext-password")),
            ("storageclass", Some("storage-class")),
            ("storage_clas", Some("storage-class")),
            ("utf8", Some("utf8mb4")),
            ("MY999", None),
            ("xyz", None),
            ("", None),
            ("0", None),
            ("한국어", None),
        ] {
            assert_eq!(closest(word, known), expected, "{word}");
        }
        assert_eq!(closest("MY001", []), None);
    }
}
