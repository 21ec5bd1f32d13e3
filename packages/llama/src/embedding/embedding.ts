import { engine } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkTensor } from '../kernel/check-tensor.ts';
import { registerGradientOnce, registerOp } from '../kernel/register-op.ts';
import { embeddingCpu, embeddingGradCpu } from './cpu.ts';
import { embeddingGradient } from './gradient.ts';
import { EMBEDDING, EMBEDDING_GRAD } from './kernel.ts';
import { embeddingWasm, embeddingGradWasm } from './wasm.ts';
import { embeddingWebGpu, embeddingGradWebGpu } from './webgpu.ts';

/**
 * Rows of a table: `out[m] = table[ids[m]]`. Differentiable in the table, with a deterministic gradient.
 *
 * @param idsM - int32 `[M]`, each in `[0, V)`. On webgpu, where the values cannot be read at once, an id outside
 * that range gives a row of NaN
 * @param tableVD - float32 `[V, D]`
 * @returns float32 `[M, D]`
 * @throws RangeError when a shape does not fit, or an id is out of range (cpu, wasm)
 * @throws TypeError when a dtype does not fit
 */
export function embedding(idsM: Tensor1D, tableVD: Tensor2D): Tensor2D {
  checkTensor('embedding', 'idsM', idsM, 'int32', 1);
  checkTensor('embedding', 'tableVD', tableVD, 'float32', 2);
  registerEmbedding();
  return engine().runKernel<Tensor2D>(
    EMBEDDING,
    { ids: idsM, table: tableVD },
    { vocabSize: tableVD.shape[0] },
  );
}

function registerEmbedding(): void {
  registerOp(EMBEDDING, { cpu: embeddingCpu, wasm: embeddingWasm, webgpu: embeddingWebGpu });
  registerOp(EMBEDDING_GRAD, { cpu: embeddingGradCpu, wasm: embeddingGradWasm, webgpu: embeddingGradWebGpu });
  registerGradientOnce(embeddingGradient);
}
