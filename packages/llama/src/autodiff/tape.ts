import { engine } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/** A kernel that ran while a tape was recorded, as tfjs-core 4.22 notes it down. */
export interface TapeNode {
  readonly kernelName: string;
  readonly inputs: NamedTensorMap;
  readonly outputs: readonly Tensor[];
  /** What the gradient needs. Kept until it is disposed. */
  readonly saved: readonly Tensor[];
  /** Gradients of the inputs by name, from those of the outputs; absent when the kernel has none. */
  readonly gradient?: (dys: readonly (Tensor | null)[]) => Readonly<Record<string, () => Tensor>>;
}

/** The part of the engine's state that decides what is recorded, and where. */
interface RecordingState {
  activeTape: TapeNode[] | null | undefined;
  gradientDepth: number;
  kernelDepth: number;
}

/** Whether kernels that run now are recorded, so that a gradient will be asked for. */
export function isRecording(): boolean {
  const { gradientDepth, kernelDepth } = recordingState();
  return gradientDepth > 0 && kernelDepth === 0;
}

/**
 * Runs `body` and records its kernels on a tape of its own, for {@link backpropagate}, which also frees what the tape
 * holds. Unlike tfjs's `grads` it may be called inside a `customGrad`, in its forward function as in its gradient: what
 * the engine was recording there is set aside meanwhile.
 *
 * @throws whatever `body` throws, after freeing what it has recorded
 */
export function record<Result extends Tensor>(body: () => Result): { result: Result; tape: TapeNode[] } {
  const state = recordingState();
  const { activeTape, gradientDepth, kernelDepth } = state;
  const tape: TapeNode[] = [];
  Object.assign(state, { activeTape: tape, gradientDepth: 1, kernelDepth: 0 });
  try {
    return { result: engine().tidy(body), tape };
  } catch (error) {
    for (const node of tape) freeSaved(node);
    throw error;
  } finally {
    Object.assign(state, { activeTape, gradientDepth, kernelDepth });
  }
}

/** Frees what a node keeps for its gradient. */
export function freeSaved({ saved }: TapeNode): void {
  for (const tensor of saved) tensor.dispose();
}

function recordingState(): RecordingState {
  return engine().state as unknown as RecordingState;
}
