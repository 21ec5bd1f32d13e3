import { E2M1_VALUES } from '@nibble-ml/fp4-format';

/** The 15 values of E2M1, rising; its two zeros are one. */
export const e2m1Codes: readonly number[] = [
  ...new Set(Array.from(E2M1_VALUES, (value) => value || 0)),
].toSorted((a, b) => a - b);
