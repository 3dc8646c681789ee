import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { LogPosition } from '../../domain/events.ts';
import { AppError, isAppErrorCode } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import { onServerChange } from '../redis/connections.ts';
import { actionKey, showKey } from '../redis/keys.ts';
import type { ShowKey } from '../redis/keys.ts';
import { runScript } from '../redis/run-script.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import { RecentMap } from './recent-map.ts';

/** What every write script answers; `detail` is JSON or empty. */
export type ScriptReply = {
	readonly code: string;
	readonly position: LogPosition;
	readonly detail: string;
};

/** A script of a show with the keys it declares, in the order of its header. `action`: the call's own. */
export type ShowScript = {
	readonly name: string;
	readonly keys: readonly (ShowKey | 'action')[];
};

export type ScriptRunnerOptions = {
	readonly redis: RedisClient;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	/**
	 * Rebuilds a show that Redis does not hold, or holds in an older state than was acknowledged
	 * (then `damaged` is the position it fell back to). Throws `SHOW_NOT_FOUND` for an unknown show.
	 */
	readonly recover: (showId: string, damaged: LogPosition | null) => Promise<void>;
	/**
	 * The position that history holds, asked once per show and connection, so that a server which came
	 * back with an old state is recognised by a process that has just started, or that had been told less
	 * than others. Null when history can't be reached: claims go on without it.
	 */
	readonly persistedPosition: (showId: string) => Promise<LogPosition | null>;
	/** Called after each call that appended events: history has something to do. */
	readonly onAppended: (showId: string) => void;
	/** Called with the duration of each call in milliseconds, for metrics; `FAILED`: Redis gave no reply. */
	readonly onCall?: (script: string, code: string, durationMs: number) => void;
};

const replySchema = z.tuple([z.string(), z.string(), z.string(), z.string()]);

/** How many shows a process remembers between calls (positions, words). */
export const MAX_KNOWN_SHOWS = 10_000;
/** A show that was rebuilt may be lost again at once; after this many rebuilds in one call we give up. */
const MAX_RECOVERIES = 3;

const NO_POSITION: LogPosition = { epoch: '', seq: 0 };

/** The last position that this process has seen, and through which connection, counted from 0. */
type Known = { readonly position: LogPosition; readonly connection: number };

/** Runs the write scripts of shows: remembers positions, rebuilds lost shows, wakes history. */
export class ScriptRunner {
	readonly #options: ScriptRunnerOptions;
	readonly #known = new RecentMap<Known>(MAX_KNOWN_SHOWS);
	/** Questions to history under way, by show. */
	readonly #asked = new Map<string, Promise<LogPosition | null>>();
	#connection = 0;

	constructor(options: ScriptRunnerOptions) {
		this.#options = options;
		onServerChange(options.redis, () => this.#connection++);
	}

	/**
	 * Calls a script once the show is live in Redis. `args` are those after the known position.
	 * Returns whatever code the script answered; throws `SHOW_NOT_FOUND` and `UNAVAILABLE`.
	 */
	async call(script: ShowScript, showId: string, args: readonly string[]): Promise<ScriptReply> {
		const keys = keysOf(script, showId);
		for (let attempt = 0; ; attempt++) {
			const remembered = this.#known.get(showId);
			const connection = this.#connection;
			const known =
				remembered?.connection === connection
					? remembered.position
					: await this.#askHistory(showId, remembered?.position ?? NO_POSITION);
			const reply = await this.#callOnce(script, keys, [known.epoch, String(known.seq), ...args]);
			if (reply.code !== 'SHOW_MISSING' && reply.code !== 'HISTORY_LOST') {
				this.#remember(showId, { position: reply.position, connection });
				return reply;
			}
			if (attempt === MAX_RECOVERIES) throw new AppError('UNAVAILABLE');
			this.#known.delete(showId);
			const otherEpoch = reply.code === 'HISTORY_LOST' && reply.position.epoch !== known.epoch;
			// Perhaps somebody else rebuilt the show; the next attempt asks history which epoch counts.
			if (otherEpoch && remembered) continue;
			const lost = reply.code === 'HISTORY_LOST' && !otherEpoch;
			await this.#options.recover(showId, lost ? reply.position : null);
		}
	}

	/** As `call`, and throws an `AppError` for every code but OK. Returns the detail. */
	async act<Detail>(
		script: ShowScript,
		showId: string,
		args: readonly string[],
		detail: z.ZodType<Detail>
	): Promise<Detail> {
		const reply = await this.call(script, showId, args);
		if (reply.code === 'OK')
			return detail.parse(reply.detail === '' ? null : JSON.parse(reply.detail));
		throw refusal(script, reply);
	}

	async #callOnce(script: ShowScript, keys: string[], args: string[]): Promise<ScriptReply> {
		const lua = this.#options.scripts.get(script.name);
		if (!lua) throw new Error(`lua/${script.name}.lua does not exist`);
		const startedAt = performance.now();
		let code = 'FAILED';
		try {
			const raw = await runScript(this.#options.redis, lua, keys, args);
			failpoint('script-replied');
			const reply = replySchema.parse(raw);
			[code] = reply;
			const [, epoch, seq, detail] = reply;
			return { code, position: { epoch, seq: Number(seq) }, detail };
		} finally {
			this.#options.onCall?.(script.name, code, performance.now() - startedAt);
		}
	}

	/**
	 * The server behind a new connection may be one that has lost its newest events, and other processes
	 * may have written more of them than this one knows.
	 */
	async #askHistory(showId: string, remembered: LogPosition): Promise<LogPosition> {
		let asked = this.#asked.get(showId);
		if (!asked) {
			asked = this.#options.persistedPosition(showId).finally(() => this.#asked.delete(showId));
			this.#asked.set(showId, asked);
		}
		const persisted = await asked;
		if (!persisted) return remembered;
		return persisted.epoch === remembered.epoch && persisted.seq < remembered.seq
			? remembered
			: persisted;
	}

	#remember(showId: string, { position, connection }: Known): void {
		const known = this.#known.get(showId);
		const isNews = known?.position.epoch !== position.epoch || known.position.seq < position.seq;
		if (!isNews && known.connection >= connection) return;
		this.#known.set(showId, isNews ? { position, connection } : { ...known, connection });
		if (isNews) this.#options.onAppended(showId);
	}
}

/** However often the call is sent, its action has one key. */
function keysOf(script: ShowScript, showId: string): string[] {
	return script.keys.map((key) =>
		key === 'action' ? actionKey(showId, randomUUID()) : showKey(showId, key)
	);
}

const detailsSchema = z.record(z.string(), z.unknown());

function refusal(script: ShowScript, reply: ScriptReply): AppError {
	if (!isAppErrorCode(reply.code)) {
		throw new Error(`lua/${script.name}.lua answered an unknown code ${reply.code}`);
	}
	const details = reply.detail === '' ? {} : detailsSchema.parse(JSON.parse(reply.detail));
	return new AppError(reply.code, { details });
}
