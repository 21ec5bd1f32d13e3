export { causalAttention } from './attention/causal-attention.ts';
export type { CausalAttentionOptions } from './attention/causal-attention.ts';
export { cachedAttention } from './cached-attention/cached-attention.ts';
export type { BlockCache, CachedAttentionOptions } from './cached-attention/cached-attention.ts';
export { activationBytes, savesInput } from './config/activation-bytes.ts';
export type { ActivationBytes, ActivationOptions, LinearSaves } from './config/activation-bytes.ts';
export { checkBuffers } from './config/check-buffers.ts';
export type { BatchShape } from './config/check-buffers.ts';
export { countParameters } from './config/count-parameters.ts';
export type { ParameterCount } from './config/count-parameters.ts';
export { flopsPerToken, forwardFlopsPerToken } from './config/flops-per-token.ts';
export { fp4Speedup } from './config/fp4-speedup.ts';
export type { Fp4Speedup, Fp4SpeedupOptions } from './config/fp4-speedup.ts';
export { headDimOf, validateConfig } from './config/llama-config.ts';
export type { LlamaConfig } from './config/llama-config.ts';
export { findModel, modelZoo } from './config/model-zoo.ts';
export { crossEntropy, perTokenLoss } from './cross-entropy/cross-entropy.ts';
export { embedding } from './embedding/embedding.ts';
export { createDecoder } from './generate/decoder.ts';
export type { Decoder, DecoderOptions, GenerativeModel } from './generate/decoder.ts';
export { generate, generateTokens } from './generate/generate.ts';
export type { GenerateOptions, GenerateTokensOptions } from './generate/generate.ts';
export type { SamplingOptions } from './generate/sample-token.ts';
export { deviceBufferLimit } from './kernel/device-buffer-limit.ts';
export { checkpointings } from './model/checkpointing.ts';
export type { Checkpointing } from './model/checkpointing.ts';
export { createLlama } from './model/create-llama.ts';
export type { CreateLlamaOptions, Llama } from './model/create-llama.ts';
export { denseLinear } from './model/dense-linear.ts';
export type { LinearOp, LinearRole, LinearSite } from './model/linear-op.ts';
export { valueAndGrads } from './model/value-and-grads.ts';
export type { ValueAndGrads } from './model/value-and-grads.ts';
export { residualAdd } from './residual-add/residual-add.ts';
export { residualRmsNorm } from './rms-norm/residual-rms-norm.ts';
export { rmsNorm } from './rms-norm/rms-norm.ts';
export { ropeFrequencies } from './rope/angles.ts';
export type { RopeAngles, RopeFrequencies } from './rope/angles.ts';
export { rope } from './rope/rope.ts';
export type { RopeOptions } from './rope/rope.ts';
export type {
  LinearRopeScaling,
  Llama3RopeScaling,
  RopeScaling,
  YarnRopeScaling,
} from './rope/rope-scaling.ts';
export { decodeSafetensors } from './safetensors/decode-safetensors.ts';
export { encodeSafetensors } from './safetensors/encode-safetensors.ts';
export type { TensorToEncode } from './safetensors/encode-safetensors.ts';
export { fromHuggingFaceConfig, toHuggingFaceConfig } from './safetensors/hugging-face-config.ts';
export type { HuggingFaceConfig } from './safetensors/hugging-face-config.ts';
export { loadLlama } from './safetensors/load-llama.ts';
export type { SafetensorsFile, SafeTensor } from './safetensors/safetensors.ts';
export { saveLlama } from './safetensors/save-llama.ts';
export { swiglu } from './swiglu/swiglu.ts';
