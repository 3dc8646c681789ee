import { MAX_WEBHOOK_BYTES } from './channels/webhook-receiver.ts';
import type { Receipt, WebhookReceiver } from './channels/webhook-receiver.ts';
import {
	BodyTooLargeError,
	BodyTooSlowError,
	limitBody,
	readBody
} from './protection/read-body.ts';

/** How long a delivery's body may take to arrive: Meta sends it at once, and waits no longer for us. */
const BODY_TIMEOUT_MS = 5_000;

const STATUS: Record<Receipt, number> = { accepted: 200, forged: 401, busy: 503 };

const plain = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

const later = { ...plain, 'retry-after': '5' };

/** Answers Meta's handshake (PLATFORMS 3.2): the challenge as it is, or 403. */
export function answerChallenge(
	receiver: WebhookReceiver | null,
	query: URLSearchParams
): Response {
	const challenge = receiver?.challenge(query) ?? null;
	return challenge === null
		? new Response('Forbidden', { status: 403, headers: plain })
		: new Response(challenge, { headers: plain });
}

/**
 * Answers a delivery: 200 once it is stored, 401 when Meta did not sign it, 503 when it can't be taken
 * now. Meta comes again with everything but a 200 (PLATFORMS 3.5).
 */
export async function answerDelivery(
	receiver: WebhookReceiver | null,
	request: Request
): Promise<Response> {
	if (!receiver) return new Response('Not found', { status: 404, headers: plain });
	const signature = request.headers.get('x-hub-signature-256');
	// The receiver has logged why.
	const receipt = await receiver.receive(signature, () => readRaw(request)).catch(() => null);
	const status = receipt === null ? 503 : STATUS[receipt];
	return new Response(null, { status, headers: status === 503 ? later : plain });
}

/** The body's bytes; null when there are too many, or they come too slowly: nothing of Meta's. */
async function readRaw(request: Request): Promise<Uint8Array | null> {
	try {
		return await readBody(request, { bytes: MAX_WEBHOOK_BYTES, timeoutMs: BODY_TIMEOUT_MS });
	} catch (error) {
		if (error instanceof BodyTooLargeError || error instanceof BodyTooSlowError) return null;
		throw error;
	}
}

/** The form that Meta posts a person's request with is small. */
const MAX_FORM_BYTES = 64_000;

/** The `signed_request` of Meta's deauthorize and data-deletion callbacks (PLATFORMS 1.6); null: none. */
export async function readSignedRequest(request: Request): Promise<string | null> {
	try {
		const limits = { bytes: MAX_FORM_BYTES, timeoutMs: BODY_TIMEOUT_MS };
		const form = await (await limitBody(request, limits)).formData();
		const signed = form.get('signed_request');
		return typeof signed === 'string' ? signed : null;
	} catch {
		// Not a form, or too large a one: nothing of Meta's.
		return null;
	}
}
