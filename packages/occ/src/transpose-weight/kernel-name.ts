/** Name of the kernel in tfjs's registry: input `w`; one output. */
export const OCC_TRANSPOSE_WEIGHT = 'OccTransposeWeight';
