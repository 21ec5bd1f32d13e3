import { parseArgs } from 'node:util';
import type { BenchBackend } from './report.ts';

/** What to measure. */
export interface BenchCommand {
  readonly op: 'gemm' | 'step' | 'memory' | 'sample' | 'quantize' | 'tiles' | 'fit';
  /** None for `quantize`, `tiles` and `fit`, which run in this process; of `memory`, webgpu; of `sample`, wasm. */
  readonly backends: readonly BenchBackend[];
  /** Where to write the report, or undefined. */
  readonly json: string | undefined;
  /** Rounds to measure, or undefined for as many as are usual. */
  readonly rounds: number | undefined;
  /** One small shape in a few seconds. */
  readonly quick: boolean;
  readonly help: boolean;
}

/** The text of `--help`. */
export const usage = `Usage: npm run bench -- gemm|step|memory|sample|quantize|tiles|fit [options]

  gemm       matrix products of a linear layer, in FP4 and f32, beside tfjs and jax-js
  step       a training step of a small LLaMA, in FP4 and f32, beside tfjs and jax-js
  memory     peak bytes of GPU buffers of that step, in FP4 and f32, beside tfjs
  sample     a token of generation, in FP4 and f32, with a cache of keys and values and without, on wasm
  quantize   scaling, rounding and packing in plain JavaScript on one core
  tiles      register tiles of matrix products in WebAssembly, to choose among
  fit        fits of scaling laws to 240 runs, and 4,000 bootstrap refits in two threads

Options:
  --backend wasm|webgpu|all   where everyone runs, of gemm and step (default all)
  --json FILE                 write the report to FILE
  --rounds N                  measure N rounds, however long they take
  --quick                     one small shape in a few seconds; its ratios mean little
  --help                      show this text`;

const ops = ['gemm', 'step', 'memory', 'sample', 'quantize', 'tiles', 'fit'] as const;
const backends = ['wasm', 'webgpu', 'all'] as const;

/**
 * Reads the arguments after `npm run bench --`.
 *
 * @throws RangeError when an operation, a backend or a flag is unknown, or a value is missing
 */
export function parseCommandLine(args: readonly string[]): BenchCommand {
  const { values, positionals } = parse(args);
  const help = values.help ?? false;
  const [op = '', ...rest] = positionals;
  const known = ops.find((name) => name === op);
  if (known === undefined && !help) {
    throw new RangeError(`bench: the operation must be ${ops.join(', ')}, but got '${op}'; see --help`);
  }
  if (rest.length > 0)
    throw new RangeError(`bench: there must be one operation, but got also '${rest.join(' ')}'`);
  const isLocal = known === 'quantize' || known === 'tiles' || known === 'fit';
  if (isLocal && values.backend !== undefined) {
    throw new RangeError(`bench: ${known} must come without --backend, but got '${values.backend}'`);
  }
  if (known === 'memory' && (values.backend ?? 'webgpu') !== 'webgpu') {
    throw new RangeError(
      `bench: memory must have --backend webgpu or none, as it counts GPU buffers, but got '${values.backend}'`,
    );
  }
  if (known === 'sample' && (values.backend ?? 'wasm') !== 'wasm') {
    throw new RangeError(`bench: sample must have --backend wasm or none, but got '${values.backend}'`);
  }
  const { backend = 'all' } = values;
  if (!backends.some((name) => name === backend)) {
    throw new RangeError(`bench: --backend must be ${backends.join(', ')}, but got '${backend}'`);
  }
  return {
    op: known ?? 'gemm',
    backends: isLocal
      ? []
      : known === 'memory'
        ? ['webgpu']
        : known === 'sample'
          ? ['wasm']
          : backend === 'all'
            ? ['wasm', 'webgpu']
            : [backend as BenchBackend],
    json: values.json,
    rounds: values.rounds === undefined ? undefined : readRounds(values.rounds),
    quick: values.quick ?? false,
    help,
  };
}

function readRounds(text: string): number {
  const rounds = Number(text);
  if (!/^\d+$/.test(text) || rounds < 1 || rounds > 10_000) {
    throw new RangeError(`bench: --rounds must be an integer from 1 to 10000, but got '${text}'`);
  }
  return rounds;
}

function parse(args: readonly string[]): ReturnType<typeof parseFlags> {
  try {
    return parseFlags(args);
  } catch (error) {
    throw new RangeError(`bench: ${(error as Error).message}; see --help`, { cause: error });
  }
}

function parseFlags(args: readonly string[]): {
  values: { backend?: string; json?: string; rounds?: string; quick?: boolean; help?: boolean };
  positionals: string[];
} {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      backend: { type: 'string' },
      json: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
}
