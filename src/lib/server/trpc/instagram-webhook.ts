import { randomInt } from 'node:crypto';
import { signWebhook } from '../channels/meta/signature.ts';
import type { MetaSettings } from '../channels/meta/settings.ts';

/** A comment of an Instagram live, as a delivery of Meta's tells of it. */
export type SimulatedComment = {
	readonly accountId: string;
	readonly liveId: string;
	readonly commentId: string;
	readonly userId: string;
	readonly username: string;
	readonly text: string;
};

/** A new id in the form of Instagram's comment ids. */
export function newInstagramId(): string {
	return `179${Array.from({ length: 14 }, () => randomInt(10)).join('')}`;
}

/** Everything beyond ASCII as Meta escapes it (PLATFORMS 3.4). */
function escaped(json: string): string {
	return json
		.replaceAll('/', String.raw`\/`)
		.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The delivery's body and signature, as they would come over HTTP (PLATFORMS 3.3). */
export function simulateInstagramWebhook(
	settings: MetaSettings,
	comment: SimulatedComment
): { readonly raw: Uint8Array; readonly signature: string } {
	const raw = new TextEncoder().encode(
		escaped(
			JSON.stringify({
				object: 'instagram',
				entry: [
					{
						id: comment.accountId,
						time: Math.floor(Date.now() / 1000),
						changes: [
							{
								field: 'live_comments',
								value: {
									from: { id: comment.userId, username: comment.username },
									media: { id: comment.liveId, media_product_type: 'LIVE' },
									id: comment.commentId,
									text: comment.text
								}
							}
						]
					}
				]
			})
		)
	);
	return { raw, signature: signWebhook(raw, settings.appSecret) };
}
