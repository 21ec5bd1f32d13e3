import type { ContestantProcess } from '../contest/contestant-process.ts';
import { runContest } from '../contest/run-contest.ts';
import type { Effort, Standing } from '../contest/run-contest.ts';
import type { GemmOp, GemmTask } from '../contest/task.ts';
import type { BenchBackend, BenchRow } from '../report.ts';
import { operandsOf } from './operands.ts';
import { verifier } from './verify.ts';

const ops: readonly GemmOp[] = ['fwd', 'fwdWithQuantize', 'dgrad', 'wgrad'];

/** `[M, K, N]`: the two halves of a small MLP, two squares, and a tall one. */
export const gemmShapes: readonly (readonly [number, number, number])[] = [
  [1024, 256, 768],
  [1024, 768, 256],
  [512, 512, 512],
  [1024, 1024, 1024],
  [2048, 2048, 512],
];

/** One shape, for a look and for tests. */
export const quickGemmShapes: readonly (readonly [number, number, number])[] = [[128, 128, 96]];

/** Times the products of a linear layer at every shape. */
export async function runGemm(
  backend: BenchBackend,
  contestants: readonly ContestantProcess[],
  shapes: readonly (readonly [number, number, number])[],
  effort: Effort,
  progress: (text: string) => void,
): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const shape of shapes) {
    const operands = operandsOf(shape);
    for (const op of ops) {
      progress(`${backend} ${op} [${shape.join(', ')}]`);
      const task: GemmTask = { kind: 'gemm', op, shape };
      const verify = await verifier(task, operands);
      const standings = await runContest(contestants, task, effort, (...result) => verify.check(...result));
      rows.push(...standings.map((standing) => gemmRow(backend, task, standing, verify.exact)));
    }
  }
  return rows;
}

function gemmRow(
  backend: BenchBackend,
  { op, shape }: GemmTask,
  { impl, variant, times, ratio, packedBytes }: Standing,
  exact: ReadonlySet<string>,
): BenchRow {
  const [m, k, n] = shape;
  return {
    backend,
    op: `gemm.${op}`,
    shape,
    impl,
    variant,
    exact: exact.has(`${impl} ${variant}`),
    msMin: times.min,
    msMedian: times.median,
    msMax: times.max,
    gflops: (2 * m * k * n) / times.median / 1e6,
    ...(ratio === undefined ? {} : { ratio }),
    ...(packedBytes === undefined ? {} : { bytes: packedBytes }),
  };
}
