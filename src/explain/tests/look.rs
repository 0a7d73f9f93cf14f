//! How Markdown and diffs look in a terminal.

use super::super::markdown;
use super::super::words::Words;

use anstyle::Style;
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

#[test]
fn markdown_fits_the_terminal() {
    let text = "A paragraph with `code`, **bold words** and a [link](https://example.com/a).\n\n\
        - The first item, which is longer than one line.\n- The second:\n  1. one\n  2. two, which is also longer than \
        a line\n\n```sh\na command that is not broken into lines\n```\n\nThe [end](../../../manifests/README.md).";
    let lines = markdown::lines(text, 30, true).join("\n");
    insta::assert_snapshot!(anstream::adapter::strip_str(&lines), @r"
    A paragraph with `code`, bold
    words and a link
    <https://example.com/a>.

    - The first item, which is
      longer than one line.
    - The second:
      1. one
      2. two, which is also longer
         than a line

        a command that is not broken into lines

    The end <manifests/README.md>.
    ");
}

#[test]
fn colours_take_the_place_of_backticks() {
    assert_eq!(
        markdown::lines("`a b`, **c**", 80, false),
        ["\u{1b}[36ma\u{1b}[0m\u{1b}[36m \u{1b}[0m\u{1b}[36mb\u{1b}[0m, \u{1b}[1mc\u{1b}[0m"]
    );
}

proptest! {
    #[test]
    fn lines_are_no_wider_than_they_may_be_and_lose_no_word(text in "[a-z가-힣 ]{0,80}", width in 1usize..30) {
        let mut words = Words::default();
        words.push(&text, Style::new());
        let lines = words.lines(width);
        let joined = lines.join(" ");
        prop_assert_eq!(joined.split_whitespace().collect::<Vec<_>>(), text.split_whitespace().collect::<Vec<_>>());
        for line in lines {
            prop_assert!(line.width() <= width || !line.contains(' '), "{}", line);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}", width in 0usize..50) {
        markdown::lines(&text, width, true);
    }
}
