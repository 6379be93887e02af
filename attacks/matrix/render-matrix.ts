import { release } from 'node:os';
import { renderTable } from '../../scripts/lib/render-table.ts';
import { groupNames, type Group } from '../attack.ts';
import type { Row } from './measure-row.ts';

/** Description of the machine of the measurement. */
export interface Machine {
  readonly user: 'root' | 'an ordinary user';
  readonly memory: string;
}

const MOST_REASON = 160;

/** The page of the matrix. */
export function renderMatrix(rows: readonly Row[], { user, memory }: Machine): string {
  const shown = groupNames.filter((group) => rows.some(({ made }) => (made.get(group) ?? 0) > 0));
  const head = ['layer off', 'how', 'the probe notices', ...shown];
  const table = rows.map((row) => [
    row.layer.name,
    row.layer.how,
    describeProbe(row),
    ...shown.map((group) => describeCell(row, group)),
  ]);
  const details = rows.filter(({ breaches }) => breaches.length > 0).map(renderDetails);
  const alone = rows.filter(({ layer, breaches }) => layer.name !== 'none' && breaches.length > 0);
  const backed = rows.filter(
    ({ layer, breaches, refusal }) => layer.name !== 'none' && breaches.length === 0 && refusal === undefined,
  );
  const refused = rows.filter(({ refusal }) => refusal !== undefined);
  return `${renderTable(head, table)}
A cell says how many of the group's attacks got through, of how many; \`·\` is none. Made by ${user} on Linux ${release()}, memory by ${memory}.

- **This layer alone stops some attacks:** ${listNames(alone)}.
- **The others stop every attack as well:** ${listNames(backed)}.
- **No jail starts without it:** ${listNames(refused)}.

## What got through

${details.join('\n')}`;
}

const listNames = (rows: readonly Row[]): string => rows.map(({ layer }) => layer.name).join(', ') || 'none';

const describeProbe = ({ refusal, noticed }: Row): string =>
  refusal === undefined ? noticed.join(', ') || 'no' : 'no jail starts';

function describeCell({ refusal, made, breaches }: Row, group: Group): string {
  if (refusal !== undefined) return '';
  const all = made.get(group) ?? 0;
  if (all === 0) return '';
  const through = breaches.filter((breach) => breach.group === group).length;
  return through === 0 ? '·' : `${through} of ${all}`;
}

function renderDetails({ layer, breaches }: Row): string {
  const lines = groupNames.flatMap((group) =>
    breaches
      .filter((breach) => breach.group === group)
      .map(({ title, reason }) => `- ${group}: **${title}** (${toPlain(reason)})\n`)
      .toSorted((one, other) => one.localeCompare(other)),
  );
  return `### Without ${layer.name === 'none' ? 'anything left out' : `the ${layer.name.replace(/^the /, '')}`}\n\n${lines.join('')}`;
}

/** In a line that no page takes for anything but text. */
const toPlain = (reason: string): string =>
  `\`${reason.replaceAll(/\s+/g, ' ').replaceAll('`', "'").slice(0, MOST_REASON)}\``;
