import type { ElementName } from './layer-precision.ts';

/** Bits of an element of each format, its scale not counted. */
export const elementBits: Readonly<Record<ElementName, 4 | 8>> = {
  e2m1: 4,
  e1m2: 4,
  e3m0: 4,
  int4: 4,
  int8: 8,
  e4m3: 8,
  e5m2: 8,
};
