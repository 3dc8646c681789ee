import { z } from 'zod';
import { platformId, platformTime } from '../platform-comment.ts';
import { parseMetaJson } from './json.ts';

/** Why something in a delivery is left out. */
export type IgnoredWhy =
	/** The body is not JSON. */
	| 'not_json'
	/** It is JSON, but not of a form that webhooks have, or an id is missing. */
	| 'malformed'
	/** Of an object, a field, an item or a verb that is not for us: messages, reactions, posts. */
	| 'other'
	/** Behind the first 5,000 changes. */
	| 'too_many';

/** One change of one entry, in whichever of the shapes A, B and C of PLATFORMS 3.3 it came. */
export type WebhookChange = {
	readonly object: string;
	readonly accountId: string;
	readonly sentAt: number;
	readonly field: string;
	readonly value: unknown;
};

const list = z.array(z.unknown());
const envelopeObject = z.object({ object: z.string(), entry: list });
const entryObject = z.object({
	id: platformId,
	time: z.unknown().optional(),
	changes: list.optional(),
	field: z.string().optional(),
	value: z.unknown().optional()
});
const changeObject = z.object({ field: z.string(), value: z.unknown().optional() });

/**
 * Lists what a delivery says that changed, in its order. Never throws.
 * @param receivedAt epoch ms; stands in for a time that Meta leaves out
 */
export function* listChanges(
	rawText: string,
	receivedAt: number
): Generator<WebhookChange | IgnoredWhy> {
	let root: unknown;
	try {
		root = parseMetaJson(rawText);
	} catch {
		yield 'not_json';
		return;
	}
	for (const part of Array.isArray(root) ? root : [root]) {
		const envelope = envelopeObject.safeParse(part).data;
		if (envelope === undefined) {
			yield 'malformed';
			continue;
		}
		for (const item of envelope.entry) yield* listOfEntry(envelope.object, item, receivedAt);
	}
}

function* listOfEntry(
	object: string,
	item: unknown,
	receivedAt: number
): Generator<WebhookChange | IgnoredWhy> {
	const entry = entryObject.safeParse(item).data;
	if (entry === undefined) {
		yield 'malformed';
		return;
	}
	const { id: accountId, time, changes, ...direct } = entry;
	if (changes === undefined && direct.field === undefined) {
		// Such as `messaging`.
		yield 'other';
		return;
	}
	const sentAt = platformTime(time) ?? receivedAt;
	for (const change of changes ?? [direct]) {
		const parsed = changeObject.safeParse(change).data;
		if (parsed === undefined) yield 'malformed';
		else yield { object, accountId, sentAt, field: parsed.field, value: parsed.value };
	}
}
