import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseConfig, settings } from '../src/config.ts';
import type { JobState } from '../src/core/contract/jobs/job-state.ts';
import { ownAccess } from '../src/http/route-access.ts';
import { families } from '../src/observability/metrics/families.ts';
import { packageRoot } from '../src/paths.ts';
import { bringSchemas, complainAbout, type Manifest } from './support/kubernetes.ts';

const readText = (file: string): string => readFileSync(join(packageRoot, file), 'utf8');
const readManifests = (file: string): Manifest[] =>
  parseAllDocuments(readText(`deploy/kubernetes/${file}`)).map((document) => document.toJS() as Manifest);
const alone = readManifests('brig.yaml');
const withWorkers = readManifests('brig-with-workers.yaml');

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}
interface Container {
  readonly args?: readonly string[];
  readonly env: readonly Variable[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly [probe: `${string}Probe`]: { readonly httpGet: { readonly path: string; readonly port: string } };
  readonly securityContext: Record<string, unknown>;
}
interface PodSpec extends Record<string, unknown> {
  readonly containers: readonly [Container];
}
const toNames = (manifests: readonly Manifest[]): string[] =>
  manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted();
const find = (manifests: readonly Manifest[], kind: string, name: string): Manifest['spec'] =>
  manifests.find((one) => one.kind === kind && one.metadata.name === name)?.spec ?? {};
const podOf = (manifests: readonly Manifest[], name: string): PodSpec =>
  (find(manifests, 'Deployment', name)['template'] as { readonly spec: PodSpec }).spec;
const service = podOf(withWorkers, 'brig');
const worker = podOf(withWorkers, 'brig-worker');
const pods: readonly (readonly [string, PodSpec])[] = [
  ['a service', podOf(alone, 'brig')],
  ['a service with workers', service],
  ['a worker', worker],
];
/** Settings of a pod, with an address in the place of a secret one. */
const settingsOf = ({ containers: [{ env }] }: PodSpec): Record<string, string> =>
  Object.fromEntries(env.map(({ name, value }) => [name, value ?? 'redis://:secret@valkey:6379']));

describe('the manifests for Kubernetes', () => {
  beforeAll(bringSchemas, 120_000);

  it('are one of each kind', () => {
    const kinds = ['Deployment', 'HorizontalPodAutoscaler', 'NetworkPolicy', 'PodDisruptionBudget'];
    const own = [...kinds, 'Service'].map((kind) => `${kind} brig`);
    expect(toNames(alone)).toEqual(own);
    expect(toNames(withWorkers)).toEqual([...own, ...kinds.map((kind) => `${kind} brig-worker`)].toSorted());
  });

  it.each([...alone, ...withWorkers])(
    'are as the schema of $kind wants them ($metadata.name)',
    (manifest) => {
      expect(complainAbout(manifest)).toEqual([]);
    },
  );

  it('would not pass with a field that Kubernetes does not know', () => {
    const [first] = alone as [Manifest];
    expect(complainAbout({ ...first, spec: { ...first.spec, replcas: 3 } })).not.toEqual([]);
  });

  it.each(pods)('name settings that there are, with valid values: %s', (_, pod) => {
    const known = new Set(Object.values(settings).map(({ env }) => env));
    const given = settingsOf(pod);
    expect(Object.keys(given).filter((name) => !known.has(name))).toEqual([]);
    expect(() => parseConfig(given)).not.toThrow();
  });

  it.each(pods)(
    'ask routes that need no key, at ports that there are: %s',
    (_, { containers: [container] }) => {
      const ports = container.ports.map(({ name }) => name);
      for (const name of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const) {
        const { path, port } = container[name]?.httpGet ?? { path: '', port: '' };
        expect(ownAccess[`GET ${path}`]).toBe('everybody');
        expect(ports).toContain(port);
      }
    },
  );

  it.each(pods)('give nothing that a pod does not need: %s', (_, pod) => {
    expect(pod).toMatchObject({ hostUsers: false, automountServiceAccountToken: false });
    expect(pod.containers[0].securityContext).toEqual({
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, procMount: 'Unmasked' },
      capabilities: { drop: ['ALL'] },
    });
  });

  it('let workers run the jobs of services, from one Redis', () => {
    expect(worker.containers[0]).toMatchObject({ args: ['worker'], ports: [{ name: 'metrics' }] });
    expect(settingsOf(worker)).not.toHaveProperty('BRIG_JOB_PLACES');
    expect(settingsOf(service)).toMatchObject({ BRIG_JOB_PLACES: '0' });
    const secrets = [service, worker].map(
      ({ containers: [{ env }] }) => env.find(({ name }) => name === 'BRIG_REDIS_URL')?.valueFrom,
    );
    const secret = { secretKeyRef: { name: 'brig-redis', key: 'url' } };
    expect(secrets).toEqual([secret, secret]);
    expect(settingsOf(podOf(alone, 'brig'))).not.toHaveProperty('BRIG_REDIS_URL');
  });

  it('send no request to a worker, and let only those pods reach Redis that need it', () => {
    const labels = (name: string): unknown =>
      (find(withWorkers, 'Deployment', name)['selector'] as { readonly matchLabels: unknown }).matchLabels;
    expect(find(withWorkers, 'Service', 'brig')['selector']).toEqual(labels('brig'));
    expect(labels('brig-worker')).not.toMatchObject(labels('brig') as object);
    const egress = (manifests: readonly Manifest[], name: string) =>
      (find(manifests, 'NetworkPolicy', name)['egress'] as { readonly ports: unknown }[]).map(
        ({ ports }) => ports,
      );
    const dns = ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol }));
    for (const name of ['brig', 'brig-worker'])
      expect(egress(withWorkers, name)).toEqual([[{ port: 6379 }], dns]);
    expect(egress(alone, 'brig')).toEqual([]);
  });

  it('scale workers by a metric that there is', () => {
    const scaler = find(withWorkers, 'HorizontalPodAutoscaler', 'brig-worker');
    expect(scaler).toMatchObject({ scaleTargetRef: { name: 'brig-worker' } });
    const [{ external }] = scaler['metrics'] as [
      { readonly external: { readonly metric: { readonly name: string; readonly selector: unknown } } },
    ];
    expect(external.metric.name).toBe(families.jobs.name);
    expect(external.metric.selector).toEqual({ matchLabels: { state: 'queued' satisfies JobState } });
  });

  it.each(pods)('wait longer for the end than the service does: %s', (_, pod) => {
    const { shutdownGrace } = parseConfig({});
    expect(pod['terminationGracePeriodSeconds']).toBeGreaterThan(shutdownGrace + 10);
  });

  it('come from a chart of the same version as the package', () => {
    const { version } = JSON.parse(readText('package.json')) as { version: string };
    expect(parse(readText('deploy/kubernetes/chart/Chart.yaml'))).toMatchObject({
      version,
      appVersion: version,
    });
    expect(existsSync(join(packageRoot, 'deploy', 'seccomp.json'))).toBe(true);
  });
});
