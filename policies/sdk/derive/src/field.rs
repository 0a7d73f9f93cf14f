//! One field: its name in documents, its default, and what is handed on to the schema.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Field, Ident, Lit, Type};

/// A field of settings.
pub(crate) struct Setting<'a> {
    /// Its name in Rust.
    pub(crate) ident: &'a Ident,
    /// Its name in documents, in camel case.
    pub(crate) name: String,
    /// Its type.
    pub(crate) kind: &'a Type,
    /// Doc comments and conditions.
    pub(crate) handed_on: Vec<&'a Attribute>,
    /// The value that it has if nobody sets it.
    pub(crate) default: TokenStream,
}

impl<'a> Setting<'a> {
    /// Reads a field.
    pub(crate) fn of(field: &'a Field) -> syn::Result<Self> {
        let Some(ident) = &field.ident else {
            return Err(syn::Error::new_spanned(field, "settings have names"));
        };
        let is_doc = |attribute: &&Attribute| attribute.path().is_ident("doc");
        if !field.attrs.iter().any(|attribute| is_doc(&attribute)) {
            let problem = "a setting needs a doc comment: it is what people read who set it";
            return Err(syn::Error::new_spanned(ident, problem));
        }
        Ok(Self {
            ident,
            name: camel_case(&ident.to_string()),
            kind: &field.ty,
            handed_on: field
                .attrs
                .iter()
                .filter(|attribute| is_doc(attribute) || attribute.path().is_ident("schemars"))
                .collect(),
            default: default(field)?,
        })
    }
}

fn default(field: &Field) -> syn::Result<TokenStream> {
    let mut written: Option<Expr> = None;
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("setting")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("default") {
                return Err(meta.error("a setting has nothing but a default: #[setting(default = …)]"));
            }
            written = Some(meta.value()?.parse()?);
            Ok(())
        })?;
    }
    let kind = &field.ty;
    Ok(match written {
        None => quote!(<#kind as ::core::default::Default>::default()),
        // A text in quotes is meant as whatever text the field holds.
        Some(text @ Expr::Lit(ExprLit { lit: Lit::Str(_), .. })) => {
            quote!(<#kind as ::core::convert::From<&str>>::from(#text))
        }
        Some(value) => quote!(#value),
    })
}

/// `least_seconds` as `leastSeconds`, like every name in Kubernetes.
fn camel_case(name: &str) -> String {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let mut words = name.split('_').filter(|word| !word.is_empty());
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        camel.push_str(letters.as_str());
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::camel_case;

    #[test]
    fn names_are_written_as_in_kubernetes() {
        for (name, expected) in [("a", "a"), ("least_seconds", "leastSeconds"), ("r#type", "type"), ("a__b_", "aB")] {
            assert_eq!(camel_case(name), expected);
        }
    }
}
