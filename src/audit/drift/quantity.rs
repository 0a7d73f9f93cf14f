//! Quantities of Kubernetes by their value: `1Gi` is `1024Mi`, and `0.5` is `500m`.

use serde_json::Value;

/// Parts of one that are told apart. The API server rounds smaller ones up (apimachinery, `resource.Quantity`).
const NANO: u32 = 9;

/// What a quantity comes to in billionths; nothing, if it is none or too large for anything that is measured.
pub(super) fn billionths(value: &Value) -> Option<i128> {
    match value {
        Value::Number(number) => of_text(&number.to_string()),
        Value::String(text) => of_text(text.trim()),
        _ => None,
    }
}

fn of_text(text: &str) -> Option<i128> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let end =
        unsigned.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()?;
    let (binary, decimal) = factor(suffix)?;
    let scaled = digits.checked_mul(1_i128.checked_shl(binary)?)?;
    let exponent = decimal.checked_add(i32::try_from(NANO).ok()?)?.checked_sub(places)?;
    let power = 10_i128.checked_pow(exponent.unsigned_abs())?;
    let value = if exponent >= 0 { scaled.checked_mul(power)? } else { scaled.checked_add(power - 1)? / power };
    Some(if negative { -value } else { value })
}

/// What a suffix multiplies by: two to the first power, ten to the second.
fn factor(suffix: &str) -> Option<(u32, i32)> {
    Some(match suffix {
        "" => (0, 0),
        "n" => (0, -9),
        "u" => (0, -6),
        "m" => (0, -3),
        "k" => (0, 3),
        "M" => (0, 6),
        "G" => (0, 9),
        "T" => (0, 12),
        "P" => (0, 15),
        "E" => (0, 18),
        "Ki" => (10, 0),
        "Mi" => (20, 0),
        "Gi" => (30, 0),
        "Ti" => (40, 0),
        "Pi" => (50, 0),
        "Ei" => (60, 0),
        _ => (0, suffix.strip_prefix(['e', 'E'])?.parse().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_quantities() {
        for (one, other) in [
            (json!("1Gi"), json!("1024Mi")),
            (json!("0.5"), json!("500m")),
            (json!(0.5), json!("500m")),
            (json!(2), json!("2")),
            (json!("2000m"), json!(2)),
            (json!("1e3"), json!("1k")),
            (json!("1E3"), json!("1000")),
            (json!("1.5Gi"), json!("1536Mi")),
            (json!("+1"), json!("1")),
            (json!(".5"), json!("500m")),
            (json!("0.0000000001"), json!("1n")),
        ] {
            assert_eq!(billionths(&one), billionths(&other), "{one} {other}");
            assert!(billionths(&one).is_some(), "{one}");
        }
    }

    #[test]
    fn what_is_none() {
        for none in [
            json!(""),
            json!("Gi"),
            json!("1GB"),
            json!("1.2.3"),
            json!("one"),
            json!(null),
            json!("1e999"),
            json!("99999999999999999999999999999999999999"),
            json!("."),
            json!("1e"),
        ] {
            assert_eq!(billionths(&none), None, "{none}");
        }
        assert_ne!(billionths(&json!("1G")), billionths(&json!("1Gi")));
        assert_ne!(billionths(&json!("1")), billionths(&json!("-1")));
    }
}
