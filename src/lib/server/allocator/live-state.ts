import { z } from 'zod';
import { COUNTERS, emptyCounters } from '../../domain/show-state.ts';
import type { Claim, ItemClaims, ShowState } from '../../domain/show-state.ts';
import {
	buyerSchema,
	channelStatusSchema,
	claimStateSchema,
	itemStateSchema,
	showStatusSchema
} from '../event-schema.ts';
import { showKey } from '../redis/keys.ts';
import { runScript } from '../redis/run-script.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';

/** A show's state with how far Postgres has its log. */
export type LiveState = { readonly state: ShowState; readonly persistedSeq: number };

/** What Redis keeps beside the state, so that scripts need not count. */
export type LiveIndexes = {
	/** Winners by item number. */
	readonly won: ReadonlyMap<string, number>;
	/** Claims that wait, of all items. */
	readonly waiting: number;
	/** Comments whose first result is known. */
	readonly comments: number;
};

const SNAPSHOT_KEYS = ['meta', 'items', 'claims', 'channels', 'queue', 'comments'] as const;

const flatPairs = z.array(z.string());
const sizes = z.tuple([z.number(), z.number()]);
const snapshotSchema = z.tuple([flatPairs, flatPairs, flatPairs, flatPairs, sizes]);

const metaSchema = z.object({
	status: showStatusSchema,
	epoch: z.string(),
	seq: z.coerce.number().int(),
	name: z.string(),
	claimWord: z.string(),
	passWord: z.string(),
	persisted: z.coerce.number().int(),
	showing: z.string().optional()
});

const claimSchema = z.object({
	claimId: z.string(),
	item: z.string(),
	buyer: buyerSchema,
	state: claimStateSchema,
	rank: z.number().int(),
	wonSeq: z.number().int().nullable(),
	claimedAt: z.number().int()
});

const itemFieldsSchema = z.object({
	id: z.string(),
	title: z.string(),
	quantity: z.coerce.number().int(),
	state: itemStateSchema,
	won: z.coerce.number().int(),
	changed: z.coerce.number().int()
});

function toRecord(pairs: readonly string[]): Record<string, string> {
	const record: Record<string, string> = {};
	for (let index = 0; index + 1 < pairs.length; index += 2) {
		record[pairs[index] ?? ''] = pairs[index + 1] ?? '';
	}
	return record;
}

/** The `<n>:<field>` pairs of the items hash, one record per item number. */
function itemRecords(pairs: readonly string[]): Map<string, Record<string, string>> {
	const items = new Map<string, Record<string, string>>();
	for (const [name, value] of Object.entries(toRecord(pairs))) {
		const [number = '', field = ''] = name.split(':', 2);
		const record = items.get(number) ?? {};
		record[field] = value;
		items.set(number, record);
	}
	return items;
}

function claimsByItem(claims: readonly string[]): Map<string, Claim[]> {
	const byItem = new Map<string, Claim[]>();
	for (const json of claims) {
		const claim = claimSchema.parse(JSON.parse(json));
		const list = byItem.get(claim.item);
		if (list) list.push(claim);
		else byItem.set(claim.item, [claim]);
	}
	return byItem;
}

/** An item's claims split and ordered: winners as they won, the queue by rank. */
export function orderClaims(claims: readonly Claim[]): Pick<ItemClaims, 'winners' | 'waitlist'> {
	return {
		winners: claims
			.filter((claim) => claim.state === 'winner')
			.sort((a, b) => (a.wonSeq ?? 0) - (b.wonSeq ?? 0)),
		waitlist: claims.filter((claim) => claim.state === 'waitlist').sort((a, b) => a.rank - b.rank)
	};
}

/**
 * Reads a show's whole live state at one instant (`lua/snapshot.lua`). Null when Redis does not hold
 * the show.
 */
export async function readLiveState(
	redis: RedisClient,
	scripts: ReadonlyMap<string, LuaScript>,
	showId: string
): Promise<(LiveState & { readonly indexes: LiveIndexes }) | null> {
	const lua = scripts.get('snapshot');
	if (!lua) throw new Error('lua/snapshot.lua does not exist');
	const keys = SNAPSHOT_KEYS.map((key) => showKey(showId, key));
	const [meta, itemPairs, claims, channels, [waiting, comments]] = snapshotSchema.parse(
		await runScript(redis, lua, keys, [])
	);
	const fields = toRecord(meta);
	// Without a status it is not there, or was taken out of use (lua/retire.lua).
	if (fields['status'] === undefined) return null;
	const { status, epoch, seq, persisted, showing, ...settings } = metaSchema.parse(fields);
	const counters = emptyCounters();
	for (const counter of COUNTERS) counters[counter] = Number(fields[`n:${counter}`] ?? 0);

	const active = claimsByItem(claims);
	const items = new Map<string, ItemClaims>();
	const won = new Map<string, number>();
	for (const [number, record] of itemRecords(itemPairs)) {
		const { changed, won: winners, ...item } = itemFieldsSchema.parse(record);
		won.set(number, winners);
		const claims = orderClaims(active.get(number) ?? []);
		items.set(number, { number, ...item, ...claims, changedSeq: changed });
	}
	const reports = channels.map((json) => channelStatusSchema.parse(JSON.parse(json)));
	return {
		state: {
			showId,
			epoch,
			seq,
			status,
			settings,
			items,
			showing: showing ?? null,
			channels: new Map(reports.map((report) => [report.channelId, report])),
			counters
		},
		persistedSeq: persisted,
		indexes: { won, waiting, comments }
	};
}
