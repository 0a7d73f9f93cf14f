//! Passwords in a ConfigMap: in option files, SQL and scripts, and under the names of variables.

use std::collections::BTreeMap;

use tidegate_policy::{FileOption, Finding, Request, Severity, pointer, raw};

use crate::form::Form;
use crate::hidden::HIDDEN;
use crate::names::{
    WITHHELD, is_evidence, is_generic_password, is_mysql_text, is_password, names_mysql, sounds_secret,
};
use crate::places::password_in_script;
use crate::settings::Settings;
use crate::texts::password_in;

/// Options that hold a password, and whether only a part of the value does, behind a colon.
const OPTIONS: &[(&str, bool)] = &[("password", false), ("report-password", false), ("wsrep-sst-auth", true)];

/// MY008 for a ConfigMap.
pub(crate) fn judge(request: &Request, settings: &Settings) -> Vec<Finding> {
    let name = request.object.name.as_deref().unwrap_or_default();
    if settings.ignores_config_map(name) {
        return vec![];
    }
    let mut findings: Vec<Finding> = in_option_files(name).into_iter().chain(in_entries(name, settings)).collect();
    findings.sort_by(|left, right| left.at.cmp(&right.at));
    findings.dedup_by(|later, earlier| later.at == earlier.at);
    if request.is_update() {
        findings.iter_mut().for_each(stays);
    }
    findings
}

fn in_option_files(config_map: &str) -> Vec<Finding> {
    let files = raw::option_files();
    let password = |option: &&FileOption| {
        OPTIONS.iter().any(|(name, behind_colon)| {
            let value = option.value.as_deref().unwrap_or_default();
            let password =
                if *behind_colon { value.split_once(':').map_or("", |(_, password)| password) } else { value };
            option.name == *name && (password == WITHHELD || (*behind_colon && is_literal(password)))
        })
    };
    files
        .iter()
        .filter_map(|file| {
            let option = file.options.iter().find(password)?;
            let key = key_of(&file.at);
            let place = format!("[{}] in line {} of {key} in ConfigMap {config_map}", option.group, option.line);
            Some(finding(&file.at, &place, "a password", &in_a_secret(&key)))
        })
        .collect()
}

fn in_entries(config_map: &str, settings: &Settings) -> Vec<Finding> {
    let data = raw::at::<BTreeMap<String, String>>("/data").unwrap_or_default();
    let evidence = data.values().any(|value| is_evidence(value));
    data.iter()
        .filter(|(key, text)| text.contains(WITHHELD) && !settings.ignore_variables.contains(key))
        .filter_map(|(key, text)| {
            let at = pointer::join("/data", [key]);
            if text == WITHHELD {
                // Hidden for its key, or else for being the address of a MySQL server.
                let what = if !sounds_secret(key) {
                    format!("{key}, an address with a password,")
                } else if is_password(key) || settings.variables.contains(key) || (evidence && is_generic_password(key)) {
                    key.clone()
                } else {
                    return None;
                };
                let help = format!(
                    "Put {key} into a Secret, and write secretRef or secretKeyRef where the ConfigMap is named now; then \
                     change the password"
                );
                return Some(finding(&at, &format!("ConfigMap {config_map}"), &format!("holds {what}"), &help));
            }
            let mysql = is_mysql_text(text) || names_mysql(key) || names_mysql(config_map);
            let form = password_in_entry(key, text, mysql)?;
            Some(finding(&at, &format!("{key} in ConfigMap {config_map}"), &form.does(), &in_a_secret(key)))
        })
        .collect()
}

fn password_in_entry(key: &str, text: &str, mysql: bool) -> Option<Form> {
    let is_script = key.ends_with(".sh") || key.ends_with(".bash") || text.starts_with("#!");
    if is_script { password_in_script(text, mysql) } else { password_in(text, mysql) }
}

fn finding(at: &str, place: &str, does: &str, help: &str) -> Finding {
    let message = format!("{place} {does} in plain text: whoever can read ConfigMaps has it");
    Finding::new(&HIDDEN, at, message).help(help)
}

fn in_a_secret(key: &str) -> String {
    format!(
        "Keep the file in a Secret (kubectl create secret generic NAME --from-file={key}) and mount that in place of the \
         ConfigMap; then change the password"
    )
}

/// An entry that is as it was before may stay: who changes another one is told, and not refused.
fn stays(finding: &mut Finding) {
    let now = raw::at::<String>(&finding.at);
    let before = raw::old_object().and_then(|old| Some(old.pointer(&finding.at)?.as_str()?.to_owned()));
    if now.is_some() && now == before {
        finding.severity = Severity::Medium;
    }
}

fn key_of(at: &str) -> String {
    at.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~")
}

fn is_literal(value: &str) -> bool {
    !value.is_empty() && !value.contains('$') && !value.contains("{{")
}
