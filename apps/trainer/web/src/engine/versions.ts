import { version_core as tfjsVersion } from '@tensorflow/tfjs-core';
import trainer from '../../../package.json' with { type: 'json' };

/** Versions of what decides a run's numbers, for its `config.json`. */
export function versions(): Record<string, string> {
  return {
    browser: navigator.userAgent,
    nibble: trainer.version,
    '@tensorflow/tfjs-core': tfjsVersion,
  };
}
