import { globals } from 'webgpu';

/** What was asked of a GPU. */
export interface GpuCounts {
  /** Compute shaders dispatched. */
  readonly dispatches: number;
  /** Command submissions to the queue. */
  readonly submissions: number;
  /** Buffers mapped to be read by the CPU. */
  readonly readbacks: number;
  /** Dispatches after the first of those: work that had to wait for a value on the CPU. */
  readonly dispatchesAfterReadback: number;
}

type Method = (this: object, ...args: unknown[]) => unknown;
type Classes = Record<string, { prototype: Record<string, Method> }>;

/** Counts what this process asks of WebGPU, by whichever library: it stands between them and the `webgpu` package. */
export class GpuCounter {
  #counts: { -readonly [Name in keyof GpuCounts]: number } = noCounts();

  /** Counts from now on, for as long as the process lives. */
  constructor() {
    const onDispatch = (): void => {
      this.#counts.dispatches++;
      if (this.#counts.readbacks > 0) this.#counts.dispatchesAfterReadback++;
    };
    watch('GPUComputePassEncoder', 'dispatchWorkgroups', onDispatch);
    watch('GPUComputePassEncoder', 'dispatchWorkgroupsIndirect', onDispatch);
    watch('GPUQueue', 'submit', () => this.#counts.submissions++);
    watch('GPUBuffer', 'mapAsync', (mode) => {
      if (mode === GPUMapMode.READ) this.#counts.readbacks++;
    });
  }

  /** Starts again from zero. */
  reset(): void {
    this.#counts = noCounts();
  }

  /** What was counted since the last {@link reset}. */
  read(): GpuCounts {
    return { ...this.#counts };
  }
}

function noCounts(): GpuCounts {
  return { dispatches: 0, submissions: 0, readbacks: 0, dispatchesAfterReadback: 0 };
}

/** Calls `before` with the first argument whenever that method of that class is called. */
function watch(className: string, methodName: string, before: (first: unknown) => void): void {
  const { prototype } = (globals as unknown as Classes)[className]!;
  const method = prototype[methodName]!;
  prototype[methodName] = function (...args) {
    before(args[0]);
    return method.apply(this, args);
  };
}
