//! Documents in a folder.

use crate::user::User;

const OFF: &str = "apiVersion: tidegate.dev/v1alpha1\nkind: ClusterPolicy\nmetadata: { name: NAME }\nspec: { module: 'builtin://NAME', enabled: false }\n";

#[test]
fn every_document_of_a_folder_is_in_force() {
    let user = User::new();
    user.write("policies/b.yml", OFF.replace("NAME", "memory"));
    user.write("policies/a.yaml", OFF.replace("NAME", "probes"));
    user.write("policies/c.json", r#"{"apiVersion":"tidegate.dev/v1alpha1","kind":"ClusterPolicy","metadata":{"name":"version"},"spec":{"module":"builtin://version","enabled":false}}"#);
    user.write("policies/README.md", "not a policy");
    user.write("policies/older/d.yaml", OFF.replace("NAME", "utf8mb4"));
    let said = user.run(&["explain", "--format", "json", "--policy", "policies"]).well();
    for (name, is_there) in [("memory", false), ("probes", false), ("version", false), ("utf8mb4", true)] {
        assert_eq!(said.stdout.contains(&format!("\"{name}\"")), is_there, "{name}");
    }
    user.write("policies/z.yaml", OFF.replace("NAME", "probes"));
    user.run(&["explain", "--policy", "policies"]).fails_with(&["policies/z.yaml: policy probes is defined twice"]);
}

#[test]
fn a_folder_without_documents_is_a_mistake() {
    let user = User::new();
    user.write("policies/README.md", "not a policy");
    user.run(&["explain", "--policy", "policies"])
        .fails_with(&["policies: there are no policy documents in this folder (.yaml, .yml, .json)"]);
    user.run(&["explain", "--policy", "nothing"]).fails_with(&["nothing: the policy cannot be read"]);
}
