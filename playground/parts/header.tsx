import { health, key, wantsKey } from '../state.ts';
import { serviceUrl } from '../api.ts';

export function Header() {
  return (
    <header>
      <h1>Brig</h1>
      <Health />
      <nav aria-label="Service">
        <a href={`${serviceUrl}/docs`}>API</a>
        <button type="button" onClick={() => (wantsKey.value = true)}>
          {key.value === '' ? 'Set a key' : 'Key is set'}
        </button>
      </nav>
    </header>
  );
}

/** Findings of the last attack on each layer; a person opens it for the details. */
function Health() {
  const seen = health.value;
  if (seen === undefined) return <p class="health">asking the service …</p>;
  const layers = Object.entries(seen.sandbox);
  const holding = layers.filter(([, layer]) => layer.active).length;
  return (
    <details class={`health ${seen.status}`}>
      <summary>
        {seen.status}: {holding} of {layers.length} layers hold
      </summary>
      <div class="popup">
        {seen.reason === undefined ? null : <p>{seen.reason}</p>}
        <ul>
          {layers.map(([name, layer]) => (
            <li key={name}>
              <b>{name}</b>{' '}
              {layer.active ? `holds (${layer.how})` : `does not hold: ${layer.reason ?? layer.how}`}
            </li>
          ))}
        </ul>
        {(seen.warnings ?? []).map((warning) => (
          <p key={warning}>{warning}</p>
        ))}
        <p>Version {seen.version}</p>
      </div>
    </details>
  );
}
