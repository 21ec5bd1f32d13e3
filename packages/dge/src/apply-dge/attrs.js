/** Name of the kernel in tfjs's registry. */
export const APPLY_DGE = 'ApplyDge';
//# sourceMappingURL=attrs.js.map