import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLab } from '../state/lab-context.ts';
import { canGoOn, isBusy } from '../state/lab-run.ts';
import type { LabRun } from '../state/lab-run.ts';
import { DeleteButton } from './delete-button.tsx';
import { ExportMenu } from './export-menu.tsx';
import { FailureNotice } from './failure-notice.tsx';
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
      <p class="subtitle" role="status">
        <span class={`state ${state.type}`}>{capitalized(stateWord(summary))}</span>
        {state.type === 'preparing' && `: ${state.doing}`}
        {state.type === 'finishing' && ': its loss on the whole validation text.'}
        {state.type === 'elsewhere' &&
          `: ${state.owner} has it. Its curves are drawn here; pause or close it there to go on here.`}
      </p>
      {error !== undefined && <FailureNotice run={run} error={error} />}
    </section>
  );
}

/** The name, which turns into a field. */
function RunName({ run }: { readonly run: LabRun }): VNode {
  const lab = useLab();
  const isEdited = useSignal(false);
  const { name } = run.summary.value;
  if (!isEdited.value) {
    return (
      <h2 class="run-title">
        <i class={`key-line series-${run.color.value + 1}`} />
        {name}{' '}
        <button
          type="button"
          class="quiet"
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
        ref={(input) => input?.select()}
        onKeyDown={({ key }) => {
          if (key === 'Escape') isEdited.value = false;
        }}
      />
      <button type="submit">Save</button>
    </form>
  );
}

const capitalized = (word: string): string => word[0]!.toUpperCase() + word.slice(1);
