import type { VNode } from 'preact';
import { useLab } from '../state/lab-context.ts';
import { BackendNotice } from './backend-notice.tsx';
import { CompareTable } from './compare-table.tsx';
import { CurveFigures } from './curve-figures.tsx';
import { DgeFigure } from './dge-figure.tsx';
import { ErrorFigure } from './error-figure.tsx';
import { LayerFigures } from './layer-figures.tsx';
import { LossFigure } from './loss-figure.tsx';
import { NewRunForm } from './new-run-form.tsx';
import { RunHeader } from './run-header.tsx';
import { RunList } from './run-list.tsx';
import { SamplePanel } from './sample-panel.tsx';
import { Tiles } from './tiles.tsx';

/** The tab that trains: settings and runs beside, what the runs do in the middle. */
export function TrainTab(): VNode {
  const lab = useLab();
  const focus = lab.focus.value;
  const shown = lab.shown.value;
  return (
    <>
      <BackendNotice />
      <div class="workbench">
        <aside>
          <NewRunForm />
          <RunList />
        </aside>
        <div class="results">
          {focus !== undefined && <RunHeader run={focus} key={focus.id} />}
          {focus !== undefined && <Tiles run={focus} />}
          <LossFigure runs={shown} />
          {shown.length > 1 && <CompareTable runs={shown} />}
          <CurveFigures runs={shown} />
          {focus !== undefined && <LayerFigures run={focus} key={`layers-${focus.id}`} />}
          {focus !== undefined && <ErrorFigure run={focus} />}
          <DgeFigure />
          {focus !== undefined && <SamplePanel run={focus} />}
        </div>
      </div>
    </>
  );
}
