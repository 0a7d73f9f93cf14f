//! Names and passwords at the limits of what Kubernetes takes.

// Workloads, containers and variables with the longest and oddest names.
mod names;

// Objects that the API server names, or nobody.
mod generated;

// Passwords that are empty, odd or very long.
mod passwords;
