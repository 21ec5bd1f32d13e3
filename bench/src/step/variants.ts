/** What the rows of a training step are called: a recipe, and the format of the output gradients where it is not the recipe's own. */
export const stepVariants = {
  f32: 'f32',
  paper: 'fp4-paper',
  paperF32: 'fp4-paper, f32 gradients',
  paperInt8: 'fp4-paper, int8 gradients',
  direct: 'fp4-direct',
} as const;

/** A row of {@link stepVariants}. */
export type StepVariant = (typeof stepVariants)[keyof typeof stepVariants];
