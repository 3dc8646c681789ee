import { showKey } from '../redis/keys.ts';
import { runScript } from '../redis/run-script.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';

/**
 * Takes a show out of use that stands in this epoch (lua/retire.lua), until it is rebuilt. Persist it before:
 * one whose log can't be persisted must stay in use. And after: what came in between is in its log.
 */
export async function retireShow(
	redis: RedisClient,
	scripts: ReadonlyMap<string, LuaScript>,
	showId: string,
	epoch: string
): Promise<void> {
	const lua = scripts.get('retire');
	if (!lua) throw new Error('lua/retire.lua does not exist');
	await runScript(redis, lua, [showKey(showId, 'meta')], [epoch]);
}
