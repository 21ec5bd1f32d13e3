/** Name of the kernel: inputs `x0`, `x1`, …; outputs the norm and its partial sums. */
export const globalNormKernel = 'NibbleGlobalNorm';
