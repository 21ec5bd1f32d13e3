/** Name of the kernel in tfjs's registry: inputs `dw`, `dy`, `starts`, `columns`, `values`; writes `dw`; no outputs. */
export const OCC_COMPENSATE_DW_COMPRESSED = 'OccCompensateDwCompressed';
