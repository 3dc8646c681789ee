import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { metaId, parseMetaJson } from './json.ts';

const SIGNATURE_HEADER = /^sha256=([0-9a-f]{64})$/;

function hmac(data: Uint8Array | string, secret: string): Buffer {
	return createHmac('sha256', secret).update(data).digest();
}

/** The `X-Hub-Signature-256` header of a webhook body (PLATFORMS 3.3). */
export function signWebhook(raw: Uint8Array, secret: string): string {
	return `sha256=${hmac(raw, secret).toString('hex')}`;
}

/**
 * Whether one of the secrets signed these bytes: the body as it came, before anything decoded it
 * (PLATFORMS 3.4). Takes the same time whichever secret it was, and whatever is wrong with the digest.
 */
export function verifyWebhookSignature(
	raw: Uint8Array,
	header: string | null,
	secrets: readonly string[]
): boolean {
	const digest = SIGNATURE_HEADER.exec(header ?? '')?.[1];
	if (digest === undefined) return false;
	const given = Buffer.from(digest, 'hex');
	let verified = false;
	for (const secret of secrets) {
		const matches = timingSafeEqual(given, hmac(raw, secret));
		verified ||= matches;
	}
	return verified;
}

/** Proves to Meta that a token is used by its app's own server; one for each token (PLATFORMS 1.7). */
export function appSecretProof(token: string, secret: string): string {
	return hmac(token, secret).toString('hex');
}

/** Compares two secrets in a time that depends on neither. */
export function equalSecrets(a: string, b: string): boolean {
	const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(a), digest(b));
}

/** What Meta's deauthorize and data-deletion callbacks say (PLATFORMS 1.6) [unverified]. */
export type SignedRequest = {
	/** App-scoped id of the person at Meta. */
	readonly userId: string;
	readonly issuedAt: Date | null;
};

const SIGNED_REQUEST = /^([A-Za-z0-9_-]{43})=?\.([A-Za-z0-9_-]{1,10000}={0,2})$/;

const signedPayload = z.object({
	algorithm: z.string().refine((name) => name.toUpperCase() === 'HMAC-SHA256'),
	user_id: metaId,
	issued_at: z.number().int().nonnegative().max(8_640_000_000_000).optional()
});

/** Reads a `signed_request`. Null when it is malformed or not signed with the secret. */
export function parseSignedRequest(text: string, secret: string): SignedRequest | null {
	const [, signature, payload] = SIGNED_REQUEST.exec(text) ?? [];
	if (signature === undefined || payload === undefined) return null;
	if (!timingSafeEqual(Buffer.from(signature, 'base64url'), hmac(payload, secret))) return null;
	try {
		const json = Buffer.from(payload, 'base64url').toString('utf8');
		const parsed = signedPayload.safeParse(parseMetaJson(json)).data;
		if (parsed === undefined) return null;
		const { user_id: userId, issued_at: issued } = parsed;
		return { userId, issuedAt: issued === undefined ? null : new Date(issued * 1000) };
	} catch {
		return null;
	}
}
