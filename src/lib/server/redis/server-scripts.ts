import { z } from 'zod';
import type { RedisClient } from './run-script.ts';
import type { LuaScript } from './script-loader.ts';
import { primaries } from './server-figures.ts';

const existsSchema = z.array(z.number());

/**
 * Makes sure that every server knows our scripts; what one has forgotten (a restart, a SCRIPT FLUSH) is
 * loaded. Returns the names of those that a server refuses. Throws when one can't be asked.
 */
export async function ensureScripts(
	redis: RedisClient,
	scripts: ReadonlyMap<string, LuaScript>
): Promise<string[]> {
	const all = [...scripts];
	const refused = new Set<string>();
	for (const server of primaries(redis)) {
		const known = existsSchema.parse(
			await server.script('EXISTS', ...all.map(([, { sha }]) => sha))
		);
		for (const [name, { source }] of all.filter((_, index) => known[index] !== 1)) {
			try {
				await server.script('LOAD', source);
			} catch (error) {
				if (!(error instanceof Error) || !error.message.startsWith('ERR')) throw error;
				refused.add(name);
			}
		}
	}
	return [...refused];
}
