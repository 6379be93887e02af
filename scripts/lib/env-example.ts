import { join } from 'node:path';
import { settings } from '../../src/config.ts';
import { packageRoot } from '../../src/paths.ts';
import { namesOf } from '../../src/settings/setting.ts';

/*
 * `.env.example` lists every setting with its default, each commented out. `node scripts/lib/doc-tables.ts` writes it; a
 * test says when it is older than the settings.
 */

/** The example's file. */
export const envExample = join(packageRoot, '.env.example');

const head = `# Every setting of Brig, with its default: docs/settings.md. Copy this file to .env, and remove the # of what you change.
# The commands of Brig read .env in the working directory; variables of the environment take precedence.
`;

/** Returns the text of the example. */
export const renderEnvExample = (): string =>
  [head, ...Object.values(settings).map(renderSetting)].join('\n');

function renderSetting(one: (typeof settings)[keyof typeof settings]): string {
  const [name = '', ...others] = namesOf(one);
  const also = others.length > 0 ? ` Also: ${others.join(', ')}.` : '';
  const value = one.fallback ?? '';
  return `# ${one.help} (${one.unit})${also}\n# ${name}=${/\s/.test(value) ? `"${value}"` : value}\n`;
}
