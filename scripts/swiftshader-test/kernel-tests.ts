import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findSwiftShader } from '../system/find-swiftshader.ts';
import { root } from '../workspaces.ts';

/**
 * Folders of ops that SwiftShader cannot be tested on, because compiling the unrolled stores of
 * `packages/fp4-gemm/src/f32-matmul/f32-wgsl.ts` takes it many minutes.
 */
export const tooLongToCompile: readonly string[] = [
  'fp4-gemm/src/f32-matmul',
  'fp4-gemm/src/fp4-linear',
  'fp4-gemm/src/fp4-matmul-dw',
  'fp4-gemm/src/fp4-matmul-dx',
];

/** The driver file of SwiftShader; undefined when there is none or `NIBBLE_SKIP_BACKENDS` leaves it or WebGPU out. */
export function swiftShaderUnderTest(): string | undefined {
  const skipped = (process.env['NIBBLE_SKIP_BACKENDS'] ?? '').split(',');
  return skipped.includes('swiftshader') || skipped.includes('webgpu') ? undefined : findSwiftShader();
}

/** The test files of kernels that run on every backend, relative to the repository's root. */
export function kernelTests(): string[] {
  const files = globSync('packages/{fp4-gemm,dge,occ,llama,optim}/src/**/*.test.ts', { cwd: root });
  return files.filter(
    (file) =>
      !file.endsWith('.slow.test.ts') &&
      !tooLongToCompile.some((folder) => file.startsWith(`packages/${folder}/`)) &&
      readFileSync(path.join(root, file), 'utf8').includes('testBackends'),
  );
}
