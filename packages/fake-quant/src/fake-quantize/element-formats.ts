import { BF16, E1M2, E2M1, E3M0, E4M3, E5M2, F16, INT4, INT8 } from '@nibble-ml/fp4-format';
import type { ElementFormat } from '@nibble-ml/fp4-format';
import type { FakeQuantFormat } from './options.ts';

/** The formats by their names. */
export const ELEMENT_FORMATS: Readonly<Record<FakeQuantFormat, ElementFormat>> = {
  e2m1: E2M1,
  e1m2: E1M2,
  e3m0: E3M0,
  int4: INT4,
  int8: INT8,
  e4m3: E4M3,
  e5m2: E5M2,
  bf16: BF16,
  f16: F16,
};

/** Whether elements have a scale: the formats of 16 bits have the range for going without. */
export function isScaled(format: FakeQuantFormat): boolean {
  return ELEMENT_FORMATS[format].bits <= 8;
}
