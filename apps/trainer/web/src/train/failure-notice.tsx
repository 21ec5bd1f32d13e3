import type { VNode } from 'preact';
import type { EngineError } from '../engine/engine-error.ts';
import { FileButton } from '../page/file-button.tsx';
import { formOfRun } from '../state/form-of-run.ts';
import { form } from '../state/form.ts';
import { useLab } from '../state/lab-context.ts';
import type { LabRun } from '../state/lab-run.ts';
import { count } from './format.ts';
import { readTextFile } from './read-text-file.ts';

/** Why a run stopped or could not go on, and the ways out that are one press away. */
export function FailureNotice({ run, error }: { readonly run: LabRun; readonly error: EngineError }): VNode {
  return (
    <div class="notice error" role="alert">
      <p>{error.message}</p>
      <div class="buttons">
        <WayOut run={run} error={error} />
      </div>
    </div>
  );
}

function WayOut({
  run,
  error: { kind, wholeStep },
}: {
  readonly run: LabRun;
  readonly error: EngineError;
}): VNode | null {
  const lab = useLab();
  const { config, backend } = run.summary.value;
  const wasm = lab.capabilities.value?.wasm.available === true && backend !== 'wasm' && (
    <button type="button" onClick={() => void lab.resume(run, { backend: 'wasm' })}>
      Go on with WebAssembly
    </button>
  );
  switch (kind) {
    // What a GPU or its driver cannot do is told in their own words.
    case 'unexpected':
    case 'device-lost':
    case 'no-webgpu':
      return <>{wasm}</>;
    case 'out-of-memory':
      return (
        <>
          {config.batchSize > 1 && (
            <button type="button" onClick={takeSmallerBatch}>
              Set up a new run with a batch of {Math.floor(config.batchSize / 2)}
            </button>
          )}
          {wasm}
        </>
      );
    case 'text-missing':
      return (
        <FileButton accept="text/*" onFile={(file) => void resumeWith(file)}>
          Give its text
        </FileButton>
      );
    case 'damaged':
      return wholeStep === undefined ? null : (
        <button type="button" onClick={() => void lab.resume(run, { fromStep: wholeStep })}>
          Go back to step {count(wholeStep)}
        </button>
      );
    default:
      return null;
  }

  async function resumeWith(file: File): Promise<void> {
    const text = await readTextFile(lab, file);
    if (text !== undefined) await lab.resume(run, { text: { type: 'own', ...text } });
  }

  /** Fills the form with the settings of the run, with half of its batch. */
  function takeSmallerBatch(): void {
    const values = form.peek();
    const capabilities = lab.capabilities.peek();
    if (values === undefined || capabilities === undefined) return;
    form.value = {
      ...formOfRun(run.summary.peek(), capabilities, values),
      batchSize: Math.floor(config.batchSize / 2),
    };
    document.querySelector<HTMLElement>('#model')?.focus();
  }
}
