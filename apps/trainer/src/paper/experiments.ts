import type { Arm, Experiment } from './experiment.ts';

const f32: Arm = { recipe: 'f32', label: 'f32', paper: 'BF16 is the reference' };
const direct: Arm = { recipe: 'fp4-direct', label: 'W4A4, direct', paper: 'far above; no figures printed' };
const paper: Arm = {
  recipe: 'fp4-paper',
  label: 'W4A4 + DGE + OCC',
  paper: 'just above; no figures printed',
};

const directAboveF32 = {
  kind: 'above',
  worse: 'fp4-direct',
  better: 'f32',
  text: 'FP4 cast directly loses to f32',
} as const;

/** Every result of arXiv 2501.17116 that `nibble paper` regenerates, in the order of the paper. */
export const experiments: readonly Experiment[] = [
  {
    id: 'figure1',
    kind: 'loss',
    title: 'Figures 1 and 5: loss curves in FP4 and in full precision',
    paper:
      'Cast directly to FP4 the loss stays well above BF16; with DGE and OCC it ends at 2.55 against 2.49 (1.3B parameters), 2.17 against 2.07 (7B) and 1.97 against 1.88 (13B) after 100B tokens.',
    arms: [
      f32,
      { ...direct, paper: 'well above, 400M parameters; no figures printed' },
      { ...paper, paper: '2.4 % (1.3B), 4.8 % (7B), 4.8 % (13B) above BF16' },
    ],
    claims: [
      directAboveF32,
      {
        kind: 'above',
        worse: 'fp4-direct',
        better: 'fp4-paper',
        text: 'DGE and OCC together improve on the direct cast',
      },
      {
        kind: 'gapAtMost',
        recipe: 'fp4-paper',
        percent: 1,
        text: 'FP4 as in the paper is at most 1 % above f32',
      },
      {
        kind: 'gapAtMost',
        recipe: 'fp4-paper',
        percent: 0.3,
        text: 'FP4 as in the paper is at most 0.3 % above f32',
      },
      {
        kind: 'closesAtLeast',
        recipe: 'fp4-paper',
        share: 0.5,
        text: 'DGE and OCC together close at least half of the gap of the direct cast',
      },
    ],
  },
  {
    id: 'figure6a',
    kind: 'loss',
    title: 'Figure 6a: which part is DGE, which OCC',
    paper:
      'BF16 and two FP8 recipes end alike; W4A4 with DGE and OCC slightly above them; W4A4 cast directly far above.',
    arms: [
      f32,
      direct,
      { recipe: 'fp4-dge', label: 'W4A4 + DGE', paper: 'not shown by itself' },
      { recipe: 'fp4-occ', label: 'W4A4 + OCC', paper: 'not shown by itself' },
      paper,
    ],
    claims: [
      directAboveF32,
      {
        kind: 'above',
        worse: 'fp4-direct',
        better: 'fp4-dge',
        text: 'DGE alone improves on the direct cast',
      },
      {
        kind: 'above',
        worse: 'fp4-direct',
        better: 'fp4-occ',
        text: 'OCC alone improves on the direct cast',
      },
      {
        kind: 'above',
        worse: 'fp4-direct',
        better: 'fp4-paper',
        text: 'DGE and OCC together improve on the direct cast',
      },
    ],
  },
];

/**
 * The experiments that the ids name, in the order of the paper.
 *
 * @throws RangeError listing the ids there are
 */
export function findExperiments(ids: readonly string[]): Experiment[] {
  for (const id of ids) {
    if (experiments.some((experiment) => experiment.id === id)) continue;
    throw new RangeError(
      `nibble paper: an id must be one of ${experiments.map((known) => known.id).join(', ')}, but got ${JSON.stringify(id)}`,
    );
  }
  return experiments.filter(({ id }) => ids.includes(id));
}
