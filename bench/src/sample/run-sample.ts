import type { Effort } from '../contest/run-contest.ts';
import { openTfjsDevice } from '../contest/tfjs-device.ts';
import type { BenchCheck, BenchRow } from '../report.ts';
import { medianRatio, summarize } from '../statistics.ts';
import { createSampler } from './sampler.ts';
import type { Sampler, SampleShape } from './sampler.ts';

/** Where a text is no longer short. */
export const sampleShapes: readonly SampleShape[] = [
  { context: 128, tokens: 64 },
  { context: 256, tokens: 64 },
  { context: 512, tokens: 64 },
];
/** A short one, for a look and for tests. */
export const quickSampleShapes: readonly SampleShape[] = [{ context: 32, tokens: 4 }];

const RECIPES = ['f32', 'fp4-paper'];

/** The most that a token with a cache may take of the time of one without: at least 3 times the tokens a second. */
const MOST_TIME = 0.333;

/**
 * Times a token of generation with a cache of keys and values and without, on wasm in this process: in rounds in which
 * both run once, starting with the other one each time.
 *
 * @throws Error when the two do not give the same tokens, so that nothing wrong is timed
 */
export async function runSample(
  shapes: readonly SampleShape[],
  effort: Effort,
  progress: (text: string) => void,
): Promise<{ adapter: string; rows: BenchRow[] }> {
  const { adapter } = await openTfjsDevice('wasm');
  const rows: BenchRow[] = [];
  for (const shape of shapes) {
    for (const recipe of RECIPES) {
      progress(`wasm sample ${recipe} at context ${shape.context}`);
      const sampler = createSampler(recipe, shape);
      rows.push(...(await rowsOf(sampler, effort)));
      sampler.dispose();
    }
  }
  return { adapter, rows };
}

async function rowsOf(sampler: Sampler, effort: Effort): Promise<BenchRow[]> {
  const { recipe, shape, blocks, width } = sampler;
  const [cached, recomputed] = [await sampler.cached(), await sampler.recomputed()];
  if (cached.join() !== recomputed.join()) {
    throw new Error(
      `runSample: the cache must not change what ${recipe} generates, but got ${cached.join(' ')} and without it ${recomputed.join(' ')}`,
    );
  }
  const samples: { cached: number[]; recomputed: number[] } = { cached: [], recomputed: [] };
  const start = performance.now();
  for (let round = 0; round < effort.rounds; round++) {
    const turns = round % 2 === 0 ? (['cached', 'recomputed'] as const) : (['recomputed', 'cached'] as const);
    for (const turn of turns) samples[turn].push(await millisecondsPerToken(sampler[turn], shape.tokens));
    if (performance.now() - start > effort.taskSeconds * 1e3) break;
  }
  const row = (turn: 'cached' | 'recomputed'): BenchRow => {
    const times = summarize(samples[turn]);
    return {
      backend: 'wasm',
      op: 'sample',
      shape: [shape.context, blocks, width],
      impl: 'nibble',
      variant: `${recipe}, ${turn}`,
      exact: true,
      msMin: times.min,
      msMedian: times.median,
      msMax: times.max,
      tokensPerSecond: 1e3 / times.median,
    };
  };
  const overRecomputed = medianRatio(samples.recomputed, samples.cached);
  return [{ ...row('cached'), overRecomputed }, row('recomputed')];
}

async function millisecondsPerToken(run: () => Promise<number[]>, tokens: number): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / tokens;
}

/** Tokens a second with a cache over those without, in f32 and in FP4, the smallest over the contexts. */
export function sampleRatios(rows: readonly BenchRow[]): Record<string, number> {
  const smallest = (recipe: string): number =>
    Math.min(
      ...rows.flatMap(({ op, variant, overRecomputed }) =>
        op === 'sample' && variant === `${recipe}, cached` ? [overRecomputed!] : [],
      ),
    );
  return { 'wasm.sample.f32': smallest('f32'), 'wasm.sample.fp4': smallest('fp4-paper') };
}

/** The time of a token with a cache over that without, the largest over recipes and contexts. */
export function sampleChecks(ratios: Readonly<Record<string, number>>): Record<string, BenchCheck> {
  const slowest = Math.min(...Object.values(ratios));
  return { 'wasm.sample.cachedTime': { value: 1 / slowest, atMost: MOST_TIME } };
}
