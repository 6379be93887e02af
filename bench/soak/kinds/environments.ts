import { setTimeout as sleep } from 'node:timers/promises';
import { checkAnswer, findDifferences } from '../check.ts';
import type { Kind, Send, SoakAnswer } from '../kind.ts';

/** The package that a soaked service can build with; `soak-service.ts` writes its wheel. */
export const toy = { name: 'brig-soak-toy', module: 'brig_soak_toy', version: '1.0', value: 7 } as const;

const PATIENCE_MS = 120_000;

/** Under a name of its own, so that turns at the same time do not replace or remove each other's. */
const build: Kind = {
  name: 'environment: build, use, remove',
  weight: 0.25,
  needs: ['builds'],
  run: async ({ index, send }) => {
    const name = `soak-${index}`;
    const path = `/environments/${name}`;
    const accepted = await send({ path: '/environments', body: { name, packages: [toy.name] } });
    if (accepted.status !== 202) return [{ refused: accepted.text.slice(0, 600) }];
    const built = await waitForBuild(send, path);
    const answer = await send({
      body: { script: `import ${toy.module}\ndef main(): return ${toy.module}.VALUE`, environment: name },
    });
    const removed = await send({ method: 'DELETE', path });
    return [
      ...findDifferences(built.body, { state: 'ready' }),
      ...checkAnswer(answer, { success: true, result: toy.value }),
      ...checkAnswer(removed, { removed: [name] }),
    ];
  },
};

async function waitForBuild(send: Send, path: string): Promise<SoakAnswer> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await send({ method: 'GET', path });
    const { state } = answer.body as unknown as { state?: string };
    if (state !== 'building' || performance.now() > deadline) return answer;
    await sleep(1000);
  }
}

export const environmentKinds: readonly Kind[] = [build];
