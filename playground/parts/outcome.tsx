import { formatSize, toDownload, toImageUrl } from '../files.ts';
import { answer, isRunning, transcript } from '../state.ts';
import type { Answer, ReturnedFile } from '../types.ts';
import { Result } from './result.tsx';

/** Outcome of the script: its output as it comes, the value or the failure, files, figures. */
export function Outcome() {
  const given = answer.value;
  return (
    <>
      <Summary given={given} />
      {given === undefined || given.success ? null : <Failure given={given} />}
      {given?.success === true ? <Result value={given.result} /> : null}
      <Returned files={given?.files ?? []} />
      <Output />
    </>
  );
}

function Summary({ given }: { readonly given: Answer | undefined }) {
  return (
    <p class="summary" role="status">
      {isRunning.value ? 'Running …' : given === undefined ? 'Ctrl-Enter runs the script.' : describe(given)}
    </p>
  );
}

function describe({ success, error, execution }: Answer): string {
  const { duration_ms: duration, cpu_ms: cpu, memory_peak_bytes: peak } = execution ?? {};
  return [
    success ? 'Success' : `Failed: ${error ?? 'unknown'}`,
    ...(duration === undefined ? [] : [`${Math.round(duration)} ms`]),
    ...(cpu === undefined ? [] : [`${Math.round(cpu)} ms of CPU`]),
    ...(peak === undefined || peak === 0 ? [] : [`${formatSize(peak)} at most`]),
  ].join(' · ');
}

function Failure({ given }: { readonly given: Answer }) {
  return (
    <div class="failure">
      <p>
        <b>{given.error_type ?? given.error}</b>: {given.message}
      </p>
      {(given.suggestions ?? []).length === 0 ? null : (
        <ul aria-label="Suggestions">
          {given.suggestions?.map((suggestion) => (
            <li key={suggestion}>{suggestion}</li>
          ))}
        </ul>
      )}
      {given.traceback === undefined ? null : <pre tabIndex={0}>{given.traceback}</pre>}
    </div>
  );
}

function Output() {
  const chunks = transcript.chunks.value;
  if (chunks.length === 0) return null;
  const dropped = transcript.dropped.value;
  return (
    <>
      <h2>Output</h2>
      {dropped === 0 ? null : <p class="quiet">{dropped} characters before this are not shown.</p>}
      <pre class="output" tabIndex={0} aria-label="Output of the script">
        {chunks.map(({ stream, text }, index) => (
          <span key={index} class={stream}>
            {text}
          </span>
        ))}
      </pre>
    </>
  );
}

function Returned({ files }: { readonly files: readonly ReturnedFile[] }) {
  if (files.length === 0) return null;
  return (
    <>
      <h2>Files</h2>
      <ul class="files">
        {files.map((file) => (
          <li key={file.path}>
            <Picture file={file} />
            <button type="button" onClick={() => save(file)}>
              Save {file.path} ({formatSize(file.size)})
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Picture({ file }: { readonly file: ReturnedFile }) {
  const url = toImageUrl(file);
  return url === undefined ? null : <img src={url} alt={file.path} />;
}

function save(file: ReturnedFile): void {
  const url = URL.createObjectURL(toDownload(file));
  const link = document.createElement('a');
  link.href = url;
  link.download = file.path.split('/').at(-1) ?? 'file';
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
