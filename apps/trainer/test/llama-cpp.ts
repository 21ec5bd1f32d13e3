import { getLlama, LlamaLogLevel, NoBinaryFoundError } from 'node-llama-cpp';
import type { Llama, Token } from 'node-llama-cpp';

/** A model in llama.cpp. */
export interface LlamaCppModel {
  /** Ids of a text; special tokens written out in it become those tokens. */
  tokenize(text: string): number[];
  /** The text of ids. */
  detokenize(ids: readonly number[]): string;
  /** For each position the log-probabilities of the next token, in float64 from llama.cpp's logits. */
  logProbabilities(ids: readonly number[]): Promise<Float64Array[]>;
  /** The likeliest token after another, `count` times. */
  greedy(ids: readonly number[], count: number): Promise<number[]>;
  dispose(): Promise<void>;
}

/** llama.cpp's CPU backend, or why it cannot be had: there is no prebuilt binary for every platform. */
export async function findLlamaCpp(): Promise<{ llama: Llama } | { reason: string }> {
  try {
    return { llama: await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error }) };
  } catch (error) {
    if (error instanceof NoBinaryFoundError) {
      return { reason: `node-llama-cpp has no prebuilt binary for ${process.platform} ${process.arch}` };
    }
    throw error;
  }
}

/** Loads a GGUF file into llama.cpp, with keys and values in F32: in F16, its default, they alone are off by 1e-3. */
export async function loadLlamaCpp(llama: Llama, file: string): Promise<LlamaCppModel> {
  const model = await llama.loadModel({ modelPath: file, useMmap: false });
  const context = await model.createContext({
    contextSize: 256,
    batchSize: 256,
    // Several would wait for one another, spinning, where other processes have the cores.
    threads: 1,
    flashAttention: false,
    experimentalKvCacheKeyType: 'F32',
    experimentalKvCacheValueType: 'F32',
  });
  const sequence = context.getSequence();

  const logProbabilities = async (ids: readonly number[]): Promise<Float64Array[]> => {
    await sequence.clearHistory();
    const outputs = await sequence.controlledEvaluate(
      ids.map((id) => [id as Token, { generateNext: { logits: true } }]),
    );
    return outputs.map((output) => {
      const logits = output!.next.logits!;
      const row = new Float64Array(logits.size);
      for (const [token, logit] of logits) row[token] = logit;
      return logSoftmax(row);
    });
  };
  return {
    tokenize: (text) => [...model.tokenize(text, true)],
    detokenize: (ids) => model.detokenize(ids as Token[], true),
    logProbabilities,
    greedy: async (ids, count) => {
      await sequence.clearHistory();
      const created: number[] = [];
      for await (const token of sequence.evaluate(ids as Token[], { temperature: 0, yieldEogToken: true })) {
        created.push(token);
        if (created.length === count) break;
      }
      return created;
    },
    dispose: () => model.dispose(),
  };
}

/** Logits less the logarithm of the sum of their exponentials. */
export function logSoftmax(logits: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(logits);
  const greatest = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = values.reduce((total, value) => total + Math.exp(value - greatest), 0);
  return values.map((value) => value - greatest - Math.log(sum));
}
