/**
 * How the shader multiplies four int8 pairs: the built-in function (WGSL language feature
 * `packed_4x8_integer_dot_product`), or unpacked integers where it is missing. The same bits.
 */
export type WebGpuVariant = 'dot4I8Packed' | 'unpacked';

/**
 * The variant that `Fp4MatMul` runs. The environment variable `NIBBLE_WEBGPU_DOT` forces one.
 *
 * @throws RangeError when the variable names another variant, or one that this WebGPU lacks
 */
export function webGpuVariant(): WebGpuVariant {
  const forced = globalThis.process?.env?.['NIBBLE_WEBGPU_DOT'] ?? '';
  if (forced === 'unpacked') return forced;
  if (forced !== '' && forced !== 'dot4I8Packed') {
    throw new RangeError(
      `fp4MatMul: NIBBLE_WEBGPU_DOT must be dot4I8Packed or unpacked, but got '${forced}'`,
    );
  }
  const features = globalThis.navigator?.gpu?.wgslLanguageFeatures;
  if (features?.has('packed_4x8_integer_dot_product') === true) return 'dot4I8Packed';
  if (forced === 'dot4I8Packed') {
    throw new RangeError(
      'fp4MatMul: NIBBLE_WEBGPU_DOT=dot4I8Packed must have packed_4x8_integer_dot_product, but this WebGPU lacks it; use unpacked',
    );
  }
  return 'unpacked';
}
