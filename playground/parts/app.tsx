import { problem } from '../state.ts';
import { Code } from './code.tsx';
import { Files } from './files.tsx';
import { Header } from './header.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { Options } from './options.tsx';
import { Outcome } from './outcome.tsx';
import { Toolbar } from './toolbar.tsx';

export function App() {
  return (
    <>
      <Header />
      <main>
        <section class="side" aria-label="Script">
          <Toolbar />
          <Code />
          <Options />
          <Files />
        </section>
        <section class="side" aria-label="Outcome">
          <p class="problem" role="alert">
            {problem}
          </p>
          <Outcome />
        </section>
      </main>
      <KeyDialog />
    </>
  );
}
