//! In which place a component's functions and types first differ from the contract's, in words.

use std::collections::BTreeMap;

use wit_parser::{Function, InterfaceId, Resolve, Type, TypeDefKind, WorldId, WorldItem};

/// The first difference; none if nothing that has a name differs.
pub(crate) fn difference(contract: (&Resolve, WorldId), component: (&Resolve, WorldId)) -> Option<String> {
    let (wanted, found) = (Shape::of(contract.0, contract.1), Shape::of(component.0, component.1));
    // What it may not ask for, or define otherwise.
    let imported = found.imported.iter().find_map(|(name, shape)| match wanted.imported.get(name) {
        None => Some(format!("the contract has no {name}")),
        Some(own) if own != shape => Some(format!("{name} is {own} in the contract, and {shape} in the component")),
        Some(_) => None,
    });
    imported.or_else(|| {
        wanted.exported.iter().find_map(|(name, own)| {
            let shape = found.exported.get(name)?;
            (shape != own).then(|| format!("{name} is {own} in the contract, and {shape} in the component"))
        })
    })
}

/// Everything with a name, and what it is.
#[derive(Default)]
struct Shape {
    imported: BTreeMap<String, String>,
    exported: BTreeMap<String, String>,
}

impl Shape {
    fn of(resolve: &Resolve, world: WorldId) -> Self {
        let mut shape = Self::default();
        let world = &resolve.worlds[world];
        for item in world.imports.values() {
            if let WorldItem::Interface { id, .. } = item {
                shape.add_interface(resolve, *id);
            }
        }
        for item in world.exports.values() {
            if let WorldItem::Function(function) = item {
                shape.exported.insert(function.name.clone(), signature(resolve, function));
            }
        }
        shape
    }

    fn add_interface(&mut self, resolve: &Resolve, id: InterfaceId) {
        let interface = &resolve.interfaces[id];
        let Some(name) = &interface.name else { return };
        for function in interface.functions.values() {
            self.imported.insert(format!("{name}.{}", function.name), signature(resolve, function));
        }
        for (own, id) in &interface.types {
            let whole = format!("{name}.{own}");
            match &resolve.types[*id].kind {
                TypeDefKind::Record(record) => {
                    let fields =
                        record.fields.iter().map(|field| format!("{}: {}", field.name, text(resolve, &field.ty)));
                    self.imported.insert(whole, format!("record {{ {} }}", fields.collect::<Vec<_>>().join(", ")));
                }
                TypeDefKind::Variant(variant) => {
                    let cases = variant.cases.iter().map(|case| match &case.ty {
                        Some(ty) => format!("{}({})", case.name, text(resolve, ty)),
                        None => case.name.clone(),
                    });
                    self.imported.insert(whole, format!("variant {{ {} }}", cases.collect::<Vec<_>>().join(", ")));
                }
                TypeDefKind::Enum(cases) => {
                    let cases: Vec<_> = cases.cases.iter().map(|case| case.name.as_str()).collect();
                    self.imported.insert(whole, format!("enum {{ {} }}", cases.join(", ")));
                }
                // Another name for a type: where it is used, the type itself is told.
                _ => {}
            }
        }
    }
}

fn signature(resolve: &Resolve, function: &Function) -> String {
    let parameters: Vec<_> = function
        .params
        .iter()
        .map(|parameter| format!("{}: {}", parameter.name, text(resolve, &parameter.ty)))
        .collect();
    let result = function.result.as_ref().map(|result| format!(" -> {}", text(resolve, result)));
    format!("func({}){}", parameters.join(", "), result.unwrap_or_default())
}

/// A type as WIT writes it.
fn text(resolve: &Resolve, ty: &Type) -> String {
    let Type::Id(id) = ty else { return primitive(ty).to_owned() };
    let definition = &resolve.types[*id];
    match &definition.kind {
        TypeDefKind::Type(other) => text(resolve, other),
        TypeDefKind::List(item) => format!("list<{}>", text(resolve, item)),
        TypeDefKind::Option(item) => format!("option<{}>", text(resolve, item)),
        TypeDefKind::Tuple(tuple) => {
            format!("tuple<{}>", tuple.types.iter().map(|item| text(resolve, item)).collect::<Vec<_>>().join(", "))
        }
        TypeDefKind::Result(result) => {
            let side = |side: &Option<Type>| side.as_ref().map_or("_".to_owned(), |side| text(resolve, side));
            format!("result<{}, {}>", side(&result.ok), side(&result.err))
        }
        other => definition.name.clone().unwrap_or_else(|| other.as_str().to_owned()),
    }
}

fn primitive(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        Type::Id(_) => "a type",
    }
}
