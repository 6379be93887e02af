import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseConfig, settings } from '../../src/config.ts';
import { packageRoot } from '../../src/paths.ts';

/* deploy/compose.yaml names only settings, files, networks and ports that there are. No container engine runs here. */

const deploy = join(packageRoot, 'deploy');
const readYaml = (file: string): unknown => parse(readFileSync(join(deploy, file), 'utf8'), { merge: true });

const serviceSchema = z.strictObject({
  build: z.strictObject({ context: z.string() }).optional(),
  image: z.string().regex(/^(?:localhost\/brig|docker\.io\/[a-z]+\/[a-z]+:v?\d+(?:\.\d+)+)$/),
  restart: z.literal('unless-stopped'),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  security_opt: z.array(z.string()).optional(),
  cap_drop: z.tuple([z.literal('ALL')]).optional(),
  read_only: z.literal(true).optional(),
  tmpfs: z.array(z.string()).optional(),
  cgroup: z.literal('host').optional(),
  cgroup_parent: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  volumes: z.array(z.string()).default([]),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()),
      interval: z.string(),
      timeout: z.string(),
      start_period: z.string().optional(),
      retries: z.number().optional(),
    })
    .optional(),
});
const composeSchema = z.strictObject({
  name: z.string(),
  'x-brig': z.object({}),
  services: z.strictObject({
    brig: serviceSchema,
    worker: serviceSchema,
    valkey: serviceSchema,
    prometheus: serviceSchema,
    grafana: serviceSchema,
  }),
  networks: z.record(z.string(), z.strictObject({ internal: z.literal(true).optional() })),
  volumes: z.record(z.string(), z.strictObject({})),
});
const compose = composeSchema.parse(readYaml('compose.yaml'));
const services = Object.entries(compose.services);
const { brig, worker, valkey, prometheus, grafana } = compose.services;

/** Puts a value in the place of each variable, and the default where it has one, as the engine does. */
const fillIn = (text: string): string =>
  text.replaceAll(/\$\{([A-Z_]{1,40})(?::([-?])([^}]{0,100}))?\}/g, (_, _name, kind, rest: string) =>
    kind === '-' ? rest : 'secretsecretsecret',
  );
const settingsOf = ({ environment }: typeof brig): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fillIn(value)]));

describe('deploy/compose.yaml', () => {
  it.each([
    ['brig', brig],
    ['worker', worker],
  ])('gives %s settings that there are, with valid values', (_, service) => {
    const known = new Set(Object.values(settings).map(({ env }) => env));
    const given = settingsOf(service);
    expect(Object.keys(given).filter((name) => !known.has(name))).toEqual([]);
    const config = parseConfig(given);
    expect(config).toMatchObject({ metricsPort: 9090, redisUrl: 'redis://:secretsecretsecret@valkey:6379' });
    expect(config.jobPlaces).toBe(service === brig ? 0 : 2);
    expect(Number.parseInt(service.stop_grace_period ?? '', 10)).toBeGreaterThan(config.shutdownGrace + 10);
  });

  it('gives Brig what the page says, and nothing more', () => {
    for (const service of [brig, worker]) {
      expect(service).toMatchObject({
        cap_drop: ['ALL'],
        read_only: true,
        cgroup: 'host',
        cgroup_parent: '/brig',
      });
      expect(service.security_opt?.map(fillIn)).toEqual([
        ...['seccomp=seccomp.json', 'systempaths=unconfined', 'no-new-privileges'],
      ]);
      expect(service.volumes).toContain('/sys/fs/cgroup/brig:/sys/fs/cgroup/brig');
      expect(service.depends_on).toHaveProperty('valkey');
    }
    expect(statSync(join(deploy, 'seccomp.json')).isFile()).toBe(true);
    expect(valkey.healthcheck).toBeDefined();
  });

  it('mounts files that there are, and volumes and networks that it declares', () => {
    const used = { volumes: new Set<string>(), networks: new Set<string>() };
    for (const [, { volumes, networks }] of services) {
      for (const network of networks) used.networks.add(network);
      for (const [source = '', target] of volumes.map((volume) => volume.split(':'))) {
        if (source.startsWith('.')) expect(statSync(join(deploy, source)).size, source).toBeGreaterThan(0);
        else if (target !== undefined && !source.startsWith('/')) used.volumes.add(source);
      }
    }
    expect([...used.volumes].toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
    expect([...used.networks].toSorted()).toEqual(Object.keys(compose.networks).toSorted());
  });

  it('is reached from this machine only, and keeps Valkey and metrics to networks of their own', () => {
    const ports = services.flatMap(([, service]) => service.ports);
    expect(ports.length).toBe(2);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(valkey.networks).toEqual(['queue']);
    expect(compose.networks).toMatchObject({ queue: { internal: true }, watched: { internal: true } });
    expect(grafana.networks).not.toContain('queue');
  });

  it('starts Valkey so that jobs outlive it', () => {
    const command = valkey.command?.join(' ');
    for (const option of ['--requirepass', '--appendonly yes', '--maxmemory-policy noeviction'])
      expect(command).toContain(option);
  });
});

const sourceOf = (mount: string, service: typeof brig): string | undefined =>
  service.volumes.map((volume) => volume.split(':')).find(([, target]) => target === mount)?.[0];

describe('Prometheus and Grafana', () => {
  const prometheusSchema = z.strictObject({
    global: z.strictObject({ scrape_interval: z.literal('15s'), evaluation_interval: z.literal('15s') }),
    rule_files: z.array(z.string()),
    scrape_configs: z.tuple([
      z.strictObject({
        job_name: z.literal('brig'),
        dns_sd_configs: z.tuple([
          z.strictObject({ names: z.array(z.string()), type: z.literal('A'), port: z.number() }),
        ]),
      }),
    ]),
  });

  it('scrape every process of Brig at the port that it is told, and know the alerts', () => {
    const path = sourceOf('/etc/prometheus/prometheus.yml', prometheus) ?? '';
    const { rule_files, scrape_configs } = prometheusSchema.parse(readYaml(path));
    const [{ names, port }] = scrape_configs[0].dns_sd_configs;
    expect(names).toEqual(['brig', 'worker']);
    for (const name of names) {
      const service = compose.services[name as 'brig' | 'worker'];
      expect(service.environment['BRIG_METRICS_PORT']).toBe(String(port));
      expect(service.networks).toContain('watched');
    }
    for (const file of rule_files) expect(sourceOf(`/etc/prometheus/${file}`, prometheus)).toBeDefined();
  });

  it('show the dashboard by a data source that is the default', () => {
    expect(readYaml('grafana/provisioning/datasources/prometheus.yaml')).toMatchObject({
      apiVersion: 1,
      datasources: [{ type: 'prometheus', url: 'http://prometheus:9090', isDefault: true }],
    });
    const { providers } = z
      .object({ providers: z.tuple([z.object({ options: z.strictObject({ path: z.string() }) })]) })
      .parse(readYaml('grafana/provisioning/dashboards/brig.yaml'));
    expect(sourceOf(`${providers[0].options.path}/brig.json`, grafana)).toBe('./grafana/brig.json');
    expect(sourceOf('/etc/grafana/provisioning', grafana)).toBe('./grafana/provisioning');
  });
});
