/** A tensor type of a GGUF file, by ggml's name. */
export type GgufType =
  | 'F32'
  | 'F16'
  | 'Q4_0'
  | 'Q4_1'
  | 'Q5_0'
  | 'Q5_1'
  | 'Q8_0'
  | 'Q8_1'
  | 'Q2_K'
  | 'Q3_K'
  | 'Q4_K'
  | 'Q5_K'
  | 'Q6_K'
  | 'Q8_K'
  | 'IQ2_XXS'
  | 'IQ2_XS'
  | 'IQ3_XXS'
  | 'IQ1_S'
  | 'IQ4_NL'
  | 'IQ3_S'
  | 'IQ2_S'
  | 'IQ4_XS'
  | 'I8'
  | 'I16'
  | 'I32'
  | 'I64'
  | 'F64'
  | 'IQ1_M'
  | 'BF16'
  | 'TQ1_0'
  | 'TQ2_0'
  | 'MXFP4'
  | 'NVFP4';

/**
 * The tensor types of ggml. A tensor's rows are whole blocks; of plain numbers a block is one. This package moves their
 * bytes; what is in a block of MXFP4, NVFP4 or Q8_0 is for `@nibble-ml/fp4-format` to say. Of each: its number in a file,
 * elements of a block, bytes of a block.
 */
const TYPES: Readonly<Record<GgufType, readonly [number, number, number]>> = {
  F32: [0, 1, 4],
  F16: [1, 1, 2],
  Q4_0: [2, 32, 18],
  Q4_1: [3, 32, 20],
  Q5_0: [6, 32, 22],
  Q5_1: [7, 32, 24],
  Q8_0: [8, 32, 34],
  Q8_1: [9, 32, 36],
  Q2_K: [10, 256, 84],
  Q3_K: [11, 256, 110],
  Q4_K: [12, 256, 144],
  Q5_K: [13, 256, 176],
  Q6_K: [14, 256, 210],
  Q8_K: [15, 256, 292],
  IQ2_XXS: [16, 256, 66],
  IQ2_XS: [17, 256, 74],
  IQ3_XXS: [18, 256, 98],
  IQ1_S: [19, 256, 50],
  IQ4_NL: [20, 32, 18],
  IQ3_S: [21, 256, 110],
  IQ2_S: [22, 256, 82],
  IQ4_XS: [23, 256, 136],
  I8: [24, 1, 1],
  I16: [25, 1, 2],
  I32: [26, 1, 4],
  I64: [27, 1, 8],
  F64: [28, 1, 8],
  IQ1_M: [29, 256, 56],
  BF16: [30, 1, 2],
  TQ1_0: [34, 256, 54],
  TQ2_0: [35, 256, 66],
  MXFP4: [39, 32, 17],
  NVFP4: [40, 64, 36],
};

const NAMES: ReadonlyMap<number, GgufType> = new Map(
  (Object.keys(TYPES) as GgufType[]).map((name) => [TYPES[name][0], name]),
);

/** The number by which a file names a type. */
export function ggufTypeId(type: GgufType): number {
  return TYPES[type][0];
}

/** The type of a number, or undefined where ggml has none that is known here. */
export function ggufTypeOf(id: number): GgufType | undefined {
  return NAMES.get(id);
}

/** Elements that are stored together; the length of a row is a multiple of it. */
export function ggufBlockElements(type: GgufType): number {
  return TYPES[type][1];
}

/**
 * Bytes of a tensor.
 *
 * @param shape - outermost dimension first, as everywhere in this package
 * @throws RangeError when rows are no whole blocks, or there are more bytes than can be counted
 */
export function ggufTensorBytes(type: GgufType, shape: readonly number[]): number {
  const [, blockElements, blockBytes] = TYPES[type];
  const row = shape.at(-1) ?? 1;
  if (row % blockElements !== 0) {
    throw new RangeError(
      `ggufTensorBytes: rows of ${type} must be a multiple of ${blockElements} long, but got ${row}; store them in another type`,
    );
  }
  const bytes = shape.reduce((product, length) => product * length, 1) * (blockBytes / blockElements);
  if (!Number.isSafeInteger(bytes)) {
    throw new RangeError(
      `ggufTensorBytes: a tensor must have fewer than 2^53 bytes, but shape [${shape.join(', ')}] has more`,
    );
  }
  return bytes;
}
