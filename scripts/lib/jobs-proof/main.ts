import { parseArgs } from 'node:util';
import { proveJobs } from './prove.ts';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '10000' },
    workers: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    jails: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(`prove-jobs: kills workers, services and Redis under load; every job has one outcome.
  --jobs N      jobs in all (10000)
  --workers N   workers at once (3)
  --jails       workers with jails, which is "brig worker"; otherwise with a stand-in whose starts are counted
  --seed N      seed of the dice (1)`);
} else {
  const hasJails = values.jails;
  const report = await proveJobs({
    ...{ jobs: Number(values.jobs), workers: Number(values.workers), seed: Number(values.seed), hasJails },
    ...{ lease: hasJails ? 5 : 2, pause: hasJails ? 4000 : 2000 },
    onProgress: (text) => console.error(text),
  });
  const { complaints, ...figures } = report;
  console.log(JSON.stringify(figures, undefined, 2));
  for (const complaint of complaints.slice(0, 50)) console.error(complaint);
  console.log(complaints.length === 0 ? 'Every job has one outcome.' : `${complaints.length} complaints.`);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
