import type { VNode } from 'preact';
import type { DamagedRun } from '../engine/run-summary.ts';
import { FileButton } from '../page/file-button.tsx';
import { useLab } from '../state/lab-context.ts';
import type { LabRun } from '../state/lab-run.ts';
import { isBusy } from '../state/lab-run.ts';
import { DeleteButton } from './delete-button.tsx';
import { count } from './format.ts';
import { stateWord } from './state-word.ts';

/** The runs that this browser keeps. */
export function RunList(): VNode {
  const lab = useLab();
  const runs = lab.runs.value;
  const damaged = lab.damaged.value;
  return (
    <section aria-labelledby="runs" class="card runs">
      <div class="heading">
        <h2 id="runs">Runs</h2>
        {lab.capabilities.value?.hasStorage !== false && (
          <FileButton accept=".zip,application/zip" onFile={(zip) => void lab.import(zip)}>
            Import a run
          </FileButton>
        )}
      </div>
      {runs === undefined && <p class="note">Looking for runs…</p>}
      {runs?.length === 0 && damaged.length === 0 && (
        <p class="note">None yet. What you train stays in this browser and is here again after a reload.</p>
      )}
      {runs !== undefined && runs.length + damaged.length > 0 && (
        <ul class="run-list">
          {runs.map((run) => (
            <RunRow run={run} key={run.id} />
          ))}
          {damaged.map((run) => (
            <DamagedRow run={run} key={run.run} />
          ))}
        </ul>
      )}
    </section>
  );
}

function RunRow({ run }: { readonly run: LabRun }): VNode {
  const lab = useLab();
  const { name, config, step } = run.summary.value;
  const isShown = run.isShown.value;
  // The steps of a run that trains come faster than its summaries.
  const at = run.record.revision.value > 0 ? Math.max(step, run.record.step) : step;
  const isFocus = lab.focus.value === run;
  return (
    <li class={`${isFocus ? 'focus' : ''} series-${run.color.value + 1}`}>
      <label class="swatch">
        <input
          type="checkbox"
          aria-label={`Draw the curves of ${name}`}
          checked={isShown}
          onChange={() => (isShown ? lab.hide(run) : void lab.show(run))}
        />
      </label>
      <button
        type="button"
        class="run-name"
        aria-current={isFocus ? 'true' : undefined}
        onClick={() => void lab.focusOn(run)}
      >
        <span class="name">{name}</span>
        <span class="note">
          {config.model} · {count(at)} of {count(config.steps)} · {stateWord(run.summary.value)}
        </span>
      </button>
      {isBusy(run.summary.value) && (
        <progress max={config.steps} value={at} aria-label={`Progress of ${name}`} />
      )}
    </li>
  );
}

function DamagedRow({ run: { run, name, error } }: { readonly run: DamagedRun }): VNode {
  return (
    <li class="damaged">
      <p class="run-name">
        <span class="name">{name}</span>
        <span class="note">damaged: {error.message}</span>
      </p>
      <DeleteButton run={run} name={name} />
    </li>
  );
}
