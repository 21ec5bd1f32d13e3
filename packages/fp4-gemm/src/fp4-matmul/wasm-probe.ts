import { withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { ProductModule } from './product-module.ts';

/** The rows and words of the codes that are tried, and the number of values in the larger of the two products. */
const [ROWS, WORDS] = [17, 9];
const RESULTS = ROWS * WORDS * 8;

/**
 * Whether two modules give the same bits for every pair of codes, for long sums of the largest products, and for digits of
 * gradients that reach from -128 to 127. A dot product whose second operand is above 127, or that saturates, is engine-defined;
 * ours is never, and this check holds the engine to it.
 */
export function haveSameBits(
  backend: WasmBackend,
  modules: readonly [ProductModule, ProductModule],
): boolean {
  const scratchBytes = modules.map((module) =>
    Math.max(module.fp4MatMulScratch(ROWS, WORDS), module.gradientMatMulScratch(ROWS, ROWS, WORDS * 8, 0)),
  );
  const sizes = [ROWS * WORDS, 1, ROWS * ROWS, RESULTS, RESULTS];
  const bytes = sizes.reduce((sum, size) => sum + padded(4 * size), Math.max(...scratchBytes));
  return withScratch(backend, bytes, (start) => {
    const offsets = [start];
    for (const size of sizes) offsets.push(offsets.at(-1)! + padded(4 * size));
    const [codes, scale, dy, first, second, scratch] = offsets as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const { buffer } = backend.wasm.asm.memory;
    writeCodes(new Int32Array(buffer, codes, ROWS * WORDS));
    new Float32Array(buffer, scale, 1)[0] = 1;
    writeGradient(new Float32Array(buffer, dy, ROWS * ROWS));
    const sameBits = (run: (module: ProductModule, out: number) => void): boolean => {
      run(modules[0], first);
      run(modules[1], second);
      const expected = new Uint32Array(buffer, first, RESULTS);
      const actual = new Uint32Array(buffer, second, RESULTS);
      return expected.every((bits, i) => bits === actual[i]);
    };
    for (const offset of [first, second]) new Uint32Array(buffer, offset, RESULTS).fill(0);
    return (
      sameBits((module, out) =>
        module.fp4MatMul(codes, scale, 0, codes, scale, 0, ROWS, ROWS, WORDS, out, scratch),
      ) &&
      sameBits((module, out) =>
        module.gradientMatMul(dy, 0, codes, scale, 0, ROWS, ROWS, WORDS * 8, 0, 0, out, scratch),
      )
    );
  });
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}

/** Row r < 16 is full of code r, but for one word with all codes; the last row mixes +6 and -6. */
function writeCodes(words: Int32Array): void {
  for (let i = 0; i < words.length; i++) {
    const row = Math.floor(i / WORDS);
    if (row === 16) words[i] = i % 2 === 0 ? 0x77777777 : 0xf7f7f7f7;
    else words[i] = i % WORDS === 4 ? 0x76543210 ^ (row * 0x11111111) : row * 0x11111111;
  }
}

/** Each row has the largest integer of 24 bits, and others whose three digits run through -128 to 127. */
function writeGradient(dy: Float32Array): void {
  for (let i = 0; i < dy.length; i++) {
    const digit = ((i * 37) % 256) - 128;
    const upper = Math.max(-126, Math.min(126, digit));
    dy[i] = i % ROWS === 0 ? 127 * 65536 : upper * 65536 + digit * 256 + (i % 2 === 0 ? -128 : 127);
  }
}
