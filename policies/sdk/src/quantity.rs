//! Sizes: Kubernetes' quantities, and the numbers of the server's options.

/// The bytes of a Kubernetes quantity: `2Gi`, `512Mi`, `1e9`, `1.5G`. None if it is none.
///
/// ```
/// use tidegate_policy::quantity;
///
/// assert_eq!(quantity::bytes("1.5Gi"), Some(1_610_612_736.0));
/// assert_eq!(quantity::bytes("500m"), Some(0.5));
/// assert_eq!(quantity::bytes("much"), None);
/// ```
pub fn bytes(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text
        .char_indices()
        .find(|(at, letter)| {
            let exponent =
                matches!(letter, 'e' | 'E') && text[at + 1..].starts_with(|next: char| next.is_ascii_digit());
            !(letter.is_ascii_digit() || matches!(letter, '.' | '+' | '-') || exponent)
        })
        .map_or(text.len(), |(at, _)| at);
    let number: f64 = text[..end].parse().ok()?;
    // apimachinery, resource.Quantity: decimal and binary suffixes.
    let factor = match &text[end..] {
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "" => 1.0,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024.0,
        "Mi" => 1_048_576.0,
        "Gi" => 1_073_741_824.0,
        "Ti" => 1_099_511_627_776.0,
        "Pi" => 1_125_899_906_842_624.0,
        "Ei" => 1_152_921_504_606_846_976.0,
        _ => return None,
    };
    (number.is_finite() && number >= 0.0).then_some(number * factor)
}

/// The number of an option of the server: `128M`, `1g`, `5`. None if it is none.
///
/// The suffixes are those of MySQL's manual, "Program Option Modifiers": K, M, G and, since 8.0.14,
/// T, P, E, of either case, each a power of 1024.
///
/// ```
/// assert_eq!(tidegate_policy::quantity::option_number("128M"), Some(134_217_728));
/// assert_eq!(tidegate_policy::quantity::option_number("$SIZE"), None);
/// ```
pub fn option_number(text: &str) -> Option<u64> {
    let text = text.trim();
    let (digits, power) = match text.char_indices().next_back()? {
        (at, letter) if letter.is_ascii_alphabetic() => {
            (&text[..at], "KMGTPE".find(letter.to_ascii_uppercase()).and_then(|power| u32::try_from(power + 1).ok())?)
        }
        _ => (text, 0),
    };
    digits.parse::<u64>().ok()?.checked_mul(1024_u64.checked_pow(power)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        for (text, expected) in [
            ("2Gi", Some(2_147_483_648.0)),
            ("512Mi", Some(536_870_912.0)),
            ("1G", Some(1e9)),
            ("1e3", Some(1000.0)),
            ("1E3", Some(1000.0)),
            ("1E", Some(1e18)),
            ("128974848", Some(128_974_848.0)),
            ("129e6", Some(129e6)),
            ("", None),
            ("Gi", None),
            ("-1", None),
            ("1gi", None),
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
    }

    #[test]
    fn option_numbers() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1K", Some(1024)),
            ("2g", Some(2_147_483_648)),
            ("1.5G", None),
            ("M", None),
            ("", None),
            ("16E", None),
            ("12가", None),
        ] {
            assert_eq!(option_number(text), expected, "{text}");
        }
    }
}
