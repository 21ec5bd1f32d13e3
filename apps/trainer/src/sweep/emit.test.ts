import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { emitKubernetes } from './emit-kubernetes.ts';
import { emitSlurm } from './emit-slurm.ts';
import type { ArrayJob } from './array-job.ts';
import { planSweep } from './plan-sweep.ts';
import { loadSweep } from './sweep-file.ts';

const content = '# four runs\nmodel = "nano"\nseed = [1, 2, 3, 4]\n\nrecipe = "f32"\n';
let [cwd, job]: [string, ArrayJob | undefined] = ['', undefined];
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-emit-'));
  writeFileSync(join(cwd, 'qat.toml'), content);
  const plan = await planSweep(loadSweep(join(cwd, 'qat.toml')), 'runs/qat');
  // Recipes and the built-in text may change the identity of a sweep, but not what is printed of it.
  job = { plan: { ...plan, id: '0123456789ab' }, file: 'my sweeps/qat.toml', runsDir: 'runs/qat', jobs: 2 };
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('emitSlurm', () => {
  it('prints an array with a task for each run', () => {
    expect(emitSlurm(job!)).toMatchInlineSnapshot(`
      "#!/bin/bash
      #SBATCH --job-name=nibble-sweep-0123456789ab
      #SBATCH --array=0-3%2
      #SBATCH --ntasks=1
      #SBATCH --cpus-per-task=2
      #SBATCH --requeue
      #SBATCH --open-mode=append
      # Two minutes before the end, for a checkpoint.
      #SBATCH --signal=TERM@120
      # 4 runs. Submit it from the folder that paths in my sweeps/qat.toml start from, which all nodes share. It goes on where it
      # stopped when it is submitted again. Afterwards, or in between, gather the results:
      #   nibble sweep 'my sweeps/qat.toml' --runs runs/qat --gather
      set -eu
      srun nibble sweep 'my sweeps/qat.toml' --runs runs/qat --sweep-id 0123456789ab --index "$SLURM_ARRAY_TASK_ID"
      "
    `);
  });
});

describe('emitKubernetes', () => {
  const emitted = (text: string): string =>
    emitKubernetes({ ...job!, content: text, image: 'registry.example/nibble:1', claim: 'nibble' });

  it('prints a ConfigMap and an Indexed Job with an index for each run', () => {
    expect(emitted(content)).toMatchInlineSnapshot(`
      "---
      apiVersion: "v1"
      kind: "ConfigMap"
      metadata:
        name: "nibble-sweep-0123456789ab"
      data:
        qat.toml: |
          # four runs
          model = "nano"
          seed = [1, 2, 3, 4]

          recipe = "f32"
      ---
      apiVersion: "batch/v1"
      kind: "Job"
      metadata:
        name: "nibble-sweep-0123456789ab"
      spec:
        completionMode: "Indexed"
        completions: 4
        parallelism: 2
        backoffLimitPerIndex: 3
        maxFailedIndexes: 4
        template:
          spec:
            restartPolicy: "Never"
            terminationGracePeriodSeconds: 120
            containers:
              - name: "nibble"
                image: "registry.example/nibble:1"
                workingDir: "/work"
                command:
                  - "sh"
                  - "-c"
                  - "exec nibble sweep /etc/nibble/qat.toml --runs runs/qat --sweep-id 0123456789ab --index \\"$JOB_COMPLETION_INDEX\\""
                volumeMounts:
                  - name: "sweep"
                    mountPath: "/etc/nibble"
                  - name: "work"
                    mountPath: "/work"
            volumes:
              - name: "sweep"
                configMap:
                  name: "nibble-sweep-0123456789ab"
              - name: "work"
                persistentVolumeClaim:
                  claimName: "nibble"
      "
    `);
  });

  it.each([
    content,
    '',
    'no line end',
    ' begins with a space\n',
    'ends with two\n\n',
    'tab\there, "quotes", \\, # and: colons\n',
    'ümlaut 😀 \u0085\u2028\n',
    '- a\n---\n...\n',
    '\n\nbegins with line ends\n',
    'trailing space \n  indented\n',
  ])('is YAML that says what was meant, with a file %j', (text) => {
    const [map, indexed, ...rest] = parseAllDocuments(emitted(text)).map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS() as Record<string, never>;
    });
    expect(rest).toEqual([]);
    expect(map!['data']).toEqual({ 'qat.toml': text });
    expect(indexed!['spec']).toMatchObject({
      completionMode: 'Indexed',
      completions: 4,
      parallelism: 2,
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [
            {
              command: [
                'sh',
                '-c',
                'exec nibble sweep /etc/nibble/qat.toml --runs runs/qat --sweep-id 0123456789ab --index "$JOB_COMPLETION_INDEX"',
              ],
            },
          ],
        },
      },
    });
  });
});
