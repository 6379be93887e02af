import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpStatus, pagesWithTables, refreshTables } from '../scripts/lib/doc-tables.ts';
import { settings } from '../src/config.ts';
import { errorCategories, type ErrorCategory } from '../src/core/contract/error-category.ts';
import { omissionReasons } from '../src/core/contract/files/returned-files.ts';
import { layers } from '../src/core/contract/health.ts';
import { executeRequestSchema } from '../src/core/contract/request.ts';
import { streamEventSchemas } from '../src/core/contract/stream-event.ts';
import { runtimeNames, type Runtimes } from '../src/core/contract/runtimes.ts';
import { tools } from '../src/mcp/tools.ts';
import { packageRoot } from '../src/paths.ts';
import { examples, readExample } from './support/examples.ts';
import { holdExamples } from './support/page-examples.ts';
import { findBlock, readBlocks, readPage, readTable } from './support/markdown.ts';
import { expectExchange, findExchanges } from './support/pages.ts';
import { expectShown } from './support/shown.ts';
import { startService, type TestService } from './support/service.ts';
import { FIRST_USE_MS, listOtherRuntimes, warmUp } from './support/warm-up.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'examples/README.md',
  ...readdirSync(join(packageRoot, 'docs'), { recursive: true, encoding: 'utf8' }).map(
    (name) => `docs/${name}`,
  ),
].filter((name) => name.endsWith('.md'));
/** Those whose examples need no more than a service as it starts, or none. */
const pagesOfExamples = [
  'api',
  'cli',
  'dialects',
  'moving-from-code-cantation',
  'moving-from-code-executor',
  'moving-from-python-script-executor',
  'files',
  'jobs',
  'sessions',
  'library',
  'mcp',
  'policy',
  'streaming',
  'validate-only',
].map((name) => `docs/${name}.md`);
const categories = Object.keys(errorCategories) as ErrorCategory[];
/** Those of keys need a service that has some: test/keys-docs.test.ts. */
const errorExchanges = categories
  .filter((category) => category !== 'unauthorized' && category !== 'rate_limited')
  .flatMap((category) => findExchanges(readBlocks(`docs/errors/${category}.md`)));
const readAnswer = (category: ErrorCategory): unknown =>
  JSON.parse(findBlock(readBlocks(`docs/errors/${category}.md`), category, 'json')?.text ?? '');
const scriptCategories = categories.filter((category) => errorCategories[category].side === 'script');

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

describe('the pages of errors', () => {
  it.each(scriptCategories)('show a script that ends in %s, and its answer', async (category) => {
    const page = `docs/errors/${category}.md`;
    const blocks = readBlocks(page);
    const script = findBlock(blocks, category, 'python')?.text;
    const file = `failing/${category}.py`;
    expect(`${script}\n`).toBe(readExample(file));
    const request = examples.find((example) => example.file === file)?.request ?? {};
    const text = readPage(page).replaceAll(' ', '');
    for (const [name, value] of Object.entries(request))
      expect(text).toContain(`"${name}":${JSON.stringify(value)}`);
    const { body } = await service.execute({ script, ...request });
    expect(body.error).toBe(category);
    expectShown(body, JSON.parse(findBlock(blocks, category, 'json')?.text ?? ''));
  });

  it.each(errorExchanges)('show the answer to the curl of $at', async (exchange) => {
    const category = basename(exchange.at).replace(/\.md:.*/, '') as ErrorCategory;
    const shown = JSON.parse(exchange.answer) as { error: string };
    expect(shown.error).toBe(category);
    await expectExchange(exchange, service.url);
  });

  it('show what a full service answers', async () => {
    const busy = await startService({ BRIG_MAX_CONCURRENT: '1', BRIG_MAX_WAITING: '0' });
    const running = busy.execute({ script: 'import time\ndef main(): time.sleep(2)' });
    while (busy.service.health().pool.running === 0) await sleep(10);
    const { status, body } = await busy.execute({ script: 'def main(): pass' });
    await running;
    await busy.close();
    expect(status).toBe(503);
    expectShown(body, readAnswer('overloaded'));
  });

  it('show what a service without a sandbox answers', async () => {
    const broken = await startService({ BRIG_NSJAIL: '/nonexistent/nsjail' });
    const { status, body } = await broken.execute({ script: 'def main(): pass' });
    await broken.close();
    expect(status).toBe(503);
    expectShown(body, readAnswer('sandbox_unavailable'));
  });

  it('are one for each category', () => {
    const names = readdirSync(join(packageRoot, 'docs/errors')).toSorted();
    expect(names).toEqual(categories.map((category) => `${category}.md`).toSorted());
  });

  it.each(categories)('say whose side %s is on, its status, and whether to try again', (category) => {
    const { side, retryable } = errorCategories[category];
    const facts = `HTTP ${httpStatus(category)} · the ${side}'s side · ${retryable ? 'retryable' : 'not retryable'}`;
    const text = readPage(`docs/errors/${category}.md`);
    expect(text.startsWith(`# ${category}\n\n${facts}\n`)).toBe(true);
    expect(text).toContain('\nTo mend it: ');
  });
});

describe.each(pagesOfExamples)('the page %s', (page) => {
  holdExamples(page, () => service.url);
});

describe('the page of streaming', () => {
  it('has a row for each event', () => {
    const named = readTable('docs/streaming.md', 'Over HTTP').flatMap(
      ([cell = '']) => cell.match(/\w+/g) ?? [],
    );
    expect(named).toEqual(Object.keys(streamEventSchemas));
  });
});

describe('the page of runtimes', () => {
  const exchanges = findExchanges(readBlocks('docs/runtimes.md'));
  let report: Runtimes;
  beforeAll(async () => {
    report = await service.service.runtimes();
    await warmUp(service, ...(await listOtherRuntimes(service)));
  }, FIRST_USE_MS);

  it.each(exchanges)('shows the answer to the curl of $at', async (exchange) => {
    const name = /"runtime": "(\w+)"/.exec(exchange.command)?.[1];
    const runtime = report.runtimes.find((one) => one.name === name);
    // A machine without Go or Rust: test/runtimes.test.ts looks at what is said of it.
    if (runtime?.available === false) expect(['go', 'rust']).toContain(name);
    else await expectExchange(exchange, service.url);
  });

  it('has a curl for each runtime, and a row', () => {
    const page = readPage('docs/runtimes.md');
    for (const name of runtimeNames) expect(page).toContain(`| \`${name}\` |`);
    for (const name of runtimeNames.slice(1)) {
      expect(
        exchanges.some(({ command }) => command.includes(`"runtime": "${name}"`)),
        name,
      ).toBe(true);
    }
  });
});

describe('the page of isolation', () => {
  it('shows what a script sees', async () => {
    const blocks = readBlocks('docs/isolation.md');
    const { body } = await service.execute({
      script: findBlock(blocks, 'What a script sees', 'python')?.text,
    });
    expect(body.result).toEqual(JSON.parse(findBlock(blocks, 'What a script sees', 'json')?.text ?? ''));
  });

  it.each(readTable('docs/isolation.md', 'What a script cannot do'))(
    'says how %s ends',
    async (attempt, error) => {
      const script = `def main():\n    ${attempt?.replaceAll('`', '')}`;
      const { body } = await service.execute({ script, limits: { timeout: 10 } });
      expect(body.error_type, JSON.stringify(body)).toBe(error);
    },
  );

  it('names each layer', () => {
    expect(readTable('docs/isolation.md', 'The layers').map(([layer]) => layer)).toEqual([...layers]);
  });
});

describe('the page of the API', () => {
  it('has a row for each field of a request', () => {
    const named = readTable('docs/api.md', 'The request').flatMap(([cell = '']) => cell.match(/\w+/g) ?? []);
    expect(named).toEqual(expect.arrayContaining(Object.keys(executeRequestSchema.shape)));
  });
});

describe('the page of the policy', () => {
  it('shows a policy that a request can have', async () => {
    const [block] = readBlocks('docs/policy.md');
    const { policy } = JSON.parse(block?.text ?? '') as { policy: unknown };
    const { body } = await service.execute({ script: 'def main(): pass', policy });
    expect(body.success).toBe(true);
  });
});

describe('the page of MCP', () => {
  it('has a row for each tool', () => {
    const named = readTable('docs/mcp.md', 'MCP: tools for agents').map(([cell = '']) => cell);
    expect(named.map((cell) => cell.replaceAll('`', ''))).toEqual(Object.keys(tools));
  });
});

describe('the page of architecture', () => {
  const named = readTable('docs/architecture.md', 'Folders').flatMap(([cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, folder = '']) => folder),
  );

  it('names folders that exist', () => {
    const folders = named.map((name) => name.replace(/\/\*$/, ''));
    expect(folders.filter((folder) => !existsSync(join(packageRoot, folder)))).toEqual([]);
  });

  it('names every folder of the sources', () => {
    const folders = new Set(listFiles('src').map((file) => dirname(file)));
    folders.delete('src');
    const unnamed = [...folders].filter((folder) => !named.includes(folder));
    expect(unnamed.filter((folder) => !named.includes(`${dirname(folder)}/*`))).toEqual([]);
  });
});

describe('the page of files', () => {
  it('has a row for each reason to leave a file out, and for each field of one', () => {
    expect(readFirstCells('Out')).toEqual(expect.arrayContaining(Object.keys(omissionReasons)));
    expect(readFirstCells('In')).toEqual(['path', 'content', 'encoding']);
  });
});

describe('the pages', () => {
  it.each(pagesWithTables)('%s has the tables that the sources give', (page) => {
    expect(readPage(page)).toBe(refreshTables(readPage(page)));
  });

  it.each(pagesWithTables)('%s has a row at least in each table that is marked', (page) => {
    const marked = readPage(page)
      .split(/^<!-- table: .+ -->$/m)
      .slice(1);
    expect(marked.length).toBeGreaterThan(0);
    for (const text of marked) {
      const [table = ''] = text.split('<!-- end -->');
      expect(table.split('\n').filter((line) => line.startsWith('|')).length).toBeGreaterThan(2);
    }
  });

  it('marks no table on a page that is not among them', () => {
    const marking = pages.filter((page) => /^<!-- table: .+ -->$/m.test(readPage(page)));
    expect(marking.toSorted()).toEqual(pagesWithTables.toSorted());
  });

  it('name every setting', () => {
    const page = readPage('docs/settings.md');
    expect(Object.values(settings).filter(({ env }) => !page.includes(`| \`${env}\``))).toEqual([]);
  });

  it.each(pages)('%s links to what exists', (page) => {
    const links = [...readPage(page).matchAll(/\]\(([^)#]*)(?:#([^)]*))?\)/g)];
    const broken = links.filter(([, file = '', anchor]) => {
      if (file.includes(':')) return false;
      const target = file === '' ? page : join(dirname(page), file);
      if (!existsSync(join(packageRoot, target))) return true;
      return anchor !== undefined && !listAnchors(target).includes(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

function listFiles(folder: string): string[] {
  return readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(packageRoot.length));
}

function readFirstCells(heading: string): string[] {
  return readTable('docs/files.md', heading).map(([cell = '']) => cell.replaceAll('`', ''));
}

/** Anchors of headings, as GitHub makes them. */
function listAnchors(page: string): string[] {
  return [...readPage(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
