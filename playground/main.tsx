import { render } from 'preact';
import { fromFragment } from './link.ts';
import { App } from './parts/app.tsx';
import { loadService, open } from './state.ts';

/** Health is asked for again while somebody looks. */
const HEALTH_MS = 30_000;

const place = document.querySelector('#app');
if (place !== null) render(<App />, place);

/** A link brings a script; it never runs one. */
async function openLink(): Promise<void> {
  const linked = await fromFragment(location.hash);
  if (linked !== undefined) open(linked);
}

void openLink();
void loadService();
addEventListener('hashchange', () => void openLink());
setInterval(() => {
  if (document.visibilityState === 'visible') void loadService();
}, HEALTH_MS);
