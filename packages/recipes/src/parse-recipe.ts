import { z } from 'zod';
import type { LayerPrecision } from './layer-precision.ts';
import { layerSchema } from './parse-layer.ts';
import type { BlockSelection, LayerOverride, LinearRole, Recipe } from './recipe.ts';

const role: z.ZodType<LinearRole> = z.enum(['qkv', 'o', 'fc1', 'fc2', 'head']);
const count = z.int().min(1);
const share = z.number().gt(0).max(1);
const blockSelection: z.ZodType<BlockSelection> = z.union(
  [
    z.array(z.int().min(0)).min(1),
    z.strictObject({ first: count }),
    z.strictObject({ last: count }),
    z.strictObject({ firstShare: share }),
    z.strictObject({ lastShare: share }),
  ],
  { error: 'must be a list of blocks, or one of { first }, { last }, { firstShare } and { lastShare }' },
);
const override: z.ZodType<LayerOverride> = z.strictObject({
  roles: z.array(role).min(1).nullable(),
  blocks: blockSelection.nullable(),
  layer: layerSchema,
});

const recipe: z.ZodType<Recipe> = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
    description: z.string(),
    source: z.string(),
    roles: z.array(role),
    layer: layerSchema,
    overrides: z.array(override),
    switchAt: z.strictObject({ fraction: z.number().gt(0).lt(1), layer: layerSchema }).nullable(),
  })
  .superRefine(({ roles, layer, overrides, switchAt }, context) => {
    const refuse = (path: (string | number)[], message: string): void =>
      void context.addIssue({ code: 'custom', path, message });
    const formats = [layer.weights.format, layer.activations.format, layer.gradients.format];
    if (roles.length === 0 && (formats.some((format) => format !== 'f32') || switchAt !== null)) {
      refuse(
        ['roles'],
        `lists no layer that ${formats.join(', ')} could hold for; list one, or use f32 for all`,
      );
    }
    for (const [i, { roles: listed }] of overrides.entries()) {
      for (const [j, name] of (listed ?? []).entries()) {
        if (!roles.includes(name)) {
          refuse(['overrides', i, 'roles', j], `${name} is not among the roles of the recipe; add it there`);
        }
      }
    }
    if (switchAt !== null && learnedClips(layer) !== learnedClips(switchAt.layer)) {
      refuse(
        ['switchAt', 'layer', 'activations', 'clip'],
        'a late switch cannot begin, end or regroup learned clipping',
      );
    }
    const layers = [layer, ...overrides.map((each) => each.layer)];
    if (roles.includes('head') && layers.some((each) => learnedClips(each) !== null)) {
      refuse(
        ['roles'],
        'the head runs in chunks that learned clipping gets no gradient of; leave head out, or clip null',
      );
    }
  });

/** What the learned clip factors of a layer are for, or null where there are none. */
function learnedClips({ activations }: LayerPrecision): string | null {
  return 'clip' in activations && activations.clip !== null ? JSON.stringify(activations.granularity) : null;
}

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
