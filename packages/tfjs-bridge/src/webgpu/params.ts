/** A scalar of a shader's uniform struct. */
export interface Param {
  /** How WGSL reads it. */
  readonly type: 'u32' | 'i32' | 'f32';
  /** The number, within the range of the type. */
  readonly value: number;
}

/** A `u32` member of the uniform struct. */
export function u32(value: number): Param {
  return { type: 'u32', value };
}

/** An `i32` member of the uniform struct. */
export function i32(value: number): Param {
  return { type: 'i32', value };
}

/** An `f32` member of the uniform struct. */
export function f32(value: number): Param {
  return { type: 'f32', value };
}

/** The bytes of a uniform struct of 4-byte scalars, padded to a multiple of 16. */
export function packParams(params: readonly Param[]): ArrayBuffer {
  const bytes = new ArrayBuffer(Math.max(16, Math.ceil(params.length / 4) * 16));
  const view = new DataView(bytes);
  for (const [index, { type, value }] of params.entries()) {
    if (type === 'f32') view.setFloat32(index * 4, value, true);
    else if (type === 'i32') view.setInt32(index * 4, value, true);
    else view.setUint32(index * 4, value, true);
  }
  return bytes;
}
