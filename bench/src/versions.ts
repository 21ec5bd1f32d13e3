import { readFileSync } from 'node:fs';

const packages = [
  '@nibble-ml/fp4-format',
  '@nibble-ml/fp4-gemm',
  '@nibble-ml/scaling-law',
  '@tensorflow/tfjs',
  '@jax-js/jax',
  'webgpu',
];

/** Versions of Node and of everything that is measured. */
export function versions(): Record<string, string> {
  const entries = packages.map((name): [string, string] => [name, versionOf(name)]);
  return { node: process.versions.node, v8: process.versions.v8, ...Object.fromEntries(entries) };
}

function versionOf(name: string): string {
  // Read as a file: not every package exports its manifest.
  const manifest = readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
