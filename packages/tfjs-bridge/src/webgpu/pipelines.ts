import type { GpuBackend } from './gpu-backend.ts';
import { GpuError, recordGpuError } from './gpu-errors.ts';
import type { GpuProgram } from './gpu-program.ts';

/** A compiled shader and the layout of its bindings. */
export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

const pipelines = new WeakMap<GPUDevice, Map<string, Pipeline>>();

function cacheOf(device: GPUDevice): Map<string, Pipeline> {
  let cache = pipelines.get(device);
  if (cache === undefined) pipelines.set(device, (cache = new Map()));
  return cache;
}

/** The pipeline of a program, compiled now if it was not before. Errors are recorded for `throwOnGpuError`. */
export function pipelineFor(device: GPUDevice, program: GpuProgram): Pipeline {
  const found = cacheOf(device).get(program.wgsl);
  if (found !== undefined) return found;
  const { module, layout, descriptor } = describe(device, program);
  void compilationError(module, program).then((error) => {
    if (error === undefined) return;
    cacheOf(device).delete(program.wgsl);
    recordGpuError(device, error);
  });
  const made = { pipeline: device.createComputePipeline(descriptor), layout };
  cacheOf(device).set(program.wgsl, made);
  return made;
}

/**
 * Compiles a program without blocking, so that the first `runProgram` of its shader finds it done; several may compile at
 * a time.
 *
 * @throws GpuError when the shader does not compile; nothing is recorded for `throwOnGpuError` then
 */
export async function prepareProgram(
  backend: Pick<GpuBackend, 'device'>,
  program: GpuProgram,
): Promise<void> {
  const { device } = backend;
  if (cacheOf(device).has(program.wgsl)) return;
  device.pushErrorScope('validation');
  const { module, layout, descriptor } = describe(device, program);
  const compiled = device.createComputePipelineAsync(descriptor).then(
    (pipeline) => ({ pipeline, layout }),
    (error: unknown) => new GpuError('compilation', `${program.name}: ${(error as Error).message}`),
  );
  const invalid = await device.popErrorScope();
  const wrong = await compilationError(module, program);
  const made = await compiled;
  if (wrong !== undefined) throw wrong;
  if (made instanceof GpuError) throw made;
  if (invalid !== null) throw new GpuError('validation', `${program.name}: ${invalid.message}`);
  cacheOf(device).set(program.wgsl, made);
}

function describe(
  device: GPUDevice,
  program: GpuProgram,
): { module: GPUShaderModule; layout: GPUBindGroupLayout; descriptor: GPUComputePipelineDescriptor } {
  const module = device.createShaderModule({ label: program.name, code: program.wgsl });
  const storage: GPUBufferBindingType[] = [
    ...program.inputs.map(() => 'read-only-storage' as const),
    ...program.outputs.map(() => 'storage' as const),
  ];
  // An explicit layout, because an automatic one leaves out bindings that a shader variant does not use.
  const types = program.params === undefined ? storage : [...storage, 'uniform' as const];
  const layout = device.createBindGroupLayout({
    label: program.name,
    entries: types.map((type, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type },
    })),
  });
  const descriptor = {
    label: program.name,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module, entryPoint: 'main' },
  };
  return { module, layout, descriptor };
}

/** The first error of a shader's compilation, with the line it is in. */
async function compilationError(module: GPUShaderModule, program: GpuProgram): Promise<GpuError | undefined> {
  const { messages } = await module.getCompilationInfo();
  const first = messages.find(({ type }) => type === 'error');
  if (first === undefined) return undefined;
  const source = program.wgsl.split('\n')[first.lineNum - 1]?.trim() ?? '';
  return new GpuError(
    'compilation',
    `WGSL of ${program.name}, line ${first.lineNum}: ${first.message}\n  ${source}`,
  );
}
