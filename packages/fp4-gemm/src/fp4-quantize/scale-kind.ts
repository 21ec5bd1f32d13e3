import type { ScaleKind } from '@nibble-ml/fp4-format';

/** The kinds of scales as kernels number them; `assembly/fp4-quantize-scale.ts` and `scale-wgsl.ts` agree. */
export const SCALE_KINDS: Readonly<Record<ScaleKind, number>> = {
  exact: 0,
  powerOfTwo: 1,
  e8m0Floor: 2,
  e8m0Ceil: 3,
  e4m3: 4,
};
