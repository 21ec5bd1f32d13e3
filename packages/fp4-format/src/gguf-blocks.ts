import { checkScaleCodes } from './block-codes.ts';
import type { QuantizedMatrix } from './scale-blocks.ts';
import { checkCount, checkMatrix } from './shape.ts';

/** How ggml lays out one block of a 4-bit type: all its scale codes, one a byte, then its element codes. */
export interface GgufBlockType {
  /** Elements of a block. */
  readonly elements: number;
  /** Elements that share a scale code. */
  readonly groupElements: number;
  /** The largest scale code that is a number. */
  readonly maxScaleCode: number;
}

/** Returns the bytes of one block. */
function blockBytes({ elements, groupElements }: GgufBlockType): number {
  return elements / groupElements + elements / 2;
}

/** Lays codes and scale codes `[rows, cols / groupElements]` out as blocks `[rows, cols / elements]`. */
export function packGgufBlocks(
  caller: string,
  type: GgufBlockType,
  matrix: QuantizedMatrix,
  codes: Uint8Array,
): Uint8Array {
  const { rows, cols, scaleCodes = new Uint8Array(0) } = matrix;
  const { groupElements } = type;
  checkWholeBlocks(caller, type, rows, cols);
  checkMatrix(caller, 'scaleCodes', scaleCodes.length, rows, cols / groupElements);
  checkScaleCodes(caller, scaleCodes, type.maxScaleCode);
  const bytes = new Uint8Array((codes.length / type.elements) * blockBytes(type));
  forEachGroup(type, scaleCodes.length, (group, scaleByte, codeByte) => {
    bytes[scaleByte] = scaleCodes[group]!;
    const first = group * groupElements;
    const half = groupElements / 2;
    for (let j = 0; j < half; j++) bytes[codeByte + j] = codes[first + j]! | (codes[first + half + j]! << 4);
  });
  return bytes;
}

/** Undoes {@link packGgufBlocks}. */
export function unpackGgufBlocks(
  caller: string,
  type: GgufBlockType,
  bytes: Uint8Array,
  rows: number,
  cols: number,
): { codes: Uint8Array; scaleCodes: Uint8Array } {
  const { elements, groupElements } = type;
  checkWholeBlocks(caller, type, rows, cols);
  checkMatrix(caller, 'bytes', bytes.length, rows, (cols / elements) * blockBytes(type));
  const codes = new Uint8Array(rows * cols);
  const scaleCodes = new Uint8Array(codes.length / groupElements);
  forEachGroup(type, scaleCodes.length, (group, scaleByte, codeByte) => {
    scaleCodes[group] = bytes[scaleByte]!;
    const first = group * groupElements;
    const half = groupElements / 2;
    for (let j = 0; j < half; j++) {
      codes[first + j] = bytes[codeByte + j]! & 15;
      codes[first + half + j] = bytes[codeByte + j]! >>> 4;
    }
  });
  checkScaleCodes(caller, scaleCodes, type.maxScaleCode);
  return { codes, scaleCodes };
}

/** Calls back with the index of each scale group, the byte of its scale code and the first byte of its codes. */
function forEachGroup(
  type: GgufBlockType,
  groups: number,
  visit: (group: number, scaleByte: number, codeByte: number) => void,
): void {
  const groupsPerBlock = type.elements / type.groupElements;
  for (let group = 0; group < groups; group++) {
    const inBlock = group % groupsPerBlock;
    const start = Math.floor(group / groupsPerBlock) * blockBytes(type);
    visit(group, start + inBlock, start + groupsPerBlock + (inBlock * type.groupElements) / 2);
  }
}

function checkWholeBlocks(caller: string, { elements }: GgufBlockType, rows: number, cols: number): void {
  checkCount(caller, 'rows', rows);
  checkCount(caller, 'cols', cols);
  if (cols % elements !== 0) {
    throw new RangeError(
      `${caller}: cols must be a multiple of ${elements}, but got ${cols}; pad the rows, or store them in another type`,
    );
  }
}
