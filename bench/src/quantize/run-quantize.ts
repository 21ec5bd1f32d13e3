import { packCodes, quantize, quantizeCodes } from '@nibble-ml/fp4-format';
import type { Effort } from '../contest/run-contest.ts';
import type { BenchRow } from '../report.ts';
import { timeInTurns } from '../time-in-turns.ts';
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
  const cases = quantizeCases(x.length);
  for (const quantizeCase of cases) verify(quantizeCase, x, rows, cols);
  progress('cpu quantize');
  const summaries = timeInTurns(
    cases.map(
      ({ options }) =>
        () =>
          quantize(x, rows, cols, options),
    ),
    effort,
  );
  return cases.map(({ variant }, index): BenchRow => {
    const times = summaries[index]!;
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
