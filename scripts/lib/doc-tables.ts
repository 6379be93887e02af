import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupNames, groups } from '../../attacks/attack.ts';
import { catalogue } from '../../attacks/catalogue/index.ts';
import { toExitStatus } from '../../src/cli/exit-status.ts';
import { settings } from '../../src/config.ts';
import { errorCategories, type ErrorCategory } from '../../src/core/contract/error-category.ts';
import { limitNames, limitsSchema } from '../../src/core/contract/limits.ts';
import {
  builtInDenyLists,
  dangerousBuiltins,
  dynamicImports,
  internalAttributes,
  internalNames,
} from '../../src/core/contract/policy/deny-lists.ts';
import { networkRefusals } from '../../src/core/contract/network/report.ts';
import { policyRules } from '../../src/core/contract/policy/rules.ts';
import { lossReasons } from '../../src/core/contract/sessions/session-state.ts';
import { scopes } from '../../src/core/contract/keys.ts';
import { errorStatus } from '../../src/http/error-status.ts';
import { foreignAccess } from '../../src/dialects/dialects.ts';
import { ownAccess } from '../../src/http/route-access.ts';
import { families, type Family } from '../../src/observability/metrics/families.ts';
import { packageRoot } from '../../src/paths.ts';
import { namesOf } from '../../src/settings/setting.ts';
import { apiTables } from './api-tables.ts';
import { envExample, renderEnvExample } from './env-example.ts';
import { describeImports } from './imports/judge-import.ts';
import { rooms } from './imports/rooms.ts';
import { renderNurserySteps, renderTemplateSteps } from './nursery-table.ts';
import { renderTable } from './render-table.ts';

/*
 * The tables of the pages that are made from the sources, each between `<!-- table: name -->` and `<!-- end -->`.
 * `node scripts/lib/doc-tables.ts` writes them, and `.env.example`; a test says when a page has an older one.
 */

const categories = Object.keys(errorCategories) as ErrorCategory[];

const tables: Readonly<Record<string, () => string>> = {
  settings: renderSettings,
  metrics: renderMetrics,
  errors: renderErrors,
  limits: renderLimits,
  ...apiTables,
  'exit statuses': renderExitStatuses,
  scopes: renderScopes,
  'policy rules': renderPolicyRules,
  'built-in denials': renderBuiltInDenials,
  'attack groups': renderAttackGroups,
  'nursery steps': renderNurserySteps,
  'template steps': renderTemplateSteps,
  'network refusals': renderNetworkRefusals,
  losses: renderLosses,
  rooms: renderRooms,
};

/** The pages that hold such tables. */
export const pagesWithTables = [
  'docs/api.md',
  'docs/architecture.md',
  'docs/attacking.md',
  'docs/cli.md',
  'docs/errors.md',
  'docs/keys.md',
  'docs/generate.md',
  'docs/metrics.md',
  'docs/nursery.md',
  'docs/network.md',
  'docs/policy.md',
  'docs/sessions.md',
  'docs/settings.md',
  'docs/templates.md',
] as const;

/** A page's text with its tables as the sources have them now. */
export function refreshTables(text: string): string {
  return text.replaceAll(
    /(<!-- table: ([^>\n]+) -->\n)[^]*?(<!-- end -->)/g,
    (_whole, start: string, name: string, end: string) => {
      const render = tables[name];
      if (render === undefined) throw new Error(`there is no table "${name}"`);
      return `${start}${render()}${end}`;
    },
  );
}

function renderLosses(): string {
  return renderTable(
    ['`error_type`', 'the session ended because'],
    Object.entries(lossReasons).map(([name, sentence]) => [`\`${name}\``, sentence]),
  );
}

function renderNetworkRefusals(): string {
  return renderTable(
    ['reason', 'when'],
    Object.entries(networkRefusals).map(([reason, when]) => [`\`${reason}\``, when]),
  );
}

function renderSettings(): string {
  const rows = Object.values(settings).map(({ fallback, unit, help, ...names }) => [
    namesOf(names)
      .map((name) => `\`${name}\``)
      .join(', '),
    fallback === undefined || fallback === '' ? '' : `\`${fallback}\``,
    unit,
    help,
  ]);
  return renderTable(['setting', 'default', 'unit', 'meaning'], rows);
}

function renderErrors(): string {
  const rows = categories.map((category) => {
    const { side, retryable, summary } = errorCategories[category];
    return [
      `[\`${category}\`](errors/${category}.md)`,
      String(httpStatus(category)),
      side,
      retryable ? 'yes' : 'no',
      summary,
    ];
  });
  return renderTable(['error', 'HTTP', 'side', 'retryable', 'when'], rows);
}

function renderMetrics(): string {
  const rows = Object.values<Family>(families).map(({ name, type, labels, help }) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  return renderTable(['metric', 'type', 'labels', 'meaning'], rows);
}

function renderRooms(): string {
  const rows = rooms.map((room) => [`\`src/${room.name}\``, room.holds, describeImports(room)]);
  return renderTable(['part', 'holds', 'may import of others'], rows);
}

function renderLimits(): string {
  const rows = limitNames.map((name) => [`\`${name}\``, limitsSchema.shape[name].meta()?.description ?? '']);
  return renderTable(['limit', 'meaning'], rows);
}

function renderExitStatuses(): string {
  const rows = categories.map((category) => [`\`${category}\``, String(toExitStatus(category))]);
  return renderTable(['error', 'exit status'], rows);
}

function renderScopes(): string {
  const rows = scopes.map((scope) => {
    const routes = Object.entries({ ...ownAccess, ...foreignAccess }).filter(
      ([, access]) => access !== 'everybody' && access.includes(scope),
    );
    const names = routes
      .map(([route]) => `\`${route.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')}\``)
      .join(', ');
    return [`\`${scope}\``, scope === 'admin' ? 'everything' : names || 'nothing yet'];
  });
  return renderTable(['scope', 'allows'], rows);
}

function renderPolicyRules(): string {
  const rows = Object.entries(policyRules).map(([name, { summary }]) => [`\`${name}\``, summary]);
  return renderTable(['rule', 'finds'], rows);
}

function renderBuiltInDenials(): string {
  const lists = {
    denied_module: builtInDenyLists.modules,
    denied_function: builtInDenyLists.functions,
    dangerous_builtin: dangerousBuiltins,
    internal_attribute: [...internalAttributes, ...internalNames],
    dynamic_import: dynamicImports.map((name) => name.replace(/^builtins\./, '')),
  };
  const rows = Object.entries(lists).map(([rule, names]) => [
    `\`${rule}\``,
    [...new Set(names)].map((name) => `\`${name}\``).join(' '),
  ]);
  return renderTable(['rule', 'built in'], rows);
}

function renderAttackGroups(): string {
  const rows = groupNames.map((group) => [`\`${group}\``, String(catalogue[group].length), groups[group]]);
  return renderTable(['group', 'attacks', 'about'], rows);
}

export function httpStatus(category: ErrorCategory): number {
  return category in errorStatus ? errorStatus[category as keyof typeof errorStatus] : 200;
}

if (import.meta.main) {
  for (const page of pagesWithTables) {
    const file = join(packageRoot, page);
    writeFileSync(file, refreshTables(readFileSync(file, 'utf8')));
  }
  writeFileSync(envExample, renderEnvExample());
}
