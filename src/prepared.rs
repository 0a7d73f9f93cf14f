//! What the runner of policies made of something, kept for the next policy that needs it.

use std::any::Any;
use std::sync::OnceLock;

/// Room for one thing that is made once. Whose it is knows nothing of its type: policies have one form of an object,
/// and their runner alone knows it.
#[derive(Default)]
pub struct Prepared(OnceLock<Box<dyn Any + Send + Sync>>);

impl Prepared {
    /// What was made before, or what `make` makes now. None if another type was kept.
    pub fn get_or_make<T: Send + Sync + 'static>(&self, make: impl FnOnce() -> T) -> Option<&T> {
        self.0.get_or_init(|| Box::new(make())).downcast_ref()
    }
}
