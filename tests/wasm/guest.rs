//! Policies out of WebAssembly text, for what no language's compiler would do.

use std::fmt::Write as _;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::data::{BEGIN, Data, Found};

/// The contract as it was when its version became 1.0.0: components are built against it for as long as there is a 1.x.
pub(crate) const CONTRACT: &str = include_str!("contract-1.0.0/policy.wit");

/// What a guest says of itself, and the instructions by which it does so.
pub(crate) struct Guest {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) rules: Vec<(String, String)>,
    pub(crate) schema: String,
    pub(crate) reads: Vec<(&'static str, &'static str)>,
    pub(crate) extra: Vec<(&'static str, &'static str)>,
    /// Instructions that come before the description.
    pub(crate) describe: String,
    /// Instructions that come before the answer to a review.
    pub(crate) review: String,
    pub(crate) answer: Answer,
    /// Pages of memory beyond what its data take, of 64 KiB each.
    pub(crate) pages: u32,
    /// Imports of the module.
    pub(crate) imports: &'static str,
    /// Further parts of the module: tables, functions, `(start …)`.
    pub(crate) parts: String,
}

/// What a review returns.
#[derive(Clone)]
pub(crate) enum Answer {
    Findings(Vec<Found>),
    Error(String),
    /// A list of findings that is said to be so long; all of them are zero.
    Zeros(u32),
    /// One finding whose message is said to be so long, of zeros.
    Text(u32),
    /// The same finding so many times, with one text of so many bytes.
    Same {
        times: u32,
        bytes: u32,
    },
}

impl Default for Guest {
    fn default() -> Self {
        Self {
            name: "guest".to_owned(),
            title: "Does what its text says".to_owned(),
            rules: vec![("T001".to_owned(), "something is wrong".to_owned())],
            schema: r#"{ "type": "object", "additionalProperties": false }"#.to_owned(),
            reads: Vec::new(),
            extra: Vec::new(),
            describe: String::new(),
            review: String::new(),
            answer: Answer::Findings(Vec::new()),
            pages: 1,
            imports: "",
            parts: String::new(),
        }
    }
}

impl Guest {
    /// As a component of the frozen contract.
    pub(crate) fn component(&self) -> Vec<u8> {
        let mut module = wat::parse_str(self.module()).unwrap();
        let mut resolve = Resolve::default();
        let package = resolve.push_str("policy.wit", CONTRACT).unwrap();
        let world = resolve.select_world(&[package], Some("policy")).unwrap();
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
        ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
    }

    fn module(&self) -> String {
        let mut data = Data::default();
        let (name, title) = (data.text(&self.name), data.text(&self.title));
        let (rules, schema) = (data.rules(&self.rules), data.text(&self.schema));
        let (reads, extra) = (data.pairs(&self.reads), data.pairs(&self.extra));
        let slices = [name, title, rules, schema, reads, extra];
        let description = data.words(&slices.map(|(at, length)| [at, length]).concat());
        let answer = answer(&self.answer, &mut data);
        let ok = data.words(&[0, 0, 0]);
        let pages = data.end().div_ceil(1 << 16) + self.pages;
        let texts = data.bytes().iter().fold(String::new(), |mut text, byte| {
            write!(text, "\\{byte:02x}").unwrap();
            text
        });
        let Self { imports, describe, review, parts, .. } = self;
        format!(
            r#"(module
              {imports}
              (memory (export "memory") {pages})
              (data (i32.const {BEGIN}) "{texts}")
              (global $free (mut i32) (i32.const {end}))
              (func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
                (local $at i32)
                (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
                (global.set $free (i32.add (local.get $at) (local.get $size)))
                (if (i32.gt_u (global.get $free) (i32.shl (memory.size) (i32.const 16))) (then
                  (drop (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1))))))
                (local.get $at))
              (func (export "describe") (result i32) {describe} (i32.const {description}))
              (func (export "check-settings") (param i32 i32) (result i32) (i32.const {ok}))
              (func (export "review") (param i32) (result i32) {review} (i32.const {answer}))
              {parts})"#,
            end = data.end(),
        )
    }
}

/// Writes an answer, and tells where it is.
fn answer(answer: &Answer, data: &mut Data) -> u32 {
    let (case, (at, length)) = match answer {
        Answer::Findings(found) => (0, data.findings(found)),
        Answer::Error(text) => (1, data.text(text)),
        // Behind all that the guest has of its own.
        Answer::Zeros(length) => (0, (1 << 20, *length)),
        Answer::Text(length) => {
            let finding = data.words(&[0, 0, 1, 0, 0, 0, *length, 0, 0, 0, 0, 0]);
            (0, (finding, 1))
        }
        Answer::Same { times, bytes } => {
            let text = data.text(&" ".repeat(*bytes as usize));
            let finding = [0, 0, 1, 0, 0, text.0, text.1, 0, 0, 0, 0, 0];
            (0, (data.words(&finding.repeat(*times as usize)), *times))
        }
    };
    data.words(&[case, at, length])
}
