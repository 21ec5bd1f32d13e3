import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { version_core as tfjsVersion } from '@tensorflow/tfjs-core';

/** Versions of what decides a run's numbers, for its `config.json`. */
export function versions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const dawn = JSON.parse(readFileSync(require.resolve('webgpu/package.json'), 'utf8')) as {
    version: string;
  };
  const trainer = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return {
    node: process.version,
    nibble: trainer.version,
    '@tensorflow/tfjs-core': tfjsVersion,
    webgpu: dawn.version,
  };
}
