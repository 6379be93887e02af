import { signal } from '@preact/signals';
import { addFiles, formatSize } from '../files.ts';
import { change, form, problem } from '../state.ts';

const isOver = signal(false);

async function add(files: Iterable<File>): Promise<void> {
  try {
    change({ files: await addFiles(form.value.files, files) });
  } catch (error) {
    problem.value = error instanceof Error ? error.message : 'The file could not be read.';
  }
}

/** Files that the script finds in its working directory: dropped here, or chosen. */
export function Files() {
  const { files } = form.value;
  return (
    <div
      class={isOver.value ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => (isOver.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        void add(event.dataTransfer?.files ?? []);
      }}
    >
      <label>
        Files for the script: drop them here, or choose
        <input
          type="file"
          multiple
          onChange={({ currentTarget }) => {
            void add([...(currentTarget.files ?? [])]);
            currentTarget.value = '';
          }}
        />
      </label>
      <ul>
        {files.map(({ path, size }) => (
          <li key={path}>
            {path} ({formatSize(size)}){' '}
            <button
              type="button"
              aria-label={`Remove ${path}`}
              onClick={() => change({ files: files.filter((file) => file.path !== path) })}
            >
              ✕
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
