import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { version } from '../src/version.ts';
import { placeAims } from './aims.ts';
import { attackService, surveyService } from './attack-service.ts';
import type { AttackSettings } from './options.ts';
import { isLoopback } from './options.ts';
import { startOwnService } from './own-service.ts';
import { renderPage, summarize } from './report/page.ts';
import { sealReport } from './report/seal.ts';
import { isGood, type Report, type Result } from './result.ts';
import { openDoor } from './target.ts';

const MINUTE_MS = 60_000;

/** Attacks a deployment, or a service of its own, and writes the report; whether everything held. */
export async function attackDeployment(
  settings: AttackSettings,
  say: (line: string) => void,
): Promise<boolean> {
  const { report: folder, sign } = settings;
  // Before the attacks: a key that cannot be read is said now, not when they are over.
  const key = sign === undefined ? undefined : await readFile(sign);
  const began = new Date();
  await using own = settings.url === undefined ? await startOwnService(process.env) : undefined;
  const url = settings.url ?? new URL(own?.url ?? '');
  await using aims = await placeAims(own?.pid);
  const door = openDoor(url, settings.key);
  const isNear = isLoopback(url);
  const survey = await surveyService(door, isNear, settings.groups);
  await own?.rest();
  const results = await attackService(door, survey, aims, {
    groups: settings.groups,
    deadlineMs: settings.minutes * MINUTE_MS,
    onResult: (result) => say(describeResult(result)),
  });
  if (own !== undefined) {
    const remains = await own.findRemains();
    const result: Result = {
      group: 'leaks',
      title: 'what all of these left on the host: processes, cgroups, mounts',
      runtime: 'python',
      verdict: remains === undefined ? 'held' : 'got through',
      ...(remains && { reason: remains }),
      ms: 0,
    };
    say(describeResult(result));
    results.push(result);
  }
  const { sandbox } = survey.health;
  const report: Report = {
    suite: `brig ${version}`,
    target: settings.url === undefined ? 'a service of its own' : url.origin,
    service: `${survey.health.service} ${survey.health.version}`,
    ...(isNear && { kernel: release() }),
    node: process.version,
    began: began.toISOString(),
    seconds: Math.round((Date.now() - began.getTime()) / 1000),
    layers: Object.fromEntries(
      Object.entries(sandbox).map(([layer, { active, how }]) => [
        layer,
        `${how}${active ? '' : ', does not hold'}`,
      ]),
    ),
    runtimes: [...survey.runtimes].flatMap(([name, obstacle]) => (obstacle === undefined ? [name] : [])),
    results,
  };
  const sealed = sealReport(report, key);
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'report.json'), `${JSON.stringify(sealed, undefined, 1)}\n`);
    await writeFile(join(folder, 'report.html'), await renderPage(sealed));
  }
  say(`${summarize(results)}, in ${report.seconds} s; ${sealed.digest}`);
  return isGood(results);
}

const MOST_SHOWN = 400;

/** Removes control characters: a service's text may hold anything, and a terminal obeys them. */
const describeResult = ({ group, title, runtime, verdict, reason, ms }: Result): string =>
  `${verdict}: ${group}: ${title} (${runtime}, ${ms} ms)${reason === undefined ? '' : `\n    ${reason.slice(0, MOST_SHOWN)}`}`.replaceAll(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g,
    '?',
  );
