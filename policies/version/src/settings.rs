//! What can be set.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What can be set.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// The lowest version of each product that passes without a warning.
    pub(crate) lowest: Lowest,
    /// Images that are refused: registry and path without a tag, for instance
    /// `gcr.io/google-samples/xtrabackup`. A mirror that keeps this path below its own counts too.
    pub(crate) refused_images: Vec<String>,
    /// Names of containers that are not looked at.
    pub(crate) ignore_containers: Vec<String>,
}

/// The lowest version of each product that passes without a warning.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Lowest {
    /// Of MySQL and Percona's builds of it: `8.4`.
    pub(crate) mysql: String,
    /// Of MariaDB: `10.11`.
    pub(crate) mariadb: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lowest: Lowest::default(),
            refused_images: vec!["gcr.io/google-samples/xtrabackup".to_owned()],
            ignore_containers: vec![],
        }
    }
}

impl Default for Lowest {
    fn default() -> Self {
        Self { mysql: "8.4".to_owned(), mariadb: "10.11".to_owned() }
    }
}

impl Settings {
    /// Whether the versions are versions and the images are images.
    pub(crate) fn check(&self) -> Result<(), String> {
        for (name, version) in [("mysql", &self.lowest.mysql), ("mariadb", &self.lowest.mariadb)] {
            if series(version).is_none() {
                return Err(format!("lowest.{name}: {version} is no version such as 8.4"));
            }
        }
        let is_path = |image: &str| {
            let name = image.rsplit('/').next().unwrap_or_default();
            !name.is_empty() && !name.contains([':', '@']) && !image.contains(char::is_whitespace)
        };
        match self.refused_images.iter().find(|image| !is_path(image)) {
            Some(image) => Err(format!("refusedImages: {image} is no registry and path without a tag")),
            None => Ok(()),
        }
    }
}

/// The two numbers of a series: `8.4`.
pub(crate) fn series(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_must_make_sense() {
        let check = |mysql: &str, image: &str| {
            Settings {
                lowest: Lowest { mysql: mysql.to_owned(), ..Lowest::default() },
                refused_images: vec![image.to_owned()],
                ..Settings::default()
            }
            .check()
        };
        assert_eq!(Settings::default().check(), Ok(()));
        assert_eq!(check("8.0", "localhost:5000/tools/xtrabackup"), Ok(()));
        assert_eq!(check("8", "x"), Err("lowest.mysql: 8 is no version such as 8.4".to_owned()));
        assert!(check("8.4", "gcr.io/google-samples/xtrabackup:1.0").is_err());
        assert!(check("8.4", "").is_err());
    }
}
