import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../../src/lib/server/project-root.ts';
import { planRounds } from './plan.ts';
import type { RoundPlan } from './plan.ts';
import { SeededRandom } from './random.ts';

const seedsSchema = z.array(
	z.object({
		seed: z.number().int(),
		rounds: z.number().int().min(1),
		only: z.array(z.string()),
		aof: z.enum(['always', 'everysec']).nullable(),
		/** What was wrong, and what became of it. */
		found: z.string()
	})
);

/** The rounds that once found something (tests/chaos/seeds.json). */
export async function planKeptSeeds(): Promise<RoundPlan[]> {
	const file = join(projectRoot(), 'tests', 'chaos', 'seeds.json');
	const seeds = seedsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
	return seeds.flatMap(({ seed, rounds, ...choice }) =>
		planRounds(new SeededRandom(seed), rounds, choice)
	);
}
