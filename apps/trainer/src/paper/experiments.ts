import type { Arm, Claim, Experiment } from './experiment.ts';
import { qatExperiments } from './qat/qat-experiments.ts';

const f32: Arm = { recipe: 'f32', label: 'f32', paper: 'BF16 is the reference' };
const direct: Arm = { recipe: 'fp4-direct', label: 'W4A4, direct', paper: 'far above; no figures printed' };
const paper: Arm = {
  recipe: 'fp4-paper',
  label: 'W4A4 + DGE + OCC',
  paper: 'just above; no figures printed',
};

const above = (worse: string, better: string, text: string): Claim => ({
  kind: 'above',
  worse,
  better,
  text,
});
const directAboveF32 = above('fp4-direct', 'f32', 'FP4 cast directly loses to f32');

// arXiv 2501.17116, in its order.
const fp4Experiments: readonly Experiment[] = [
  {
    id: 'figure1',
    kind: 'loss',
    title: 'Figures 1 and 5: loss curves in FP4 and in full precision',
    paper:
      'Cast directly to FP4 the loss stays well above BF16; with DGE and OCC it ends at 2.55 against 2.49 (1.3B parameters), 2.17 against 2.07 (7B) and 1.97 against 1.88 (13B) after 100B tokens.',
    direct: 'fp4-direct',
    arms: [
      f32,
      { ...direct, paper: 'well above, 400M parameters; no figures printed' },
      { ...paper, paper: '2.4 % (1.3B), 4.8 % (7B), 4.8 % (13B) above BF16' },
    ],
    claims: [
      directAboveF32,
      above('fp4-direct', 'fp4-paper', 'DGE and OCC together improve on the direct cast'),
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
    id: 'table1',
    kind: 'table1',
    title: 'Table 1: what clamping and compensation save of activations',
    paper:
      'Over the activations of a 1.3B model, cosine similarity, MSE and SNR improve from row to row: direct cast; clamped at α = 0.999; with compensation; at 0.99; at 0.97. The residual has 2(1 − α) non-zeros.',
    recipe: 'f32',
  },
  {
    id: 'figure6a',
    kind: 'loss',
    title: 'Figure 6a: precision, and which part is DGE, which OCC',
    paper:
      'BF16 and two FP8 recipes end alike; W4A4 with DGE and OCC slightly above them; W4A4 cast directly far above.',
    direct: 'fp4-direct',
    arms: [
      f32,
      { recipe: 'bf16', label: 'BF16', paper: 'the reference' },
      direct,
      { recipe: 'fp4-dge', label: 'W4A4 + DGE', paper: 'not shown by itself' },
      { recipe: 'fp4-occ', label: 'W4A4 + OCC', paper: 'not shown by itself' },
      paper,
    ],
    claims: [
      { kind: 'gapAtMost', recipe: 'bf16', percent: 0.3, text: 'BF16 is at most 0.3 % above f32' },
      directAboveF32,
      above('fp4-direct', 'fp4-dge', 'DGE alone improves on the direct cast'),
      above('fp4-direct', 'fp4-occ', 'OCC alone improves on the direct cast'),
      above('fp4-direct', 'fp4-paper', 'DGE and OCC together improve on the direct cast'),
    ],
  },
  {
    id: 'figure6b',
    kind: 'loss',
    title: 'Figure 6b: W4A8, and the k of DGE',
    paper: 'W4A8 cast directly ends slightly above BF16; DGE helps, most with k = 5 among 3, 5 and 10.',
    direct: 'w4a8',
    arms: [
      f32,
      { recipe: 'w4a8', label: 'W4A8, direct', paper: 'slightly above' },
      { recipe: 'w4a8-dge-k3', label: 'W4A8 + DGE, k = 3', paper: 'below direct' },
      { recipe: 'w4a8-dge', label: 'W4A8 + DGE, k = 5', paper: 'the lowest of the three' },
      { recipe: 'w4a8-dge-k10', label: 'W4A8 + DGE, k = 10', paper: 'below direct' },
    ],
    claims: [
      above('w4a8', 'f32', 'W4A8 cast directly loses to f32'),
      above('w4a8', 'w4a8-dge', 'DGE with k = 5 improves on it'),
      above('w4a8-dge-k3', 'w4a8-dge', 'k = 5 is better than k = 3'),
      above('w4a8-dge-k10', 'w4a8-dge', 'k = 5 is better than k = 10'),
    ],
  },
  {
    id: 'figure6c',
    kind: 'loss',
    title: 'Figure 6c: W8A4, and the α of OCC',
    paper: 'W8A4 cast directly diverges; with OCC all three α converge, a smaller α ending lower.',
    direct: 'w8a4',
    arms: [
      f32,
      { recipe: 'w8a4', label: 'W8A4, direct', paper: 'NaN' },
      { recipe: 'w8a4-occ-alpha0.999', label: 'W8A4 + OCC, α = 0.999', paper: 'the highest of the three' },
      { recipe: 'w8a4-occ', label: 'W8A4 + OCC, α = 0.99', paper: 'between' },
      { recipe: 'w8a4-occ-alpha0.97', label: 'W8A4 + OCC, α = 0.97', paper: 'the lowest of the three' },
    ],
    claims: [
      { kind: 'diverges', recipe: 'w8a4', text: 'W8A4 cast directly diverges' },
      above('w8a4', 'w8a4-occ', 'OCC with α = 0.99 improves on it'),
      above('w8a4-occ-alpha0.999', 'w8a4-occ', 'α = 0.99 is better than 0.999'),
      above('w8a4-occ', 'w8a4-occ-alpha0.97', 'α = 0.97 is better than 0.99'),
    ],
  },
  {
    id: 'figure6d',
    kind: 'loss',
    title: 'Figure 6d: one scale per tensor instead of one per token and channel',
    paper: 'Coarse scales hurt; coarse activations more than coarse weights.',
    direct: null,
    arms: [
      f32,
      { recipe: 'fp4-direct', label: 'W4A4, per token and channel', paper: 'the lowest' },
      { recipe: 'fp4-tensorwise-weights', label: 'coarse weights', paper: 'above' },
      { recipe: 'fp4-tensorwise-activations', label: 'coarse activations', paper: 'further above' },
      { recipe: 'fp4-tensorwise', label: 'both coarse', paper: 'not shown by itself' },
    ],
    claims: [
      above('fp4-tensorwise-weights', 'fp4-direct', 'Coarse weights hurt'),
      above('fp4-tensorwise-activations', 'fp4-direct', 'Coarse activations hurt'),
      above(
        'fp4-tensorwise-activations',
        'fp4-tensorwise-weights',
        'Coarse activations hurt more than coarse weights',
      ),
      above('fp4-tensorwise', 'fp4-direct', 'Coarse scales of both hurt'),
    ],
  },
  {
    id: 'histograms',
    kind: 'histograms',
    title: 'Appendix: weights and activations before and after',
    paper:
      'Activations have outliers far from the rest, which a direct cast gives its codes to; clamped, they use the codes, and compensation brings the outliers back. Weights are close to normal.',
    recipe: 'f32',
  },
  {
    id: 'speed-model',
    kind: 'speed-model',
    title: 'Appendix B: the theoretical speed-up',
    paper:
      'For 7B (width 4096, context 2048) FP4 is 3.12 times as fast as full precision, 2.95 times with DGE and OCC, which cost 0.1 % and 5.6 %.',
  },
];

/** Every result that `nibble paper` regenerates, in the order of the papers. */
export const experiments: readonly Experiment[] = [...fp4Experiments, ...qatExperiments];

/**
 * The experiments that the ids name, in the order of the papers.
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
