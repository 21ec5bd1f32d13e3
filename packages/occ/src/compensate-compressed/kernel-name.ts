/** Name of the kernel in tfjs's registry: inputs `y`, `starts`, `columns`, `values`, `w`; writes `y`; no outputs. */
export const OCC_COMPENSATE_COMPRESSED = 'OccCompensateCompressed';
