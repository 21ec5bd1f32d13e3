export { checkApplyDge } from './apply-dge/apply-dge.ts';
export { DGE_FIELDS, DGE_WGSL, dgeParams } from './apply-dge/dge-wgsl.ts';
export type { ApplyDgeAttrs } from './apply-dge/kernel-name.ts';
