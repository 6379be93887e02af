import { readFile } from 'node:fs/promises';
import { groupNames } from './attack.ts';
import { attackDeployment } from './attack-deployment.ts';
import { catalogue } from './catalogue/index.ts';
import { drawMatrix } from './matrix/draw-matrix.ts';
import { readOptions } from './options.ts';
import { checkSeal } from './report/seal.ts';

/* The program behind ./scripts/attack. */

const settings = readOptions(process.argv, process.env);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(): Promise<boolean> {
  if (settings.verify !== undefined) {
    const key = settings.publicKey === undefined ? undefined : await readFile(settings.publicKey);
    const complaint = checkSeal(await readFile(settings.verify, 'utf8'), key);
    say(complaint ?? `${settings.verify} is as it was written.`);
    return complaint === undefined;
  }
  if (settings.list) {
    for (const group of groupNames)
      for (const attack of catalogue[group])
        say(`${group}: ${attack.title}${attack.kind === 'door' ? '' : ` (${attack.runtime})`}`);
    return true;
  }
  return settings.matrix ? drawMatrix(settings, say) : attackDeployment(settings, say);
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`attack: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
