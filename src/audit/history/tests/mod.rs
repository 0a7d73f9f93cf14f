//! Tests of what a history keeps.

mod judged;
mod releases;
