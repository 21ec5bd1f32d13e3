import { openWasm } from '@nibble-ml/tfjs-bridge/wasm';
import { expect } from 'vitest';
import { loadLlamaCpp } from '../../../apps/trainer/test/llama-cpp.ts';
import { greatestDifference, ourLogProbabilities } from '../../../apps/trainer/test/trained-run.ts';
import { loadTrained } from '../../../apps/trainer/src/training/load-trained.ts';
import { text } from './own-text.ts';

/** Loads a GGUF file of a run in float32 in llama.cpp: it tokenizes as the run does, with the same log-probabilities. */
export async function expectLlamaCppToAgree(
  llama: Parameters<typeof loadLlamaCpp>[0],
  file: string,
  dir: string,
): Promise<void> {
  await openWasm();
  const { model, linears, tokenizer } = loadTrained(dir);
  const ids = [...tokenizer.encode(text.slice(0, 200))].slice(0, 32);
  const theirs = await loadLlamaCpp(llama, file);
  try {
    expect(theirs.tokenize(text.slice(0, 200)).slice(0, 32)).toEqual(ids);
    const ours = await ourLogProbabilities(model, linears.linear, [ids]);
    expect(greatestDifference(await theirs.logProbabilities(ids), ours)).toBeLessThan(1e-4);
  } finally {
    await theirs.dispose();
    linears.dispose();
    model.dispose();
  }
}
