export { blockAmax, type BlockAmax } from './amax.ts';
export type { BlockBytes } from './block-bytes.ts';
export type { Clip } from './clip.ts';
export { decode, decodeArray, decodeTable, gridOf } from './decode.ts';
export { E2M1_DOUBLED, E2M1_THRESHOLDS, E2M1_VALUES, encodeE2m1, encodeThresholds } from './e2m1.ts';
export {
  defineElementFormat,
  type ElementEncoding,
  type ElementFormat,
  type ElementFormatSpec,
  type SpecialValues,
} from './element-format.ts';
export {
  encode,
  encodeArray,
  round,
  roundArray,
  type EncodeArrayOptions,
  type EncodeOptions,
} from './encode.ts';
export { fakeQuantizeWithScales, type FakeQuantizeWithScalesOptions } from './fake-quantize-with-scales.ts';
export { BF16, E1M2, E2M1, E3M0, E4M3, E5M2, E8M0, F16, INT4, INT8 } from './formats.ts';
export { scaleLayout, type Granularity, type ScaleLayout } from './granularity.ts';
export { packGgufMxfp4, unpackGgufMxfp4 } from './gguf-mxfp4.ts';
export { packGgufNvfp4, unpackGgufNvfp4 } from './gguf-nvfp4.ts';
export { packGgufQ8_0, unpackGgufQ8_0 } from './gguf-q8-0.ts';
export { hadamardTransform, randomSigns, type HadamardOptions } from './hadamard.ts';
export { absmax, cosineSimilarity, kurtosis, meanSquaredError, sqnrDecibels } from './metrics.ts';
export { packMxfp4, unpackMxfp4 } from './mxfp4.ts';
export type { NonFinitePolicy } from './non-finite.ts';
export { packNvfp4, unpackNvfp4, type Nvfp4Bytes } from './nvfp4.ts';
export { packBytes, unpackBytes } from './pack-bytes.ts';
export { packCodes, unpackCodes, wordsPerRow } from './pack.ts';
export { dequantizeCodes, quantizeCodes, type QuantizedCodes } from './quantize-codes.ts';
export { dequantize, fakeQuantize, quantize, type Quantized } from './quantize.ts';
export { counterBits, randomBits } from './random-bits.ts';
export { repeatBlockRows } from './repeat-block-rows.ts';
export type { RoundingMode } from './rounding-mode.ts';
export type { QuantizedMatrix, QuantizeOptions } from './scale-blocks.ts';
export { MIN_AMAX, scaleFor, scalesFor, type ScaleKind, type Scales } from './scale.ts';
export { tileScales, untileScales } from './tile-scales.ts';
