{{/* Everything in the release's namespace has this name, as the ServiceAccount has. */}}
{{- define "interlink.name" -}}
{{ .Values.nodeName }}
{{- end }}

{{/* Things of the whole cluster, and of other namespaces. */}}
{{- define "interlink.clusterName" -}}
interlink-{{ .Values.nodeName }}
{{- end }}

{{- define "interlink.labels" -}}
{{ include "interlink.selector" . }}
app.kubernetes.io/part-of: interlink
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "interlink.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Values.nodeName }}
{{- end }}

{{/* What no schema can say. */}}
{{- define "interlink.check" -}}
{{- if and .Values.interlink.enabled .Values.interlink.address }}
{{- fail (printf "interlink.enabled is true and interlink.address is %q: InterLink is either in this pod or there" .Values.interlink.address) }}
{{- end }}
{{- if not (or .Values.interlink.enabled .Values.interlink.address) }}
{{- fail "interlink.address is wanted: where InterLink is, such as https://interlink.example.org (or interlink.enabled: true, to run it in this pod)" }}
{{- end }}
{{- if and .Values.plugin.enabled (not .Values.interlink.enabled) }}
{{- fail "plugin.enabled is true and interlink.enabled is not: the plugin runs beside InterLink" }}
{{- end }}
{{- if and .Values.interlink.enabled (not .Values.plugin.enabled) (not .Values.plugin.address) }}
{{- fail "interlink.enabled is true: plugin.enabled is wanted, or plugin.address of one that runs elsewhere" }}
{{- end }}
{{- if and .Values.interlink.enabled (gt (int .Values.replicas) 1) }}
{{- fail (printf "interlink.enabled is true and replicas is %v: one is wanted, since each would have a plugin of its own" .Values.replicas) }}
{{- end }}
{{- if and .Values.plugin.enabled (not .Values.plugin.image) }}
{{- fail "plugin.enabled is true: plugin.image is wanted, such as interlink/slurm-sidecar:latest" }}
{{- end }}
{{- if and .Values.interlink.tls.secretName .Values.interlink.tls.caCert }}
{{- fail "interlink.tls.secretName and interlink.tls.caCert are set: the Secret's ca.crt is the CA then" }}
{{- end }}
{{- if and (or .Values.interlink.tls.secretName .Values.interlink.tls.caCert) (not (hasPrefix "https://" .Values.interlink.address)) }}
{{- fail (printf "interlink.tls is set and interlink.address is %q: https:// is wanted" .Values.interlink.address) }}
{{- end }}
{{- end }}

{{/* Whether the virtual node shows a token out of the Secret. */}}
{{- define "interlink.usesToken" -}}
{{- if not (or .Values.interlink.enabled .Values.interlink.tls.secretName .Values.OAUTH.enabled) }}yes{{ end }}
{{- end }}

{{- define "interlink.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "interlink.subject" -}}
- kind: ServiceAccount
  name: {{ include "interlink.name" . }}
  namespace: {{ .Release.Namespace }}
{{- end }}
