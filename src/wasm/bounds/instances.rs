//! How many instances a component comes to: a component may instantiate another several times, which does the same in
//! turn, and a few bytes become billions. A compiler makes all of them.

use wasmparser::{
    ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentOuterAliasKind, ComponentTypeRef, Instance,
    Payload,
};

use super::{Unfit, within};

/// Instances of components and core modules, all together, as often as they are made. What languages make comes to
/// fewer than a hundred; Python's instantiates 38 core modules.
const MOST_INSTANCES: u64 = 2_000;

/// Counts them, payload by payload.
pub(super) struct Instances {
    /// The component that is read, behind those around it; none for a core module.
    open: Vec<Option<Component>>,
    /// The most that any component so far comes to: what an import or an alias stands for is not known.
    most: u64,
}

/// A component that is read.
#[derive(Default)]
struct Component {
    /// What an instance of each component that it can name comes to, in the order of their numbers.
    known: Vec<u64>,
    /// What an instance of this one comes to, but for itself.
    cost: u64,
}

impl Default for Instances {
    fn default() -> Self {
        Self { open: vec![Some(Component::default())], most: 1 }
    }
}

impl Instances {
    /// Takes the next payload.
    pub(super) fn take(&mut self, payload: &Payload<'_>) -> Result<(), Unfit> {
        match payload {
            Payload::ModuleSection { .. } => self.open.push(None),
            Payload::ComponentSection { .. } => self.open.push(Some(Component::default())),
            Payload::End(_) => {
                if let Some(Some(ended)) = self.open.pop() {
                    let cost = ended.cost.saturating_add(1);
                    self.most = self.most.max(cost);
                    self.name(cost);
                }
            }
            Payload::InstanceSection(instances) => {
                for one in instances.clone().into_iter().map_while(Result::ok) {
                    if matches!(one, Instance::Instantiate { .. }) {
                        self.add(1)?;
                    }
                }
            }
            Payload::ComponentInstanceSection(instances) => {
                for one in instances.clone().into_iter().map_while(Result::ok) {
                    if let ComponentInstance::Instantiate { component_index, .. } = one {
                        self.add(self.known(0, component_index))?;
                    }
                }
            }
            Payload::ComponentAliasSection(aliases) => {
                for alias in aliases.clone().into_iter().map_while(Result::ok) {
                    match alias {
                        ComponentAlias::Outer { kind: ComponentOuterAliasKind::Component, count, index } => {
                            self.name(self.known(count, index));
                        }
                        ComponentAlias::InstanceExport { kind: ComponentExternalKind::Component, .. } => {
                            self.name(self.most);
                        }
                        _ => {}
                    }
                }
            }
            Payload::ComponentImportSection(imports) => {
                for import in imports.clone().into_iter().map_while(Result::ok) {
                    if matches!(import.ty, ComponentTypeRef::Component(_)) {
                        self.name(self.most);
                    }
                }
            }
            Payload::ComponentExportSection(exports) => {
                for export in exports.clone().into_iter().map_while(Result::ok) {
                    if export.kind == ComponentExternalKind::Component {
                        self.name(self.known(0, export.index));
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// What an instance of a component comes to, which the one so many levels around calls by this number.
    fn known(&self, around: u32, number: u32) -> u64 {
        let level = usize::try_from(around).ok().and_then(|around| self.open.len().checked_sub(around + 1));
        let component = level.and_then(|level| self.open.get(level)?.as_ref());
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        component.and_then(|component| component.known.get(number).copied()).unwrap_or(self.most)
    }

    /// The component that is read can name another one.
    fn name(&mut self, cost: u64) {
        if let Some(Some(component)) = self.open.last_mut() {
            component.known.push(cost);
        }
    }

    /// The component that is read makes instances.
    fn add(&mut self, instances: u64) -> Result<(), Unfit> {
        let Some(Some(component)) = self.open.last_mut() else { return Ok(()) };
        component.cost = component.cost.saturating_add(instances);
        within(component.cost, MOST_INSTANCES, "instances")
    }
}
