import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import type { ExportRun, GgufExportType } from '../engine/protocol.ts';
import { saveFile } from '../page/save-file.ts';
import { useLab } from '../state/lab-context.ts';
import type { LabRun } from '../state/lab-run.ts';
import { count } from './format.ts';

const ggufTypes: readonly GgufExportType[] = ['F32', 'F16', 'BF16', 'Q8_0', 'MXFP4', 'NVFP4'];

/** Which weights a GGUF file has: those of the forward product, or the float32 ones of the optimizer. */
type Weights = 'quantized' | 'master';

/** The files that a run can be saved as. */
export function ExportMenu({ run }: { readonly run: LabRun }): VNode {
  const lab = useLab();
  const type = useSignal<GgufExportType>('F32');
  const weights = useSignal<Weights>('quantized');
  const isMaking = useSignal(false);
  const menu = useRef<HTMLDetailsElement>(null);
  const { savedStep, state } = run.summary.value;
  const save = async (request: ExportRun): Promise<void> => {
    isMaking.value = true;
    const file = await lab.export(request);
    isMaking.value = false;
    if (file === undefined) return;
    saveFile(file.fileName, file.blob);
    for (const note of file.notes) lab.tell({ tone: 'info', text: note });
    // It is gone when another run was looked at meanwhile.
    if (menu.current !== null) menu.current.open = false;
  };
  const isDisabled = isMaking.value || savedStep === 0 || state.type === 'elsewhere';
  return (
    <details
      class="menu"
      ref={menu}
      onKeyDown={({ key }) => {
        if (key !== 'Escape') return;
        menu.current!.open = false;
        menu.current!.querySelector('summary')!.focus();
      }}
    >
      <summary>Export</summary>
      <div class="menu-body">
        <p class="note">
          {state.type === 'elsewhere'
            ? `Its checkpoints are being replaced: export it from ${state.owner}, or pause it there.`
            : savedStep === 0
              ? 'Nothing is saved yet: pause the run, or wait for its first checkpoint.'
              : `As of step ${count(savedStep)}.`}
        </p>
        <button
          type="button"
          disabled={isDisabled}
          onClick={() => void save({ run: run.id, format: 'run-folder' })}
        >
          Run folder, zip
          <span class="note">for nibble train --resume, report, eval</span>
        </button>
        <button
          type="button"
          disabled={isDisabled}
          onClick={() => void save({ run: run.id, format: 'safetensors' })}
        >
          safetensors, zip
          <span class="note">for transformers</span>
        </button>
        <fieldset>
          <legend>GGUF, for llama.cpp</legend>
          <select
            aria-label="Type of the GGUF file"
            value={type.value}
            onChange={({ currentTarget }) => {
              type.value = currentTarget.value as GgufExportType;
            }}
          >
            {ggufTypes.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
          <select
            aria-label="Weights of the GGUF file"
            value={weights.value}
            onChange={({ currentTarget }) => {
              weights.value = currentTarget.value as Weights;
            }}
          >
            <option value="quantized">quantized weights</option>
            <option value="master">float32 weights</option>
          </select>
          <button
            type="button"
            disabled={isDisabled}
            onClick={() =>
              void save({ run: run.id, format: 'gguf', type: type.value, weights: weights.value })
            }
          >
            GGUF
          </button>
        </fieldset>
      </div>
    </details>
  );
}
