import { z } from 'zod';
import type {
  F32Operand,
  Fp4Activations,
  Fp4Weights,
  LinearRole,
  QuantizedGradients,
  Recipe,
} from './recipe.ts';

const f32: z.ZodType<F32Operand> = z.strictObject({ format: z.literal('f32') });
const role: z.ZodType<LinearRole> = z.enum(['qkv', 'o', 'fc1', 'fc2', 'head']);

const fp4Weights: z.ZodType<Fp4Weights> = z.strictObject({
  format: z.literal('e2m1'),
  granularity: z.enum(['channel', 'tensor']),
  estimator: z.discriminatedUnion('name', [
    z.strictObject({ name: z.literal('straightThrough') }),
    z.strictObject({ name: z.literal('dge'), k: z.number().min(1).max(100), clip: z.number().positive() }),
  ]),
});

const fp4Activations: z.ZodType<Fp4Activations> = z.strictObject({
  format: z.literal('e2m1'),
  granularity: z.enum(['token', 'tensor']),
  outliers: z.strictObject({ alpha: z.number().gt(0.5).max(1), compensation: z.boolean() }).nullable(),
});

const quantizedGradients: z.ZodType<QuantizedGradients> = z.strictObject({
  format: z.enum(['e5m2', 'int8', 'nvfp4']),
});

/** `f32` or the quantized form, told apart by `format` so that messages are about the one that was meant. */
function operand<Quantized>(quantized: z.ZodType<Quantized>): z.ZodType<F32Operand | Quantized> {
  return z.unknown().transform((value, context) => {
    const isF32 = (value as { format?: unknown } | null)?.format === 'f32';
    const result = (isF32 ? f32 : quantized).safeParse(value);
    if (result.success) return result.data as F32Operand | Quantized;
    for (const { message, path } of result.error.issues) context.addIssue({ code: 'custom', message, path });
    return z.NEVER;
  });
}

const recipe: z.ZodType<Recipe> = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
    description: z.string(),
    source: z.string(),
    weights: operand(fp4Weights),
    activations: operand(fp4Activations),
    gradients: operand(quantizedGradients),
    roles: z.array(role),
  })
  .superRefine(({ weights, activations, gradients }, context) => {
    if ((weights.format === 'f32') !== (activations.format === 'f32')) {
      context.addIssue({
        code: 'custom',
        path: ['activations', 'format'],
        message: `weights ${weights.format} with activations ${activations.format} has no kernel yet; use the same format for both`,
      });
    }
    if (weights.format === 'f32' && gradients.format !== 'f32') {
      context.addIssue({
        code: 'custom',
        path: ['gradients', 'format'],
        message: `gradients ${gradients.format} with weights f32 has no kernel; use gradients f32, or weights e2m1`,
      });
    }
    if (
      activations.format === 'e2m1' &&
      activations.granularity === 'tensor' &&
      activations.outliers !== null
    ) {
      context.addIssue({
        code: 'custom',
        path: ['activations', 'outliers'],
        message: 'outlier clamping works per token; use granularity "token" or outliers null',
      });
    }
  });

/**
 * Checks a recipe that came from a file or a user.
 *
 * @throws RangeError naming each wrong or unknown key and what must hold, also for a combination that no kernel can do
 */
export function parseRecipe(data: unknown): Recipe {
  const result = recipe.safeParse(data);
  if (!result.success) throw new RangeError(`parseRecipe: ${z.prettifyError(result.error)}`);
  return result.data;
}
