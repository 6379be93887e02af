import { join } from 'node:path';
import { createAnalyzer } from '../../src/analysis/analyzer.ts';
import { toLimitPolicy, toOperatorPolicy, type Config } from '../../src/config.ts';
import { optionalLayers, type Layer } from '../../src/core/contract/health.ts';
import { Refusal } from '../../src/core/contract/refusal.ts';
import { serializeOutcome } from '../../src/core/serialize-outcome.ts';
import { planRequest } from '../../src/core/plan.ts';
import { readRequest } from '../../src/core/validation/read-request.ts';
import { createExecutor } from '../../src/executor/create-executor.ts';
import { errorStatus } from '../../src/http/error-status.ts';
import { createAdmission } from '../../src/pool/admission.ts';
import { openNsjailHost } from '../../src/sandbox/nsjail/host.ts';
import type { RootImage } from '../../src/sandbox/nsjail/image/image-store.ts';
import { createNsjailSandbox } from '../../src/sandbox/nsjail/nsjail-sandbox.ts';
import { probeSandbox } from '../../src/sandbox/probe/probe.ts';
import { JailFailure } from '../../src/sandbox/sandbox.ts';
import type { Answer, AnswerBody, RequestBody } from '../attack.ts';
import type { LayerOff } from './layers.ts';
import { relaxLimits, weakenHost } from './weaken.ts';

/** The pipeline of the service over jails that lack a layer, without the gate that would refuse to run anything in them. */
export interface Weakened extends AsyncDisposable {
  /** Enforcement of memory: `cgroup-v2`, … */
  readonly memory: string;
  execute(body: RequestBody): Promise<Answer>;
  /** Layers that the probe at start would say do not hold. @throws JailFailure where no jail starts. */
  probe(): Promise<Layer[]>;
}

/** Attacks that run at once; each needs a place. */
const PLACES = 32;

export async function openWeakened(
  layer: LayerOff,
  { config, image, folder }: { readonly config: Config; readonly image: RootImage; readonly folder: string },
): Promise<Weakened> {
  const open = await openNsjailHost({
    ...config,
    optionalLayers,
    interpreter: image.interpreter.executable,
    folders: [image.folder],
    deviceFolder: join(folder, 'devices'),
    doorkeeper: undefined,
  });
  const limitPolicy = toLimitPolicy(config);
  const caps = {
    resultBytes: config.maxResultBytes,
    filesBytes: config.maxReturnBytes,
    files: config.maxReturnFiles,
  };
  const host = weakenHost(open, layer, folder);
  const sandbox = relaxLimits(
    createNsjailSandbox(host, { kind: 'python', isolation: 'nsjail', image, caps }),
    layer,
  );
  const analyzer = await createAnalyzer();
  const executor = createExecutor({
    analyzer,
    admission: createAdmission({ capacity: PLACES, waitingRoom: PLACES * 8, maxWait: 300 }),
    python: {
      current: () => ({ isReady: true, layers: {} }),
      ready: () => Promise.resolve({ sandbox, fresh: sandbox }),
    },
    isolation: 'nsjail',
    rooted: { ready: () => Promise.reject(new JailFailure('There is none here.')) },
    runtimes: pythonAlone,
    countJails: () => undefined,
    builds: 'off',
    warnings: () => [],
    review: () => Promise.reject(new Refusal('forbidden', 'There is no model here.')),
    limitPolicy,
    policy: toOperatorPolicy(config),
    network: [],
    version: '',
    environments: {
      as: () => ({
        resolve: () => ({ name: 'plain', environment: undefined }),
        findModule: () => undefined,
        whenBuilt: () => undefined,
      }),
    },
    shutdownGrace: 1,
    onEvent: () => undefined,
  });
  const rules = { policy: limitPolicy, scriptBytes: config.maxScriptBytes };
  return {
    memory: sandbox.enforcement.memory,
    execute: (body) =>
      answer(() =>
        executor.execute(
          planRequest(readRequest(typeof body === 'string' ? body : JSON.stringify(body), rules)),
        ),
      ),
    probe: async () => {
      const reports = await probeSandbox(sandbox, optionalLayers);
      return Object.entries(reports).flatMap(([name, { active }]) => (active ? [] : [name as Layer]));
    },
    [Symbol.asyncDispose]: async () => {
      await executor.close();
      await analyzer.close();
      await sandbox.close();
      await open.close();
    },
  };
}

/** As the door writes it. */
async function answer(
  execute: () => ReturnType<ReturnType<typeof createExecutor>['execute']>,
): Promise<Answer> {
  try {
    const text = serializeOutcome(await execute());
    return { status: 200, text, body: JSON.parse(text) as AnswerBody };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.category === 'sandbox_unavailable') throw error;
    const text = JSON.stringify(error.toBody());
    return { status: errorStatus[error.category], text, body: JSON.parse(text) as AnswerBody };
  }
}

const pythonAlone: Parameters<typeof createExecutor>[0]['runtimes'] = {
  requireOffer: () => undefined,
  open: () => Promise.reject(new JailFailure('There are jails of Python alone here.')),
  report: () => Promise.resolve([]),
  readiness: () => ({}),
};
