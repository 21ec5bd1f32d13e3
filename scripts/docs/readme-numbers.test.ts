import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../workspaces.ts';
import { readResults } from './performance-page.ts';

it('the README names the times of the stored benchmark', () => {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const stored = readResults().find(({ name }) => name.startsWith('step_wasm'))!;
  const widest = stored.report.rows.at(-1)!.shape.join();
  const time = (impl: string, variant: string): string => {
    const row = stored.report.rows.find(
      (one) => one.impl === impl && one.variant === variant && one.shape.join() === widest,
    );
    return Math.round(row!.msMedian).toLocaleString('en-US');
  };
  expect(readme).toContain(
    `a training step in FP4 takes ${time('nibble', 'fp4-paper')} ms where jax-js takes ${time('jax-js', 'f32')} ms and TensorFlow.js ${time('tfjs', 'f32')} ms in float32`,
  );
});
