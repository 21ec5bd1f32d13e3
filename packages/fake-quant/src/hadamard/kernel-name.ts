/** Name of the kernel `x -> y` in tfjs's registry. */
export const HADAMARD = 'HadamardTransform';
