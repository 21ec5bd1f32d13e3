import { z } from 'zod';

const roleSchema = z.enum(['qkv', 'o', 'fc1', 'fc2', 'head']);

const weightsSchema = z.discriminatedUnion('format', [
  z.strictObject({ format: z.literal('f32') }),
  z.strictObject({
    format: z.literal('e2m1'),
    /** One scale per output channel, or one per tensor. */
    granularity: z.enum(['channel', 'tensor']),
    estimator: z.discriminatedUnion('name', [
      z.strictObject({ name: z.literal('straightThrough') }),
      z.strictObject({
        name: z.literal('dge'),
        /** Exponent of the surrogate; 1 is the straight-through estimator. */
        k: z.number().min(1).max(100),
        /** Upper bound of the surrogate's derivative. */
        clip: z.number().positive(),
      }),
    ]),
  }),
]);

const activationsSchema = z.discriminatedUnion('format', [
  z.strictObject({ format: z.literal('f32') }),
  z.strictObject({
    format: z.literal('e2m1'),
    /** One scale per token, or one per tensor. */
    granularity: z.enum(['token', 'tensor']),
    /** Outlier clamping at the two-sided quantile `alpha`, or null for none. */
    outliers: z.strictObject({ alpha: z.number().gt(0.5).max(1), compensation: z.boolean() }).nullable(),
  }),
]);

/** The shape of a recipe; anything else is refused by name. */
export const recipeSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
    description: z.string(),
    /** Where the recipe comes from: arXiv id and section. */
    source: z.string(),
    weights: weightsSchema,
    activations: activationsSchema,
    /** Precision of the output gradient in both backward GeMMs. */
    gradients: z.strictObject({ format: z.literal('f32') }),
    /** The linear layers that follow the recipe; the others run in f32. */
    roles: z.array(roleSchema),
  })
  .superRefine((recipe, context) => {
    if ((recipe.weights.format === 'f32') !== (recipe.activations.format === 'f32')) {
      context.addIssue({
        code: 'custom',
        path: ['activations', 'format'],
        message: `weights ${recipe.weights.format} with activations ${recipe.activations.format} has no kernel yet; use the same format for both`,
      });
    }
    if (
      recipe.activations.format === 'e2m1' &&
      recipe.activations.granularity === 'tensor' &&
      recipe.activations.outliers !== null
    ) {
      context.addIssue({
        code: 'custom',
        path: ['activations', 'outliers'],
        message: 'outlier clamping works per token; use granularity "token" or outliers null',
      });
    }
  });

/**
 * A precision recipe as plain, JSON-able data: which operand of which linear layer is quantized how, and with which
 * gradient estimator.
 */
export type Recipe = z.infer<typeof recipeSchema>;

/** The linear layers of a LLaMA block, and the head. */
export type LinearRole = z.infer<typeof roleSchema>;

/**
 * Checks a recipe that came from a file or a user.
 *
 * @throws RangeError naming each wrong key, its value and what must hold
 */
export function parseRecipe(data: unknown): Recipe {
  const result = recipeSchema.safeParse(data);
  if (!result.success) throw new RangeError(`parseRecipe: ${z.prettifyError(result.error)}`);
  return result.data;
}
