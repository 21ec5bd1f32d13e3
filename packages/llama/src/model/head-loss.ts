import { add, concat, customGrad, mul, slice, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { backpropagate } from '../autodiff/backpropagate.ts';
import { isRecording, record } from '../autodiff/tape.ts';
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
  const chunks = (): Chunk[] => chunksOf(xMD, targetsM, chunkRows);
  if (!isRecording()) {
    return tidy(() =>
      meanLoss(
        joined(chunks().map(([x, targets]) => tidy(() => rowLoss(linear(x(), wVD, SITE), targets())))),
      ),
    );
  }
  const loss = customGrad((_x, _w, save) => {
    const losses: Tensor1D[] = [];
    const dxs: Tensor2D[] = [];
    let dwVD: Tensor | undefined;
    for (const [x, targets] of chunks()) {
      const before = dwVD;
      const [chunkLoss, dx, dw] = tidy(() => {
        const xCD = x();
        const { result: logits, tape } = record(() => linear(xCD, wVD, SITE));
        const [lossC, dLogits] = rowLossAndGrad(logits, targets(), targetsM.size);
        logits.dispose();
        const [dxCD, dwChunk] = backpropagate(tape, logits, dLogits, [xCD, wVD]);
        return [lossC, dxCD!, before === undefined ? dwChunk! : add(before, dwChunk!)];
      });
      before?.dispose();
      losses.push(chunkLoss as Tensor1D);
      dxs.push(dx as Tensor2D);
      dwVD = dw!;
    }
    (save as unknown as (tensors: Tensor[]) => void)([joined(dxs), dwVD!]);
    return {
      value: meanLoss(joined(losses)),
      gradFunc: (dy: Scalar, saved: Tensor[]) => saved.map((gradient) => mul(gradient, dy)),
    };
  });
  return loss(xMD, wVD) as Scalar;
}

/** Rows of x, and their targets, made when they are called for. */
type Chunk = readonly [x: () => Tensor2D, targets: () => Tensor1D];

function chunksOf(xMD: Tensor2D, targetsM: Tensor1D, chunkRows: number): Chunk[] {
  const [rows, width] = xMD.shape;
  if (rows <= chunkRows) return [[() => xMD, () => targetsM]];
  return Array.from({ length: Math.ceil(rows / chunkRows) }, (_, i) => {
    const start = i * chunkRows;
    const count = Math.min(chunkRows, rows - start);
    return [() => slice(xMD, [start, 0], [count, width]), () => slice(targetsM, [start], [count])];
  });
}

function joined<Kind extends Tensor1D | Tensor2D>(parts: readonly Kind[]): Kind {
  return parts.length === 1 ? parts[0]! : (concat([...parts] as Tensor[], 0) as Kind);
}
