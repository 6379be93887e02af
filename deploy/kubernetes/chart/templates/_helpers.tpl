{{- define "brig.selector" -}}
app.kubernetes.io/name: brig
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "brig.labels" -}}
{{ include "brig.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
{{- define "brig.workerSelector" -}}
app.kubernetes.io/name: brig-worker
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "brig.workerLabels" -}}
{{ include "brig.workerSelector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
{{- /* Egress to Redis, and to the DNS of the cluster for its name; empty without Redis. */ -}}
{{- define "brig.egress" -}}
{{- with .Values.redis }}
{{- if .secret }}
- to:
    - namespaceSelector: {}
      podSelector:
        {{- toYaml .pods | nindent 8 }}
  ports: [{ port: {{ .port }} }]
- to:
    - namespaceSelector: {}
      podSelector: { matchLabels: { k8s-app: kube-dns } }
  ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
{{- end }}
{{- end }}
{{- end }}
