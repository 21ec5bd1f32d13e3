import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { DataPanel } from './data-panel.tsx';
import { FitPanel } from './fit-panel.tsx';
import { LawPanel } from './law-panel.tsx';
import { Predictor } from './predictor.tsx';
import { fileError, fitState, refit } from './scaling-state.ts';

/** The tab that fits scaling laws to finished runs and predicts from them. */
export function ScalingTab(): VNode {
  useEffect(() => {
    if (fitState.peek() === undefined) void refit();
  }, []);
  const state = fitState.value;
  return (
    <div class="workbench">
      <aside>
        <DataPanel />
        <LawPanel />
      </aside>
      <div class="results">
        {fileError.value !== undefined && (
          <p class="notice error" role="alert">
            {fileError.value}
          </p>
        )}
        {state?.type === 'failed' && (
          <p class="notice error" role="alert">
            {state.message}
          </p>
        )}
        {(state === undefined || state.type === 'fitting') && (
          <p class="card note" role="status">
            {state?.progress === undefined
              ? 'Fitting…'
              : `${state.progress.phase === 'search' ? 'Searching from every start' : 'Refitting for the intervals'}: ${state.progress.done} of ${state.progress.total}`}
          </p>
        )}
        {state?.type === 'done' && <Predictor fit={state.fit} data={state.data} />}
        {state?.type === 'done' && <FitPanel fit={state.fit} data={state.data} />}
      </div>
    </div>
  );
}
