import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findSwiftShader } from '../system/find-swiftshader.ts';
import { root } from '../workspaces.ts';

/** Test files, and folders of them, that SwiftShader cannot pass, and why. */
export const notOnSwiftShader: ReadonlyMap<string, string> = new Map([
  ['packages/optim/src/mixed-moments.test.ts', 'SwiftShader flushes subnormal bounds of moments to zero'],
  ['packages/optim/src/small-device.test.ts', 'it takes for granted that a device binds 16 buffers'],
]);

/** The driver file of SwiftShader; undefined when there is none or `NIBBLE_SKIP_BACKENDS` leaves it or WebGPU out. */
export function swiftShaderUnderTest(): string | undefined {
  const skipped = (process.env['NIBBLE_SKIP_BACKENDS'] ?? '').split(',');
  return skipped.includes('swiftshader') || skipped.includes('webgpu') ? undefined : findSwiftShader();
}

/** The test files of kernels that run on every backend, relative to the repository's root. */
export function kernelTests(): string[] {
  const files = globSync('packages/{fp4-gemm,fake-quant,dge,occ,llama,optim}/src/**/*.test.ts', {
    cwd: root,
  });
  return files.filter(
    (file) =>
      !file.endsWith('.slow.test.ts') &&
      ![...notOnSwiftShader.keys()].some((left) => file === left || file.startsWith(`${left}/`)) &&
      readFileSync(path.join(root, file), 'utf8').includes('testBackends'),
  );
}
