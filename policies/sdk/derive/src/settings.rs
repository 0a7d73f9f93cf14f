//! From the struct to its implementations.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Fields};

use crate::field::Setting;

/// `Default`, `Deserialize`, `Serialize` and `JsonSchema` of the struct.
///
/// They are those of a twin with serde's and schemars' own derives, which the author neither sees
/// nor has to depend on.
pub(crate) fn implementations(input: &DeriveInput) -> syn::Result<TokenStream> {
    let wrong = |problem: &str| syn::Error::new_spanned(&input.ident, problem);
    let Data::Struct(data) = &input.data else { return Err(wrong("settings are a struct")) };
    let Fields::Named(fields) = &data.fields else { return Err(wrong("settings are a struct with named fields")) };
    if !input.generics.params.is_empty() {
        return Err(wrong("settings have no parameters: their schema has to be one"));
    }
    let settings = fields.named.iter().map(Setting::of).collect::<syn::Result<Vec<_>>>()?;

    let own = &input.ident;
    let own_name = own.to_string();
    let handed_on = input.attrs.iter().filter(|attribute| is_handed_on(attribute));
    let idents: Vec<_> = settings.iter().map(|setting| setting.ident).collect();
    let names: Vec<_> = settings.iter().map(|setting| &setting.name).collect();
    let kinds: Vec<_> = settings.iter().map(|setting| setting.kind).collect();
    let defaults = settings.iter().map(|setting| &setting.default);
    let attributes = settings.iter().map(|setting| {
        let attributes = &setting.handed_on;
        quote!(#(#attributes)*)
    });
    let count = settings.len();

    Ok(quote! {
        const _: () = {
            use ::tidegate_policy::derived::{schemars, serde};

            #(#handed_on)*
            #[derive(serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
            #[serde(crate = "::tidegate_policy::derived::serde", default, deny_unknown_fields, rename = #own_name)]
            #[schemars(crate = "::tidegate_policy::derived::schemars")]
            struct Twin {
                #(#attributes #[serde(rename = #names)] #idents: #kinds,)*
            }

            impl ::core::default::Default for Twin {
                fn default() -> Self {
                    Self { #(#idents: #defaults,)* }
                }
            }

            impl ::core::convert::From<Twin> for #own {
                fn from(twin: Twin) -> Self {
                    Self { #(#idents: twin.#idents,)* }
                }
            }

            impl ::core::default::Default for #own {
                fn default() -> Self {
                    <Twin as ::core::default::Default>::default().into()
                }
            }

            impl<'de> serde::Deserialize<'de> for #own {
                fn deserialize<D: serde::Deserializer<'de>>(from: D) -> ::core::result::Result<Self, D::Error> {
                    <Twin as serde::Deserialize>::deserialize(from).map(::core::convert::Into::into)
                }
            }

            impl serde::Serialize for #own {
                fn serialize<S: serde::Serializer>(&self, into: S) -> ::core::result::Result<S::Ok, S::Error> {
                    let mut fields = serde::Serializer::serialize_struct(into, #own_name, #count)?;
                    #(serde::ser::SerializeStruct::serialize_field(&mut fields, #names, &self.#idents)?;)*
                    serde::ser::SerializeStruct::end(fields)
                }
            }

            impl schemars::JsonSchema for #own {
                fn schema_name() -> ::std::borrow::Cow<'static, str> {
                    <Twin as schemars::JsonSchema>::schema_name()
                }

                fn schema_id() -> ::std::borrow::Cow<'static, str> {
                    ::std::borrow::Cow::Borrowed(::core::concat!(::core::module_path!(), "::", #own_name))
                }

                fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                    <Twin as schemars::JsonSchema>::json_schema(generator)
                }
            }
        };
    })
}

fn is_handed_on(attribute: &Attribute) -> bool {
    attribute.path().is_ident("doc") || attribute.path().is_ident("schemars")
}
