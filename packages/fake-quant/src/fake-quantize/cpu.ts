import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import { fakeQuantizeGradientReference } from './gradient-reference.ts';
import type { FakeQuantizeAttrs } from './options.ts';
import { fakeQuantizeReference } from './reference.ts';

/** `FakeQuantize` and `FakeQuantizeClipped` on the cpu backend. */
export const fakeQuantizeCpu: KernelFunction<CpuBackend, FakeQuantizeAttrs> = (
  { x, clip },
  attrs,
  backend,
) => {
  const [rows, cols] = x!.shape as [number, number];
  const factors = clip === undefined ? undefined : cpuFloats(backend, clip);
  const y = fakeQuantizeReference(cpuFloats(backend, x!), rows, cols, attrs, factors);
  return cpuOutput(backend, x!.shape, y);
};

/** `FakeQuantizeGradient` on the cpu backend. */
export const fakeQuantizeGradientCpu: KernelFunction<CpuBackend, FakeQuantizeAttrs> = (
  { dy, x, clip },
  attrs,
  backend,
) => {
  const [rows, cols] = x!.shape as [number, number];
  const { dx, dclip } = fakeQuantizeGradientReference(
    cpuFloats(backend, dy!),
    cpuFloats(backend, x!),
    rows,
    cols,
    attrs,
    clip === undefined ? undefined : cpuFloats(backend, clip),
  );
  const outputs = [cpuOutput(backend, x!.shape, dx)];
  if (dclip !== undefined) outputs.push(cpuOutput(backend, clip!.shape, dclip));
  return outputs;
};
