/** What each workspace may import of the others, as in the table of docs/architecture.md: rows only look up. */
export const layers: ReadonlyMap<string, readonly string[]> = new Map([
  ['packages/fp4-format', []],
  ['packages/tfjs-bridge', []],
  ['packages/fp4-gemm', ['packages/fp4-format', 'packages/tfjs-bridge']],
  ['packages/fake-quant', ['packages/fp4-format', 'packages/tfjs-bridge']],
  ['packages/dge', ['packages/fp4-format', 'packages/tfjs-bridge']],
  ['packages/occ', ['packages/fp4-format', 'packages/tfjs-bridge', 'packages/fp4-gemm', 'packages/dge']],
  [
    'packages/recipes',
    [
      'packages/fp4-format',
      'packages/tfjs-bridge',
      'packages/fp4-gemm',
      'packages/fake-quant',
      'packages/dge',
      'packages/occ',
    ],
  ],
  ['packages/llama', ['packages/tfjs-bridge']],
  ['packages/optim', ['packages/fp4-format', 'packages/tfjs-bridge']],
  ['packages/scaling-law', []],
  ['packages/testing', ['packages/tfjs-bridge']],
  [
    'apps/trainer',
    [
      'packages/fp4-format',
      'packages/tfjs-bridge',
      'packages/fp4-gemm',
      'packages/fake-quant',
      'packages/dge',
      'packages/occ',
      'packages/recipes',
      'packages/llama',
      'packages/optim',
      'packages/scaling-law',
    ],
  ],
  [
    'bench',
    [
      'packages/fp4-format',
      'packages/tfjs-bridge',
      'packages/fp4-gemm',
      'packages/fake-quant',
      'packages/dge',
      'packages/occ',
      'packages/recipes',
      'packages/llama',
      'packages/optim',
      'packages/scaling-law',
      'packages/testing',
    ],
  ],
]);

/** The one package that any other may use in its tests, and in its tests only. */
export const testPackage = 'packages/testing';
