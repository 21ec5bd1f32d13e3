import type { EventWriter } from '../../run/event-records.ts';
import type { LayersRecord } from './layers-record.ts';
import { HISTOGRAM_BIN, HISTOGRAM_REACH } from './weight-histogram.ts';

/** Writes the statistics of layers as curves and histograms of TensorBoard; what a layer does not have is left out. */
export function layersEvents(
  events: Pick<EventWriter, 'scalars' | 'histogram'>,
  { step, layers }: LayersRecord,
): void {
  const scalars: Record<string, number> = {};
  for (const { role, block, weightsDecibels, activationsDecibels, outlierShare, histogram } of layers) {
    const layer = `${role}/block ${String(block).padStart(2, '0')}`;
    if (weightsDecibels !== null) scalars[`layers/weights in dB/${layer}`] = weightsDecibels;
    if (activationsDecibels !== null) scalars[`layers/activations in dB/${layer}`] = activationsDecibels;
    if (outlierShare !== null) scalars[`layers/outlier share/${layer}`] = outlierShare;
    events.histogram(
      `weights/${layer}`,
      { start: -HISTOGRAM_REACH, width: HISTOGRAM_BIN, counts: histogram },
      step,
    );
  }
  events.scalars(scalars, step);
}
