import { examples } from '../examples.ts';
import { change, facts, form, isRunning, open, run, stop } from '../state.ts';
import { Share } from './share.tsx';

/** Names of runtimes for people. */
const titles: Readonly<Record<string, string>> = {
  ...{ python: 'Python', node: 'JavaScript (Node)', deno: 'TypeScript (Deno)', bun: 'TypeScript (Bun)' },
  ...{ go: 'Go', rust: 'Rust' },
};

export function Toolbar() {
  const { runtime, environment } = form.value;
  const runtimes = facts.value?.runtimes ?? [];
  const environments = runtimes.find(({ name }) => name === runtime)?.environments ?? [];
  return (
    <div class="toolbar">
      <label>
        Example
        <select
          value=""
          onChange={({ currentTarget }) => {
            const example = examples[Number(currentTarget.value)];
            if (currentTarget.value !== '' && example !== undefined) open(example.form);
            currentTarget.value = '';
          }}
        >
          <option value="">choose …</option>
          {examples.map(({ title }, index) => (
            <option key={title} value={index}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label>
        Runtime
        <select
          value={runtime}
          onChange={({ currentTarget }) =>
            change({ runtime: currentTarget.value, environment: '', mode: '', functionName: '' })
          }
        >
          {runtimes.length === 0 ? <option value={runtime}>{titles[runtime] ?? runtime}</option> : null}
          {runtimes.map(({ name, available, version }) => (
            <option key={name} value={name} disabled={!available}>
              {titles[name] ?? name}
              {version === undefined ? '' : ` ${version}`}
              {available ? '' : ' (not here)'}
            </option>
          ))}
        </select>
      </label>
      {environments.length === 0 ? null : (
        <label>
          Environment
          <select
            value={environment}
            onChange={({ currentTarget }) => change({ environment: currentTarget.value })}
          >
            <option value="">the default</option>
            {environments.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <span class="grow" />
      <Share />
      {isRunning.value ? (
        <button type="button" class="main" onClick={stop}>
          Stop
        </button>
      ) : (
        <button type="button" class="main" title="Ctrl-Enter" onClick={() => void run()}>
          Run
        </button>
      )}
    </div>
  );
}
