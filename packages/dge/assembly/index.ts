export { applyDge } from './apply-dge';
