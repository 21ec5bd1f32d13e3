import { llamaTensors } from '@nibble-ml/llama';
import type { GgufType, LlamaConfig, LlamaTensor } from '@nibble-ml/llama';
import { layerAt } from '@nibble-ml/recipes';
import type { RecipePhase } from '../training/recipe-phases.ts';
import { siteOf } from './linear-site.ts';
import { BLOCK_OPTIONS, blockTypeOf, forwardRounding } from './weight-rounding.ts';
import type { BlockType, WeightRounding } from './weight-rounding.ts';

/** Types that a model can be exported in. */
export const exportTypes = ['F32', 'F16', 'BF16', 'Q8_0', 'MXFP4', 'NVFP4'] as const;

/** A type that a model can be exported in. */
export type ExportType = (typeof exportTypes)[number];

/** Types for what is not in blocks of four bits. */
export type WideType = Exclude<ExportType, BlockType>;

/** Which weights are written: as the forward product takes them, or as the optimizer keeps them. */
export type WeightChoice = 'quantized' | 'master';

/** A tensor of the file: where it comes from, and what is done to it. */
export interface PlannedTensor extends LlamaTensor {
  readonly type: GgufType;
  /** Of the whole parameter, before rows are taken from it. */
  readonly rounding: WeightRounding;
}

/** What a file will hold. */
export interface GgufPlan {
  readonly tensors: readonly PlannedTensor[];
  /** Width of the feed-forward network in the file. */
  readonly feedForwardLength: number;
  /** What is worth knowing of the file, in sentences. */
  readonly notes: readonly string[];
}

/** Options of {@link planGguf}. */
export interface GgufPlanOptions {
  readonly config: LlamaConfig;
  /** The phases of the run up to the checkpoint, in order; at least one. */
  readonly phases: readonly RecipePhase[];
  readonly type: ExportType;
  readonly weights: WeightChoice;
  /** Beside MXFP4 or NVFP4, the type of matrices that the recipe leaves in float32. */
  readonly rest: WideType;
}

/** Elements of a block, which a row must have a multiple of. */
const BLOCK_ELEMENTS: Readonly<Record<ExportType, number>> = {
  F32: 1,
  F16: 1,
  BF16: 1,
  Q8_0: 32,
  MXFP4: 32,
  NVFP4: 64,
};

/**
 * Decides what a GGUF file of a trained model holds. Norms are F32. With a type of whole rows (F32, F16, BF16, Q8_0) all
 * matrices have it. With MXFP4 or NVFP4, the linear layers that the recipe trains in this format have it, with the
 * recipe's own codes and scales; layers in BF16 stay BF16, the others have type `rest`. Of a model trained without
 * quantized weights, or of its trained weights, all linear layers of the blocks are quantized, once.
 *
 * @throws RangeError naming the tensor that the type cannot hold as it was trained
 */
export function planGguf({ config, phases, type, weights, rest }: GgufPlanOptions): GgufPlan {
  const notes: string[] = [];
  const block = isBlockType(type) ? type : undefined;
  const phase = phaseFor(config, phases, weights === 'quantized' ? block : undefined);
  if (phase !== phases.at(-1)) {
    const since = phases[phases.indexOf(phase) + 1]!.stepsDone;
    notes.push(
      `since step ${since} the forward products have not taken ${type}; these are the codes that they would take under ${phase.recipe.name} before it`,
    );
  }
  const roundings = roundingsOf(config, phase, weights);
  const isQuantized = [...roundings.values()].some((rounding) => typeof rounding !== 'string');
  if (block !== undefined && !isQuantized) {
    notes.push(
      `${block} codes are made now, from the trained weights: the forward products did not take them`,
    );
  }
  const planned = (tensor: LlamaTensor): Pick<PlannedTensor, 'type' | 'rounding'> => {
    if (tensor.shape.length === 1) return { type: 'F32', rounding: 'none' };
    const rounding = roundings.get(tensor.parameter) ?? 'none';
    if (block === undefined) return { type, rounding };
    if (blockTypeOf(rounding) === block) return { type: block, rounding };
    if (typeof rounding !== 'string') {
      throw new RangeError(
        `planGguf: ${tensor.parameter} was trained with other codes than ${block}'s under ${phase.recipe.name}, and would be rounded a second time; take --type f32 or f16 for the values it was trained with, or --weights master to quantize the trained weights`,
      );
    }
    if (!isQuantized && siteOf(tensor.parameter)?.block != null)
      return { type: block, rounding: BLOCK_OPTIONS[block] };
    return rounding === 'bf16' ? { type: 'BF16', rounding } : { type: rest, rounding };
  };
  const feedForwardLength = feedForwardLengthFor(config, planned);
  if (feedForwardLength !== config.ffnDim) {
    notes.push(
      `the feed-forward width ${config.ffnDim} is filled up with zeros to ${feedForwardLength}, whole blocks of ${type}; no result changes`,
    );
  }
  if (block !== undefined && rest === 'F32') {
    notes.push('embedding and head are F32, as they were trained; with --rest f16 or q8_0 they take less');
  }
  const tensors = llamaTensors(config, { feedForwardLength }).map((tensor) =>
    Object.assign(tensor, planned(tensor)),
  );
  for (const tensor of tensors) requireWholeBlocks(tensor);
  return { tensors, feedForwardLength, notes };
}

function isBlockType(type: ExportType): type is BlockType {
  return type === 'MXFP4' || type === 'NVFP4';
}

/** The phase whose precision is exported: the last, or the last one with weights in this format. */
function phaseFor(
  config: LlamaConfig,
  phases: readonly RecipePhase[],
  block: BlockType | undefined,
): RecipePhase {
  const last = phases.at(-1)!;
  if (block === undefined) return last;
  const has = (phase: RecipePhase): boolean =>
    [...roundingsOf(config, phase, 'quantized').values()].some((rounding) => blockTypeOf(rounding) === block);
  return phases.findLast(has) ?? last;
}

/** How each linear layer's weight is rounded, by parameter. */
function roundingsOf(
  config: LlamaConfig,
  { recipe, isLate }: RecipePhase,
  weights: WeightChoice,
): Map<string, WeightRounding> {
  const roundings = new Map<string, WeightRounding>();
  if (weights === 'master') return roundings;
  for (const { parameter } of llamaTensors(config)) {
    const site = siteOf(parameter);
    if (site === undefined || roundings.has(parameter)) continue;
    const precision = layerAt(recipe, site, { blocks: config.nLayers, isLate });
    roundings.set(parameter, forwardRounding(precision, `planGguf: ${parameter} under ${recipe.name}`));
  }
  const head = layerAt(recipe, { role: 'head', block: null }, { blocks: config.nLayers, isLate });
  if (config.tiedEmbeddings && head.weights.format !== 'f32') {
    throw new RangeError(
      `planGguf: the head is quantized under ${recipe.name}, and tied to the embedding, which is not; export the trained weights with --weights master`,
    );
  }
  return roundings;
}

/** The least width of at least the model's that is whole blocks in every layer. */
function feedForwardLengthFor(
  config: LlamaConfig,
  planned: (tensor: LlamaTensor) => Pick<PlannedTensor, 'type'>,
): number {
  const multiple = llamaTensors(config)
    .filter(({ parameter }) => siteOf(parameter)?.role === 'fc2')
    .reduce((most, tensor) => Math.max(most, BLOCK_ELEMENTS[planned(tensor).type as ExportType]), 1);
  return Math.ceil(config.ffnDim / multiple) * multiple;
}

function requireWholeBlocks({ name, parameter, type, cols, shape }: PlannedTensor): void {
  const elements = BLOCK_ELEMENTS[type as ExportType];
  if (shape.length === 1 || cols % elements === 0) return;
  throw new RangeError(
    `planGguf: rows of ${name} (${parameter}) must be a multiple of ${elements} long in ${type}, but have ${cols}; take --type f32, which holds the same values`,
  );
}
