import { DECODE_WORD_WGSL } from '../fp4-dequantize/decode-word-wgsl.ts';
import { scaleBindings, scaleFunction } from '../fp4-scales/scales-wgsl.ts';
import type { SecondOperandWgsl } from './f32-wgsl.ts';

/**
 * B is packed codes `[K, N]` with their scales: `bStep` is the words of a row, `bColumn` the `rowScales`, `blockWords` the
 * words of a block. The columns of a thread are those of a word: neighbouring threads read neighbouring words, and each is
 * decoded once.
 */
export const CODES_OPERAND: SecondOperandWgsl = {
  bindings: ['var<storage, read> codes: array<u32>;', ...scaleBindings('q')],
  params: ', blockWords: u32, access: u32',
  functions: DECODE_WORD_WGSL + scaleFunction('q'),
  firstColumn: 'thread.x * 8u',
  // The even codes of a word, then the odd ones.
  offset: '2u * (c & 3u) + c / 4u',
  locate: `  let word = min(col / 8u, params.bStep - 1u);
  let block = word / params.blockWords;
  var isNan = false;`,
  // Twice the value times half the scale: both are exact, so this rounds as value times scale does.
  load: `
    let scale = qScale(k, block, params.bColumn, params.access);
    isNan = isNan || scale == 0x7fc00000u;
    let halfScale = 0.5 * bitcast<f32>(scale);
    let doubled = decodeWord(codes[k * params.bStep + word]);
    let left = vec4f(unpackInt8(doubled.x)) * halfScale;
    let right = vec4f(unpackInt8(doubled.y)) * halfScale;`,
  isNan: 'isNan',
};
