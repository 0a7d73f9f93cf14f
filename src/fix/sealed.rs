//! Passwords go through a program that seals them, each Secret into a file of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::destination::{Destination, DestinationError, Kept};
use super::seal::seal;
use crate::engine::WorkloadSecret;
use crate::files::{self, FileError};
use crate::secrets::{Applied, FileSecretStore};

/// Seals Secrets one by one: kubeseal reads only the first document of its input, and sops makes one whole of all.
pub struct Sealed {
    program: String,
    place: Place,
    files: BTreeMap<PathBuf, FileSecretStore>,
}

/// Where sealed Secrets are put.
enum Place {
    BesideManifests,
    Folder(PathBuf),
    File(PathBuf),
}

impl Sealed {
    /// Seals by a program, into the file or folder that is named, or beside the manifests.
    pub fn new(program: String, place: Option<PathBuf>) -> Self {
        let place = match place {
            None => Place::BesideManifests,
            Some(path) if path.is_dir() => Place::Folder(path),
            Some(path) => Place::File(path),
        };
        Self { program, place, files: BTreeMap::new() }
    }

    fn file(&self, secret: &WorkloadSecret, folder: Option<&Path>) -> Result<PathBuf, DestinationError> {
        let name = match &secret.namespace {
            Some(namespace) => format!("{}.{namespace}.sealed.yaml", secret.name),
            None => format!("{}.sealed.yaml", secret.name),
        };
        let file = match &self.place {
            Place::BesideManifests => folder.ok_or(DestinationError::NoFolder)?.join(name),
            Place::Folder(folder) => folder.join(name),
            Place::File(file) => file.clone(),
        };
        let shown = || file.display().to_string();
        match files::check_place(&file) {
            Ok(()) => {}
            Err(FileError::Exists) => return Err(DestinationError::SealedBefore { file: shown() }),
            Err(error) => return Err(DestinationError::File { file: shown(), error }),
        }
        Ok(file)
    }
}

impl Destination for Sealed {
    fn take(&mut self, secret: &WorkloadSecret, folder: Option<&Path>) -> Result<Applied, DestinationError> {
        let file = self.file(secret, folder)?;
        let own = Kept::new(String::new(), secret).secret;
        let store = self.files.entry(file.clone()).or_default();
        if store.manifests().iter().any(|(name, _)| name.to_string() != own) {
            return Err(DestinationError::OneSealed { file: file.display().to_string() });
        }
        Ok(store.add(secret)?)
    }

    fn commit(&mut self) -> Result<Vec<Kept>, DestinationError> {
        let mut sealed = Vec::new();
        for (file, store) in std::mem::take(&mut self.files) {
            for (secret, manifest) in store.manifests() {
                let output = seal(&self.program, &manifest).map_err(|why| DestinationError::Seal {
                    program: self.program.clone(),
                    secret: secret.to_string(),
                    why,
                })?;
                sealed.push((file.clone(), secret.to_string(), output));
            }
        }
        let mut kept = Vec::new();
        for (number, (file, secret, output)) in sealed.iter().enumerate() {
            if let Err(error) = files::create(file, output, false) {
                // All or none: the manifests of all of them stay as they are.
                for (written, _, _) in &sealed[..number] {
                    let _ = fs::remove_file(written);
                }
                return Err(DestinationError::File { file: file.display().to_string(), error });
            }
            kept.push(Kept { place: file.display().to_string(), secret: secret.clone() });
        }
        Ok(kept)
    }
}
