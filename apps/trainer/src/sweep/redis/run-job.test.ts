import { describe, expect, it } from 'vitest';
import { progressOf, runJobResultSchema, runJobSchema, takeJob } from './run-job.ts';
import type { RunJob, RunJobResult } from './run-job.ts';

const sha256 = 'a'.repeat(64);
const file = { path: 'checkpoints/step-000010/model.safetensors', bytes: 5, sha256, chunks: 1 };
const result: RunJobResult = { outcome: 'done', upload: 'b-1', files: [file] };
const job: RunJob = {
  name: 'nano-int4-g32-7680-lr0.002-s1-0123456789',
  nibble: '1.2.0',
  config: { model: 'nano' },
  shared: { data: { sha256, bytes: 5, extension: '.jsonl.gz' }, tokenizer: null },
};

describe('what comes from Redis', () => {
  it('is taken as it was put there', () => {
    expect(takeJob(JSON.parse(JSON.stringify(job)), '1.2.0')).toEqual(job);
    expect(runJobResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    expect(progressOf({ step: 3, loss: 2.5 })).toEqual({ step: 3, loss: 2.5 });
    // A job that has not begun.
    expect(progressOf(0)).toBeUndefined();
  });

  it('is refused where another version asks, whose kernels may come to other bits', () => {
    expect(() => takeJob(job, '1.2.1')).toThrow(
      /^run nano-\S+ must be trained by nibble 1\.2\.0, .* but this machine has 1\.2\.1; install the same version/,
    );
  });

  it.each(['../x', '..', '/etc/passwd', 'a/../../b', 'a//b', 'a\\b', '', 'a/', './a'])(
    'may not lead out of the folder of a run: %j',
    (path) => {
      expect(runJobResultSchema.safeParse({ ...result, files: [{ ...file, path }] }).success).toBe(false);
    },
  );

  it.each(['../x', '..', '/x', 'a/b', '', '.hidden', 'a\nb'])('may not name a run %j', (name) => {
    expect(runJobSchema.safeParse({ ...job, name }).success).toBe(false);
  });

  it.each([{ sha256: '../x' }, { extension: '/../x' }, { extension: '.a/b' }, { bytes: -1 }])(
    'may not name a file %j',
    (wrong) => {
      const data = { ...job.shared.data, ...wrong };
      expect(runJobSchema.safeParse({ ...job, shared: { ...job.shared, data } }).success).toBe(false);
    },
  );
});
