import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig, toLimitPolicy } from '../../../src/config.ts';
import { describeApi } from '../../../src/http/openapi/document.ts';
import { packageRoot } from '../../../src/paths.ts';
import { writeModels } from './write-models.ts';

/* `node scripts/lib/clients/main.ts` writes the types of the Python client anew, after a change to the contract. */

export const modelsFile = join(packageRoot, 'clients/python/src/brig_client/models.py');

/** Returns the types of the Python client as the contract has them, with the default settings. */
export function renderModels(): string {
  const config = parseConfig({});
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  const document = describeApi({
    version,
    limitPolicy: toLimitPolicy(config, config.maxOpenFiles),
    generation: { maxRepairs: config.llmMaxRepairs },
  });
  const { components } = JSON.parse(JSON.stringify(document)) as {
    components: { schemas: Parameters<typeof writeModels>[0] };
  };
  return writeModels(components.schemas);
}

if (import.meta.main) writeFileSync(modelsFile, renderModels());
