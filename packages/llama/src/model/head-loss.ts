import { add, concat, customGrad, slice, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { backpropagate } from '../autodiff/backpropagate.ts';
import { isRecording, record } from '../autodiff/tape.ts';
import { scaledBy } from '../autodiff/unit-gradient.ts';
import { meanLoss, rowLoss, rowLossAndGrad } from '../cross-entropy/run-cross-entropy.ts';
import type { LinearOp, LinearSite } from './linear-op.ts';

/** Logits held at once, unless {@link LEAST_ROWS} rows have more: 1 MiB of float32, which a processor's cache holds. */
const CHUNK_VALUES = 2 ** 18;
/** With fewer rows a matrix product would mostly wait for the weights. */
const LEAST_ROWS = 128;

const SITE: LinearSite = { role: 'head', block: null };

/** Rows whose logits are held at once: 2¹⁸ logits' worth, but at least 128. */
export function headChunkRows(vocabSize: number): number {
  return Math.max(LEAST_ROWS, Math.floor(CHUNK_VALUES / vocabSize));
}

/**
 * Mean cross-entropy in nats of the logits `linear(x, w)`, some rows at a time, so that no more than a chunk of logits
 * ever exists. Where a gradient will be asked for, that of x and that of w, the sum of the chunks' in order, are made
 * in the same pass and kept instead of the logits.
 *
 * @param xMD - float32 `[M, D]`
 * @param wVD - float32 `[V, D]`, the head
 * @param targetsM - int32 `[M]`
 * @param chunkRows - rows at a time
 */
export function headLoss(
  xMD: Tensor2D,
  wVD: Tensor2D,
  targetsM: Tensor1D,
  linear: LinearOp,
  chunkRows: number = headChunkRows(wVD.shape[0]),
): Scalar {
  const chunks = chunksOf(xMD, chunkRows);
  if (!isRecording()) {
    return tidy(() => {
      let loss: Tensor1D | undefined;
      for (const { firstRow, x } of chunks) {
        const before = { count: firstRow, loss };
        loss = tidy(() => rowLoss(linear(x(), wVD, SITE), targetsM, before));
      }
      return meanLoss(loss!);
    });
  }
  const loss = customGrad((_x, _w, save) => {
    const dxs: Tensor2D[] = [];
    let lossM: Tensor1D | undefined;
    let dwVD: Tensor | undefined;
    for (const { firstRow, x } of chunks) {
      const [lossBefore, dwBefore] = [lossM, dwVD];
      const [lossAfter, dx, dw] = tidy(() => {
        const xCD = x();
        const { result: logits, tape } = record(() => linear(xCD, wVD, SITE));
        const before = { count: firstRow, loss: lossBefore };
        const [lossHere, dLogits] = rowLossAndGrad(logits, targetsM, before);
        logits.dispose();
        const [dxCD, dwChunk] = backpropagate(tape, logits, dLogits, [xCD, wVD]);
        return [lossHere, dxCD!, dwBefore === undefined ? dwChunk! : add(dwBefore, dwChunk!)];
      });
      lossBefore?.dispose();
      dwBefore?.dispose();
      lossM = lossAfter as Tensor1D;
      dxs.push(dx as Tensor2D);
      dwVD = dw!;
    }
    (save as unknown as (tensors: Tensor[]) => void)([joined(dxs), dwVD!]);
    return {
      value: meanLoss(lossM!),
      gradFunc: (dy: Scalar, saved: Tensor[]) => saved.map((gradient) => scaledBy(gradient, dy)),
    };
  });
  return loss(xMD, wVD) as Scalar;
}

/** Some rows of x, made when they are called for. */
interface Chunk {
  readonly firstRow: number;
  readonly x: () => Tensor2D;
}

function chunksOf(xMD: Tensor2D, chunkRows: number): Chunk[] {
  const [rows, width] = xMD.shape;
  if (rows <= chunkRows) return [{ firstRow: 0, x: () => xMD }];
  return Array.from({ length: Math.ceil(rows / chunkRows) }, (_, i) => {
    const firstRow = i * chunkRows;
    const count = Math.min(chunkRows, rows - firstRow);
    return { firstRow, x: () => slice(xMD, [firstRow, 0], [count, width]) };
  });
}

function joined(parts: readonly Tensor2D[]): Tensor2D {
  return parts.length === 1 ? parts[0]! : concat([...parts], 0);
}
