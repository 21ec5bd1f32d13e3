import type { ApplyDgeAttrs } from '@nibble-ml/dge/webgpu';

/**
 * Name of the kernel in tfjs's registry, webgpu only: inputs `dw`, `dy`, `indices`, `values`, `w`, `scales`; writes `dw`; no
 * outputs.
 */
export const OCC_DGE_COMPENSATE_DW = 'OccDgeCompensateDw';

/** Attributes of the kernel. */
export interface DgeCompensateDwAttrs extends ApplyDgeAttrs {
  /** Neighbouring elements of the weight that share a scale. */
  readonly perScale: number;
}
