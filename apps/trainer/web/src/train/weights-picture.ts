import { E2M1_VALUES, encodeE2m1 } from '@nibble-ml/fp4-format';
import type { LayerStatistics } from '../../../src/training/telemetry/layers-record.ts';
import { HISTOGRAM_BIN, HISTOGRAM_REACH } from '../../../src/training/telemetry/weight-histogram.ts';
import { e2m1Codes } from '../chart/e2m1-codes.ts';
import type { GridHistogram } from '../engine/engine-event.ts';

/** The weights of a layer on the E2M1 grid as they were at a validation, for runs that do not train now. */
export function weightsPicture({ histogram, weightsDecibels }: LayerStatistics): GridHistogram {
  const codeCounts = e2m1Codes.map(() => 0);
  for (const [bin, count] of histogram.entries()) {
    // All of a bin rounds to one code; its middle says to which.
    const middle = (bin + 0.5) * HISTOGRAM_BIN - HISTOGRAM_REACH;
    const code = E2M1_VALUES[encodeE2m1(middle, 1)]! || 0;
    codeCounts[e2m1Codes.indexOf(code)]! += count;
  }
  return {
    start: -HISTOGRAM_REACH,
    binWidth: HISTOGRAM_BIN,
    counts: histogram,
    codeCounts,
    thresholds: null,
    clippedShare: 0,
    decibels: weightsDecibels,
  };
}
