//! `tidegate policy` as an author uses it, with real compilers.
