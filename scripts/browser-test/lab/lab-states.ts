// States of the page to look at, each with what the worker says in it.
import type { Page } from 'playwright-core';
import type { RunListing, RunSummary } from '../../../apps/trainer/web/src/engine/run-summary.ts';
import type { FakeReplies } from './fake-worker.ts';
import { capable, contentsOf, histogramOf, layers, summaryOf, withoutGpu } from './lab-fixtures.ts';

/** A state of the page. */
export interface LabState {
  readonly replies: FakeReplies;
  /** Part of the address. */
  readonly tab?: 'scaling-law';
  /** Brings the open page into the state. */
  readonly act?: (page: Page) => Promise<void>;
}

const floors: Readonly<Record<string, number>> = { f32: 3.36, 'fp4-direct': 3.62, 'fp4-paper': 3.44 };

/** The three runs of the comparison, newest first. */
export const comparedRuns: readonly RunSummary[] = ['fp4-paper', 'fp4-direct', 'f32'].map((recipe) =>
  summaryOf(recipe, recipe === 'f32' ? 240 : 230, { type: 'training' }),
);

const lost = summaryOf('fp4-paper', 120, {
  type: 'failed',
  error: {
    kind: 'device-lost',
    message: 'The GPU went away at step 121. The run is saved as of step 100; go on with it.',
  },
});
const elsewhere = summaryOf('f32', 40, { type: 'elsewhere', owner: 'the tab opened at 14:03:07' });

function listing(
  runs: readonly RunSummary[],
  damaged: RunListing['damaged'] = [],
): { readonly result: RunListing } {
  return { result: { runs, damaged } };
}

/** The page with some runs that are there already, and what else the worker answers. */
export function stateWith(runs: readonly RunSummary[], replies: FakeReplies = {}): LabState {
  return {
    replies: {
      probe: { result: capable },
      listRuns: listing(runs),
      ...Object.fromEntries(runs.map((run) => [`openRun ${run.run}`, { result: contentsOf(run, 3.4) }])),
      ...replies,
    },
  };
}

/** The states by name. */
export const labStates: Readonly<Record<string, LabState>> = {
  empty: { replies: { probe: { result: capable }, listRuns: listing([]) } },
  'no WebGPU': { replies: { probe: { result: withoutGpu }, listRuns: listing([]) } },
  compared: {
    replies: {
      probe: { result: capable },
      listRuns: listing(comparedRuns),
      startRuns: { result: comparedRuns.toReversed() },
      ...Object.fromEntries(
        comparedRuns.map((run) => [`openRun ${run.run}`, { result: contentsOf(run, floors[run.name]!) }]),
      ),
    },
    act: async (page) => {
      await page.getByRole('button', { name: /^Compare/ }).click();
      await page.getByRole('region', { name: 'Comparison of the runs' }).waitFor();
      const events = [
        histogramOf('run-fp4-paper', layers[0]!, 230, true),
        { type: 'memory', backend: 'webgpu', tensors: 412, tensorBytes: 48e6, deviceBytes: 182e6 } as const,
      ];
      await page.evaluate((all) => {
        for (const event of all) window.fakeEngine.emit(event);
      }, events);
    },
  },
  'a lost device': {
    replies: {
      probe: { result: capable },
      listRuns: listing([lost, elsewhere]),
      openRun: { result: contentsOf(lost, 3.4) },
    },
  },
  'a damaged run': {
    replies: {
      probe: { result: capable },
      listRuns: listing(
        [summaryOf('fp4-paper', 300, { type: 'done' })],
        [
          {
            run: 'torn',
            name: 'whale',
            error: {
              kind: 'damaged',
              message:
                'openRun: whale must be the folder of a run, but its config.json cannot be read: Unexpected end of JSON input',
            },
          },
        ],
      ),
      openRun: { result: contentsOf(summaryOf('fp4-paper', 300, { type: 'done' }), 3.4) },
    },
  },
  'scaling law': {
    replies: { probe: { result: capable }, listRuns: listing([]) },
    tab: 'scaling-law',
    act: async (page) => {
      await page.getByRole('heading', { name: 'The fit' }).waitFor();
    },
  },
};
