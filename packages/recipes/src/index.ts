export { createLinears } from './create-linears.ts';
export type { Linears, LinearsOptions } from './create-linears.ts';
export { elementBits } from './element-bits.ts';
export { findRecipe } from './find-recipe.ts';
export { keepsInput } from './keeps-input.ts';
export { layerAt } from './layer-at.ts';
export type { LayerContext } from './layer-at.ts';
export type {
  BackwardOperand,
  Blocks,
  ElementName,
  Estimator,
  ForwardOperand,
  GradientFormat,
  HadamardSize,
  LayerPrecision,
  OutlierHandling,
  ProductGradients,
  QuantizedActivations,
  QuantizedWeights,
  RandomHadamard,
  RequantizedOperand,
  ScaleName,
  SharedGradients,
  UnscaledOperand,
} from './layer-precision.ts';
export type { LinearModel } from './linear/clip-factors.ts';
export type { ForwardOperands, RoundedOperand } from './linear/forward-operands.ts';
export type { GemmRecord } from './linear/gemm-log.ts';
export type { LinearOp, LinearSite } from './linear/linear-op.ts';
export { packOptions } from './packable.ts';
export { parseRecipe } from './parse-recipe.ts';
export { gemmKinds, productKind, productPrecision } from './product-precision.ts';
export type { GemmKind, ProductKind } from './product-precision.ts';
export type { BlockSelection, LateSwitch, LayerOverride, LinearRole, Recipe } from './recipe.ts';
export { recipes } from './recipes.ts';
export { withDge } from './with-dge.ts';
export type { WithDgeOptions } from './with-dge.ts';
export { gradientFormats, withGradients } from './with-gradients.ts';
export { withHighPrecision } from './with-high-precision.ts';
export type { OperandKind } from './with-high-precision.ts';
export { withOcc } from './with-occ.ts';
export type { WithOccOptions } from './with-occ.ts';
