/** Kernel name: input gateUp `[M, 2F]`; output `[M, F]`. */
export const SWIGLU = 'NibbleSwiglu';

/** Kernel name: inputs dy `[M, F]` and gateUp `[M, 2F]`; output dGateUp `[M, 2F]`. */
export const SWIGLU_GRAD = 'NibbleSwigluGrad';
