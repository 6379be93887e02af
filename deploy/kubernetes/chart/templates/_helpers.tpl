{{- define "brig.selector" -}}
app.kubernetes.io/name: brig
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "brig.labels" -}}
{{ include "brig.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
