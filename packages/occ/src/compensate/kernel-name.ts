/** Name of the kernel in tfjs's registry: inputs `y`, `indices`, `values`, `w`; writes `y`; no outputs. */
export const OCC_COMPENSATE = 'OccCompensate';
