//! Whether an entry of Docker's configuration is meant for a repository.

/// Names of Docker Hub: images are `docker.io`'s, its registry is another host, and `docker login` writes an address.
const DOCKER_HUB: [&str; 3] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/// How well an entry fits a repository: the length of its path, or nothing if it is for another one.
///
/// An entry is a host, with a port if that is not the usual one; Docker writes older ones as addresses
/// (`https://HOST/v1/`). Kubernetes adds `*` for a part of the host's name, and a path that the repository has to be
/// below (kubelet, `urlsMatch`).
pub(super) fn fit(entry: &str, registry: &str, repository: &str) -> Option<usize> {
    let entry = entry.strip_prefix("https://").or_else(|| entry.strip_prefix("http://")).unwrap_or(entry);
    let (host, path) = entry.split_once('/').unwrap_or((entry, ""));
    if !is_host(host, registry) {
        return None;
    }
    let path = path.trim_end_matches('/');
    if matches!(path, "" | "v1" | "v2") {
        return Some(0);
    }
    let rest = repository.strip_prefix(path)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(path.len())
}

fn is_host(pattern: &str, registry: &str) -> bool {
    if is_docker_hub(pattern) || is_docker_hub(registry) {
        return is_docker_hub(pattern) && is_docker_hub(registry);
    }
    let (pattern, port) = split(pattern);
    let (host, other) = split(registry);
    let parts = || pattern.split('.').zip(host.split('.'));
    port == other
        && pattern.split('.').count() == host.split('.').count()
        && parts().all(|(pattern, part)| is_part(&pattern.to_ascii_lowercase(), &part.to_ascii_lowercase()))
}

/// The host and the port; 443 is the same as none.
fn split(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((host, port)) => (host, Some(port).filter(|port| *port != "443")),
        None => (host, None),
    }
}

/// `*` for any number of letters.
fn is_part(pattern: &str, part: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == part,
        Some((before, after)) => part
            .strip_prefix(before)
            .is_some_and(|rest| (0..=rest.len()).filter_map(|at| rest.get(at..)).any(|rest| is_part(after, rest))),
    }
}

fn is_docker_hub(host: &str) -> bool {
    DOCKER_HUB.iter().any(|name| host.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn an_entry_is_for_its_host_and_below_its_path() {
        for (entry, registry, repository, expected) in [
            ("registry.example.com", "registry.example.com", "team/policy", Some(0)),
            ("https://registry.example.com/v1/", "registry.example.com", "team/policy", Some(0)),
            ("https://registry.example.com/v2/", "registry.example.com", "team/policy", Some(0)),
            ("http://localhost:5000", "localhost:5000", "policy", Some(0)),
            ("Registry.Example.com", "registry.example.com", "policy", Some(0)),
            ("registry.example.com:443", "registry.example.com", "policy", Some(0)),
            ("registry.example.com/team", "registry.example.com", "team/policy", Some(4)),
            ("registry.example.com/team/policy", "registry.example.com", "team/policy", Some(11)),
            ("*.example.com", "registry.example.com", "policy", Some(0)),
            ("reg*y.example.com", "registry.example.com", "policy", Some(0)),
            ("https://index.docker.io/v1/", "docker.io", "library/policy", Some(0)),
            ("docker.io", "index.docker.io", "library/policy", Some(0)),
            ("registry.example.com:5000", "registry.example.com", "policy", None),
            ("registry.example.com", "registry.example.com:5000", "policy", None),
            ("registry.example.com/team", "registry.example.com", "teams/policy", None),
            ("registry.example.com/other", "registry.example.com", "team/policy", None),
            ("*.example.com", "a.b.example.com", "policy", None),
            ("*.example.com", "example.com", "policy", None),
            ("example.com", "registry.example.com", "policy", None),
            ("registry.example.com.evil.net", "registry.example.com", "policy", None),
            ("*", "docker.io", "library/policy", None),
        ] {
            assert_eq!(fit(entry, registry, repository), expected, "{entry} for {registry}/{repository}");
        }
    }
}
