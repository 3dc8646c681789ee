import { createHmac } from 'node:crypto';

/** `sha256=…` over the raw bytes of a webhook's body (PLATFORMS 3.3). */
export function signature256(secret: string, body: string | Buffer): string {
	return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** The legacy `X-Hub-Signature`, which still comes along and which nobody should trust. */
export function signature1(secret: string, body: string | Buffer): string {
	return `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`;
}

/** `appsecret_proof` of a token (PLATFORMS 1.7). */
export function appSecretProof(secret: string, token: string): string {
	return createHmac('sha256', secret).update(token).digest('hex');
}

/** `signed_request` of the deauthorize and data deletion callbacks (PLATFORMS 1.6). */
export function signedRequest(secret: string, payload: object): string {
	const encoded = Buffer.from(JSON.stringify(payload)).toString('base64url');
	return `${createHmac('sha256', secret).update(encoded).digest('base64url')}.${encoded}`;
}
