import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Versions of Node and of everything that is measured. */
export function versions(): Record<string, string> {
  const packages = ['@nibble-ml/fp4-gemm', '@tensorflow/tfjs', '@jax-js/jax', 'webgpu'];
  const entries = packages.map((name): [string, string] => [name, versionOf(name)]);
  return { node: process.versions.node, v8: process.versions.v8, ...Object.fromEntries(entries) };
}

function versionOf(name: string): string {
  return (require(`${name}/package.json`) as { version: string }).version;
}
