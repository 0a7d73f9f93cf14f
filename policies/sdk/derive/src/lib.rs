//! `#[derive(Settings)]`: what a policy can be told, from a struct with doc comments and defaults.

mod field;
mod settings;

use proc_macro::TokenStream;

/// Makes a struct the settings of a policy.
///
/// The struct is their only source: a field's doc comment is its description in the JSON Schema,
/// and `#[setting(default = …)]` is what it is if nobody sets it; without that, its type's default.
/// In documents the names are written in camel case, and a name that there is not is refused.
///
/// The type of a field may be a number, `bool`, `String`, `Option`, `Vec`, a map by names, another
/// struct with this derive, or whatever else implements `Serialize`, `Deserialize` and `JsonSchema`.
/// Conditions on a value are schemars' own: `#[schemars(range(min = 1))]`, `#[schemars(length(max = 63))]`,
/// `#[schemars(regex(pattern = "^[a-z]+$"))]`. The gate checks them when the policy is put in force.
#[proc_macro_derive(Settings, attributes(setting, schemars))]
pub fn settings(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    settings::implementations(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
