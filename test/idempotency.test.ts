import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMarked, until, waiting } from './support/serve.ts';
import { startService, type TestService } from './support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });
const random = 'import os\ndef main(): return os.urandom(8).hex()';

describe('Idempotency-Key', () => {
  it('gives the first outcome again, also that of a script that failed', async () => {
    for (const script of [random, 'import os\ndef main(): raise ValueError(os.urandom(8).hex())']) {
      const first = await service.execute({ script }, keyed(`first-${script.length}`));
      const again = await service.execute({ script }, keyed(`first-${script.length}`));
      expect([again.status, again.text]).toEqual([200, first.text]);
      expect([first, again].map(({ headers }) => headers['idempotent-replayed'])).toEqual([
        undefined,
        'true',
      ]);
      const other = await service.execute({ script }, keyed(`other-${script.length}`));
      expect(other.text).not.toBe(first.text);
    }
  });

  it('is refused with another body, and where it is malformed', async () => {
    const script = 'def main(): return 1';
    await service.execute({ script }, keyed('taken'));
    const other = await service.execute({ script, stdin: 'x' }, keyed('taken'));
    expect([other.status, other.body.error]).toEqual([400, 'invalid_input']);
    expect(other.body.message).toContain('another body');
    for (const key of ['', 'x'.repeat(256), 'ä']) {
      const malformed = await service.execute({ script }, keyed(key));
      expect([malformed.status, malformed.body.error]).toEqual([400, 'invalid_input']);
    }
    const inline = await service.execute({ script: 5 }, keyed('free'));
    expect(inline.status).toBe(400);
    expect((await service.execute({ script }, keyed('free'))).status).toBe(200);
  });

  it('runs a large body once, too', async () => {
    const body = { script: `${random}\n#${'x'.repeat(400_000)}`, stdin: 'y'.repeat(2_000_000) };
    const [first, second] = await Promise.all([1, 2].map(() => service.execute(body, keyed('large'))));
    expect(first?.text).toBe(second?.text);
  });

  it('runs once for those who ask at once, though the first goes away', async () => {
    const leaving = new AbortController();
    const body = { script: waiting('once', 2) };
    const first = service.execute(body, { ...keyed('shared'), signal: leaving.signal });
    const failed = expect(first).rejects.toThrow();
    await until(() => findMarked('once').length === 1);
    const second = service.execute(body, keyed('shared'));
    // The second has to be there before the first goes: it is when its own request was answered to.
    await service.execute({ script: random });
    leaving.abort();
    await failed;
    const { body: outcome, headers } = await second;
    expect([outcome.result, headers['idempotent-replayed']]).toEqual(['done', 'true']);
    expect((await service.execute(body, keyed('shared'))).body.execution.id).toBe(outcome.execution.id);
  });

  it('ends a run that nobody waits for any more, and runs anew', async () => {
    const leaving = new AbortController();
    const body = { script: waiting('left', 1) };
    const failed = expect(
      service.execute(body, { ...keyed('left'), signal: leaving.signal }),
    ).rejects.toThrow();
    await until(() => findMarked('left').length === 1);
    leaving.abort();
    await failed;
    await until(() => findMarked('left').length === 0);
    const { body: outcome, headers } = await service.execute(body, keyed('left'));
    expect([outcome.result, headers['idempotent-replayed']]).toEqual(['done', undefined]);
  });

  it('is the same key for a stream of events: a replay is done at once', async () => {
    const body = JSON.stringify({ script: random });
    const ask = async (accept: string) => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': 'stream', accept };
      const response = await fetch(`${service.url}/execute`, { method: 'POST', body, headers });
      return { text: await response.text(), replayed: response.headers.get('idempotent-replayed') };
    };
    const live = await ask('text/event-stream');
    const again = await ask('text/event-stream');
    const whole = await ask('application/json');
    expect(live.text).toMatch(/^event: start\n/);
    expect(again.text).toBe(`event: done\ndata: ${whole.text}\n\n`);
    expect(live.text.endsWith(again.text)).toBe(true);
    expect([live.replayed, again.replayed, whole.replayed]).toEqual([null, 'true', 'true']);
  });

  it('remembers nothing of a service that is full', async () => {
    const busy = await startService({ BRIG_MAX_CONCURRENT: '1', BRIG_MAX_WAITING: '0' });
    const running = busy.execute({ script: waiting('full', 1) });
    await until(() => findMarked('full').length === 1);
    const script = 'def main(): return 1';
    expect((await busy.execute({ script }, keyed('again'))).body.error).toBe('overloaded');
    await running;
    await until(() => busy.service.health().pool.running === 0);
    expect((await busy.execute({ script }, keyed('again'))).body.result).toBe(1);
    await busy.close();
  });
});
