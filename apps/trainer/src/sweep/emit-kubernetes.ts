import { basename } from 'node:path';
import type { ArrayJob } from './array-job.ts';
import { shellWord } from './array-job.ts';

/** What a Kubernetes Job needs beyond the sweep. */
export interface KubernetesJob extends ArrayJob {
  /** The content of the sweep's file. */
  readonly content: string;
  /** Container image that has the `nibble` command. */
  readonly image: string;
  /** PersistentVolumeClaim, mounted by all pods, from which relative paths start. */
  readonly claim: string;
}

const MOUNT = '/etc/nibble';
const WORK = '/work';
const RETRIES = 3;
const GRACE_SECONDS = 120;

/**
 * Returns a ConfigMap with the sweep's file and an Indexed Job with one index for each run, as YAML. A pod that is evicted
 * is started again and goes on from the run's checkpoint; an index that fails leaves the others alone.
 */
export function emitKubernetes(job: KubernetesJob): string {
  const { plan, file, content, runsDir, jobs, image, claim } = job;
  const name = `nibble-sweep-${plan.id}`;
  const config = basename(file);
  const command = ['nibble', 'sweep', `${MOUNT}/${config}`, '--runs', runsDir, '--sweep-id', plan.id]
    .map(shellWord)
    .join(' ');
  const documents = [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: { [config]: content },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name },
      spec: {
        completionMode: 'Indexed',
        completions: plan.runs.length,
        parallelism: jobs,
        backoffLimitPerIndex: RETRIES,
        maxFailedIndexes: plan.runs.length,
        template: {
          spec: {
            restartPolicy: 'Never',
            terminationGracePeriodSeconds: GRACE_SECONDS,
            containers: [
              {
                name: 'nibble',
                image,
                workingDir: WORK,
                command: ['sh', '-c', `exec ${command} --index "$JOB_COMPLETION_INDEX"`],
                volumeMounts: [
                  { name: 'sweep', mountPath: MOUNT },
                  { name: 'work', mountPath: WORK },
                ],
              },
            ],
            volumes: [
              { name: 'sweep', configMap: { name } },
              { name: 'work', persistentVolumeClaim: { claimName: claim } },
            ],
          },
        },
      },
    },
  ];
  return documents.map((document) => `---\n${yamlLines(document).join('\n')}\n`).join('');
}

/**
 * Plain data as lines of YAML in block style. Strings are JSON strings, which YAML reads alike; long texts are literal
 * blocks.
 */
function yamlLines(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(itemLines);
  if (typeof value !== 'object' || value === null) return [JSON.stringify(value)];
  return Object.entries(value).flatMap(([key, item]) => entryLines(key, item));
}

function itemLines(item: unknown): string[] {
  return yamlLines(item).map((line, i) => `${i === 0 ? '- ' : '  '}${line}`);
}

function entryLines(key: string, item: unknown): string[] {
  const name = /^[A-Za-z][\w.-]*$/.test(key) ? key : JSON.stringify(key);
  if (typeof item === 'object' && item !== null) return [`${name}:`].concat(indented(yamlLines(item)));
  if (typeof item !== 'string' || !isLiteral(item)) return [`${name}: ${JSON.stringify(item)}`];
  return [`${name}: |`].concat(indented(item.slice(0, -1).split('\n')));
}

const indented = (lines: readonly string[]): string[] =>
  lines.map((line) => (line === '' ? '' : `  ${line}`));

/** Whether a literal block says a text exactly: it must not begin with a space, and end with one line end. */
const isLiteral = (text: string): boolean =>
  /^[^\s][^]*[^\n]\n$/.test(text) && !/[^\n\x20-\x7E\u{A0}-\u{D7FF}\u{E000}-\u{FFFD}]/u.test(text);
