export {
  attentionGradScratchBytes,
  attentionScratchBytes,
  causalAttention,
  causalAttentionGrad,
} from './attention';
export { cacheAppend, cachedAttention } from './cached-attention';
export { crossEntropy, meanLoss } from './cross-entropy';
export { embedding, embeddingGrad } from './embedding';
export { expValues, logValues } from './exp';
export { residualRmsNorm, rmsNorm, rmsNormGrad } from './rms-norm';
export { rope } from './rope';
export { swiglu, swigluGrad } from './swiglu';
