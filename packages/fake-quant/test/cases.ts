import type { Granularity, ScaleKind } from '@nibble-ml/fp4-format';

/** The formats that have scales. */
export const SCALED_FORMATS = ['e2m1', 'e1m2', 'e3m0', 'int4', 'int8', 'e4m3', 'e5m2'] as const;

/** The kinds of scales that follow from the largest magnitude. */
export const SCALE_KINDS: readonly ScaleKind[] = ['exact', 'powerOfTwo', 'e8m0Floor', 'e8m0Ceil', 'e4m3'];

/** Every granularity with its axis, and what it is on the matrix as stored. */
export function granularities(rows: number): [Granularity, 0 | 1, Granularity][] {
  return [
    ['tensor', 1, 'tensor'],
    ['vector', 1, 'vector'],
    ['vector', 0, { block: [Math.max(rows, 1), 1] }],
    [{ block: 16 }, 1, { block: 16 }],
    [{ block: 5 }, 1, { block: 5 }],
    [{ block: 1 }, 1, { block: 1 }],
    [{ block: 16 }, 0, { block: [16, 1] }],
    [{ block: 3 }, 0, { block: [3, 1] }],
    [{ block: [4, 8] }, 1, { block: [4, 8] }],
    [{ block: [3, 5] }, 0, { block: [3, 5] }],
  ];
}
