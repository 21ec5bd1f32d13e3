import type { LlamaConfig } from '@nibble-ml/llama';
import { z } from 'zod';
import { parseConfig } from '../config/resolve-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { modelConfigSchema } from './model-config-schema.ts';
import { strictJson } from './strict-json.ts';

/** What a run's `config.json` says: enough to run it again. */
export interface RunRecord {
  /** The resolved config, with the seed. */
  config: TrainConfig;
  /** Versions of what ran, by name: the packages, Node, the backend. */
  versions: Readonly<Record<string, string>>;
  /** The backend that `auto` became. */
  backend: string;
  /** What the adapter says of itself; empty where there is none. */
  adapter: Readonly<Record<string, string>>;
  /** The model's resolved shape; absent in runs of older versions, where the zoo has it. See `modelConfigOfRun`. */
  modelConfig?: LlamaConfig;
  /** What `nibble import` made the run of, for people; absent in runs that were trained. */
  importedFrom?: string;
}

const stringRecord = z.record(z.string(), z.string());
const recordSchema = z.object({
  format: z.literal('nibble-run'),
  version: z.literal(1),
  config: z.record(z.string(), z.unknown()),
  versions: stringRecord,
  backend: z.string(),
  adapter: stringRecord,
  modelConfig: modelConfigSchema.exactOptional(),
  importedFrom: z.string().exactOptional(),
});

/**
 * Returns the `config.json` of a run.
 *
 * @throws RangeError when a number in it is not finite.
 */
export function encodeRunRecord(record: RunRecord): string {
  return `${strictJson({ format: 'nibble-run', version: 1, ...record }, 'config.json', 2)}\n`;
}

/**
 * Returns what the `config.json` of a run says.
 *
 * @param run - The run's folder or name, for messages.
 * @param path - The file, for messages.
 * @throws Error when it is no record of a run; RangeError when a setting in it is wrong.
 */
export function parseRunRecord(text: string, run: string, path: string): RunRecord {
  const fail = (but: string, cause?: unknown): never => {
    throw new Error(`openRun: ${run} must be the folder of a run, but its config.json ${but}`, { cause });
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    fail(`cannot be read: ${(cause as Error).message}`, cause);
  }
  const parsed = recordSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return fail(`has a wrong field ${issue.path.join('.')}: ${issue.message}`);
  }
  const { format: _format, version: _version, config, ...rest } = parsed.data;
  return { config: parseConfig(config, path), ...rest };
}
