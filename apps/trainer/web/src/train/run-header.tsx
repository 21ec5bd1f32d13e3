import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLab } from '../state/lab-context.ts';
import { canGoOn, isBusy } from '../state/lab-run.ts';
import type { LabRun } from '../state/lab-run.ts';
import { DeleteButton } from './delete-button.tsx';
import { ExportMenu } from './export-menu.tsx';
import { FailureNotice } from './failure-notice.tsx';
import { phaseOf, progressOf } from './phase.ts';
import { stateWord } from './state-word.ts';

/** The name of a run, what it is doing, and what can be done with it. */
export function RunHeader({ run }: { readonly run: LabRun }): VNode {
  const lab = useLab();
  const isAsking = useSignal(false);
  const summary = run.summary.value;
  const { config, backend, adapter, textName, state } = summary;
  const error = run.refusal.value ?? (state.type === 'failed' ? state.error : undefined);
  const ask = async (what: Promise<void>): Promise<void> => {
    isAsking.value = true;
    await what;
    isAsking.value = false;
  };
  return (
    <section class="run-header" aria-label={`Run ${summary.name}`}>
      <div class="heading">
        <RunName run={run} />
        <div class="buttons">
          {isBusy(summary) && (
            <button
              type="button"
              class="primary"
              disabled={isAsking.value || state.type !== 'training'}
              onClick={() => void ask(lab.pause(run))}
            >
              Pause
            </button>
          )}
          {canGoOn(summary) && (
            <button
              type="button"
              class="primary"
              disabled={isAsking.value}
              onClick={() => void ask(lab.resume(run))}
            >
              Go on
            </button>
          )}
          <ExportMenu run={run} />
          <DeleteButton
            run={run.id}
            name={summary.name}
            isDisabled={isBusy(summary) || state.type === 'elsewhere'}
          />
        </div>
      </div>
      <p class="subtitle">
        {config.model}, {config.recipe}, on {textName} · {backend}
        {adapter !== '' && `: ${adapter}`}
      </p>
      <p class="subtitle">
        <span role="status">
          <span class={`state ${state.type}`}>{capitalized(stateWord(summary))}</span>
          {state.type === 'preparing' && `: ${phaseOf(state.doing)}`}
          {state.type === 'finishing' && ': its loss on the whole validation text.'}
          {state.type === 'elsewhere' &&
            `: ${state.owner} has it. Pause or close it there to go on here; its curves are brought up to date then.`}
        </span>
        {state.type === 'preparing' && progressOf(state.doing)}
      </p>
      {error !== undefined && <FailureNotice run={run} error={error} />}
    </section>
  );
}

/** The name, which turns into a field. */
function RunName({ run }: { readonly run: LabRun }): VNode {
  const lab = useLab();
  const isEdited = useSignal(false);
  const wasEdited = useRef(false);
  const button = useRef<HTMLButtonElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const { name } = run.summary.value;
  // The focus goes into the field, once, and back to where it came from.
  useEffect(() => {
    if (isEdited.value) {
      input.current?.focus();
      input.current?.select();
    } else if (wasEdited.current) {
      button.current?.focus();
    }
    wasEdited.current = isEdited.value;
  }, [isEdited.value]);
  if (!isEdited.value) {
    return (
      <h2 class="run-title">
        <i class={`key-line series-${run.color.value + 1}`} />
        {name}{' '}
        <button
          type="button"
          class="quiet"
          ref={button}
          onClick={() => {
            isEdited.value = true;
          }}
        >
          Rename
        </button>
      </h2>
    );
  }
  return (
    <form
      class="rename"
      onSubmit={(event) => {
        event.preventDefault();
        const entered = String(new FormData(event.currentTarget).get('name')).trim();
        isEdited.value = false;
        if (entered !== '' && entered !== name) void lab.rename(run, entered);
      }}
    >
      <input
        name="name"
        aria-label="Name of the run"
        defaultValue={name}
        ref={input}
        onKeyDown={({ key }) => {
          if (key === 'Escape') isEdited.value = false;
        }}
      />
      <button type="submit">Save</button>
    </form>
  );
}

const capitalized = (word: string): string => word[0]!.toUpperCase() + word.slice(1);
