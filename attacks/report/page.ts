import { html, raw } from 'hono/html';
import { groupNames, groups } from '../attack.ts';
import { count, isGood, type Result } from '../result.ts';
import type { SealedReport } from './seal.ts';

const style = `
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: #1c1f24; background: #fff; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
  .good { color: #0a6b36; } .bad { color: #b3261e; } .none { color: #666; }
  table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .25rem .6rem; border-top: 1px solid #ddd; vertical-align: top; }
  td.ms { text-align: right; white-space: nowrap; } code { overflow-wrap: anywhere; }
  @media (prefers-color-scheme: dark) { body { background: #16181c; color: #e4e6ea; } td, th { border-color: #333; } .good { color: #6fd69a; } .bad { color: #ff8a80; } .none { color: #999; } }
`;

const tone = { held: 'good', 'got through': 'bad', unanswered: 'bad', 'not applicable': 'none' } as const;

/** A page that needs nothing else; all that a service or a script said in it is escaped. */
export async function renderPage({ report, digest, signature }: SealedReport): Promise<string> {
  const { results } = report;
  const good = isGood(results);
  const facts: readonly (readonly [string, string])[] = [
    ['attacked', `${report.target}, ${report.service}`],
    ['when', `${report.began}, for ${report.seconds} s`],
    ['kernel', report.kernel ?? 'of another machine'],
    ['suite', `${report.suite}, Node ${report.node}`],
    ['runtimes', report.runtimes.join(', ')],
    [
      'layers',
      Object.entries(report.layers)
        .map(([layer, how]) => `${layer}: ${how}`)
        .join('; '),
    ],
    ['digest', digest],
    ['signed by', signature?.publicKey.replaceAll(/-----[A-Z ]+-----|\n/g, '') ?? 'nobody'],
  ];
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Attack report</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <h1>
          Attack report:
          <span class="${good ? 'good' : 'bad'}">${good ? 'everything held' : 'not everything held'}</span>
        </h1>
        <p>${summarize(results)}</p>
        <table>
          ${facts.map(
            ([name, value]) =>
              html`<tr>
                <th>${name}</th>
                <td><code>${value}</code></td>
              </tr> `,
          )}
        </table>
        ${groupNames.map((group) => {
          const rows = results.filter((one) => one.group === group);
          if (rows.length === 0) return '';
          return html`<h2>
              ${groups[group]}
              <small class="none">${group}, ${count(rows, 'held')} of ${rows.length} held</small>
            </h2>
            <table>
              ${rows.map(renderRow)}
            </table> `;
        })}
      </body>
    </html> `;
  return page.toString();
}

const renderRow = ({ title, runtime, verdict, reason, ms }: Result) =>
  html`<tr>
    <td>
      ${title}${reason === undefined ? '' : html`<br /><code class="${tone[verdict]}">${reason}</code>`}
    </td>
    <td>${runtime}</td>
    <td class="${tone[verdict]}">${verdict}</td>
    <td class="ms">${ms} ms</td>
  </tr> `;

export function summarize(results: readonly Result[]): string {
  const verdicts = ['held', 'got through', 'unanswered', 'not applicable'] as const;
  return `${results.length} attacks: ${verdicts.map((verdict) => `${count(results, verdict)} ${verdict}`).join(', ')}`;
}
