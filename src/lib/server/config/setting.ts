import { z } from 'zod';

const blankAsUnset = (value: unknown): unknown => (value === '' ? undefined : value);

/** One environment variable: an empty one counts as not set. */
export function setting<Schema extends z.ZodType>(schema: Schema) {
	return z.preprocess(blankAsUnset, schema);
}

export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
