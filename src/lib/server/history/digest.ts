import { createHash } from 'node:crypto';
import { canonicalState } from '../../domain/canonical-state.ts';
import { applyEvent } from '../../domain/reducer.ts';
import { createShowState } from '../../domain/show-state.ts';
import type { ShowState } from '../../domain/show-state.ts';
import { readLiveState } from '../allocator/live-state.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import type { Db } from './database.ts';
import { persistedEvents } from './event-log.ts';
import { readPostgresState } from './postgres-state.ts';

/** SHA-256 of a state's facts, hex. Two states with the same digest hold the same facts. */
export function stateDigest(state: ShowState): string {
	return createHash('sha256').update(canonicalState(state)).digest('hex');
}

/**
 * Folds the whole persisted log of a show. The settings that the show was created with are in no
 * event, so `settings` gives them; every later change is folded over them.
 */
export async function foldPersistedLog(
	db: Db,
	showId: string,
	settings: ShowState['settings']
): Promise<ShowState> {
	const state = createShowState(showId, '', settings);
	for await (const event of persistedEvents(db, showId)) {
		// A rebuilt show has several epochs in its log; the sequence goes on through them.
		state.epoch = event.epoch;
		applyEvent(state, event);
	}
	return state;
}

export type ShowDigests = {
	/** Fold of the persisted events. */
	readonly events: string;
	/** Live state in Redis; null when Redis no longer holds the show. */
	readonly redis: string | null;
	/** Rows of items, claims, comments, channels in Postgres. */
	readonly postgres: string | null;
};

/** The three digests of a show at rest (DESIGN rule 2): equal, or something is broken. */
export async function showDigests(
	db: Db,
	redis: RedisClient,
	scripts: ReadonlyMap<string, LuaScript>,
	showId: string
): Promise<ShowDigests> {
	const live = await readLiveState(redis, scripts, showId);
	const postgres = await readPostgresState(db, showId);
	const settings = postgres?.settings ?? { name: '', claimWord: '', passWord: '' };
	return {
		events: stateDigest(await foldPersistedLog(db, showId, settings)),
		redis: live && stateDigest(live.state),
		postgres: postgres && stateDigest(postgres)
	};
}
