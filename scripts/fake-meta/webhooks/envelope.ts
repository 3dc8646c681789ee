import { metaJson } from '../http/escape.ts';
import { signature1, signature256 } from '../http/signature.ts';
import type { InstagramShape, Notification } from './notification.ts';

/** A notification and how its entry is to look. */
export type Shaped = {
	readonly notification: Notification;
	/** `C`: field and value stand in the entry itself, without `changes`. */
	readonly shape: InstagramShape;
};

type Entry = {
	readonly id: string;
	readonly time: number;
	readonly changes?: object[];
	readonly field?: string;
	readonly value?: object;
};

/**
 * The body of one delivery: an entry per account, or several. Changes of neighbours with the same
 * account may share an entry.
 * @param time as it is to stand in the entries: seconds or milliseconds
 */
export function deliveryBody(
	batch: readonly Shaped[],
	how: {
		readonly time: number;
		readonly isArrayRoot: boolean;
		readonly joinNeighbours: () => boolean;
	}
): string {
	const entries: Entry[] = [];
	for (const { notification, shape } of batch) {
		const { accountId: id, field, value } = notification;
		if (shape === 'C') {
			entries.push({ id, time: how.time, field, value });
			continue;
		}
		const last = entries.at(-1);
		if (last?.id === id && last.changes && how.joinNeighbours()) {
			last.changes.push({ field, value });
		} else entries.push({ id, time: how.time, changes: [{ field, value }] });
	}
	const payload = { object: batch[0]?.notification.object, entry: entries };
	return metaJson(how.isArrayRoot ? [payload] : payload);
}

/** The headers of a delivery, signed over the body's bytes. */
export function deliveryHeaders(secret: string, body: string): Record<string, string> {
	return {
		'content-type': 'application/json',
		'user-agent': 'facebookexternalua',
		'x-hub-signature': signature1(secret, body),
		'x-hub-signature-256': signature256(secret, body)
	};
}
