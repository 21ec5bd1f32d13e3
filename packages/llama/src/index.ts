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
export { encodeGguf } from './gguf/encode-gguf.ts';
export type { EncodedGguf, GgufTensorToWrite } from './gguf/encode-gguf.ts';
export type { GgufType } from './gguf/gguf-type.ts';
export { ggufTensorBytes } from './gguf/gguf-type.ts';
export { llamaMetadata, readLlamaMetadata } from './gguf/llama-metadata.ts';
export type { LlamaMetadataOptions, LlamaOfGguf } from './gguf/llama-metadata.ts';
export { llamaTensors } from './gguf/llama-tensors.ts';
export type { LlamaTensor, LlamaTensorOptions } from './gguf/llama-tensors.ts';
export type { GgufArray, GgufMetadata, GgufNumberArrays, GgufValue, GgufValueType } from './gguf/metadata.ts';
export { readGguf } from './gguf/read-gguf.ts';
export type { GgufFile } from './gguf/read-gguf.ts';
export type { GgufTensorInfo } from './gguf/read-tensor-infos.ts';
export { ROPE_FACTORS, ropeFactors } from './gguf/rope-metadata.ts';
export { deviceBufferLimit } from './kernel/device-buffer-limit.ts';
export { checkpointings } from './model/checkpointing.ts';
export type { Checkpointing } from './model/checkpointing.ts';
export { createLlama, llamaFromValues } from './model/create-llama.ts';
export type { CreateLlamaOptions, Llama } from './model/create-llama.ts';
export { denseLinear } from './model/dense-linear.ts';
export { headChunkRows } from './model/head-loss.ts';
export type { LinearOp, LinearRole, LinearSite } from './model/linear-op.ts';
export { parameterShapes } from './model/parameter-shapes.ts';
export type { Initialization, ParameterShape } from './model/parameter-shapes.ts';
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
export { memorySource } from './safetensors/byte-source.ts';
export type { ByteSource } from './safetensors/byte-source.ts';
export { checkLlamaTensors } from './safetensors/check-llama-tensors.ts';
export { decodeSafetensors } from './safetensors/decode-safetensors.ts';
export { encodeFloats, floatDtypes } from './safetensors/encode-floats.ts';
export type { FloatDtype } from './safetensors/encode-floats.ts';
export { encodeHeader, tensorBytes } from './safetensors/encode-header.ts';
export type { TensorToDeclare } from './safetensors/encode-header.ts';
export { encodeSafetensors } from './safetensors/encode-safetensors.ts';
export type { TensorToEncode } from './safetensors/encode-safetensors.ts';
export {
  fromHuggingFaceConfig,
  stringifyHuggingFaceConfig,
  toHuggingFaceConfig,
} from './safetensors/hugging-face-config.ts';
export type { HuggingFaceConfig, HuggingFaceConfigOptions } from './safetensors/hugging-face-config.ts';
export { huggingFaceTensors } from './safetensors/hugging-face-names.ts';
export type { HuggingFaceTensor } from './safetensors/hugging-face-names.ts';
export { loadLlama, parameterChunks } from './safetensors/load-llama.ts';
export { openSafetensors } from './safetensors/open-safetensors.ts';
export { openSharded } from './safetensors/open-sharded.ts';
export { planShards } from './safetensors/plan-shards.ts';
export type { Shard, ShardPlan } from './safetensors/plan-shards.ts';
export type {
  SafetensorsDtype,
  SafetensorsFile,
  SafetensorsReader,
  SafeTensor,
  TensorEntry,
} from './safetensors/safetensors.ts';
export { SafetensorsError } from './safetensors/safetensors-error.ts';
export { saveLlama } from './safetensors/save-llama.ts';
export { SHARD_INDEX } from './safetensors/shard-index.ts';
export type { ShardIndex } from './safetensors/shard-index.ts';
export { scoreTokens } from './score/score-tokens.ts';
export type { ScoreTokensOptions, TokenScores } from './score/score-tokens.ts';
export { swiglu } from './swiglu/swiglu.ts';
