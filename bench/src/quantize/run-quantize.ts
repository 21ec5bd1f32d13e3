import { packCodes, quantize, quantizeCodes } from '@nibble-ml/fp4-format';
import type { Effort } from '../contest/run-contest.ts';
import type { BenchRow } from '../report.ts';
import { summarize } from '../statistics.ts';
import { quantizeCases, quantizeInput, type QuantizeCase } from './cases.ts';

/**
 * Times `quantize` of a matrix, packing included, in this process on one core, in rounds in which every case runs once.
 *
 * @throws Error when words or scales differ from those of the definition, so that nothing wrong is timed
 */
export function runQuantize(
  [rows, cols]: readonly [number, number],
  effort: Effort,
  progress: (text: string) => void,
): BenchRow[] {
  const x = quantizeInput(rows * cols);
  const runners = quantizeCases(x.length).map((quantizeCase) => {
    progress(`cpu quantize ${quantizeCase.variant}`);
    verify(quantizeCase, x, rows, cols);
    const call = (): unknown => quantize(x, rows, cols, quantizeCase.options);
    const warmUps = Array.from({ length: effort.warmUps }, () => millisecondsOf(call, 1));
    const repeats = Math.min(100, Math.max(1, Math.round(effort.sampleMs / Math.min(...warmUps))));
    return { variant: quantizeCase.variant, call, repeats, samples: [] as number[] };
  });
  for (let round = 0; round < effort.rounds; round++) {
    for (let turn = 0; turn < runners.length; turn++) {
      const { call, repeats, samples } = runners[(turn + round) % runners.length]!;
      samples.push(millisecondsOf(call, repeats));
    }
  }
  return runners.map(({ variant, samples }): BenchRow => {
    const times = summarize(samples);
    return {
      backend: 'cpu',
      op: 'quantize',
      shape: [rows, cols],
      impl: 'nibble',
      variant,
      exact: true,
      msMin: times.min,
      msMedian: times.median,
      msMax: times.max,
      megavaluesPerSecond: x.length / times.median / 1e3,
    };
  });
}

function verify({ variant, options }: QuantizeCase, x: Float32Array, rows: number, cols: number): void {
  const { words, scales } = quantize(x, rows, cols, options);
  const reference = quantizeCodes(x, rows, cols, options);
  const expected = packCodes(reference.codes, rows, cols);
  if (!isEqual(words, expected) || !isEqual(scales, reference.scales)) {
    throw new Error(`runQuantize: ${variant} must have the codes and scales of quantizeCodes`);
  }
}

function isEqual(a: Int32Array | Float32Array, b: Int32Array | Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** Milliseconds of one of several calls in a row. */
function millisecondsOf(call: () => unknown, repeats: number): number {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) call();
  return (performance.now() - start) / repeats;
}
