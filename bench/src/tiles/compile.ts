import { tileExport, tileSource } from './source.ts';
import type { Tile } from './source.ts';

/** A compiled tile; pointers are byte offsets in the memory. */
export type TileFunction = (x: number, w: number, steps: number, sums: number) => void;

/**
 * Compiles tiles into one module on `memory`, as the kernels of `@nibble-ml/fp4-gemm` are compiled.
 *
 * @throws Error when AssemblyScript refuses, or this engine has no relaxed SIMD
 */
export async function compileTiles(
  tiles: readonly Tile[],
  memory: WebAssembly.Memory,
): Promise<TileFunction[]> {
  // Imported late: the compiler takes a second to load.
  const { main } = await import('assemblyscript/asc');
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const features = ['simd', 'relaxed-simd'].flatMap((feature) => ['--enable', feature]);
  const { error, stderr } = await main(
    [
      'tiles.ts',
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--importMemory',
      ...features,
      '--outFile',
      'tiles.wasm',
    ],
    {
      readFile: (name) => (name === 'tiles.ts' ? tiles.map(tileSource).join('') : null),
      writeFile: (name, contents) => {
        if (name === 'tiles.wasm') binary = Uint8Array.from(contents as Uint8Array);
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined) throw new Error(`compileTiles: ${stderr.toString()}`);
  const { instance } = await WebAssembly.instantiate(binary, { env: { memory } });
  return tiles.map((tile) => instance.exports[tileExport(tile)] as TileFunction);
}
