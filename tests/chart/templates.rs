//! The chart's templates: the manifests of `webhook-deploy/`, with the values of the chart in them.

use std::collections::BTreeMap;
use std::{env, fs};

use crate::{CHART, DEPLOY, NAMESPACE, manifests, read};

/// What stands for the namespace in every template: the text of the manifests, and of the templates.
const EVERYWHERE: &[(&str, &str)] = &[
    ("namespace: tidegate-system", "namespace: {{ .Release.Namespace | quote }}"),
    ("values: [tidegate-system, kube-system]", "values: [{{ .Release.Namespace | quote }}, kube-system]"),
    ("tidegate.tidegate-system.svc", "tidegate.{{ .Release.Namespace }}.svc"),
];

/// What else the templates have in place of the manifests' text: the file, how often it is there, the text, the other.
const CHANGES: &[(&str, usize, &str, &str)] = &[
    ("05-crds.yaml", 2, "metadata:\n  labels:\n", KEPT),
    (DEPLOYMENT, 1, "replicas: 2\n", "replicas: {{ .Values.replicas | int }}\n"),
    (DEPLOYMENT, 1, "image: tidegate:0.1.0\n", "image: {{ .Values.image | quote }}\n"),
    (DEPLOYMENT, 1, "imagePullPolicy: IfNotPresent\n", "imagePullPolicy: {{ .Values.imagePullPolicy }}\n"),
    (DEPLOYMENT, 1, "            - --tls-secret=tidegate-tls\n", CERTIFICATE_ARGUMENTS),
    // False is what YAML makes of `off` without quotation marks.
    (DEPLOYMENT, 1, "--clean-up=strays\n", "--clean-up={{ .Values.cleanUp | default \"off\" }}\n"),
    (DEPLOYMENT, 1, "--reports=off\n", "--reports={{ .Values.reports | default \"off\" }}\n"),
    (DEPLOYMENT, 1, RESOURCES, "{{- toYaml .Values.resources | nindent 12 }}\n"),
    (DEPLOYMENT, 1, "      volumes:\n", CERTIFICATE_MOUNT),
    (DEPLOYMENT, 1, "            sizeLimit: 1Gi\n", CERTIFICATE_VOLUME),
    (DEPLOYMENT, 1, "      containers:\n", OF_THE_POD),
    ("70-mutating-webhook.yaml", 1, "webhooks:\n", CERTIFICATE_INJECTED),
    ("80-validating-webhook.yaml", 1, "webhooks:\n", CERTIFICATE_INJECTED),
];
const KEPT: &str = "metadata:\n  annotations:\n    helm.sh/resource-policy: keep\n  labels:\n";
const RESOURCES: &str =
    "requests:\n              cpu: 100m\n              memory: 96Mi\n            limits:\n              memory: 1Gi\n";
const CERTIFICATE_ARGUMENTS: &str = r"            {{- if .Values.certManager }}
            - --tls-cert=/etc/tidegate/tls/tls.crt
            - --tls-key=/etc/tidegate/tls/tls.key
            {{- else }}
            - --tls-secret=tidegate-tls
            {{- end }}
";
const CERTIFICATE_MOUNT: &str = r"            {{- if .Values.certManager }}
            - name: tls
              mountPath: /etc/tidegate/tls
              readOnly: true
            {{- end }}
      volumes:
";
/// 288 is 0440.
const CERTIFICATE_VOLUME: &str = r"            sizeLimit: 1Gi
        {{- if .Values.certManager }}
        - name: tls
          secret:
            secretName: tidegate-tls
            defaultMode: 288
        {{- end }}
";
const OF_THE_POD: &str = r"      {{- with .Values.imagePullSecrets }}
      imagePullSecrets: [{{ range . }}{ name: {{ . | quote }} }, {{ end }}]
      {{- end }}
      {{- with .Values.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
";
const CERTIFICATE_INJECTED: &str = r"  {{- if .Values.certManager }}
  annotations:
    cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/tidegate
  {{- end }}
webhooks:
";
const DEPLOYMENT: &str = "40-deployment.yaml";
/// Made of a file of the overlays, and there with cert-manager only.
const CERTIFICATE: &str = "90-certificate.yaml";

#[test]
fn templates_are_current() {
    let folder = format!("{CHART}/templates");
    let wanted = templates();
    if env::var_os("TIDEGATE_WRITE_DOCS").is_some() {
        manifests(&folder).iter().for_each(|name| fs::remove_file(format!("{folder}/{name}")).unwrap());
        wanted.iter().for_each(|(name, text)| fs::write(format!("{folder}/{name}"), text).unwrap());
    }
    let there = manifests(&folder).into_iter().map(|name| (name.clone(), read(&format!("chart/templates/{name}"))));
    let there: BTreeMap<String, String> = there.collect();
    assert!(wanted == there, "webhook-deploy/chart/templates/ is not what webhook-deploy/ says; run `make docs`");
}

/// The templates, by their names.
fn templates() -> BTreeMap<String, String> {
    let own = manifests(DEPLOY).into_iter().filter(|name| name != "00-namespace.yaml");
    let mut sources: BTreeMap<String, String> = own.map(|name| (name.clone(), name)).collect();
    sources.insert(CERTIFICATE.to_owned(), "overlays/cert-manager/certificate.yaml".to_owned());
    for (name, _, from, _) in CHANGES {
        assert!(sources.contains_key(*name), "{name} is no file, but this is to be changed in it:\n{from}");
    }
    for (from, _) in EVERYWHERE {
        assert!(sources.values().any(|source| read(source).contains(from)), "no file has this any more:\n{from}");
    }
    sources.iter().map(|(name, source)| (name.clone(), template(name, source))).collect()
}

/// A file without its comments and with its changes.
fn template(name: &str, source: &str) -> String {
    let text = read(source).replace("{{", "{{ `{{` }}");
    let mut text: String = text.split_inclusive('\n').filter(|line| !line.trim_start().starts_with('#')).collect();
    for (from, to) in EVERYWHERE {
        text = text.replace(from, to);
    }
    for (_, times, from, to) in CHANGES.iter().filter(|(file, ..)| *file == name) {
        let there = text.matches(from).count();
        assert!(there == *times, "{source} has this {there} times, and not {times}:\n{from}");
        text = text.replace(from, to);
    }
    assert!(!text.contains(NAMESPACE), "{source} names {NAMESPACE} in a way that EVERYWHERE does not have");
    if name == CERTIFICATE {
        text = format!("{{{{- if .Values.certManager }}}}\n{text}{{{{- end }}}}\n");
    }
    format!("# Written from ../../{source} by `make docs`: change it there.\n{text}")
}
