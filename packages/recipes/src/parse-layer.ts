import { z } from 'zod';
import type {
  BackwardOperand,
  Blocks,
  ElementName,
  Estimator,
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
import { checkLayer } from './layer-rules.ts';

const element: z.ZodType<ElementName> = z.enum(['e2m1', 'e1m2', 'e3m0', 'int4', 'int8', 'e4m3', 'e5m2']);
const scale: z.ZodType<ScaleName> = z.enum(['exact', 'powerOfTwo', 'e8m0Floor', 'e8m0Ceil', 'e4m3', 'quest']);
const gradientFormat: z.ZodType<GradientFormat> = z.enum(['f32', 'bf16', 'e5m2', 'int8', 'nvfp4']);
const hadamardSize: z.ZodType<HadamardSize> = z.literal([16, 32, 64, 128]);

const count = z.int().min(1);
const blocks: z.ZodType<Blocks> = z.strictObject({
  block: z.union([count, z.tuple([count, count])], { error: 'must be a whole number, or [rows, columns]' }),
});

function granularity<Name extends string>(...names: [Name, ...Name[]]): z.ZodType<Name | Blocks> {
  return z.union([z.enum(names), blocks], {
    error: `must be ${names.map((name) => JSON.stringify(name)).join(', ')} or { block }`,
  }) as z.ZodType<Name | Blocks>;
}

const estimator: z.ZodType<Estimator> = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('straightThrough') }),
  z.strictObject({ name: z.literal('dge'), k: z.number().min(1).max(100), clip: z.number().positive() }),
]);
const outliers: z.ZodType<OutlierHandling> = z.strictObject({
  alpha: z.number().gt(0.5).max(1),
  compensation: z.enum(['f32', 'e4m3']).nullable(),
});

const unscaled: z.ZodType<UnscaledOperand> = z.strictObject({ format: z.enum(['f32', 'bf16']) });
const weights: z.ZodType<QuantizedWeights> = z.strictObject({
  format: element,
  granularity: granularity('channel', 'tensor'),
  scale,
  estimator,
});
const activations: z.ZodType<QuantizedActivations> = z.strictObject({
  format: element,
  granularity: granularity('token', 'tensor'),
  scale,
  outliers: outliers.nullable(),
  clip: z.literal('learned').nullable(),
});
const requantized: z.ZodType<RequantizedOperand> = z.strictObject({
  format: element,
  of: z.enum(['original', 'forward']),
  granularity: granularity('vector', 'tensor'),
  scale,
  headroom: z.number().min(1).lt(2),
  rounding: z.enum(['nearestEven', 'stochastic']),
});
const asForward = z.strictObject({ format: z.literal('asForward') });

/** One of several schemas, chosen by the format, so that messages are about the one that was meant. */
function byFormat<Chosen>(schemaOf: (format: unknown) => z.ZodType<Chosen>): z.ZodType<Chosen> {
  return z.unknown().transform((value, context) => {
    const result = schemaOf((value as { format?: unknown } | null)?.format).safeParse(value);
    if (result.success) return result.data;
    for (const { message, path } of result.error.issues) context.addIssue({ code: 'custom', message, path });
    return z.NEVER;
  });
}

function operand<Scaled>(scaled: z.ZodType<Scaled>): z.ZodType<UnscaledOperand | Scaled> {
  return byFormat<UnscaledOperand | Scaled>((format) =>
    format === 'f32' || format === 'bf16' ? unscaled : scaled,
  );
}

const backward: z.ZodType<BackwardOperand> = byFormat<BackwardOperand>((format) =>
  format === 'asForward' ? asForward : operand(requantized),
);
const randomHadamard: z.ZodType<RandomHadamard> = z.strictObject({
  size: hadamardSize,
  signs: z.enum(['fixed', 'fresh']),
});
const product = { gradient: operand(requantized), hadamard: randomHadamard.nullable() };

const perProduct: z.ZodType<ProductGradients> = z.strictObject({
  format: z.literal('perProduct'),
  dgrad: z.strictObject({ ...product, weights: backward }),
  wgrad: z.strictObject({ ...product, activations: backward }),
});
const shared: z.ZodType<SharedGradients> = z.strictObject({ format: gradientFormat });

/** The schema of a layer's precision, with what no kernel can do. */
export const layerSchema: z.ZodType<LayerPrecision> = z
  .strictObject({
    weights: operand(weights),
    activations: operand(activations),
    gradients: byFormat<SharedGradients | ProductGradients>((format) =>
      format === 'perProduct' ? perProduct : shared,
    ),
    hadamard: hadamardSize.nullable(),
  })
  .superRefine((layer, context) => {
    for (const { path, message } of checkLayer(layer)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  });
