{{- /* Pod of a service or, with `worker`, of a worker: the same jails and settings, another command. */ -}}
{{- define "brig.pod" -}}
{{- $root := .root }}
{{- $worker := .worker }}
{{- $door := ternary "metrics" "http" $worker }}
{{- $settings := ternary (merge (dict) ($root.Values.worker.settings | default dict) $root.Values.settings) $root.Values.settings $worker }}
# A user namespace of the pod's own: without it the kernel gives no jail a /proc, and Kubernetes does not uncover the pod's.
hostUsers: false
automountServiceAccountToken: false
enableServiceLinks: false
{{- if eq $root.Values.cgroup "writable" }}
runtimeClassName: {{ $root.Values.runtimeClassName }}
{{- end }}
# More than BRIG_SHUTDOWN_DELAY and BRIG_SHUTDOWN_GRACE, 30 s: running executions finish.
terminationGracePeriodSeconds: 60
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: Localhost
    localhostProfile: {{ $root.Values.seccompProfile }}
  {{- with $root.Values.appArmorProfile }}
  appArmorProfile:
    type: {{ . }}
  {{- end }}
containers:
  - name: brig
    image: "{{ $root.Values.image.repository }}:{{ $root.Values.image.tag }}"
    imagePullPolicy: {{ $root.Values.image.pullPolicy }}
    {{- if $worker }}
    args: [worker]
    {{- end }}
    env:
      - name: BRIG_KEYS_FILE
        value: /etc/brig/keys.json
      {{- if not $worker }}
      # Kubernetes takes a while to send no more to a pod that it stops.
      - name: BRIG_SHUTDOWN_DELAY
        value: "8"
      {{- end }}
      {{- with $root.Values.redis.secret }}
      - name: BRIG_REDIS_URL
        valueFrom: { secretKeyRef: { name: {{ . }}, key: url } }
      {{- end }}
      {{- if and $root.Values.worker.enabled (not $worker) }}
      # Workers run the jobs.
      - name: BRIG_JOB_PLACES
        value: "0"
      {{- end }}
      {{- if ne $root.Values.cgroup "writable" }}
      - name: BRIG_OPTIONAL_LAYERS
        value: memory,processes,cpu
      {{- end }}
      {{- range $name, $value := $settings }}
      - name: {{ $name }}
        value: {{ $value | quote }}
      {{- end }}
    ports:
      {{- if not $worker }}
      - { name: http, containerPort: 8080 }
      {{- end }}
      - { name: metrics, containerPort: {{ $settings.BRIG_METRICS_PORT }} }
    # The first attack on every layer, and the environments that warm jails import.
    startupProbe:
      httpGet: { path: /health, port: {{ $door }} }
      periodSeconds: 2
      failureThreshold: 60
    readinessProbe:
      httpGet: { path: /health, port: {{ $door }} }
      periodSeconds: 5
      timeoutSeconds: 5
    # Never asks the sandbox: a layer that does not hold is no reason for a restart.
    livenessProbe:
      httpGet: { path: /live, port: {{ $door }} }
      periodSeconds: 10
      timeoutSeconds: 5
    resources:
      {{- toYaml (ternary $root.Values.worker.resources $root.Values.resources $worker) | nindent 6 }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      procMount: Unmasked
      capabilities: { drop: [ALL] }
    volumeMounts:
      - { name: tmp, mountPath: /tmp }
      - { name: state, mountPath: /var/lib/brig }
      - { name: keys, mountPath: /etc/brig, readOnly: true }
volumes:
  - name: tmp
    emptyDir: { medium: Memory, sizeLimit: 256Mi }
  - name: state
    {{- if and $root.Values.state.existingClaim (not $worker) }}
    persistentVolumeClaim: { claimName: {{ $root.Values.state.existingClaim }} }
    {{- else }}
    emptyDir: { sizeLimit: {{ $root.Values.state.size }} }
    {{- end }}
  - name: keys
    secret: { secretName: {{ $root.Values.keysSecret }} }
{{- end }}
