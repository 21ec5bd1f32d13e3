// A contestant's process: `child.ts IMPL BACKEND`, then requests over IPC, one at a time.
import type { BenchBackend, Impl } from '../report.ts';
import { GpuCounter } from './gpu-counter.ts';
import type { Answer, EntryInfo, Request } from './messages.ts';
import type { Contestant, Entry, OpenContestant } from './task.ts';

const modules: Record<Impl, () => Promise<{ open: OpenContestant }>> = {
  nibble: () => import('../nibble/contestant.ts'),
  tfjs: () => import('../peers/tfjs/contestant.ts'),
  'jax-js': () => import('../peers/jax-js/contestant.ts'),
};

const [impl, backend] = process.argv.slice(2) as [Impl, BenchBackend];
const counter = backend === 'webgpu' ? new GpuCounter() : undefined;
const { open } = await modules[impl]();
let contestant: Contestant;
let entries: Entry[] = [];

process.on('message', (request: Request) => {
  void answer(request).catch((error: unknown) => {
    send({
      answer: 'error',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  });
});
process.on('disconnect', () => process.exit(0));

try {
  contestant = await open(backend);
  const { adapter, isHardwareGpu = false, notices = [] } = contestant;
  send({ answer: 'open', adapter, isHardwareGpu, notices });
} catch (error) {
  send({ answer: 'error', message: error instanceof Error ? error.message : String(error) });
}

async function answer(request: Request): Promise<void> {
  switch (request.call) {
    case 'prepare':
      entries = await contestant.prepare(request.task);
      return send({ answer: 'prepare', entries: entries.map(infoOf) });
    case 'check':
      return send({ answer: 'check', values: await entries[request.entry]!.check() });
    case 'peakBytes':
      return send({ answer: 'peakBytes', peak: entries[request.entry]!.peakBytes!() });
    case 'time':
      return send(await time(entries[request.entry]!, request.repeats));
    case 'release':
      for (const entry of entries) entry.dispose();
      entries = [];
      return send({ answer: 'release' });
  }
}

function infoOf({ variant, packedBytes, operations }: Entry): EntryInfo {
  return {
    variant,
    ...(packedBytes === undefined ? {} : { packedBytes }),
    ...(operations === undefined ? {} : { operations }),
  };
}

async function time(entry: Entry, repeats: number): Promise<Answer> {
  // The other contestants have had the caches meanwhile. A call that is timed alone is too long to notice.
  if (repeats > 1) await entry.run();
  const start = performance.now();
  for (let i = 0; i < repeats; i++) {
    counter?.reset();
    await entry.run();
  }
  const ms = (performance.now() - start) / repeats;
  return { answer: 'time', ms, gpu: counter?.read() };
}

function send(message: Answer): void {
  process.send!(message);
}
