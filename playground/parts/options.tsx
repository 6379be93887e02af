import { change, facts, form } from '../state.ts';

/** Units of limits, for people. */
const units: Readonly<Record<string, string>> = {
  ...{ timeout: 's', cpu_time: 's', memory_mb: 'MiB', disk_mb: 'MiB', output_bytes: 'bytes' },
};

export function Options() {
  const { mode, functionName, args, stdin, returnFiles, runtime } = form.value;
  const modes = facts.value?.runtimes.find(({ name }) => name === runtime)?.modes ?? [];
  const callsFunctions = modes.includes('function');
  return (
    <details class="options">
      <summary>Arguments, input, limits</summary>
      <div class="fields">
        {callsFunctions ? (
          <label>
            Mode
            <select
              value={mode}
              onChange={({ currentTarget }) => change({ mode: currentTarget.value as typeof mode })}
            >
              <option value="">call a function</option>
              <option value="script">run the file</option>
            </select>
          </label>
        ) : null}
        {callsFunctions && mode !== 'script' ? (
          <label>
            Function
            <input
              value={functionName}
              placeholder="main"
              onInput={({ currentTarget }) => change({ functionName: currentTarget.value })}
            />
          </label>
        ) : null}
        <label>
          Arguments (JSON list)
          <input
            value={args}
            placeholder="[]"
            onInput={({ currentTarget }) => change({ args: currentTarget.value })}
          />
        </label>
        <label>
          Files to return (patterns)
          <input
            value={returnFiles}
            placeholder="*.csv, plots/*"
            onInput={({ currentTarget }) => change({ returnFiles: currentTarget.value })}
          />
        </label>
        <label class="wide">
          Standard input
          <textarea
            rows={2}
            value={stdin}
            onInput={({ currentTarget }) => change({ stdin: currentTarget.value })}
          />
        </label>
      </div>
      <Limits />
    </details>
  );
}

function Limits() {
  const { defaults = {}, ceilings = {} } = facts.value?.limits ?? {};
  return (
    <fieldset class="fields">
      <legend>Limits</legend>
      {Object.entries(defaults).map(([name, value]) => (
        <label key={name}>
          {name.replaceAll('_', ' ')}
          {units[name] === undefined ? '' : ` (${units[name]})`}
          <input
            type="number"
            min="0"
            max={ceilings[name] ?? undefined}
            step="any"
            placeholder={String(value)}
            value={form.value.limits[name] ?? ''}
            onInput={({ currentTarget }) =>
              change({ limits: { ...form.value.limits, [name]: currentTarget.value } })
            }
          />
        </label>
      ))}
    </fieldset>
  );
}
