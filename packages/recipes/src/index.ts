export { createLinears } from './create-linears.ts';
export type { Linears, LinearsOptions } from './create-linears.ts';
export type { GemmKind, GemmRecord } from './gemm-log.ts';
export type { LinearOp, LinearSite } from './linear-op.ts';
export { parseRecipe } from './parse-recipe.ts';
export type {
  Estimator,
  F32Operand,
  Fp4Activations,
  Fp4Weights,
  LinearRole,
  OutlierHandling,
  QuantizedGradients,
  Recipe,
} from './recipe.ts';
export { findRecipe, recipes } from './recipes.ts';
export { gradientFormats, withGradients } from './with-gradients.ts';
export type { GradientFormat } from './with-gradients.ts';
