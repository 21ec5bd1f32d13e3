import { diagnoseFit, parameterTable } from '@nibble-ml/scaling-law';
import type { FitResult } from '@nibble-ml/scaling-law';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { Figure } from '../chart/figure.tsx';
import { LinePlot } from '../chart/line-plot.tsx';
import { plotRows } from '../chart/plot-rows.ts';
import { ValuesTable } from '../chart/values-table.tsx';
import { fittedPrecisions } from './scaling-data.ts';
import type { ScalingData } from './scaling-data.ts';

/** What was fitted: parameters with their intervals, how well the law agrees with the runs, and what to be careful about. */
export function FitPanel({ fit, data }: { readonly fit: FitResult; readonly data: ScalingData }): VNode {
  const { head, rows } = parameterTable(fit);
  return (
    <section aria-labelledby="fit">
      <h2 id="fit">The fit</h2>
      <p class="note">
        {fit.law} on {fit.points} runs
        {fit.precision === null ? '' : ` in ${fit.precision} and high precision`}: relative error{' '}
        {percent(fit.relativeErrorOnLoss)} on the loss
        {fit.relativeErrorOnDelta !== null && `, ${percent(fit.relativeErrorOnDelta)} on δ`}. Intervals hold
        the true value in {Math.round(100 * fit.bootstrap.confidence)} % of all cases if the law is right;
        from {fit.bootstrap.resamples} refits.
      </p>
      {fit.warnings.map((warning) => (
        <p class="notice info" key={warning}>
          {warning}
        </p>
      ))}
      <div class="charts of-2">
        <div class="card scroll" tabIndex={0} role="region" aria-label="Parameters of the fit">
          <table>
            <thead>
              <tr>
                {head.slice(0, -1).map((title, column) => (
                  <th scope="col" key={title} class={column > 0 ? 'number' : ''}>
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, value, low, high, meaning]) => (
                <tr key={name}>
                  <th scope="row">
                    {name}
                    <span class="note">{meaning}</span>
                  </th>
                  <td class="number">{value}</td>
                  <td class="number">{low}</td>
                  <td class="number">{high}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <Agreement fit={fit} data={data} />
      </div>
    </section>
  );
}

/** Every run: what the law gives against what was measured. */
function Agreement({ fit, data }: { readonly fit: FitResult; readonly data: ScalingData }): VNode {
  const what = fit.definition.predicts === 'delta' ? 'δ' : 'loss';
  const { columns, outliers } = useMemo(() => {
    const precisions = fittedPrecisions(fit);
    const found = diagnoseFit(fit, data.records, {
      logOf: fit.logOf,
      // A law of several precisions is fitted to all that there are.
      ...(precisions.length === 1 ? { precision: precisions[0]! } : {}),
    }).toSorted((a, b) => a.observed - b.observed);
    const observed = found.map((run) => run.observed);
    return {
      columns: [observed, observed, found.map((run) => run.predicted)] as [number[], number[], number[]],
      outliers: found.filter(({ isOutlier }) => isOutlier).length,
    };
  }, [fit, data]);
  return (
    <Figure
      title="Fitted against observed"
      unit={`${what}, nats per token`}
      legend={[
        { name: 'a run', color: 0, mark: 'dot' },
        { name: 'perfect agreement', color: null, mark: 'reference' },
      ]}
      note={
        outliers === 0
          ? 'No run lies more than 3.5 standard deviations off.'
          : `${outliers} ${outliers === 1 ? 'run lies' : 'runs lie'} more than 3.5 standard deviations off.`
      }
    >
      <LinePlot
        label={`Fitted ${what} against observed ${what} of ${columns[0].length} runs; relative error ${(100 * fit.relativeErrorOnLoss).toFixed(2)} % on the loss`}
        axes={{ x: `observed ${what}` }}
        series={[
          { name: 'perfect agreement', color: null, mark: 'dashed' },
          { name: 'runs', color: 0, mark: 'dots' },
        ]}
        data={columns}
        height={260}
      />
      <ValuesTable
        caption={`Observed and fitted ${what} of the runs, nats per token`}
        head={['observed', 'fitted']}
        rows={() => plotRows([columns[0], columns[2]], nats, nats)}
      />
    </Figure>
  );
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

const nats = (value: number): string => value.toFixed(4);
