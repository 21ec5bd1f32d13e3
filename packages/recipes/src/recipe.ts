import type { LayerPrecision } from './layer-precision.ts';

/** A linear layer of a LLaMA block, or the head. */
export type LinearRole = 'qkv' | 'o' | 'fc1' | 'fc2' | 'head';

/**
 * Blocks of a model: by index, or counted from the ends. `firstShare` and `lastShare` are shares of all blocks, rounded
 * up to whole ones.
 */
export type BlockSelection =
  | readonly number[]
  | {
      /** How many from the start; an integer of at least 1. */
      readonly first: number;
    }
  | {
      /** How many from the end; an integer of at least 1. */
      readonly last: number;
    }
  | {
      /** Share of the blocks, from the start; above 0, at most 1. */
      readonly firstShare: number;
    }
  | {
      /** Share of the blocks, from the end; above 0, at most 1. */
      readonly lastShare: number;
    };

/** Layers that differ from the rest of a recipe. */
export interface LayerOverride {
  /** Which linear layers, or null for all those of the recipe. */
  readonly roles: readonly LinearRole[] | null;
  /** In which blocks, or null for all. */
  readonly blocks: BlockSelection | null;
  /** What they take instead of {@link Recipe.layer}, also after a late switch. */
  readonly layer: LayerPrecision;
}

/** Another precision for the last part of a training run. */
export interface LateSwitch {
  /** The share of the optimizer steps that is done when it comes, between 0 and 1. */
  readonly fraction: number;
  /** What takes the place of {@link Recipe.layer}; overrides stay as they are. */
  readonly layer: LayerPrecision;
}

/**
 * A precision recipe as plain, JSON-able data: which operand of which product of which linear layer is quantized how,
 * and with which gradient estimator.
 */
export interface Recipe {
  /** Lower-case letters, digits, dots and dashes. */
  readonly name: string;
  /** One sentence for people. */
  readonly description: string;
  /** Where the recipe comes from: arXiv id and section. */
  readonly source: string;
  /** The linear layers that follow the recipe; the others run in f32. */
  readonly roles: readonly LinearRole[];
  /** What the layers of those roles take, unless an override fits them. */
  readonly layer: LayerPrecision;
  /** Of several that fit a layer, the first holds. */
  readonly overrides: readonly LayerOverride[];
  /** What takes the place of `layer` late in the run; null for nothing. */
  readonly switchAt: LateSwitch | null;
}
