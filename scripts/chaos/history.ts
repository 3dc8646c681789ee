import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { COMMENT_OUTCOMES } from '../../src/lib/domain/events.ts';

/*
 * What a round did and was told, one JSON object per line, in the order in which it happened. A line is
 * written before the thing that it announces is done, so that whatever dies, nothing is missing.
 */

const position = z.object({ epoch: z.string(), seq: z.number().int() });

const operation = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('comment'), key: z.string(), text: z.string(), user: z.string() }),
	/** One delivery of a webhook; its comments have the same fate. */
	z.object({
		kind: z.literal('webhook'),
		keys: z.array(z.string()),
		forged: z.boolean()
	}),
	/** `mark`: the key of the buyer who gets the unit, whom no other operation names. */
	z.object({ kind: z.literal('award'), item: z.string(), mark: z.string() }),
	z.object({ kind: z.literal('reassign'), item: z.string(), mark: z.string() }),
	z.object({ kind: z.literal('release'), claimId: z.string() }),
	z.object({ kind: z.literal('quantity'), item: z.string(), quantity: z.number().int() }),
	/** `mark`: the title, which no other operation gives. */
	z.object({ kind: z.literal('title'), item: z.string(), mark: z.string() }),
	/** `mark`: the key of the buyer who loses the unit, where the action had given it to a new one. */
	z.object({ kind: z.literal('undo'), mark: z.string().nullable() })
]);

const lineSchema = z.discriminatedUnion('type', [
	z.object({
		type: z.literal('invoke'),
		at: z.number(),
		op: z.number().int(),
		showId: z.string(),
		operation
	}),
	/** The comment's place in the log, as its sender was told; null for what has none. */
	z.object({
		type: z.literal('ok'),
		at: z.number(),
		op: z.number().int(),
		comment: z
			.object({
				seq: z.number().int(),
				outcome: z.enum(COMMENT_OUTCOMES),
				claimId: z.string().nullable(),
				replay: z.boolean(),
				epoch: z.string()
			})
			.nullable()
	}),
	/** Refused: it must have changed nothing. */
	z.object({ type: z.literal('fail'), at: z.number(), op: z.number().int(), code: z.string() }),
	/** No answer, or one that says nothing: it may have been done. Comments are sent again. */
	z.object({ type: z.literal('unknown'), at: z.number(), op: z.number().int(), why: z.string() }),
	z.object({
		type: z.literal('fault'),
		at: z.number(),
		name: z.string(),
		/** Whether it may take what was acknowledged and is not in Postgres. */
		loses: z.boolean(),
		/** Whether Redis may come back in an older state than it was in. */
		rewinds: z.boolean()
	}),
	z.object({ type: z.literal('healed'), at: z.number(), name: z.string(), note: z.string() }),
	/** Postgres had the show's log up to here: no fault may take it. */
	z.object({ type: z.literal('durable'), at: z.number(), showId: z.string(), position }),
	/** A console got the whole state, or events. */
	z.object({
		type: z.literal('snapshot'),
		at: z.number(),
		console: z.string(),
		showId: z.string(),
		position
	}),
	z.object({
		type: z.literal('events'),
		at: z.number(),
		console: z.string(),
		showId: z.string(),
		/** Id and digest of each. */
		events: z.array(z.tuple([z.string(), z.string()]))
	}),
	/** A console's connection is gone; it comes back with the id of its last message. */
	z.object({
		type: z.literal('cut'),
		at: z.number(),
		console: z.string(),
		why: z.string()
	})
]);

export type HistoryLine = z.infer<typeof lineSchema>;
export type Operation = z.infer<typeof operation>;
export type Invoke = HistoryLine & { readonly type: 'invoke' };
export type CommentTold = NonNullable<(HistoryLine & { readonly type: 'ok' })['comment']>;

/** Like `Omit`, for each member of a union. */
type Without<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** Writes the history of a round. The kernel has each line before the call returns. */
export class Recorder {
	readonly #file: string;
	#operations = 0;

	constructor(file: string) {
		this.#file = file;
		writeFileSync(file, '');
	}

	/** `at` is added: milliseconds on this process's monotonic clock. */
	note(line: Without<HistoryLine, 'at'>): void {
		appendFileSync(this.#file, `${JSON.stringify({ ...line, at: performance.now() })}\n`);
	}

	/** Announces an operation. Returns its number. */
	invoke(showId: string, what: Operation): number {
		const op = this.#operations++;
		this.note({ type: 'invoke', op, showId, operation: what });
		return op;
	}

	get operations(): number {
		return this.#operations;
	}
}

/** Reads a history back. A last line that was cut off by a crash is left out. */
export function readHistory(file: string): HistoryLine[] {
	const lines = readFileSync(file, 'utf8').split('\n');
	lines.pop();
	return lines.map((line) => lineSchema.parse(JSON.parse(line)));
}
