import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseConfig, settings } from '../src/config.ts';
import { ownAccess } from '../src/http/route-access.ts';
import { packageRoot } from '../src/paths.ts';
import { bringSchemas, complainAbout, type Manifest } from './support/kubernetes.ts';

const readText = (file: string): string => readFileSync(join(packageRoot, file), 'utf8');
const manifests = parseAllDocuments(readText('deploy/kubernetes/brig.yaml')).map(
  (document) => document.toJS() as Manifest,
);

interface Container {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly [probe: `${string}Probe`]: { readonly httpGet: { readonly path: string; readonly port: string } };
  readonly securityContext: Record<string, unknown>;
}
interface PodSpec extends Record<string, unknown> {
  readonly containers: readonly [Container];
}
const [pod] = manifests.flatMap(({ kind, spec }) =>
  kind === 'Deployment' ? [(spec['template'] as { readonly spec: PodSpec }).spec] : [],
) as [PodSpec];
const [container] = pod.containers;

describe('the manifests for Kubernetes', () => {
  beforeAll(bringSchemas, 120_000);

  it('are one of each kind', () => {
    expect(manifests.map(({ kind }) => kind).toSorted()).toEqual([
      ...['Deployment', 'HorizontalPodAutoscaler', 'NetworkPolicy', 'PodDisruptionBudget', 'Service'],
    ]);
  });

  it.each(manifests)('are as the schema of $kind wants them', (manifest) => {
    expect(complainAbout(manifest)).toEqual([]);
  });

  it('would not pass with a field that Kubernetes does not know', () => {
    const [first] = manifests as [Manifest];
    expect(complainAbout({ ...first, spec: { ...first.spec, replcas: 3 } })).not.toEqual([]);
  });

  it('name settings that there are, with valid values', () => {
    const known = new Set(Object.values(settings).map(({ env }) => env));
    expect(container.env.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
    expect(() =>
      parseConfig(Object.fromEntries(container.env.map(({ name, value }) => [name, value]))),
    ).not.toThrow();
  });

  it('ask routes that need no key, at ports that there are', () => {
    const ports = container.ports.map(({ name }) => name);
    for (const name of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const) {
      const { path, port } = container[name]?.httpGet ?? { path: '', port: '' };
      expect(ownAccess[`GET ${path}`]).toBe('everybody');
      expect(ports).toContain(port);
    }
  });

  it('give nothing that a pod does not need', () => {
    expect(pod).toMatchObject({ hostUsers: false, automountServiceAccountToken: false });
    expect(container.securityContext).toEqual({
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, procMount: 'Unmasked' },
      capabilities: { drop: ['ALL'] },
    });
  });

  it('wait longer for the end than the service does', () => {
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
