/** Name of the kernel in tfjs's registry: inputs `dw`, `dy`, `indices`, `values`; writes `dw`; no outputs. */
export const OCC_COMPENSATE_DW = 'OccCompensateDw';
