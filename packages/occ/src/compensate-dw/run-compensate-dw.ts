import { gpuOutput, isSoftwareAdapter, runProgram } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { engine } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { spreadWorkgroups } from '../workgroups.ts';
import { dwParams } from './dw-epilogue.ts';
import type { DwEpilogue } from './dw-epilogue.ts';
import { MARK_WORDS, marksWgsl } from './marks-wgsl.ts';
import { walkWgsl } from './walk-wgsl.ts';

/** Tensors of the compensation of dW. */
export interface DwTensors {
  readonly dw: TensorInfo;
  readonly dy: TensorInfo;
  readonly indices: TensorInfo;
  readonly values: TensorInfo;
}

/** How the sums are found; the bits are the same. */
export type DwVariant = 'marks' | 'walk';

/** The variant that suits a device. */
export function dwVariant(device: GPUDevice): DwVariant {
  return isSoftwareAdapter({ info: device.adapterInfo } as GPUAdapter) ? 'walk' : 'marks';
}

const SHARES = { marks: { threads: 64, outputs: 4 }, walk: { threads: 8, outputs: 4 } } as const;
/** With fewer workgroups than this, the processors of a GPU would wait for each other rather than repeat the marks. */
const WORKGROUPS_WANTED = 2048;

const shaders = new Map<string, string>();

/** Σ_m dY[m, n] · ΔX[m, k] and the epilogue, in one dispatch. None of the sizes may be 0. */
export function runCompensateDw(
  backend: GpuBackend,
  { dw, dy, indices, values }: DwTensors,
  { name, epilogue, variant }: { name: string; epilogue: DwEpilogue; variant: DwVariant },
): void {
  const [n, k] = dw.shape as [number, number];
  const [m, width] = indices.shape as [number, number];
  const share = SHARES[variant];
  const runs = Math.ceil(n / (share.threads * share.outputs));
  const key = `${name} ${variant}`;
  let wgsl = shaders.get(key);
  if (wgsl === undefined) {
    shaders.set(key, (wgsl = (variant === 'marks' ? marksWgsl : walkWgsl)(share, epilogue)));
  }
  const columns = variant === 'walk' ? k : columnsOfGroup(m, k, runs);
  const scratch =
    variant === 'walk' ? gpuOutput(backend, [runs * share.threads * share.outputs, k], 'float32') : null;
  runProgram(backend, {
    name,
    wgsl,
    inputs: [dy, indices, values, ...epilogue.inputs.map(({ tensor }) => tensor)],
    outputs: scratch === null ? [dw] : [scratch, dw],
    params: dwParams({ m, n, k, width, columns }, epilogue),
    workgroups: spreadWorkgroups(Math.ceil(k / columns) * runs),
  });
  if (scratch !== null) engine().makeTensorFromTensorInfo(scratch).dispose();
}

/** As many columns as there is room for marks, but enough workgroups. */
function columnsOfGroup(m: number, k: number, runs: number): number {
  const room = Math.floor(MARK_WORDS / Math.ceil(m / 32));
  return Math.max(1, Math.min(room, Math.floor((k * runs) / WORKGROUPS_WANTED)));
}
