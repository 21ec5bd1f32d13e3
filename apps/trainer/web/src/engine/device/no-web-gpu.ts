/** Why there is no WebGPU, in sentences that the page shows. */
export const noWebGpu = {
  /** The browser does not know it, or not in workers. */
  api: 'This browser has no WebGPU in workers.',
  /** It does, but `requestAdapter` returned none. */
  adapter: 'This browser has WebGPU, but found no GPU that it may use.',
} as const;
