import { tabulate, type Table } from '../tabulate.ts';

/** Characters of a value shown; the whole of it can have megabytes. */
const MAX_SHOWN = 200_000;

/** The value that the script returned: a table where it is a list of flat objects, otherwise JSON. */
export function Result({ value }: { readonly value: unknown }) {
  if (value === undefined || value === null) return null;
  const table = tabulate(value);
  return (
    <>
      <h2>Result</h2>
      {table === undefined ? <Json value={value} /> : <Rows table={table} />}
    </>
  );
}

function Json({ value }: { readonly value: unknown }) {
  const text = JSON.stringify(value, undefined, 2);
  return (
    <pre class="result" tabIndex={0} aria-label="Result">
      {text.length > MAX_SHOWN
        ? `${text.slice(0, MAX_SHOWN)}\n… ${text.length - MAX_SHOWN} characters more`
        : text}
    </pre>
  );
}

function Rows({ table }: { readonly table: Table }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Result">
      <table>
        <thead>
          <tr>
            {table.columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {table.more === 0 ? null : <p>{table.more} rows more</p>}
    </div>
  );
}
