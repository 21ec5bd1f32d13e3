export { createLinears } from './create-linears.ts';
export type { Linears } from './create-linears.ts';
export type { GemmKind, GemmRecord } from './gemm-log.ts';
export type { LinearOp, LinearSite } from './linear-op.ts';
export { parseRecipe } from './recipe.ts';
export type { LinearRole, Recipe } from './recipe.ts';
export { findRecipe, recipes } from './recipes.ts';
