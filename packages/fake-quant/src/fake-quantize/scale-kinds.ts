import type { FakeQuantScale } from './options.ts';

/** The kinds of scales as kernels number them: E8M0 codes are powers of two, whatever stores them. */
export const SCALE_KINDS: Readonly<Record<FakeQuantScale, number>> = {
  exact: 0,
  powerOfTwo: 1,
  e8m0Floor: 2,
  e8m0Ceil: 1,
  e4m3: 3,
  quest: 4,
};
